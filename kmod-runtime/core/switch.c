// SPDX-License-Identifier: GPL-2.0-only
/*
 * switch.c - from one scheduler to another.
 *
 *	plan: allocate, merge, sort, map		process context
 *	  -> check all stacks and bytes			process context
 *	  -> the stop (stop.c)				all CPUs
 *
 * If a task is in the way, the last two are tried again.
 */
#include <linux/delay.h>

#include "../base/common.h"
#include "../neighbours/gate.h"
#include "../neighbours/kprobes.h"
#include "../safety/audit.h"
#include "../safety/storage.h"
#include "patch.h"
#include "privates.h"
#include "report.h"
#include "stop.h"
#include "switch.h"

#define VERIFY_PAUSE_MS 50

static unsigned int retries = 20;
module_param(retries, uint, 0600);
MODULE_PARM_DESC(retries, "number of further tries while a task is in the way");

static unsigned int retry_delay_ms = 20;
module_param(retry_delay_ms, uint, 0600);
MODULE_PARM_DESC(retry_delay_ms, "pause between two tries, in milliseconds");

enum check_mode {
	CHECK_CHANGED, /* stacks that have changed since before the stop */
	CHECK_FULL,    /* all stacks */
	CHECK_VERIFY,  /* as the first, and prove that it is enough */
};

static const char *const check_modes[] = {
	[CHECK_CHANGED] = "changed",
	[CHECK_FULL] = "full",
	[CHECK_VERIFY] = "verify",
};
static int check_mode = CHECK_CHANGED;

static int set_check_mode(const char *value, const struct kernel_param *param)
{
	int ret = sysfs_match_string(check_modes, value);

	if (ret < 0)
		return ret;
	WRITE_ONCE(check_mode, ret);
	return 0;
}

static int get_check_mode(char *buf, const struct kernel_param *param)
{
	return sysfs_emit(buf, "%s\n", check_modes[READ_ONCE(check_mode)]);
}

static const struct kernel_param_ops check_mode_ops = { .set = set_check_mode, .get = get_check_mode };
module_param_cb(stackcheck, &check_mode_ops, NULL, 0600);
MODULE_PARM_DESC(
	stackcheck,
	"stacks checked in the stop: those changed since the check before it, all, or the former with proof (changed, full, verify)");

/* Sleep without a timer that needs a softirq: the scheduler may be starving those. */
static void pause_ms(unsigned int ms)
{
	usleep_range(ms * USEC_PER_MSEC, (ms + 1) * USEC_PER_MSEC);
}

/* One try. @mode is the same for all tries of a switch, and each continues with the @snapshot
 * of the one before. */
static int try_once(const struct schedcut_plan *plan, enum check_mode mode,
		    struct schedcut_snapshot *snapshot, struct schedcut_stop *stop,
		    struct schedcut_stats *stats)
{
	struct schedcut_check *check = &stop->check;
	u64 before;
	int ret;

	memset(stop, 0, sizeof(*stop));
	stop->plan = plan;
	check->plan = plan;
	check->verify = mode == CHECK_VERIFY;
	stats->tries++;
	schedcut_keys_prepare(plan, stats->tries == 1);
	schedcut_probes_lock();
	ret = schedcut_probes_check(plan, stats->tries == 1);
	if (!ret && mode != CHECK_FULL) {
		before = ktime_get_ns();
		ret = schedcut_precheck(snapshot, check);
		stats->precheck += ktime_get_ns() - before;
		check->snapshot = snapshot;
		/* So that more tasks than usual run and are created meanwhile. */
		if (check->verify)
			pause_ms(VERIFY_PAUSE_MS);
		atomic_set(&check->threads, snapshot->threads);
	}
	if (!ret)
		ret = schedcut_stop_machine(plan, stop, stats);
	schedcut_probes_unlock();
	stats->threads = atomic_read(&check->threads);
	stats->missed += check->missed;
	stats->unreliable += atomic_read(&check->unreliable);
	return ret;
}

static void explain_failure(const struct schedcut_plan *plan, const struct schedcut_stop *stop,
			    int error)
{
	const char *to = schedcut_name_of(plan->to);

	/* A kprobe: logged when it was found. */
	if (error == -EEXIST && !stop->conflict)
		return;
	if (error == -EBUSY)
		schedcut_busy_explain(to);
	else if (error == -EEXIST)
		schedcut_explain_conflict(to, stop->conflict, stop->conflict_place);
	else if (error == -EAGAIN)
		pr_err("%s refused: a static key that it has its own copy of changes all the time\n",
		       to);
	else if (error == -ENOMEM)
		pr_err("%s refused: no memory\n", to);
	else if (error == -EUCLEAN)
		pr_err("%s refused: run queues count tasks that they do not have\n", to);
	else if (error == -ENOBUFS)
		pr_err("%s refused: tasks or groups were created faster than storage for them\n", to);
	else
		pr_err("%s refused: error %d\n", to, error);
}

static int plan_build(struct schedcut_plan *plan)
{
	unsigned int cpu;

	plan->tasks = schedcut_try(kvcalloc(nr_cpu_ids, sizeof(*plan->tasks), GFP_KERNEL));
	if (!plan->tasks)
		return -ENOMEM;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		INIT_LIST_HEAD(&plan->tasks[cpu]);
	return schedcut_plan_ranges(plan) ?: schedcut_plan_steps(plan) ?: schedcut_plan_map(plan);
}

static void plan_free(struct schedcut_plan *plan)
{
	schedcut_plan_unmap(plan);
	kvfree(plan->steps);
	kvfree(plan->ranges);
	kvfree(plan->tasks);
}

/* One try, with fresh storage. As schedcut_switch(), but not logged. */
static int prepare_and_try(struct schedcut_plan *plan, enum check_mode mode,
			   struct schedcut_snapshot *snapshot, struct schedcut_stop *stop,
			   struct schedcut_stats *stats)
{
	int ret = (plan->to ? schedcut_storage_prepare(plan->to) : 0) ?: schedcut_audit_prepare(plan);

	if (ret)
		return ret;
	ret = try_once(plan, mode, snapshot, stop, stats);
	schedcut_audit_finish(plan, stats);
	pr_debug("%s -> %s: try %u: error %d\n", stats->from, stats->to, stats->tries, ret);
	if (ret == -EBUSY)
		schedcut_busy_publish(&stop->check.busy);
	else if (schedcut_is_transient(ret))
		stats->starved++;
	return ret;
}

/* Try until it succeeds, or there is no point in it. Result as for schedcut_switch(). */
static int try_often(struct schedcut_plan *plan, struct schedcut_stop *stop,
		     struct schedcut_stats *stats)
{
	enum check_mode mode = READ_ONCE(check_mode);
	struct schedcut_snapshot snapshot = {};
	int ret;

	for (;;) {
		ret = prepare_and_try(plan, mode, &snapshot, stop, stats);
		if (!schedcut_is_transient(ret) || stats->tries > READ_ONCE(retries))
			break;
		if (ret == -EBUSY) {
			schedcut_gate_close(plan, stop->check.busy.outermost, stats->tries);
			pause_ms(READ_ONCE(retry_delay_ms));
		}
	}
	schedcut_gate_open(stats);
	schedcut_snapshot_free(&snapshot);
	return ret;
}

/*
 * Go from @from to @to; NULL is vmlinux's own scheduler. 0, or -errno (logged) with everything
 * as before: -EBUSY (a task was in the way at every try), -EAGAIN (a static key changed at
 * every try), -ENOBUFS (objects were created faster than storage for them), -EEXIST (another
 * patcher has changed what is to be written, or a kprobe is there), -ENOMEM, or the error of
 * clear(). Process context. Hooks and schedcut_gate_clean()
 * are the caller's job.
 */
int schedcut_switch(struct schedcut_scheduler *from, struct schedcut_scheduler *to,
		    struct schedcut_stats *stats)
{
	struct schedcut_plan plan = { .from = from, .to = to };
	struct schedcut_stop *stop;
	int ret;

	lockdep_assert_held(&schedcut_mutex);
	stop = schedcut_try(kzalloc(sizeof(*stop), GFP_KERNEL));
	ret = stop ? plan_build(&plan) : -ENOMEM;
	pr_debug("%s -> %s: plan with %u writes and %u ranges: error %d\n", stats->from, stats->to,
		 plan.nr_steps, plan.nr_ranges, ret);
	if (!ret)
		ret = try_often(&plan, stop, stats);
	if (ret) {
		explain_failure(&plan, stop, ret);
		if (stats->tries)
			schedcut_keys_undo(&plan);
	} else {
		schedcut_privates_count(&plan, stats);
	}
	plan_free(&plan);
	kfree(stop);
	return ret;
}
