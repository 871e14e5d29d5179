/* SPDX-License-Identifier: GPL-2.0-only */
/* check.h - the check of the stacks of all tasks, before the stop and in it. */
#ifndef _SCHEDCUT_STACKS_CHECK_H
#define _SCHEDCUT_STACKS_CHECK_H

#include "walk.h"

/**
 * struct schedcut_seen - a task before the stop
 * @task:	holds a reference
 * @switches:	how often it had left a CPU when its stack was found clean
 */
struct schedcut_seen {
	struct task_struct *task;
	unsigned long switches;
};

/**
 * struct schedcut_snapshot - tasks as they were before the stop
 * @seen:	the tasks
 * @nr:		entries of @seen
 * @max:	entries that @seen has room for
 * @threads:	tasks that existed when they were last counted
 * @slots:	hash by address: 1 + index into @seen, 0 for none
 * @bits:	log2 of the number of @slots
 * @traces:	hashes of the stacks of @seen, as they were; to verify only
 */
struct schedcut_snapshot {
	struct schedcut_seen *seen;
	unsigned int nr, max, threads;
	u32 *slots;
	unsigned int bits;
	u32 *traces;
};

/* How often @task has left a CPU. Any context. */
static inline unsigned long schedcut_switches_of(const struct task_struct *task)
{
	return READ_ONCE(task->nvcsw) + READ_ONCE(task->nivcsw);
}

int schedcut_precheck(struct schedcut_snapshot *s, struct schedcut_check *check);
int schedcut_check_stacks(struct schedcut_check *check, unsigned int index, unsigned int n);
void schedcut_snapshot_free(struct schedcut_snapshot *s);

#endif
