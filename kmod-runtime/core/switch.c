// SPDX-License-Identifier: GPL-2.0-only
/*
 * switch.c - the stop: from one scheduler to another, or nothing at all.
 *
 *	plan (allocate, merge, sort, map)		process context
 *	  -> check all stacks and bytes			process context
 *	  -> check the stacks that have changed		all CPUs, stopped
 *	  -> give objects their extra storage		all CPUs, if there is any
 *	  -> check the run queues (debugging)		all CPUs
 *	  -> take tasks off the run queues		all CPUs
 *	  -> write jumps, classes, pointers, variables	all CPUs
 *	  -> initialise extra storage			all CPUs, if there is any
 *	  -> put the tasks back				all CPUs
 *	  -> check the run queues again (debugging)	all CPUs
 *
 * Up to the writing everything can be undone, and nothing can fail from there.
 *
 * A barrier costs what the slowest CPU takes to get there, so there are no more
 * than needed: three, if there is neither extra storage nor a hook. None is at
 * the beginning, for stop_machine() calls nobody before all CPUs have their
 * interrupts off, and none at the end, for it lets nobody go before all are done.
 * Each step has an error of its own, so that nobody who is still reading one step's
 * sees another's.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kallsyms.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>
#include <asm/processor.h>

#include "../base/compat.h"
#include "../base/runtime.h"

#define VERIFY_PAUSE_MS 50

/* Steps of a stop that may fail. */
enum fallible { STACKS, STORAGE, CLEAR, NR_FALLIBLE };

/**
 * struct stop - one stop, shared by all CPUs
 * @plan:	what to do
 * @check:	the stack check's results
 * @nr_cpus:	CPUs that take part; counted with hotplug locked out
 * @ticket:	hands out numbers; 0 is the leader
 * @arrived:	how often a CPU has arrived at a barrier
 * @left:	CPUs that are done
 * @errors:	of each step the first one of any CPU, 0 if none
 * @conflict:	the write that made the error -EEXIST
 * @conflict_place:	where it met somebody else
 * @moved:	tasks taken off run queues
 * @miscounted:	CPUs whose run queue counts tasks that it does not have
 * @start:	when the leader began; this and the following as ktime in ns
 * @checked:	when stacks had been checked
 * @assigned:	when all objects had their storage
 * @cleared:	when the run queues were empty
 * @written:	when the new scheduler was in place; 0 if it never was
 * @entered:	when storage was initialised and the author's hook had run
 * @end:	when the last CPU was done
 */
struct stop {
	const struct schedcut_plan *plan;
	struct schedcut_check check;
	unsigned int nr_cpus;
	atomic_t ticket, arrived, left, errors[NR_FALLIBLE], moved, miscounted;
	const struct schedcut_write *conflict;
	unsigned long conflict_place;
	u64 start, checked, assigned, cleared, written, entered, end;
};

/**
 * struct stopped_cpu - one CPU's part in a stop
 * @stop:	the stop
 * @index:	its number; the leader's is 0
 * @barriers:	how many it has passed
 * @tasks:	those that it takes off its run queue
 */
struct stopped_cpu {
	struct stop *stop;
	unsigned int index, barriers;
	struct list_head *tasks;
};

/* Wait for all CPUs, and tell the time in @when. */
static void barrier_at(struct stopped_cpu *cpu, u64 *when)
{
	struct stop *stop = cpu->stop;
	unsigned int all = ++cpu->barriers * stop->nr_cpus;

	/* What was done before is seen by whoever is behind it. */
	smp_mb__before_atomic();
	atomic_inc(&stop->arrived);
	while (atomic_read_acquire(&stop->arrived) < all)
		cpu_relax();
	if (!cpu->index && when)
		*when = ktime_get_ns();
}

/* This CPU has done @step; wait for the others. True: all have succeeded. */
static bool all_succeed(struct stopped_cpu *cpu, enum fallible step, int error, u64 *when)
{
	atomic_t *first = &cpu->stop->errors[step];

	if (error)
		atomic_cmpxchg(first, 0, error);
	barrier_at(cpu, when);
	return !atomic_read(first);
}

static int error_of(const struct stop *stop)
{
	unsigned int step;

	for (step = 0; step < NR_FALLIBLE; step++) {
		int error = atomic_read(&stop->errors[step]);

		if (error)
			return error;
	}
	return 0;
}

static int clear(struct stop *stop, struct list_head *tasks)
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
static void commit(struct stopped_cpu *cpu)
{
	const struct schedcut_plan *plan = cpu->stop->plan;
	struct schedcut_scheduler *from = plan->from, *to = plan->to;
	bool leader = !cpu->index;

	/* The author's code may call what is about to be written. */
	if (from && from->in_stop_deactivate) {
		if (leader)
			from->in_stop_deactivate();
		barrier_at(cpu, NULL);
	}
	if (from)
		schedcut_privates_leave(from, leader);
	if (to)
		schedcut_privates_enter(to, leader);
	schedcut_plan_write(plan, cpu->index, cpu->stop->nr_cpus);
	if (to && leader)
		schedcut_storage_publish(to);
	barrier_at(cpu, &cpu->stop->written);
	sync_core();
}

/* The new scheduler is in place, the run queues are still empty. On every CPU. */
static void enter(struct stopped_cpu *cpu)
{
	const struct schedcut_scheduler *to = cpu->stop->plan->to;
	unsigned int object;

	if (!to)
		return;
	for (object = 0; object < SCHEDCUT_NR_OBJECTS; object++) {
		if (schedcut_storage_init(to, object, cpu->index, cpu->stop->nr_cpus))
			barrier_at(cpu, NULL);
	}
	if (!to->in_stop_activate)
		return;
	if (!cpu->index)
		to->in_stop_activate();
	barrier_at(cpu, NULL);
}

/* All that can fail without having touched anything. True: it has not. */
static bool check_and_assign(struct stopped_cpu *cpu)
{
	struct stop *stop = cpu->stop;
	const struct schedcut_scheduler *to = stop->plan->to;

	if (!all_succeed(cpu, STACKS, schedcut_check_stacks(&stop->check, cpu->index, stop->nr_cpus),
			 &stop->checked))
		return false;
	return !to || !to->state->tables ||
	       all_succeed(cpu, STORAGE, schedcut_storage_assign(to, cpu->index, stop->nr_cpus),
			   &stop->assigned);
}

/* Take the tasks off this CPU's run queue, and put them back when the new
 * scheduler is in place, or if it cannot be. */
static void exchange(struct stopped_cpu *cpu)
{
	struct stop *stop = cpu->stop;
	const struct schedcut_plan *plan = stop->plan;
	const struct schedcut_scheduler *old = plan->from ?: plan->to;
	const struct schedcut_scheduler *new = plan->to ?: plan->from;

	schedcut_audit(plan, false);
	if (!all_succeed(cpu, CLEAR, clear(stop, cpu->tasks), &stop->cleared)) {
		old->rebuild(cpu->tasks);
		return;
	}
	commit(cpu);
	enter(cpu);
	if (!cpu->index)
		stop->entered = ktime_get_ns();
	new->rebuild(cpu->tasks);
}

/* Runs on every online CPU with interrupts off, when they are off on all. */
static int stop_fn(void *arg)
{
	struct stop *stop = arg;
	struct stopped_cpu cpu = {
		.stop = stop,
		.index = atomic_inc_return(&stop->ticket) - 1,
		.tasks = &stop->plan->tasks[smp_processor_id()],
	};
	bool clean;

	if (!cpu.index)
		stop->start = ktime_get_ns();
	clean = check_and_assign(&cpu);
	if (clean)
		exchange(&cpu);
	if (atomic_inc_return(&stop->left) == stop->nr_cpus)
		stop->end = ktime_get_ns();
	if (clean && stop->plan->audits) {
		barrier_at(&cpu, NULL);
		schedcut_audit(stop->plan, true);
	}
	return 0;
}

/* With text_mutex and the lock of jump labels held: bytes and keys stay as they
 * are until these are released. */
static int stop_locked(const struct schedcut_plan *plan, struct stop *stop)
{
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

/* Order of the locks as in the kernel's own text patching. */
static int stop_machine_once(const struct schedcut_plan *plan, struct stop *stop,
			     struct schedcut_stats *stats, u64 begin)
{
	const struct schedcut_kernel *k = &schedcut_kernel;
	u64 before;
	int ret;

	cpus_read_lock();
	k->jump_label_lock();
	mutex_lock(k->text_mutex);
	stop->nr_cpus = num_online_cpus();
	before = ktime_get_ns();
	ret = stop_locked(plan, stop);
	stats->stop_machine = ktime_get_ns() - before;
	mutex_unlock(k->text_mutex);
	k->jump_label_unlock();
	cpus_read_unlock();

	stats->init = before - begin;
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
	return ret ?: error_of(stop);
}

/* Without a timer that needs a softirq: the scheduler may be starving them. */
static void pause_ms(unsigned int ms)
{
	usleep_range(ms * USEC_PER_MSEC, (ms + 1) * USEC_PER_MSEC);
}

/* One try. @mode as in the tries before it, whose @snapshot it goes on with. */
static int try_once(const struct schedcut_plan *plan, enum schedcut_check_mode mode,
		    struct schedcut_snapshot *snapshot, struct stop *stop,
		    struct schedcut_stats *stats, u64 begin)
{
	struct schedcut_check *check = &stop->check;
	u64 before;
	int ret;

	memset(stop, 0, sizeof(*stop));
	stop->plan = plan;
	check->plan = plan;
	check->verify = mode == SCHEDCUT_CHECK_VERIFY;
	stats->tries++;
	schedcut_keys_prepare(plan, stats->tries == 1);
	schedcut_probes_hold();
	ret = schedcut_probes_check(plan, stats->tries == 1);
	if (!ret && mode != SCHEDCUT_CHECK_FULL) {
		before = ktime_get_ns();
		ret = schedcut_precheck(snapshot, check);
		stats->precheck += ktime_get_ns() - before;
		check->snapshot = snapshot;
		/* More will have run, and been born, than usually. */
		if (check->verify)
			pause_ms(VERIFY_PAUSE_MS);
		atomic_set(&check->threads, snapshot->threads);
	}
	if (!ret)
		ret = stop_machine_once(plan, stop, stats, begin);
	schedcut_probes_release();
	stats->threads = atomic_read(&check->threads);
	stats->missed += check->missed;
	stats->unreliable += atomic_read(&check->unreliable);
	return ret;
}

static void explain_busy(const char *to, const struct schedcut_busy *busy)
{
	char place[KSYM_SYMBOL_LEN];

	schedcut_busy_place(busy, place);
	pr_err("%s refused: %s: %s/%d is in it%s\n", to, place, busy->comm, busy->pid,
	       busy->unreliable ? " (unreliable stack)" : "");
}

static void explain(const struct schedcut_plan *plan, const struct stop *stop, int error)
{
	const char *to = schedcut_name_of(plan->to);

	/* A kprobe in the way: said when it was found. */
	if (error == -EEXIST && !stop->conflict)
		return;
	if (error == -EBUSY)
		explain_busy(to, &stop->check.busy);
	else if (error == -EEXIST)
		schedcut_explain_conflict(to, stop->conflict, stop->conflict_place);
	else if (error == -EAGAIN)
		pr_err("%s refused: somebody keeps turning a static key that it has its own of\n",
		       to);
	else if (error == -ENOMEM)
		pr_err("%s refused: no memory\n", to);
	else if (error == -EUCLEAN)
		pr_err("%s refused: run queues count tasks that they do not have\n", to);
	else if (error == -ENOBUFS)
		pr_err("%s refused: tasks or groups came faster than storage for them\n", to);
	else
		pr_err("%s refused: error %d\n", to, error);
}

static int plan_build(struct schedcut_plan *plan)
{
	unsigned int cpu;
	int ret;

	plan->tasks = schedcut_try(kvcalloc(nr_cpu_ids, sizeof(*plan->tasks), GFP_KERNEL));
	if (!plan->tasks)
		return -ENOMEM;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		INIT_LIST_HEAD(&plan->tasks[cpu]);
	ret = schedcut_plan_ranges(plan);
	if (ret)
		return ret;
	ret = schedcut_plan_steps(plan);
	if (ret)
		return ret;
	return schedcut_plan_map(plan);
}

static void plan_free(struct schedcut_plan *plan)
{
	schedcut_plan_unmap(plan);
	kvfree(plan->steps);
	kvfree(plan->ranges);
	kvfree(plan->tasks);
}

/*
 * Go from @from to @to, NULL standing for vmlinux's own scheduler. @begin: when
 * the activation began. 0, or -errno with everything as before: -EBUSY (a task
 * was in the way at every try), -EAGAIN (a static key changed at every try),
 * -ENOBUFS (objects came faster than storage for them), -EEXIST (the bytes of
 * vmlinux are not as they were left, or a kprobe is there), -ENOMEM, or
 * clear()'s error. Logged. Process context, schedcut_mutex held; hooks and
 * schedcut_gate_clean() are the caller's.
 */
int schedcut_switch(struct schedcut_scheduler *from, struct schedcut_scheduler *to,
		    struct schedcut_stats *stats, u64 begin)
{
	enum schedcut_check_mode mode = schedcut_check_mode();
	struct schedcut_plan plan = { .from = from, .to = to };
	struct schedcut_snapshot snapshot = {};
	struct stop *stop;
	int ret;

	stop = schedcut_try(kzalloc(sizeof(*stop), GFP_KERNEL));
	if (!stop) {
		explain(&plan, NULL, -ENOMEM);
		return -ENOMEM;
	}
	ret = plan_build(&plan);
	while (!ret) {
		if (to)
			ret = schedcut_storage_prepare(to);
		if (!ret)
			ret = schedcut_audit_prepare(&plan);
		if (ret)
			break;
		ret = try_once(&plan, mode, &snapshot, stop, stats, begin);
		schedcut_audit_finish(&plan, stats);
		if (!schedcut_passes_by(ret))
			break;
		if (ret == -EBUSY)
			schedcut_busy_publish(&stop->check.busy);
		else
			stats->starved++;
		if (stats->tries > READ_ONCE(schedcut_retries))
			break;
		if (ret == -EBUSY) {
			schedcut_gate_close(&plan, stop->check.busy.outermost, stats->tries);
			pause_ms(READ_ONCE(schedcut_retry_delay_ms));
		}
		ret = 0;
	}
	schedcut_gate_open(stats);
	if (ret) {
		explain(&plan, stop, ret);
		if (stats->tries)
			schedcut_keys_undo(&plan);
	} else {
		schedcut_privates_count(&plan, stats);
	}
	schedcut_snapshot_free(&snapshot);
	plan_free(&plan);
	kfree(stop);
	return ret;
}
