/* SPDX-License-Identifier: GPL-2.0-only */
/* stub.h - the resident code around the active __schedule() (tail_x86_64.S). */
#ifndef _SCHEDCUT_BASE_STUB_H
#define _SCHEDCUT_BASE_STUB_H

#include <linux/percpu.h>
#include <linux/types.h>

/**
 * struct schedcut_cpu - what the stub keeps for each CPU; the assembly knows the offsets
 * @entry_sp:	stack pointer in the stub's frame, while in __schedule()
 * @entries:	calls of __schedule() that went to a scheduler module
 * @switches:	how many of them ended in a context switch
 * @parked:	tasks that left here minus tasks that came back here. The sum over all CPUs
 *		is the number of tasks with a return address into the stub on their stack.
 */
struct schedcut_cpu {
	unsigned long entry_sp;
	u64 entries;
	u64 switches;
	long parked;
};
DECLARE_PER_CPU(struct schedcut_cpu, schedcut_cpu);

/* Branches out of the stub, by their target. */
enum schedcut_branch {
	SCHEDCUT_BRANCH_SCHEDULE,  /* active scheduler's __schedule() */
	SCHEDCUT_BRANCH_SWITCH_TO, /* __switch_to_asm() */
	SCHEDCUT_BRANCH_FINISH,	   /* active scheduler's finish_task_switch() */
	SCHEDCUT_NR_BRANCHES
};

void schedcut_schedule_entry(unsigned int mode);
unsigned long schedcut_branch_place(enum schedcut_branch branch);
bool schedcut_in_stub(unsigned long address);
int schedcut_in_sched_functions(unsigned long addr);
long schedcut_parked(void);
int schedcut_stub_init(void);

#endif
