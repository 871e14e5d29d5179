/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prelude.h - first include of every generated unit: allows a source file of the kernel image
 * to be compiled into a module without an edit.
 *
 * The file sees the headers as built-in code does (no MODULE), but exports nothing, registers
 * nothing and runs nothing at load time: vmlinux's own copy has done all that at boot.
 */
#ifndef _SCHEDCUT_PRELUDE_H
#define _SCHEDCUT_PRELUDE_H

#ifndef SCHEDCUT_UNIT
#error "define SCHEDCUT_UNIT before including prelude.h"
#endif

#undef MODULE
#ifndef __DISABLE_EXPORTS
#define __DISABLE_EXPORTS
#endif

/* The module loader knows only one per-CPU section. percpu-defs.h respects that under MODULE,
 * which is undefined here; the loader would take the suffixed sections for ordinary data. This
 * must come before any header that declares something with them. */
#include <linux/percpu-defs.h>
#undef PER_CPU_SHARED_ALIGNED_SECTION
#undef PER_CPU_ALIGNED_SECTION
#undef PER_CPU_FIRST_SECTION
#define PER_CPU_SHARED_ALIGNED_SECTION ""
#define PER_CPU_ALIGNED_SECTION ""
#define PER_CPU_FIRST_SECTION ""
#undef DECLARE_PER_CPU_READ_MOSTLY
#undef DEFINE_PER_CPU_READ_MOSTLY
#define DECLARE_PER_CPU_READ_MOSTLY(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_READ_MOSTLY(type, name) DEFINE_PER_CPU(type, name)

#include <linux/init.h>
#include <linux/module.h>
#include <linux/export.h>
#include <linux/kprobes.h>
#include <linux/error-injection.h>
#include <linux/static_call.h>
#include <linux/syscalls.h>
#include <linux/cpufreq.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#include <schedcut/lockdep.h>
#include <schedcut/unit.h>

/* Functions that were only used at boot may have lost their last user. */
#pragma GCC diagnostic ignored "-Wunused-function"

/* Boot: what every initcall and every kind of command line parameter comes to. */
#undef ___define_initcall
#undef __define_initcall
#undef console_initcall
#undef module_exit
#undef __setup_param
#undef core_param
#define ___define_initcall(fn, id, section)
#define __define_initcall(fn, id)
#define console_initcall(fn)
#define module_exit(fn)
#define __setup_param(str, unique_id, fn, early)
#define core_param(name, var, type, perm)

/* module_param() of an author is a module's, without "NAME." before it. */
#undef MODULE_PARAM_PREFIX
#undef __MODULE_INFO_PREFIX
#define MODULE_PARAM_PREFIX
#define __MODULE_INFO_PREFIX

/* Registries that are filled by sections of the image. A module may fill the last of these,
 * too, but then the registry's entry for vmlinux's own function would go with the module. */
#undef SYSCALL_METADATA
#define SYSCALL_METADATA(sname, nb, ...)
#undef ALLOW_ERROR_INJECTION
#define ALLOW_ERROR_INJECTION(fname, etype)
#undef NOKPROBE_SYMBOL
#define NOKPROBE_SYMBOL(fname)
#undef cpufreq_governor_init
#undef cpufreq_governor_exit
#define cpufreq_governor_init(governor)
#define cpufreq_governor_exit(governor)
#undef EXPORT_STATIC_CALL
#undef EXPORT_STATIC_CALL_GPL
#undef EXPORT_STATIC_CALL_TRAMP
#undef EXPORT_STATIC_CALL_TRAMP_GPL
#define EXPORT_STATIC_CALL(name)
#define EXPORT_STATIC_CALL_GPL(name)
#define EXPORT_STATIC_CALL_TRAMP(name)
#define EXPORT_STATIC_CALL_TRAMP_GPL(name)

/*
 * Header macros that store the address of a wake function in an object that
 * outlives the call. The address must be vmlinux's; see SCHEDCUT_ORIG().
 * Every unit that expands one of them needs "vml.UNIT.autoremove_wake_function",
 * "vml.UNIT.default_wake_function" or "vml.UNIT.wake_bit_function".
 */
#undef DEFINE_WAIT
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, SCHEDCUT_ORIG(autoremove_wake_function))

#undef init_wait
#define init_wait(wait)                                                 \
	do {                                                            \
		(wait)->private = current;                              \
		(wait)->func = SCHEDCUT_ORIG(autoremove_wake_function); \
		INIT_LIST_HEAD(&(wait)->entry);                         \
		(wait)->flags = 0;                                      \
	} while (0)

#undef __WAITQUEUE_INITIALIZER
#define __WAITQUEUE_INITIALIZER(name, tsk)                                               \
	{                                                                                \
		.private = tsk, .func = SCHEDCUT_ORIG(default_wake_function), .entry = { \
			NULL,                                                            \
			NULL                                                             \
		}                                                                        \
	}

#define init_waitqueue_entry(entry, p)                                         \
	do {                                                                   \
		struct wait_queue_entry *__schedcut_entry = (entry);           \
                                                                               \
		__schedcut_entry->flags = 0;                                   \
		__schedcut_entry->private = (p);                               \
		__schedcut_entry->func = SCHEDCUT_ORIG(default_wake_function); \
	} while (0)

#undef DEFINE_WAIT_BIT
#define DEFINE_WAIT_BIT(name, word, bit) \
	struct wait_bit_queue_entry name = {					\
	.key = __WAIT_BIT_KEY_INITIALIZER(word, bit),			\
	.wq_entry = {							\
		.private = current,					\
		.func = SCHEDCUT_ORIG(wake_bit_function),		\
		.entry = LIST_HEAD_INIT((name).wq_entry.entry),		\
	},								\
}

/* SCHEDCUT_COUNT - count the entries of function @f. It is the first line of the body, and a
 * declaration, because statements may not precede declarations. */
#define SCHEDCUT_COUNT(f)                                   \
	const int schedcut_counted_##f __always_unused = ({ \
		extern __percpu u64 schedcut_counter_##f;   \
		raw_cpu_inc(schedcut_counter_##f);          \
		0;                                          \
	})

#endif
