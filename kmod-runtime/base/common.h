/* SPDX-License-Identifier: GPL-2.0-only */
/* common.h - what most files of the runtime use: headers of the kernel, its functions and
 * objects that are not exported, jumps as bytes, and steps that a test can make fail. */
#ifndef _SCHEDCUT_BASE_COMMON_H
#define _SCHEDCUT_BASE_COMMON_H

#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>
#include <schedcut/scheduler.h>

#include "compat.h"

#undef pr_fmt
#define pr_fmt(fmt) "schedcut: " fmt

/* The sum of the per-CPU variable @var, or of a member of it. Any context. The sum of two values
 * has a type without qualifiers and address space, whatever the compiler. */
#define schedcut_sum(var)                                            \
	({                                                           \
		__typeof__(READ_ONCE(per_cpu(var, 0)) + 0) sum_ = 0; \
		int cpu_;                                            \
                                                                     \
		for_each_possible_cpu(cpu_)                          \
			sum_ += READ_ONCE(per_cpu(var, cpu_));       \
		sum_;                                                \
	})

extern struct schedcut_kernel schedcut_kernel; /* filled by the first registration */

bool schedcut_in_vmlinux(unsigned long start, size_t size);
int schedcut_compare_addresses(const void *a, const void *b);
int schedcut_create_thread(struct task_struct **thread, int (*fn)(void *), void *data,
			   const char *name, int priority);

unsigned long schedcut_jump_place(const struct schedcut_redirect *r);
int schedcut_make_branch(u8 *bytes, u8 opcode, unsigned long place, unsigned long target);
bool schedcut_is_branch(u8 opcode);
unsigned long schedcut_branch_target(unsigned long place, const u8 *bytes);
bool schedcut_leads_away(unsigned long place);

void schedcut_fail_begin(void);
bool schedcut_fail_step(void);
void schedcut_fail_end(void);

/* @allocation, unless a test wants it to fail. */
#define schedcut_try(allocation) (schedcut_fail_step() ? NULL : (allocation))

#endif
