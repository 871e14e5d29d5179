// SPDX-License-Identifier: GPL-2.0-only
/* check.c - the check of stacks inside the stop. */
#include <linux/sched/signal.h>

#include "../base/common.h"
#include "check.h"

static const char *const check_modes[] = {
	[SCHEDCUT_CHECK_CHANGED] = "changed",
	[SCHEDCUT_CHECK_FULL] = "full",
	[SCHEDCUT_CHECK_VERIFY] = "verify",
};
static int check_mode = SCHEDCUT_CHECK_CHANGED;

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

/* Which stacks are to be checked in the stop. Any context. */
enum schedcut_check_mode schedcut_check_mode(void)
{
	return READ_ONCE(check_mode);
}

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
		check->missed = schedcut_verify(check->snapshot);
	if (changed)
		ret = schedcut_for_each_changed(check->snapshot, index, n, check_stopped_task, check);
	else
		ret = check_all_tasks(check, index, n);
	return ret ?: s->for_each_hidden_task(smp_processor_id(), check_stopped_task, check);
}
