/* SPDX-License-Identifier: GPL-2.0-only */
/* stop.h - the stop, in which one scheduler replaces another. */
#ifndef _SCHEDCUT_CORE_STOP_H
#define _SCHEDCUT_CORE_STOP_H

#include "../stacks/check.h"

/* Steps of a stop that may fail. */
enum schedcut_fallible {
	SCHEDCUT_STEP_STACKS,
	SCHEDCUT_STEP_STORAGE,
	SCHEDCUT_STEP_CLEAR,
	SCHEDCUT_NR_FALLIBLE
};

/**
 * struct schedcut_stop - one stop, shared by all CPUs
 * @plan:	what to do
 * @check:	the results of the stack check
 * @nr_cpus:	CPUs that take part; counted with hotplug locked out
 * @ticket:	hands out numbers; 0 is the leader
 * @arrived:	how often a CPU has arrived at a barrier
 * @left:	CPUs that are done
 * @errors:	for each step the first error of any CPU, 0 if there is none
 * @moved:	tasks that were dequeued
 * @miscounted:	CPUs whose run queue counts tasks that it does not have
 * @conflict:	the write that caused the error -EEXIST
 * @conflict_place: the address that another patcher has changed
 * @start:	when the leader began; this and the following in ns, by ktime
 * @checked:	when the stacks had been checked
 * @assigned:	when all objects had their storage
 * @cleared:	when the run queues were empty
 * @written:	when the new scheduler was in place; 0: never
 * @entered:	when storage was initialised and the author's hook had run
 * @end:	when the last CPU was done
 */
struct schedcut_stop {
	const struct schedcut_plan *plan;
	struct schedcut_check check;
	unsigned int nr_cpus;
	atomic_t ticket, arrived, left, errors[SCHEDCUT_NR_FALLIBLE], moved, miscounted;
	const struct schedcut_write *conflict;
	unsigned long conflict_place;
	u64 start, checked, assigned, cleared, written, entered, end;
};

int schedcut_stop_machine(const struct schedcut_plan *plan, struct schedcut_stop *stop,
			  struct schedcut_stats *stats);

#endif
