// SPDX-License-Identifier: GPL-2.0-only
/*
 * tidy.c - cleanup after an activation, by a thread; and how long the runtime stays loaded.
 *
 * Cleanup needs grace periods and other subsystems' locks, so a dedicated real-time
 * kthread does it. Never wait for either with schedcut_mutex held while a scheduler is
 * active: it may be starving the task that we wait for, and the watchdog needs the mutex
 * to roll back. The rollback also needs some of those locks, so the thread must not
 * starve while it holds them.
 */
#include <linux/kthread.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>

#include "../base/common.h"
#include "../base/stub.h"
#include "../neighbours/gate.h"
#include "../neighbours/livepatch.h"
#include "../neighbours/tracers.h"
#include "../safety/storage.h"
#include "tidy.h"

static void tidy_up(struct kthread_work *work);
static DEFINE_KTHREAD_WORK(tidy_work, tidy_up);
static struct kthread_worker worker;
/* All protected by schedcut_mutex. */
static struct task_struct *tidier;	   /* NULL: no registration yet */
static LIST_HEAD(idle_schedulers);	   /* still hold what an activation took */
static unsigned int tidy_asked, tidy_done; /* equal: there is nothing to clean up */

static void tidy_up(struct kthread_work *work)
{
	const struct schedcut_scheduler *active;
	struct schedcut_state *state, *next;
	unsigned int asked;
	LIST_HEAD(mine);

	rt_mutex_lock(&schedcut_mutex);
	active = schedcut_active;
	asked = tidy_asked;
	list_splice_init(&idle_schedulers, &mine);
	/* An earlier run has done it: this one was queued before that run began. */
	if (tidy_done == asked) {
		rt_mutex_unlock(&schedcut_mutex);
		return;
	}
	rt_mutex_unlock(&schedcut_mutex);

	schedcut_gate_clean();
	schedcut_livepatches_settle(active);
	schedcut_unheard_log(active);
	list_for_each_entry_safe(state, next, &mine, idle) {
		struct module *owner = state->scheduler->owner;

		schedcut_storage_release(state);
		module_put(owner);
	}

	rt_mutex_lock(&schedcut_mutex);
	tidy_done = asked;
	rt_mutex_unlock(&schedcut_mutex);
}

/* Queue the cleanup after an activation; @idle: the scheduler that is not active, now or again,
 * or NULL. Its module's reference passes to the cleanup. */
void schedcut_tidy_after(struct schedcut_scheduler *idle)
{
	lockdep_assert_held(&schedcut_mutex);
	if (idle)
		list_add_tail(&idle->state->idle, &idle_schedulers);
	tidy_asked++;
	kthread_queue_work(&worker, &tidy_work);
}

/* Wait for the cleanup. Process context, schedcut_mutex not held. */
void schedcut_tidy_flush(void)
{
	kthread_flush_work(&tidy_work);
}

/* Take schedcut_mutex when there is nothing to clean up: required before a scheduler is made
 * active that may be among those to be cleaned up after. Process context. */
void schedcut_tidy_lock(void)
{
	for (;;) {
		kthread_flush_work(&tidy_work);
		rt_mutex_lock(&schedcut_mutex);
		if (tidy_done == tidy_asked)
			return;
		rt_mutex_unlock(&schedcut_mutex);
	}
}

/* Create the thread, before any scheduler is active: a machine that starves can create none. 0,
 * -ENOMEM, or -EINTR if the caller was killed. Process context; schedcut_kernel is known. */
int schedcut_tidy_init(void)
{
	lockdep_assert_held(&schedcut_mutex);
	if (tidier)
		return 0;
	kthread_init_worker(&worker);
	/* Below the watchdog. */
	return schedcut_create_thread(&tidier, kthread_worker_fn, &worker, "schedcut-tidy",
				      MAX_RT_PRIO - 2);
}

/* The runtime is being unloaded; no task waits for a cleanup. */
void schedcut_tidy_exit(void)
{
	if (tidier) {
		kthread_flush_worker(&worker);
		kthread_stop(tidier);
	}
}

/*
 * --- how long the runtime stays loaded
 *
 * The module holds a reference on itself from the first activation until vmlinux's
 * scheduler is active again and no task's stack holds a return address into the stub.
 */

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

void schedcut_runtime_exit(void)
{
	cancel_delayed_work_sync(&poll_work);
}
