/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prelude.h - what include/schedcut/prelude.h is for the real kernel.
 */
#include <linux/kernel.h>
#include <schedcut/unit.h>

#undef EXPORT_SYMBOL
#define EXPORT_SYMBOL(name)	_Static_assert(1, "")
#undef core_initcall
#define core_initcall(fn)	_Static_assert(1, "")
#undef DEFINE_WAIT
#define DEFINE_WAIT(name)						\
	struct wait_queue_entry name = { .func = SCHEDCUT_ORIG(default_wake_function) }

#define SCHEDCUT_COUNT(f)						\
	const int schedcut_counted_##f __attribute__((__unused__)) = ({	\
		extern unsigned long schedcut_counter_##f;		\
		schedcut_counter_##f++;					\
		0;							\
	})

#pragma GCC diagnostic ignored "-Wunused-function"
