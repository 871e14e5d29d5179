// SPDX-License-Identifier: GPL-2.0-only
/*
 * precheck.c - look at all stacks before the stop, so that in the stop only
 * those are looked at whose task has run in between.
 *
 * The stop of live migration is kept short in the same way: go through all of
 * it first, then again and again through what has changed meanwhile, and stop
 * for the rest only.
 *
 * What has changed is read from the tasks. Whoever leaves a CPU counts it, in
 * nvcsw or nivcsw, and in the stop everybody has left. So a task that was not
 * running when it was looked at, and whose count is the same, has its stack as
 * it was. That is one comparison for each task in the stop, shared by all CPUs,
 * where a stack walk costs some hundred times as much. It asks nothing of the
 * kernel while it runs: no tracepoint, no memory that could overflow.
 *
 * Tasks that are born meanwhile are found through who bore them. The kernel's
 * lists of processes and of a process's threads grow at their ends, so what
 * stands before a known task is known. A new process is therefore at the end of
 * the list of processes, a new thread at the end of the list of a process one
 * of whose known threads has run, for only a thread of a process makes another.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>

#include "../base/compat.h"
#include "../base/runtime.h"

/* A round is worth it while it is likely to leave less to the next one. */
#define MAX_ROUNDS 4
#define RUNNING_PER_CPU 2

/* Not the count of any task: look at it in any case. */
#define NEVER_SEEN ULONG_MAX

static const char *const modes[] = {
	[SCHEDCUT_CHECK_CHANGED] = "changed",
	[SCHEDCUT_CHECK_FULL] = "full",
	[SCHEDCUT_CHECK_VERIFY] = "verify",
};
static int mode = SCHEDCUT_CHECK_CHANGED;

static int set_mode(const char *value, const struct kernel_param *param)
{
	int ret = sysfs_match_string(modes, value);

	if (ret < 0)
		return ret;
	WRITE_ONCE(mode, ret);
	return 0;
}

static int get_mode(char *buf, const struct kernel_param *param)
{
	return sysfs_emit(buf, "%s\n", modes[READ_ONCE(mode)]);
}

static const struct kernel_param_ops mode_ops = { .set = set_mode, .get = get_mode };
module_param_cb(stackcheck, &mode_ops, NULL, 0600);
MODULE_PARM_DESC(
	stackcheck,
	"stacks looked at in the stop: those changed since before it, all, or the former with proof (changed, full, verify)");

/* Which stacks are to be looked at in the stop. */
enum schedcut_check_mode schedcut_check_mode(void)
{
	return READ_ONCE(mode);
}

/* How often @task has left a CPU. */
unsigned long schedcut_switches_of(const struct task_struct *task)
{
	return READ_ONCE(task->nvcsw) + READ_ONCE(task->nivcsw);
}

/* The slot of @task, or the empty one where it belongs. */
static u32 *slot_of(const struct schedcut_snapshot *s, const struct task_struct *task)
{
	unsigned int i = hash_ptr(task, s->bits);

	while (s->slots[i] && s->seen[s->slots[i] - 1].task != task)
		i = (i + 1) & ((1U << s->bits) - 1);
	return &s->slots[i];
}

/* What was seen of @task; NULL if it is not known. */
struct schedcut_seen *schedcut_seen_of(const struct schedcut_snapshot *s,
				       const struct task_struct *task)
{
	u32 slot = *slot_of(s, task);

	return slot ? &s->seen[slot - 1] : NULL;
}

static void free_arrays(struct schedcut_snapshot *s)
{
	kvfree(s->seen);
	kvfree(s->traces);
	kvfree(s->slots);
}

/* Make room for @max tasks. 0 or -ENOMEM. */
static int grow(struct schedcut_snapshot *s, unsigned int max)
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
		free_arrays(&new);
		return -ENOMEM;
	}
	for (i = 0; i < s->nr; i++) {
		new.seen[i] = s->seen[i];
		new.traces[i] = s->traces[i];
		*slot_of(&new, new.seen[i].task) = i + 1;
	}
	free_arrays(s);
	*s = new;
	return 0;
}

/* Add the tasks that are not known yet, as far as there is room; the number of
 * the others. */
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
			missing += !s->max || !schedcut_seen_of(s, task);
			continue;
		}
		slot = slot_of(s, task);
		if (*slot)
			continue;
		get_task_struct(task);
		s->seen[s->nr].task = task;
		s->seen[s->nr].switches = NEVER_SEEN;
		*slot = ++s->nr;
	}
	rcu_read_unlock();
	return missing;
}

/* 0 or -ENOMEM. */
static int add_all(struct schedcut_snapshot *s)
{
	unsigned int missing;
	int ret = 0;

	while (!ret && (missing = add_unknown(s)))
		ret = grow(s, s->nr + missing + missing / 8 + 64);
	return ret;
}

/*
 * Look at the stack of the @i-th task, which may be doing anything: if it sleeps,
 * for nobody else's stack will stay as it is. 0 or -EBUSY.
 */
static int look(struct schedcut_snapshot *s, unsigned int i, struct schedcut_check *check)
{
	struct schedcut_seen *seen = &s->seen[i];
	struct task_struct *task = seen->task;
	unsigned long switches = schedcut_switches_of(task), flags;
	int ret = 0;

	seen->switches = NEVER_SEEN;
	/* What is read from here on is of after the count: if the task runs
	 * now or while its stack is being read, it will have another one. */
	smp_rmb();
	if (READ_ONCE(task->on_cpu))
		return 0;
	if (!try_get_task_stack(task)) {
		seen->switches = switches;
		return 0;
	}
	/* Nobody can wake it while this is held, unless he has begun before, and
	 * he may be anywhere between then and its being runnable: the kernel's
	 * unwinder warns if it meets a kretprobe of somebody who could run. */
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

/*
 * Look at the stacks of all tasks, and again at those that have run since. 0,
 * -EBUSY with somebody in @check who sleeps where nobody must be, or -ENOMEM.
 * May be called again for the same snapshot; process context.
 */
int schedcut_precheck(struct schedcut_snapshot *s, struct schedcut_check *check)
{
	unsigned int round, i, looked;
	int ret;

	for (round = 0; round < MAX_ROUNDS; round++) {
		ret = add_all(s);
		if (ret)
			return ret;
		for (i = looked = 0; i < s->nr; i++) {
			cond_resched();
			if (schedcut_switches_of(s->seen[i].task) == s->seen[i].switches)
				continue;
			looked++;
			if (look(s, i, check))
				ret = -EBUSY;
		}
		if (ret)
			return ret;
		if (looked <= RUNNING_PER_CPU * num_online_cpus())
			break;
	}
	/* Who has made a thread and gone to sleep between being listed and being
	 * looked at does not count as changed. */
	return add_all(s);
}

static int new_threads(const struct schedcut_snapshot *s, struct signal_struct *signal,
		       schedcut_stopped_fn fn, void *arg)
{
	struct task_struct *task;
	int ret;

	list_for_each_entry_reverse(task, &signal->thread_head, thread_node) {
		if (schedcut_seen_of(s, task))
			break;
		ret = fn(task, arg);
		if (ret)
			return ret;
	}
	return 0;
}

static int new_processes(const struct schedcut_snapshot *s, schedcut_stopped_fn fn, void *arg)
{
	struct task_struct *task;
	int ret;

	list_for_each_entry_reverse(task, &init_task.tasks, tasks) {
		if (schedcut_seen_of(s, task))
			break;
		ret = new_threads(s, task->signal, fn, arg);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Call @fn for this CPU's share of the tasks that have run since they were last
 * looked at, and of those that are new: the @index-th of @n shares. A new task
 * may come more than once. The first non-zero return ends it and is passed on.
 * Inside the stop: nobody is about to change the lists, for that is done with
 * interrupts off.
 */
int schedcut_for_each_changed(const struct schedcut_snapshot *s, unsigned int index, unsigned int n,
			      schedcut_stopped_fn fn, void *arg)
{
	unsigned int i = (u64)s->nr * index / n, end = (u64)s->nr * (index + 1) / n;
	int ret = 0;

	for (; i < end && !ret; i++) {
		const struct schedcut_seen *seen = &s->seen[i];

		if (schedcut_switches_of(seen->task) == seen->switches)
			continue;
		ret = fn(seen->task, arg);
		/* Stays what it is even behind the task's death. */
		if (!ret)
			ret = new_threads(s, seen->task->signal, fn, arg);
	}
	if (!index && !ret)
		ret = new_processes(s, fn, arg);
	return ret;
}

/* Forget all tasks. Process context. */
void schedcut_snapshot_free(struct schedcut_snapshot *s)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		put_task_struct(s->seen[i].task);
		cond_resched();
	}
	free_arrays(s);
	*s = (struct schedcut_snapshot){};
}
