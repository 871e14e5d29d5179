// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c - the stacks of all tasks are checked before the stop, so that in the stop
 * only those of tasks that have run in between have to be.
 *
 * Live migration keeps its stop short in the same way: copy everything, then again and
 * again what has changed meanwhile, and stop only for the rest.
 *
 * What has changed is read from the tasks. A task that leaves a CPU counts that, in nvcsw
 * or nivcsw, and in the stop every task has left. So if a task was not running when its
 * stack was checked, and its count is unchanged, its stack is unchanged. That is one
 * comparison for each task in the stop, shared by all CPUs; a stack walk costs some
 * hundred times as much. While the kernel runs nothing is needed of it: no tracepoint, no
 * buffer that could overflow.
 *
 * Tasks that are created meanwhile are found through their creators. The kernel's lists
 * of processes and of a process's threads grow at their ends, so all tasks before a known
 * task are known. A new process is therefore at the end of the list of processes. A new
 * thread is at the end of the list of a process one of whose known threads has run,
 * because only a thread of a process creates another.
 */
#include <linux/bsearch.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/sort.h>

#include "../base/common.h"
#include "check.h"

/* A further round is worth it while it is likely to leave fewer tasks to the next one. */
#define MAX_ROUNDS 4
#define RUNNING_PER_CPU 2

/* No task's count: its stack has to be checked in any case. */
#define NEVER_CLEAN ULONG_MAX

/* The slot of @task, or the empty one where it belongs. */
static u32 *seen_slot(const struct schedcut_snapshot *s, const struct task_struct *task)
{
	unsigned int i = hash_ptr(task, s->bits);

	while (s->slots[i] && s->seen[s->slots[i] - 1].task != task)
		i = (i + 1) & ((1U << s->bits) - 1);
	return &s->slots[i];
}

/* What was seen of @task; NULL if it is not known. */
static struct schedcut_seen *seen_of(const struct schedcut_snapshot *s, const struct task_struct *task)
{
	u32 slot = *seen_slot(s, task);

	return slot ? &s->seen[slot - 1] : NULL;
}

static void snapshot_free_arrays(struct schedcut_snapshot *s)
{
	kvfree(s->seen);
	kvfree(s->traces);
	kvfree(s->slots);
}

/* Make room for @max tasks. 0 or -ENOMEM. */
static int snapshot_grow(struct schedcut_snapshot *s, unsigned int max)
{
	struct schedcut_snapshot new = {
		.nr = s->nr,
		.max = max,
		.bits = order_base_2(2 * max),
	};
	unsigned int i;

	new.seen = schedcut_try(kvmalloc_array(max, sizeof(*new.seen), GFP_KERNEL));
	new.traces = schedcut_try(kvmalloc_array(max, sizeof(*new.traces), GFP_KERNEL));
	new.slots = schedcut_try(kvcalloc(1UL << new.bits, sizeof(*new.slots), GFP_KERNEL));
	if (!new.seen || !new.traces || !new.slots) {
		snapshot_free_arrays(&new);
		return -ENOMEM;
	}
	for (i = 0; i < s->nr; i++) {
		new.seen[i] = s->seen[i];
		new.traces[i] = s->traces[i];
		*seen_slot(&new, new.seen[i].task) = i + 1;
	}
	snapshot_free_arrays(s);
	*s = new;
	return 0;
}

/* Add the tasks that are not known yet while there is room; returns how many did not fit. */
static unsigned int add_unknown(struct schedcut_snapshot *s)
{
	struct task_struct *g, *task;
	unsigned int missing = 0;

	s->threads = 0;
	rcu_read_lock();
	for_each_process_thread(g, task) {
		u32 *slot;

		s->threads++;
		if (s->nr == s->max) {
			missing += !s->max || !seen_of(s, task);
			continue;
		}
		slot = seen_slot(s, task);
		if (*slot)
			continue;
		get_task_struct(task);
		s->seen[s->nr].task = task;
		s->seen[s->nr].switches = NEVER_CLEAN;
		*slot = ++s->nr;
	}
	rcu_read_unlock();
	return missing;
}

/* 0 or -ENOMEM. */
static int snapshot_add_all(struct schedcut_snapshot *s)
{
	unsigned int missing;
	int ret = 0;

	while (!ret && (missing = add_unknown(s)))
		ret = snapshot_grow(s, s->nr + missing + missing / 8 + 64);
	return ret;
}

/* Check the stack of the @i-th task, which may be doing anything, if it sleeps: no other stack
 * stays as it is. 0 or -EBUSY. */
static int check_sleeping(struct schedcut_snapshot *s, unsigned int i, struct schedcut_check *check)
{
	struct schedcut_seen *seen = &s->seen[i];
	struct task_struct *task = seen->task;
	unsigned long switches = schedcut_switches_of(task), flags;
	int ret = 0;

	seen->switches = NEVER_CLEAN;
	/* Everything below is read after the count: if the task runs now, or while its
	 * stack is being read, its count will differ in the stop. */
	smp_rmb();
	if (READ_ONCE(task->on_cpu))
		return 0;
	if (!try_get_task_stack(task)) {
		seen->switches = switches;
		return 0;
	}
	/* pi_lock keeps new wakeups out. One that started earlier may still be in flight, so
	 * check the state again: the kernel's unwinder warns if it meets a kretprobe of a
	 * task that could run. */
	raw_spin_lock_irqsave(&task->pi_lock, flags);
	if (!READ_ONCE(task->on_rq) && !READ_ONCE(task->on_cpu) &&
	    schedcut_task_state(task) != TASK_WAKING && schedcut_task_state(task) != TASK_RUNNING) {
		ret = schedcut_check_task(task, check);
		if (!ret)
			seen->switches = switches;
		if (check->verify)
			s->traces[i] = schedcut_trace_of(task);
	}
	raw_spin_unlock_irqrestore(&task->pi_lock, flags);
	schedcut_kernel.put_task_stack(task);
	return ret;
}

/* Check the stacks of all tasks, and again those of tasks that have run since. 0, -EBUSY with a
 * task in @check that sleeps where none must be, or -ENOMEM. May be called again for the same
 * snapshot. Process context. */
int schedcut_precheck(struct schedcut_snapshot *s, struct schedcut_check *check)
{
	unsigned int round, i, looked;
	int ret;

	for (round = 0; round < MAX_ROUNDS; round++) {
		ret = snapshot_add_all(s);
		if (ret)
			return ret;
		for (i = looked = 0; i < s->nr; i++) {
			cond_resched();
			if (schedcut_switches_of(s->seen[i].task) == s->seen[i].switches)
				continue;
			looked++;
			if (check_sleeping(s, i, check))
				ret = -EBUSY;
		}
		if (ret)
			return ret;
		if (looked <= RUNNING_PER_CPU * num_online_cpus())
			break;
	}
	/* A task may have created a thread and gone to sleep between being listed and being
	 * checked; then it does not count as changed. */
	return snapshot_add_all(s);
}

/* Forget all tasks. Process context. */
void schedcut_snapshot_free(struct schedcut_snapshot *s)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		put_task_struct(s->seen[i].task);
		cond_resched();
	}
	snapshot_free_arrays(s);
	*s = (struct schedcut_snapshot){};
}

/* --- the tasks that have changed, inside the stop */

typedef int (*stopped_fn)(struct task_struct *task, void *arg);

static int for_each_new_thread(const struct schedcut_snapshot *s, struct signal_struct *signal,
			       stopped_fn fn, void *arg)
{
	struct task_struct *task;
	int ret;

	list_for_each_entry_reverse(task, &signal->thread_head, thread_node) {
		if (seen_of(s, task))
			break;
		ret = fn(task, arg);
		if (ret)
			return ret;
	}
	return 0;
}

static int for_each_new_process(const struct schedcut_snapshot *s, stopped_fn fn, void *arg)
{
	struct task_struct *task;
	int ret;

	list_for_each_entry_reverse(task, &init_task.tasks, tasks) {
		if (seen_of(s, task))
			break;
		ret = for_each_new_thread(s, task->signal, fn, arg);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Call @fn for the @index-th of @n shares of the tasks that have run since they were last
 * checked, and of the tasks that are new. A new task may be passed more than once. Stops at the
 * first non-zero return and passes it on. Inside the stop: no task is changing the lists,
 * because that is done with interrupts off.
 */
static int for_each_changed(const struct schedcut_snapshot *s, unsigned int index, unsigned int n,
			    stopped_fn fn, void *arg)
{
	unsigned int i = (u64)s->nr * index / n, end = (u64)s->nr * (index + 1) / n;
	int ret = 0;

	lockdep_assert_irqs_disabled();
	for (; i < end && !ret; i++) {
		const struct schedcut_seen *seen = &s->seen[i];

		if (schedcut_switches_of(seen->task) == seen->switches)
			continue;
		ret = fn(seen->task, arg);
		/* ->signal stays valid even after the task's death. */
		if (!ret)
			ret = for_each_new_thread(s, seen->task->signal, fn, arg);
	}
	if (!index && !ret)
		ret = for_each_new_process(s, fn, arg);
	return ret;
}

/*
 * --- for tests: proof that the snapshot tells all stacks that have to be checked
 *
 * Inside the stop, on one CPU, all tasks but the stoppers are tested for two things: a
 * task that is not checked again has the stack trace that it had, and every task created
 * since is found.
 */

/* Tasks created between check and stop; beyond this number they are not verified. */
#define MAX_NEW 1024

static struct task_struct *new_tasks[MAX_NEW];
static unsigned int nr_new;

static int note_new(struct task_struct *task, void *snapshot)
{
	if (!seen_of(snapshot, task) && nr_new < MAX_NEW)
		new_tasks[nr_new++] = task;
	return 0;
}

/* The number of tasks that would be missed. Inside the stop, on one CPU. */
static unsigned int verify(const struct schedcut_snapshot *s)
{
	struct task_struct *g, *task;
	unsigned int missed = 0;

	lockdep_assert_irqs_disabled();
	nr_new = 0;
	for_each_changed(s, 0, 1, note_new, (void *)s);
	sort(new_tasks, nr_new, sizeof(*new_tasks), schedcut_compare_addresses, NULL);
	for_each_process_thread(g, task) {
		const struct schedcut_seen *seen = seen_of(s, task);

		if (!seen)
			missed += nr_new < MAX_NEW &&
				  !bsearch(&task, new_tasks, nr_new, sizeof(*new_tasks),
					   schedcut_compare_addresses);
		/* A task that was woken since is not walked if the unwinder would warn. */
		else if (schedcut_switches_of(task) == seen->switches && !task->on_cpu &&
			 !schedcut_stack_gone(task) && !schedcut_unwinder_minds(task))
			missed += schedcut_trace_of(task) != s->traces[seen - s->seen];
	}
	return missed;
}

/* --- the check inside the stop */

/* Check the stack of @task. Inside the stop, where all tasks but the stoppers are off the CPUs
 * and stay as they are. @arg: struct schedcut_check. */
static int check_stopped_task(struct task_struct *task, void *arg)
{
	struct schedcut_check *check = arg;
	const struct schedcut_scheduler *s = check->plan->to ?: check->plan->from;

	if (task == s->stopper(task_cpu(task)) || schedcut_stack_gone(task))
		return 0;
	atomic_inc(&check->looked);
	return schedcut_check_task(task, check);
}

/* This CPU's share of all tasks: every @n-th of the tasklist. */
static int check_all_tasks(struct schedcut_check *check, unsigned int index, unsigned int n)
{
	struct task_struct *g, *task;
	unsigned int threads = 0;
	int ret;

	for_each_process_thread(g, task) {
		if (threads++ % n != index)
			continue;
		ret = check_stopped_task(task, check);
		if (ret)
			return ret;
	}
	if (!index)
		atomic_set(&check->threads, threads);
	return 0;
}

/* Check this CPU's share of the tasks, and those tasks of its own run queue that are not on the
 * tasklist. 0 or -EBUSY. Inside the stop, on every CPU. */
int schedcut_check_stacks(struct schedcut_check *check, unsigned int index, unsigned int n)
{
	const struct schedcut_scheduler *s = check->plan->to ?: check->plan->from;
	bool changed = check->snapshot;
	int ret;

	lockdep_assert_irqs_disabled();
	/* The active scheduler counts the switches, and its author may have changed that:
	 * see whether it does. */
	if (changed && schedcut_switches_of(check->caller) == check->caller_switches)
		changed = false;
	if (!index)
		check->full = !changed;
	if (!index && changed && check->verify)
		check->missed = verify(check->snapshot);
	if (changed)
		ret = for_each_changed(check->snapshot, index, n, check_stopped_task, check);
	else
		ret = check_all_tasks(check, index, n);
	return ret ?: s->for_each_hidden_task(smp_processor_id(), check_stopped_task, check);
}
