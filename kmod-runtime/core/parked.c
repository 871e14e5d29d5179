// SPDX-License-Identifier: GPL-2.0-only
/*
 * parked.c - how long the runtime stays loaded.
 *
 * The module holds a reference on itself from the first activation until vmlinux's
 * scheduler is active again and no task's stack holds a return address into the stub.
 */
#include <linux/sched/signal.h>

#include "../base/common.h"
#include "../base/registry.h"
#include "../base/stub.h"
#include "parked.h"

#define POLL_PARKED (HZ / 2)

static bool holds_itself; /* schedcut_mutex */

/* Make idle kernel threads run once, so that they leave the stub; some would sleep there for
 * hours. A parked task has not run since, so it is still in the state in which it went to
 * sleep. User tasks are left alone: a wakeup without a reason may end a system call early. */
static void wake_parked(void)
{
	struct task_struct *g, *task;

	rcu_read_lock();
	for_each_process_thread(g, task) {
		if (task->flags & PF_KTHREAD && schedcut_sleeps_lightly(task) &&
		    schedcut_in_stub(schedcut_switch_return(task)))
			wake_up_process(task);
	}
	rcu_read_unlock();
}

static void poll_parked(struct work_struct *work);
static DECLARE_DELAYED_WORK(poll_work, poll_parked);

static void poll_parked(struct work_struct *work)
{
	rt_mutex_lock(&schedcut_mutex);
	if (schedcut_active || !holds_itself)
		goto unlock;
	if (schedcut_parked()) {
		wake_parked();
		schedule_delayed_work(&poll_work, POLL_PARKED);
		goto unlock;
	}
	/* The last task may still be a few instructions from the stub's end, with preemption
	 * off. */
	synchronize_rcu();
	holds_itself = false;
	module_put(THIS_MODULE);
unlock:
	rt_mutex_unlock(&schedcut_mutex);
}

/* Stay loaded. The caller holds a reference on a module that needs this one. */
void schedcut_runtime_hold(void)
{
	lockdep_assert_held(&schedcut_mutex);
	if (holds_itself)
		return;
	__module_get(THIS_MODULE);
	holds_itself = true;
}

/* vmlinux's scheduler is active: the runtime may go once no task is parked. Any context. */
void schedcut_runtime_release_soon(void)
{
	mod_delayed_work(system_wq, &poll_work, 0);
}

void schedcut_parked_exit(void)
{
	cancel_delayed_work_sync(&poll_work);
}
