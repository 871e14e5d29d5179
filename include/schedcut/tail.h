/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tail.h - included by the unit that defines __schedule(), between prelude.h and the unit's
 * source: context_switch() leaves through the tail switch.
 *
 * A task that sleeps must not have the module's code on its stack, or the module could never be
 * unloaded. So switch_to() drops the module's frames and continues in the resident runtime.
 * What the source does after switch_to() is finish_task_switch(), which the runtime calls
 * instead.
 */
#ifndef _SCHEDCUT_TAIL_H
#define _SCHEDCUT_TAIL_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <asm/asm.h>
#include <asm/switch_to.h>
#include <schedcut/scheduler.h>
#include "../../generated/features.h"

#ifndef CONFIG_X86_64
#error "schedcut has a tail switch for x86-64 only"
#endif

#ifdef SCHEDCUT_HAS_task_struct___state
#define SCHEDCUT_TASK_STATE(p) READ_ONCE((p)->__state)
#else
#define SCHEDCUT_TASK_STATE(p) READ_ONCE((p)->state)
#endif

#undef switch_to
#define switch_to(prev, next, last)                                                    \
	do {                                                                           \
		asm volatile("call schedcut_switch_tail"                               \
			     : ASM_CALL_CONSTRAINT                                     \
			     : "D"(prev), "S"(next),                                   \
			       "d"(SCHEDCUT_TASK_STATE(prev) == TASK_DEAD ? 0UL : 1UL) \
			     : "memory");                                              \
		unreachable();                                                         \
	} while (0)

#endif
