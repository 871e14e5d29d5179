// SPDX-License-Identifier: GPL-2.0-only
/*
 * verify.c - for tests: proof that the snapshot tells all stacks that have to be checked.
 *
 * Inside the stop, on one CPU, all tasks but the stoppers are tested for two things: a
 * task that is not checked again has the stack trace that it had, and every task created
 * since is found.
 */
#include <linux/bsearch.h>
#include <linux/sched/signal.h>
#include <linux/sort.h>

#include "../base/common.h"
#include "verify.h"

/* Tasks created between check and stop; beyond this number they are not verified. */
#define MAX_NEW 1024

static struct task_struct *new_tasks[MAX_NEW];
static unsigned int nr_new;

static int compare_tasks(const void *a, const void *b)
{
	struct task_struct *const *x = a, *const *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int note_new(struct task_struct *task, void *snapshot)
{
	if (!schedcut_seen_of(snapshot, task) && nr_new < MAX_NEW)
		new_tasks[nr_new++] = task;
	return 0;
}

/* The number of tasks that would be missed. Inside the stop, on one CPU. */
unsigned int schedcut_verify(const struct schedcut_snapshot *s)
{
	struct task_struct *g, *task;
	unsigned int missed = 0;

	lockdep_assert_irqs_disabled();
	nr_new = 0;
	schedcut_for_each_changed(s, 0, 1, note_new, (void *)s)
		;
	sort(new_tasks, nr_new, sizeof(*new_tasks), compare_tasks, NULL);
	for_each_process_thread(g, task) {
		const struct schedcut_seen *seen = schedcut_seen_of(s, task);

		if (!seen)
			missed += nr_new < MAX_NEW && !bsearch(&task, new_tasks, nr_new,
							       sizeof(*new_tasks), compare_tasks);
		/* A task that was woken since is not walked if the unwinder would warn. */
		else if (schedcut_switches_of(task) == seen->switches && !task->on_cpu &&
			 !schedcut_stack_gone(task) && !schedcut_unwinder_minds(task))
			missed += schedcut_trace_of(task) != s->traces[seen - s->seen];
	}
	return missed;
}
