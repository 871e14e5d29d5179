/* SPDX-License-Identifier: GPL-2.0-only */
/* plan.h - a switch: what is to be done, and what is known when it is over. */
#ifndef _SCHEDCUT_BASE_PLAN_H
#define _SCHEDCUT_BASE_PLAN_H

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/sched.h>

#include "registry.h"

/**
 * struct schedcut_step - one write of one switch
 * @write:	place, size, name
 * @expect:	bytes that must be there
 * @want:	bytes to put there
 * @alias:	writable mapping of the place
 */
struct schedcut_step {
	const struct schedcut_write *write;
	const u8 *expect;
	const u8 *want;
	u8 *alias;
};

/* Text that no task may be in: no return address in (start, end]. */
struct schedcut_range {
	unsigned long start, end;
};

/**
 * struct schedcut_plan - a switch, prepared
 * @from:	the active scheduler; NULL: vmlinux's
 * @to:		the new one; NULL: vmlinux's. Never both.
 * @steps:	sorted by place
 * @nr_steps:	entries of @steps
 * @window:	writable mapping of the pages that @steps write to
 * @ranges:	sorted by start
 * @nr_ranges:	entries of @ranges
 * @tasks:	tasks that clear() dequeued, one list for each possible CPU
 * @audits:	by CPU; NULL if run queues are not checked
 */
struct schedcut_plan {
	struct schedcut_scheduler *from, *to;
	struct schedcut_step *steps;
	unsigned int nr_steps;
	void *window;
	struct schedcut_range *ranges;
	unsigned int nr_ranges;
	struct list_head *tasks;
	struct schedcut_audit *audits;
};

/**
 * struct schedcut_busy - a task that prevented a switch
 * @comm:	its name
 * @pid:	its PID
 * @address:	innermost address on its stack where it must not be; 0: no task
 * @outermost:	outermost such address, 0 if it is not known
 * @unreliable:	found by looking at every word of the stack
 * @detour:	@address is in the detour buffer of an optimised kprobe
 */
struct schedcut_busy {
	char comm[TASK_COMM_LEN];
	pid_t pid;
	unsigned long address, outermost;
	bool unreliable, detour;
};

/* What is known of a switch when it is over; times in ns, @begin by ktime. @looked, @missed and @full as in
 * struct schedcut_check. */
struct schedcut_stats {
	const char *from, *to; /* copied by schedcut_stats_publish() */
	int result;
	unsigned int tries, starved, cpus, threads, looked, missed, unreliable, moved, miscounted;
	unsigned int gates, held; /* gates closed, tasks held by them */
	bool full;
	unsigned int violations; /* of invariants of run queues */
	/* private variables by what was done to them */
	unsigned int initialized, copied_in, copied_back, left_to_hooks;
	u64 begin, init, precheck, stop_machine, stop_handler, stack_check, storage, clear, patch,
		rebuild, total;
};

/* May the cause of @error of a switch be gone at the next try? */
static inline bool schedcut_is_transient(int error)
{
	return error == -EBUSY || error == -EAGAIN || error == -ENOBUFS;
}

#endif
