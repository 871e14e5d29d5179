/* SPDX-License-Identifier: GPL-2.0-only */
/* walk.h - may a task's stack stay as it is across a switch? */
#ifndef _SCHEDCUT_STACKS_WALK_H
#define _SCHEDCUT_STACKS_WALK_H

#include <linux/atomic.h>
#include <linux/kallsyms.h>

#include "../base/registry.h"

struct schedcut_snapshot;

/**
 * struct schedcut_check - one check of the stacks of all tasks
 * @plan:	has the forbidden ranges
 * @snapshot:	what was seen before the stop; NULL: look at all stacks
 * @caller:	the task that waits for the stop, and so has left a CPU since @caller_switches
 * @caller_switches: how often it had left a CPU before it went to wait. If that is
 *	unchanged in the stop, the scheduler does not count.
 * @busy:	the first task found where none must be
 * @found:	@busy is being written or has been
 * @unreliable:	stacks that the unwinder did not vouch for
 * @threads:	tasks that exist
 * @looked:	tasks whose stacks were looked at in the stop
 * @full:	these were all tasks
 * @verify:	for tests: prove in the stop that no other task had to be looked at
 * @missed:	tasks for which that is not so
 */
struct schedcut_check {
	const struct schedcut_plan *plan;
	const struct schedcut_snapshot *snapshot;
	struct task_struct *caller;
	unsigned long caller_switches;
	struct schedcut_busy busy;
	atomic_t found, unreliable, threads, looked;
	bool full, verify;
	unsigned int missed;
};

int schedcut_plan_ranges(struct schedcut_plan *plan);
int schedcut_check_task(struct task_struct *task, struct schedcut_check *check);
void schedcut_busy_place(const struct schedcut_busy *busy, char name[KSYM_SYMBOL_LEN]);
u32 schedcut_trace_of(struct task_struct *task);

#endif
