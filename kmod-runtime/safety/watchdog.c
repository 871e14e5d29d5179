// SPDX-License-Identifier: GPL-2.0-only
/*
 * watchdog.c - from a scheduler that does not schedule, back to vmlinux's.
 *
 * A thread of the highest real-time priority goes through all tasks several times per
 * limit and remembers those that could run and do not. Whether a task has run since is
 * told by its counts of context switches, as in check.c; nothing else that the
 * scheduler says of itself is used. A task that a bandwidth limit holds back does not
 * count.
 *
 * The watchdog relies on as little of the broken scheduler as it can: real-time tasks and
 * stoppers run, and are woken. The thread exists, with its priority, before any scheduler
 * is active. Its timer is an hrtimer, which needs no softirq thread. schedcut_mutex hands
 * its priority on to a holder that is starved.
 */
#include <linux/capability.h>
#include <linux/hash.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>

#include "../base/common.h"
#include "../base/registry.h"
#include "../stacks/check.h"
#include "warnings.h"
#include "watchdog.h"

#define TABLE_BITS 12
#define TABLE_SIZE (1U << TABLE_BITS)
#define TABLE_ROOM (TABLE_SIZE / 4 * 3) /* further tasks are not watched */
#define SCANS_PER_LIMIT 4
#define MAX_PERIOD_MS 1000
#define MAX_TRIES 10
#define BACK_OFF_MS 10000 /* after a failed rollback */

/* A task that waits for a CPU. @task is not referenced, only compared, together with @born:
 * the memory of a task may soon be another's. */
struct waiting {
	const struct task_struct *task;
	u64 born;
	unsigned long switches;
	u64 since; /* when it was first seen waiting, in ns of watched_time() */
};

struct waiting_table {
	unsigned int nr;
	struct waiting slots[TABLE_SIZE];
};

/* The task that has waited longest. */
struct starved {
	char comm[TASK_COMM_LEN];
	pid_t pid;
	unsigned int cpu;
	u64 ns;
};

static struct task_struct *thread;   /* schedcut_mutex; NULL: no registration yet */
static struct waiting_table *tables; /* two: for the last scan and for this one */
static unsigned int rescues;
static int (*watchdog_rescue)(void);

/* The thread has to forget what it has seen: another scheduler is active, or the watchdog was
 * switched on. Written with schedcut_mutex held. */
static bool has_changed;

static unsigned int watchdog_ms;

/* Make the thread, which may be asleep for long, forget and look again. */
static void watch_anew(void)
{
	lockdep_assert_held(&schedcut_mutex);
	WRITE_ONCE(has_changed, true);
	if (thread)
		wake_up_process(thread);
}

static int set_watchdog(const char *value, const struct kernel_param *param)
{
	unsigned int before;
	int ret;

	/* No scheduler is active while the module is being loaded. */
	if (THIS_MODULE->state != MODULE_STATE_LIVE)
		return param_set_uint(value, param);
	/* The watchdog switches schedulers. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	rt_mutex_lock(&schedcut_mutex);
	before = watchdog_ms;
	ret = param_set_uint(value, param);
	if (!ret && schedcut_active)
		ret = schedcut_watchdog_start();
	if (ret)
		WRITE_ONCE(watchdog_ms, before);
	else if (!before != !watchdog_ms)
		schedcut_warnings_forget();
	if (!ret && watchdog_ms && !before)
		watch_anew();
	rt_mutex_unlock(&schedcut_mutex);
	return ret;
}

static const struct kernel_param_ops watchdog_ops = {
	.set = set_watchdog,
	.get = param_get_uint,
};
module_param_cb(watchdog_ms, &watchdog_ops, &watchdog_ms, 0600);
MODULE_PARM_DESC(
	watchdog_ms,
	"go back to vmlinux's scheduler when a task has waited for a CPU for so many milliseconds, or the scheduler's code warns; 0: never");

static struct waiting *waiting_slot(struct waiting_table *table, const struct task_struct *task)
{
	unsigned int i = hash_ptr(task, TABLE_BITS);

	while (table->slots[i].task && table->slots[i].task != task)
		i = (i + 1) % TABLE_SIZE;
	return &table->slots[i];
}

/* Could @task run, but does not? */
static bool is_waiting(const struct schedcut_scheduler *s, struct task_struct *task)
{
	unsigned int state = schedcut_task_state(task);

	return (state == TASK_RUNNING || state == TASK_WAKING) && !READ_ONCE(task->on_cpu) &&
	       !s->is_throttled(task);
}

/* Since when @task has been waiting, as far as seen; remembers it in @now_table. */
static u64 waiting_since(const struct task_struct *task, struct waiting_table *before,
			 struct waiting_table *now_table, u64 now)
{
	const struct waiting *old = waiting_slot(before, task);
	struct waiting *new = waiting_slot(now_table, task);
	unsigned long switches = schedcut_switches_of(task);

	if (new->task || now_table->nr == TABLE_ROOM)
		return now;
	now_table->nr++;
	new->task = task;
	new->born = task->start_time;
	new->switches = switches;
	new->since = old->task && old->born == new->born && old->switches == switches ? old->since :
											now;
	return new->since;
}

/* A clock in ns that advances from scan to scan, but not by much more than @pause, the
 * milliseconds that the thread meant to sleep. If the whole machine has not run for longer, as
 * a paused VM, no task has waited for the scheduler. */
static u64 watched_time(unsigned int pause)
{
	static u64 last, seen;
	u64 now = ktime_get_ns();

	seen += min(now - last, 2 * (u64)pause * NSEC_PER_MSEC);
	last = now;
	return seen;
}

/* Go through all tasks, at @now. */
static void find_starved(const struct schedcut_scheduler *s, u64 now, struct starved *worst)
{
	static unsigned int turn;
	struct waiting_table *before = &tables[turn], *now_table = &tables[!turn];
	struct task_struct *g, *task;

	lockdep_assert_held(&schedcut_mutex);
	turn = !turn;
	memset(now_table, 0, sizeof(*now_table));
	memset(worst, 0, sizeof(*worst));
	rcu_read_lock();
	for_each_process_thread(g, task) {
		u64 ns;

		if (!is_waiting(s, task))
			continue;
		ns = now - waiting_since(task, before, now_table, now);
		if (ns <= worst->ns)
			continue;
		worst->ns = ns;
		worst->pid = task->pid;
		worst->cpu = task_cpu(task);
		strscpy(worst->comm, task->comm, sizeof(worst->comm));
	}
	rcu_read_unlock();
}

static void forget_waiting(void)
{
	if (tables)
		memset(tables, 0, 2 * sizeof(*tables));
}

/* Sleep for @ms (0: for as long as it takes), unless the scheduler has warned since @warned was
 * read, or another one is active. */
static void sleep_until_wanted(unsigned int ms, unsigned long warned)
{
	ktime_t time = ms_to_ktime(ms);

	set_current_state(TASK_IDLE);
	if (!kthread_should_stop() && schedcut_warned_at() == warned && !READ_ONCE(has_changed))
		schedule_hrtimeout(ms ? &time : NULL, HRTIMER_MODE_REL);
	__set_current_state(TASK_RUNNING);
}

/* Back to vmlinux's scheduler. 0, or -errno (logged) with @s still active. */
static int go_back(const struct schedcut_scheduler *s)
{
	unsigned int tries = 0, flags;
	int ret;

	lockdep_assert_held(&schedcut_mutex);
	/* Reclaim may wait for a task that is starving. */
	flags = memalloc_noreclaim_save();
	do {
		ret = watchdog_rescue();
	} while (schedcut_is_transient(ret) && ++tries < MAX_TRIES);
	memalloc_noreclaim_restore(flags);
	if (!ret) {
		rescues++;
		return 0;
	}
	pr_err("watchdog: %s stays active for now: error %d\n", s->name, ret);
	return ret;
}

/* One scan at @now, and log what it finds. True: leave @s. */
static bool is_broken(const struct schedcut_scheduler *s, u64 now, u64 limit)
{
	unsigned long address = schedcut_warned_at();
	struct starved worst;

	/* Is not cleared before the scheduler is gone. */
	if (address) {
		pr_err("watchdog: %s has warned at %pS: back to vmlinux\n", s->name, (void *)address);
		return true;
	}
	find_starved(s, now, &worst);
	if (worst.ns < limit)
		return false;
	pr_err("watchdog: %s has left %s/%d waiting for CPU %u for %llu ms: back to vmlinux\n",
	       s->name, worst.comm, worst.pid, worst.cpu, worst.ns / NSEC_PER_MSEC);
	return true;
}

static int watch(void *unused)
{
	unsigned int pause = 0;

	while (!kthread_should_stop()) {
		unsigned long warned;
		unsigned int limit;
		bool active;
		u64 now;

		/* Held throughout, so that it is the same scheduler. */
		rt_mutex_lock(&schedcut_mutex);
		limit = watchdog_ms;
		active = limit && schedcut_active;
		if (has_changed || !active)
			forget_waiting();
		WRITE_ONCE(has_changed, false);
		now = watched_time(pause);
		/* A warning during the work below ends the sleep. */
		warned = schedcut_warned_at();
		/* Scan even while none is active: the task that makes one active may be the
		 * first to starve, with the mutex, and that we wait for it boosts that task. */
		pause = limit ? clamp(limit / SCANS_PER_LIMIT, 1U, MAX_PERIOD_MS) : 0;
		if (active && is_broken(schedcut_active, now, (u64)limit * NSEC_PER_MSEC) &&
		    go_back(schedcut_active))
			pause = BACK_OFF_MS;
		rt_mutex_unlock(&schedcut_mutex);
		sleep_until_wanted(pause, warned);
	}
	return 0;
}

/* Create the thread, which sleeps until it is needed. @rescue goes back to vmlinux's scheduler,
 * as schedcut_rescue() does. 0, -ENOMEM, or -EINTR if the caller was killed. Process context;
 * schedcut_kernel is known. */
int schedcut_watchdog_init(int (*rescue)(void))
{
	int ret;

	lockdep_assert_held(&schedcut_mutex);
	if (thread)
		return 0;
	watchdog_rescue = rescue;
	ret = schedcut_create_thread(&thread, watch, NULL, "schedcut-watch", MAX_RT_PRIO - 1);
	if (!ret)
		schedcut_warnings_init(thread);
	return ret;
}

/* Allocate what the thread needs, if the watchdog is on. 0 or -ENOMEM. Process context. */
int schedcut_watchdog_start(void)
{
	lockdep_assert_held(&schedcut_mutex);
	if (!watchdog_ms)
		return 0;
	if (!tables)
		tables = schedcut_try(kvcalloc(2, sizeof(*tables), GFP_KERNEL));
	if (!tables)
		return -ENOMEM;
	schedcut_warnings_listen();
	return 0;
}

/* A switch is over; @active: another scheduler is active. */
void schedcut_watchdog_settle(bool active)
{
	schedcut_warnings_settle(active);
	/* What the thread has seen was under the other scheduler. */
	if (active && watchdog_ms)
		watch_anew();
}

/* How often it has gone back to vmlinux's scheduler. Any context. */
unsigned int schedcut_watchdog_rescues(void)
{
	return READ_ONCE(rescues);
}

/* The runtime is being unloaded, but watchdog_ms may still be written. */
void schedcut_watchdog_exit(void)
{
	struct task_struct *last;

	schedcut_warnings_exit();
	rt_mutex_lock(&schedcut_mutex);
	last = thread;
	thread = NULL;
	rt_mutex_unlock(&schedcut_mutex);
	if (last)
		kthread_stop(last);
	kvfree(tables);
}
