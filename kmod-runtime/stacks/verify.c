// SPDX-License-Identifier: GPL-2.0-only
/*
 * verify.c - for tests: the proof that precheck.c looks at enough.
 *
 * Inside the stop, on one CPU, two things are held against all tasks but the
 * stoppers: that who is not looked at again has the stack trace that it had,
 * and that every task born since is found.
 */
#include <linux/bsearch.h>
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/sort.h>

#include "../base/compat.h"
#include "../base/runtime.h"

/* New tasks of the moment between check and stop; more are not verified. */
#define MAX_NEW 1024

static struct task_struct *new_tasks[MAX_NEW];
static unsigned int nr_new;

static bool add_address(void *cookie, unsigned long address)
{
	u32 *hash = cookie;

	*hash = jhash_2words(address, address >> 32, *hash);
	return true;
}

/* What of the stack of @task lasts while it does not run. The words themselves
 * do not: who wakes it takes it off queues whose entries are on its stack. */
u32 schedcut_trace_of(struct task_struct *task)
{
	unsigned long sp = schedcut_inactive_sp(task);
	u32 hash = jhash_2words(sp, sp >> 32, 0);

	if (schedcut_kernel.arch_stack_walk_reliable)
		schedcut_kernel.arch_stack_walk_reliable(add_address, &hash, task);
	return hash;
}

static int by_address(const void *a, const void *b)
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

	nr_new = 0;
	schedcut_for_each_changed(s, 0, 1, note_new, (void *)s)
		;
	sort(new_tasks, nr_new, sizeof(*new_tasks), by_address, NULL);
	for_each_process_thread(g, task) {
		const struct schedcut_seen *seen = schedcut_seen_of(s, task);

		if (!seen)
			missed += nr_new < MAX_NEW &&
				  !bsearch(&task, new_tasks, nr_new, sizeof(*new_tasks), by_address);
		/* Who has been woken since is not walked if the unwinder would warn. */
		else if (schedcut_switches_of(task) == seen->switches && !task->on_cpu &&
			 !schedcut_stack_gone(task) && !schedcut_unwinder_minds(task))
			missed += schedcut_trace_of(task) != s->traces[seen - s->seen];
	}
	return missed;
}
