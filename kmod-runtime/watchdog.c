// SPDX-License-Identifier: GPL-2.0-only
/*
 * watchdog.c - from a scheduler that does not schedule, back to vmlinux's.
 *
 * A thread of the highest real-time priority goes through all tasks several
 * times per limit and remembers those that could run and do not. Whether one
 * has run since is told by its counts of switches, as in precheck.c; the rest of
 * what the scheduler says of itself is not asked. Who is held back by a
 * bandwidth limit does not count.
 *
 * It relies on as little of the broken scheduler as it can: real-time tasks and
 * stoppers run, wakeups of them arrive. Its timer is an hrtimer, which needs no
 * softirq thread; schedcut_mutex hands its priority on to a holder who is
 * starved.
 */
#include <linux/capability.h>
#include <linux/hash.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <uapi/linux/sched/types.h>

#include "compat.h"
#include "runtime.h"

#define TABLE_BITS	12
#define TABLE_SIZE	(1U << TABLE_BITS)
#define TABLE_ROOM	(TABLE_SIZE / 4 * 3)	/* tasks beyond that are not watched */
#define SCANS_PER_LIMIT	4
#define MAX_PERIOD_MS	1000
#define MAX_TRIES	10
#define BACK_OFF_MS	10000	/* when it could not go back */

/* A task that waits for a CPU. @task is not referenced, only compared, together
 * with @born: where tasks come and go one's memory is soon another's. */
struct waiting {
	const struct task_struct *task;
	u64 born;
	unsigned long switches;
	u64 since;	/* ktime in ns at which it was first seen */
};

struct waiting_table {
	unsigned int nr;
	struct waiting slots[TABLE_SIZE];
};

/* Who has waited longest. */
struct starved {
	char comm[TASK_COMM_LEN];
	pid_t pid;
	unsigned int cpu;
	u64 ns;
};

static struct task_struct *thread;	/* schedcut_mutex; NULL: not needed so far */
static struct waiting_table *tables;	/* two: of the last scan and of this one */
static unsigned int rescues;

/* Text of the active scheduler's module, and where it warned; no locks. */
static unsigned long text_start, text_end, warned_at;

static unsigned int watchdog_ms;

static int set_watchdog(const char *value, const struct kernel_param *param)
{
	unsigned int before;
	int ret;

	/* While the module is being loaded nothing is active. */
	if (THIS_MODULE->state != MODULE_STATE_LIVE)
		return param_set_uint(value, param);
	/* It may switch schedulers. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	rt_mutex_lock(&schedcut_mutex);
	before = watchdog_ms;
	ret = param_set_uint(value, param);
	if (!ret && schedcut_active)
		ret = schedcut_watchdog_start();
	if (ret)
		WRITE_ONCE(watchdog_ms, before);
	else if (!watchdog_ms)
		WRITE_ONCE(warned_at, 0);
	rt_mutex_unlock(&schedcut_mutex);
	return ret;
}

static const struct kernel_param_ops watchdog_ops = {
	.set = set_watchdog,
	.get = param_get_uint,
};
module_param_cb(watchdog_ms, &watchdog_ops, &watchdog_ms, 0600);
MODULE_PARM_DESC(watchdog_ms, "go back to vmlinux's scheduler when a task has waited for a CPU this long, or the scheduler's code warns; 0: do not");

static struct waiting *slot_of(struct waiting_table *table, const struct task_struct *task)
{
	unsigned int i = hash_ptr(task, TABLE_BITS);

	while (table->slots[i].task && table->slots[i].task != task)
		i = (i + 1) % TABLE_SIZE;
	return &table->slots[i];
}

/* Could @task run, and does not? */
static bool is_waiting(const struct schedcut_scheduler *s, struct task_struct *task)
{
	unsigned int state = schedcut_task_state(task);

	return (state == TASK_RUNNING || state == TASK_WAKING) && !READ_ONCE(task->on_cpu) &&
	       !s->is_throttled(task);
}

/* Since when @task has been waiting, as far as seen; and remember it. */
static u64 waiting_since(const struct task_struct *task, struct waiting_table *before,
			 struct waiting_table *now_table, u64 now)
{
	const struct waiting *old = slot_of(before, task);
	struct waiting *new = slot_of(now_table, task);
	unsigned long switches = schedcut_switches_of(task);

	if (new->task || now_table->nr == TABLE_ROOM)
		return now;
	now_table->nr++;
	new->task = task;
	new->born = task->start_time;
	new->switches = switches;
	new->since = old->task && old->born == new->born && old->switches == switches ?
		     old->since : now;
	return new->since;
}

/* Go through all tasks. schedcut_mutex held. */
static void scan(const struct schedcut_scheduler *s, struct starved *worst)
{
	static unsigned int turn;
	struct waiting_table *before = &tables[turn], *now_table = &tables[!turn];
	struct task_struct *g, *task;
	u64 now = ktime_get_ns();

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
	memset(tables, 0, 2 * sizeof(*tables));
}

/* Unless the scheduler warns, which it has not since @warned was read. */
static void sleep_ms(unsigned int ms, unsigned long warned)
{
	ktime_t time = ms_to_ktime(ms);

	set_current_state(TASK_IDLE);
	if (!kthread_should_stop() && READ_ONCE(warned_at) == warned)
		schedule_hrtimeout(&time, HRTIMER_MODE_REL);
	__set_current_state(TASK_RUNNING);
}

/* 0 or -errno (logged), with @s still active. schedcut_mutex held. */
static int go_back(const struct schedcut_scheduler *s)
{
	unsigned int try;
	int ret;

	for (try = 0; try < MAX_TRIES; try++) {
		ret = schedcut_deactivate_locked();
		if (!ret) {
			rescues++;
			return 0;
		}
	}
	pr_err("watchdog: %s stays for now: error %d\n", s->name, ret);
	return ret;
}

/* One look: what there is to say is said. True: away from @s. schedcut_mutex
 * held. */
static bool is_broken(const struct schedcut_scheduler *s, u64 limit)
{
	unsigned long address = READ_ONCE(warned_at);
	struct starved worst;

	/* Not forgotten before it is gone. */
	if (address) {
		pr_err("watchdog: %s has warned at %pS: back to vmlinux\n", s->name,
		       (void *)address);
		return true;
	}
	scan(s, &worst);
	if (worst.ns < limit)
		return false;
	pr_err("watchdog: %s has left %s/%d waiting for CPU %u for %llu ms: back to vmlinux\n",
	       s->name, worst.comm, worst.pid, worst.cpu, worst.ns / NSEC_PER_MSEC);
	return true;
}

static int watch(void *unused)
{
	const struct sched_param param = { .sched_priority = MAX_RT_PRIO - 1 };

	schedcut_kernel.sched_setscheduler_nocheck(current, SCHED_FIFO, &param);
	while (!kthread_should_stop()) {
		unsigned int limit = READ_ONCE(watchdog_ms);
		unsigned int pause = MAX_PERIOD_MS;
		bool broken = false, active;
		unsigned long warned;

		/* Held throughout: nobody else's scheduler is meant. */
		rt_mutex_lock(&schedcut_mutex);
		active = limit && schedcut_active;
		if (active) {
			pause = clamp(limit / SCANS_PER_LIMIT, 1U, MAX_PERIOD_MS);
			broken = is_broken(schedcut_active, (u64)limit * NSEC_PER_MSEC);
			if (broken && go_back(schedcut_active))
				pause = BACK_OFF_MS;
		}
		warned = READ_ONCE(warned_at);
		rt_mutex_unlock(&schedcut_mutex);
		if (broken || !active)
			forget_waiting();
		sleep_ms(pause, warned);
	}
	return 0;
}

static void wake_thread(struct irq_work *work)
{
	wake_up_process(thread);
}

static DEFINE_IRQ_WORK(wake_work, wake_thread);

/* report_bug(address, ...), entered from an exception: any context. */
static int bug_seen(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long address = schedcut_first_argument(regs);

	if (READ_ONCE(watchdog_ms) && !READ_ONCE(warned_at) &&
	    address >= READ_ONCE(text_start) && address < READ_ONCE(text_end)) {
		WRITE_ONCE(warned_at, address);
		irq_work_queue(&wake_work);
	}
	return 0;
}

static struct kprobe bug_probe = {
	.symbol_name = "report_bug",
	.pre_handler = bug_seen,
};
static bool sees_bugs;

/*
 * Have the thread if it is wanted. 0 or -ENOMEM. Process context,
 * schedcut_mutex held, the kernel known.
 */
int schedcut_watchdog_start(void)
{
	struct task_struct *new;
	int ret;

	if (!READ_ONCE(watchdog_ms) || thread)
		return 0;
	if (schedcut_fail_step())
		return -ENOMEM;
	if (!tables)
		tables = kvcalloc(2, sizeof(*tables), GFP_KERNEL);
	if (!tables)
		return -ENOMEM;
	new = kthread_create(watch, NULL, "schedcut-watch");
	if (IS_ERR(new))
		return -ENOMEM;
	thread = new;
	ret = register_kprobe(&bug_probe);
	sees_bugs = !ret;
	if (ret)
		pr_warn("watchdog: warnings are not seen: error %d\n", ret);
	wake_up_process(thread);
	return 0;
}

/* @s, NULL for vmlinux's, is the active scheduler from now on. */
void schedcut_watchdog_watch(const struct schedcut_scheduler *s)
{
	unsigned long start = 0, end = 0;

	if (s)
		schedcut_module_text(s->owner, &start, &end);
	WRITE_ONCE(text_start, start);
	WRITE_ONCE(text_end, end);
	WRITE_ONCE(warned_at, 0);
}

/* How often it has gone back. */
unsigned int schedcut_watchdog_rescues(void)
{
	return READ_ONCE(rescues);
}

/* When the runtime goes. */
void schedcut_watchdog_exit(void)
{
	if (sees_bugs)
		unregister_kprobe(&bug_probe);
	irq_work_sync(&wake_work);
	if (thread)
		kthread_stop(thread);
	kvfree(tables);
}
