// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop.c - the stop, in which one scheduler replaces another, or nothing happens at all.
 *
 *	check the stacks that have changed		all CPUs, stopped
 *	  -> give objects their extra storage		all CPUs, if there is any
 *	  -> check the run queues (debugging)		all CPUs
 *	  -> dequeue all tasks				all CPUs
 *	  -> write jumps, classes, branches, variables	all CPUs
 *	  -> initialise extra storage			all CPUs, if there is any
 *	  -> enqueue the tasks again			all CPUs
 *	  -> check the run queues again (debugging)	all CPUs
 *
 * Up to the writes everything can be undone, and from there nothing can fail.
 *
 * A barrier costs what the slowest CPU takes to get there, so there are no more than
 * needed: three, if there is neither extra storage nor a hook. There is none at the
 * beginning, because stop_machine() calls stop_fn() only when all CPUs have disabled
 * their interrupts, and none at the end, because it releases no CPU before all are done.
 * Each step has an error of its own, so that a CPU that still reads the error of one step
 * does not see that of the next.
 */
#include <linux/cpu.h>
#include <linux/stop_machine.h>
#include <asm/processor.h>

#include "../base/common.h"
#include "../safety/audit.h"
#include "../safety/storage.h"
#include "patch.h"
#include "privates.h"
#include "stop.h"

/* One CPU's part in a stop. */
struct stopped_cpu {
	struct schedcut_stop *stop;
	unsigned int index;	 /* its number; the leader's is 0 */
	unsigned int barriers;	 /* how many it has passed */
	struct list_head *tasks; /* that it dequeues */
};

/* Wait for all CPUs, and store the time in @when, unless it is NULL. */
static void wait_for_all(struct stopped_cpu *cpu, u64 *when)
{
	struct schedcut_stop *stop = cpu->stop;
	unsigned int all = ++cpu->barriers * stop->nr_cpus;

	/* What was done before the barrier is seen by every CPU that has passed it. */
	smp_mb__before_atomic();
	atomic_inc(&stop->arrived);
	while (atomic_read_acquire(&stop->arrived) < all)
		cpu_relax();
	if (!cpu->index && when)
		*when = ktime_get_ns();
}

/* This CPU has done @step; wait for the others. True: all have succeeded. */
static bool all_succeed(struct stopped_cpu *cpu, enum schedcut_fallible step, int error, u64 *when)
{
	atomic_t *first = &cpu->stop->errors[step];

	if (error)
		atomic_cmpxchg(first, 0, error);
	wait_for_all(cpu, when);
	return !atomic_read(first);
}

static int error_of_stop(const struct schedcut_stop *stop)
{
	unsigned int step;

	for (step = 0; step < SCHEDCUT_NR_FALLIBLE; step++) {
		int error = atomic_read(&stop->errors[step]);

		if (error)
			return error;
	}
	return 0;
}

static int clear_queue(struct schedcut_stop *stop, struct list_head *tasks)
{
	const struct schedcut_plan *plan = stop->plan;
	const struct schedcut_scheduler *s = plan->from ?: plan->to;
	struct list_head *task;
	int ret;

	if (schedcut_fail_step())
		return -ENOMEM;
	ret = s->clear(tasks);
	list_for_each(task, tasks)
		atomic_inc(&stop->moved);
	if (ret == -EUCLEAN) {
		atomic_inc(&stop->miscounted);
		return plan->to ? -EUCLEAN : 0;
	}
	return min(ret, 0);
}

/* The point of no return: all run queues are empty. On every CPU. */
static void write_all(struct stopped_cpu *cpu)
{
	const struct schedcut_plan *plan = cpu->stop->plan;
	struct schedcut_scheduler *from = plan->from, *to = plan->to;
	bool leader = !cpu->index;

	/* The author's code may call what is about to be written. */
	if (from && from->in_stop_deactivate) {
		if (leader)
			from->in_stop_deactivate();
		wait_for_all(cpu, NULL);
	}
	if (from)
		schedcut_privates_leave(from, leader);
	if (to)
		schedcut_privates_enter(to, leader);
	schedcut_plan_write(plan, cpu->index, cpu->stop->nr_cpus);
	if (to && leader)
		schedcut_storage_publish(to);
	wait_for_all(cpu, &cpu->stop->written);
	sync_core();
}

/* The new scheduler is in place, the run queues are still empty. On every CPU. */
static void enter_new(struct stopped_cpu *cpu)
{
	const struct schedcut_scheduler *to = cpu->stop->plan->to;
	unsigned int i;

	if (!to)
		return;
	for (i = 0; i < to->state->nr_tables; i++) {
		schedcut_storage_init(&to->state->tables[i], cpu->index, cpu->stop->nr_cpus);
		wait_for_all(cpu, NULL);
	}
	if (!to->in_stop_activate)
		return;
	if (!cpu->index)
		to->in_stop_activate();
	wait_for_all(cpu, NULL);
}

/* Everything that can fail without having changed anything. True: it has not failed. */
static bool check_and_assign(struct stopped_cpu *cpu)
{
	struct schedcut_stop *stop = cpu->stop;
	const struct schedcut_scheduler *to = stop->plan->to;

	if (!all_succeed(cpu, SCHEDCUT_STEP_STACKS,
			 schedcut_check_stacks(&stop->check, cpu->index, stop->nr_cpus),
			 &stop->checked))
		return false;
	return !to || !to->state->nr_tables ||
	       all_succeed(cpu, SCHEDCUT_STEP_STORAGE,
			   schedcut_storage_assign(to, cpu->index, stop->nr_cpus), &stop->assigned);
}

/* Dequeue the tasks of this CPU's run queue, and enqueue them when the new scheduler is in
 * place, or if it cannot be. */
static void move_tasks(struct stopped_cpu *cpu)
{
	struct schedcut_stop *stop = cpu->stop;
	const struct schedcut_plan *plan = stop->plan;
	const struct schedcut_scheduler *old = plan->from ?: plan->to;
	const struct schedcut_scheduler *new = plan->to ?: plan->from;

	schedcut_audit(plan, false);
	if (!all_succeed(cpu, SCHEDCUT_STEP_CLEAR, clear_queue(stop, cpu->tasks), &stop->cleared)) {
		old->rebuild(cpu->tasks);
		return;
	}
	write_all(cpu);
	enter_new(cpu);
	if (!cpu->index)
		stop->entered = ktime_get_ns();
	new->rebuild(cpu->tasks);
}

/* Runs on every online CPU with interrupts off, when they are off on all. */
static int stop_fn(void *arg)
{
	struct schedcut_stop *stop = arg;
	struct stopped_cpu cpu = {
		.stop = stop,
		.index = atomic_inc_return(&stop->ticket) - 1,
		.tasks = &stop->plan->tasks[smp_processor_id()],
	};
	bool clean;

	lockdep_assert_irqs_disabled();
	if (!cpu.index)
		stop->start = ktime_get_ns();
	clean = check_and_assign(&cpu);
	if (clean)
		move_tasks(&cpu);
	if (atomic_inc_return(&stop->left) == stop->nr_cpus)
		stop->end = ktime_get_ns();
	if (clean && stop->plan->audits) {
		wait_for_all(&cpu, NULL);
		schedcut_audit(stop->plan, true);
	}
	return 0;
}

/* text_mutex and the lock of jump labels are held: text and keys stay as they are. */
static int stop_with_locks(const struct schedcut_plan *plan, struct schedcut_stop *stop)
{
	lockdep_assert_held(schedcut_kernel.text_mutex);
	stop->conflict = schedcut_plan_conflict(plan, &stop->conflict_place);
	if (stop->conflict)
		return -EEXIST;
	if (!schedcut_keys_ready(plan))
		return -EAGAIN;
	if (schedcut_fail_step())
		return -ENOMEM;
	stop->check.caller = current;
	stop->check.caller_switches = schedcut_switches_of(current);
	return schedcut_kernel.stop_machine_cpuslocked(stop_fn, stop, cpu_online_mask);
}

static void report_stop(struct schedcut_stop *stop, struct schedcut_stats *stats)
{
	stats->cpus = stop->nr_cpus;
	stats->looked = atomic_read(&stop->check.looked);
	stats->full = stop->check.full;
	stats->moved = atomic_read(&stop->moved);
	stats->miscounted = atomic_read(&stop->miscounted);
	stats->stop_handler = stop->end - stop->start;
	stats->stack_check = stop->checked - stop->start;
	if (!stop->assigned)
		stop->assigned = stop->checked;
	if (stop->written) {
		stats->storage = stop->assigned - stop->checked + stop->entered - stop->written;
		stats->clear = stop->cleared - stop->assigned;
		stats->patch = stop->written - stop->cleared;
		stats->rebuild = stop->end - stop->entered;
	}
}

/* Stop the machine and do what @stop says. 0, or -errno with everything as before. The locks
 * are taken in the order of the kernel's own text patching.
 * Process context, schedcut_probes_lock() held. */
int schedcut_stop_machine(const struct schedcut_plan *plan, struct schedcut_stop *stop,
			  struct schedcut_stats *stats)
{
	const struct schedcut_kernel *k = &schedcut_kernel;
	u64 before;
	int ret;

	cpus_read_lock();
	k->jump_label_lock();
	mutex_lock(k->text_mutex);
	stop->nr_cpus = num_online_cpus();
	before = ktime_get_ns();
	ret = stop_with_locks(plan, stop);
	stats->stop_machine = ktime_get_ns() - before;
	mutex_unlock(k->text_mutex);
	k->jump_label_unlock();
	cpus_read_unlock();

	stats->init = before - stats->begin;
	report_stop(stop, stats);
	return ret ?: error_of_stop(stop);
}
