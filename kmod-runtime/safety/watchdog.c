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
 * stoppers run, wakeups of them arrive. The thread is there, and of that priority,
 * before any scheduler is active. Its timer is an hrtimer, which needs no softirq
 * thread; schedcut_mutex hands its priority on to a holder who is starved.
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
#include <linux/sched/mm.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <uapi/linux/sched/types.h>

#include "../base/compat.h"
#include "../base/runtime.h"

#define TABLE_BITS 12
#define TABLE_SIZE (1U << TABLE_BITS)
#define TABLE_ROOM (TABLE_SIZE / 4 * 3) /* tasks beyond that are not watched */
#define SCANS_PER_LIMIT 4
#define MAX_PERIOD_MS 1000
#define MAX_TRIES 10
#define BACK_OFF_MS 10000 /* when it could not go back */

/* A task that waits for a CPU. @task is not referenced, only compared, together
 * with @born: where tasks come and go one's memory is soon another's. */
struct waiting {
	const struct task_struct *task;
	u64 born;
	unsigned long switches;
	u64 since; /* when it was first seen, in ns; see time_seen() */
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

static struct task_struct *thread;   /* schedcut_mutex; NULL: no registration so far */
static struct waiting_table *tables; /* two: of the last scan and of this one */
static unsigned int rescues;

/* Text of a scheduler's module, none if @end is 0, and where it has warned. Set
 * under schedcut_mutex, read without locks. */
struct listening {
	unsigned long start, end, warned_at;
};

/* Another scheduler is active than when the thread looked last, or it is to look.
 * Set under schedcut_mutex. */
static bool has_changed;

/* To the active scheduler, and during a switch also to the one that comes. */
static struct listening listening[2];
static unsigned int listening_active;

static unsigned int watchdog_ms;

/* Have the thread, which may be asleep for long, forget and look. schedcut_mutex
 * held. */
static void look_anew(void)
{
	WRITE_ONCE(has_changed, true);
	if (thread)
		wake_up_process(thread);
}

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
		WRITE_ONCE(listening[listening_active].warned_at, 0);
	else if (!before)
		look_anew();
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
	"go back to vmlinux's scheduler when a task has waited for a CPU this long, or the scheduler's code warns; 0: do not");

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
	new->since = old->task && old->born == new->born && old->switches == switches ? old->since :
											now;
	return new->since;
}

/*
 * A clock in ns that goes on from look to look, but not by much more than @pause,
 * the ms that the thread meant to sleep: when all of the machine has stood still,
 * as a virtual one does, no task has waited for the scheduler.
 */
static u64 time_seen(unsigned int pause)
{
	static u64 last, seen;
	u64 now = ktime_get_ns();

	seen += min(now - last, 2 * (u64)pause * NSEC_PER_MSEC);
	last = now;
	return seen;
}

/* Go through all tasks, at @now. schedcut_mutex held. */
static void scan(const struct schedcut_scheduler *s, u64 now, struct starved *worst)
{
	static unsigned int turn;
	struct waiting_table *before = &tables[turn], *now_table = &tables[!turn];
	struct task_struct *g, *task;

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

/* Where the active scheduler has warned, 0: nowhere. Any context. */
static unsigned long warned_at(void)
{
	return READ_ONCE(listening[READ_ONCE(listening_active)].warned_at);
}

/* Unless the scheduler warns, which it has not since @warned was read, or is
 * another one. 0 ms: until then. */
static void sleep_ms(unsigned int ms, unsigned long warned)
{
	ktime_t time = ms_to_ktime(ms);

	set_current_state(TASK_IDLE);
	if (!kthread_should_stop() && warned_at() == warned && !READ_ONCE(has_changed))
		schedule_hrtimeout(ms ? &time : NULL, HRTIMER_MODE_REL);
	__set_current_state(TASK_RUNNING);
}

/* 0 or -errno (logged), with @s still active. schedcut_mutex held. */
static int go_back(const struct schedcut_scheduler *s)
{
	unsigned int tries = 0, flags;
	int ret;

	/* Whom reclaim waits for may be starving. */
	flags = memalloc_noreclaim_save();
	do {
		ret = schedcut_rescue();
	} while (schedcut_passes_by(ret) && ++tries < MAX_TRIES);
	memalloc_noreclaim_restore(flags);
	if (!ret) {
		rescues++;
		return 0;
	}
	pr_err("watchdog: %s stays for now: error %d\n", s->name, ret);
	return ret;
}

/* One look at @now: what there is to say is said. True: away from @s. schedcut_mutex
 * held. */
static bool is_broken(const struct schedcut_scheduler *s, u64 now, u64 limit)
{
	unsigned long address = warned_at();
	struct starved worst;

	/* Not forgotten before it is gone. */
	if (address) {
		pr_err("watchdog: %s has warned at %pS: back to vmlinux\n", s->name, (void *)address);
		return true;
	}
	scan(s, now, &worst);
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

		/* Held throughout: nobody else's scheduler is meant. */
		rt_mutex_lock(&schedcut_mutex);
		limit = watchdog_ms;
		active = limit && schedcut_active;
		if (has_changed || !active)
			forget_waiting();
		WRITE_ONCE(has_changed, false);
		now = time_seen(pause);
		/* What comes while it is busy below wakes it. */
		warned = warned_at();
		/* Also while none is active: who makes one so may be the first to
		 * starve, with the mutex, and waiting for it is what helps him. */
		pause = limit ? clamp(limit / SCANS_PER_LIMIT, 1U, MAX_PERIOD_MS) : 0;
		if (active && is_broken(schedcut_active, now, (u64)limit * NSEC_PER_MSEC) &&
		    go_back(schedcut_active))
			pause = BACK_OFF_MS;
		rt_mutex_unlock(&schedcut_mutex);
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
	unsigned int i;

	for (i = 0; READ_ONCE(watchdog_ms) && i < ARRAY_SIZE(listening); i++) {
		struct listening *l = &listening[i];

		if (address >= READ_ONCE(l->start) && address < READ_ONCE(l->end) &&
		    !READ_ONCE(l->warned_at)) {
			WRITE_ONCE(l->warned_at, address);
			irq_work_queue(&wake_work);
		}
	}
	return 0;
}

/* A probe that has one is never turned into a jump. For that the kernel waits
 * until every task that could run has done so, and holds the locks meanwhile that
 * the way back needs. */
static void after_bug_seen(struct kprobe *probe, struct pt_regs *regs, unsigned long flags) {}

static struct kprobe bug_probe;
static bool sees_bugs; /* or the probe cannot be taken away */

static void listen(void)
{
	int ret;

	if (sees_bugs)
		return;
	bug_probe = (struct kprobe){
		.symbol_name = "report_bug",
		.pre_handler = bug_seen,
		.post_handler = after_bug_seen,
	};
	ret = schedcut_probe_set(&bug_probe, false);
	sees_bugs = !ret;
	if (ret)
		pr_warn("watchdog: warnings are not seen: error %d\n", ret);
}

/* Have the thread, which sleeps until it is wanted. 0, -ENOMEM, or -EINTR if the
 * caller was killed. Process context, schedcut_mutex held, the kernel known. */
int schedcut_watchdog_init(void)
{
	const struct sched_param param = { .sched_priority = MAX_RT_PRIO - 1 };
	struct task_struct *new;

	if (thread)
		return 0;
	if (schedcut_fail_step())
		return -ENOMEM;
	new = kthread_create(watch, NULL, "schedcut-watch");
	if (IS_ERR(new))
		return PTR_ERR(new);
	schedcut_kernel.sched_setscheduler_nocheck(new, SCHED_FIFO, &param);
	thread = new;
	wake_up_process(thread);
	return 0;
}

/* Have what the thread needs if it is wanted. 0 or -ENOMEM. Process context,
 * schedcut_mutex held. */
int schedcut_watchdog_start(void)
{
	if (!watchdog_ms)
		return 0;
	if (!tables)
		tables = schedcut_try(kvcalloc(2, sizeof(*tables), GFP_KERNEL));
	if (!tables)
		return -ENOMEM;
	listen();
	return 0;
}

/* Listen to @s as well, NULL for vmlinux's, which is to become active: it may
 * warn from the stop on. schedcut_mutex held. */
void schedcut_watchdog_prepare(const struct schedcut_scheduler *s)
{
	struct listening *l = &listening[!listening_active];
	unsigned long start = 0, end = 0;

	if (s)
		schedcut_module_text(s->owner, &start, &end);
	/* Without an end it is none, whatever the begin. */
	WRITE_ONCE(l->end, 0);
	WRITE_ONCE(l->warned_at, 0);
	WRITE_ONCE(l->start, start);
	WRITE_ONCE(l->end, end);
}

/* It has become active, or not: the other one is forgotten, and of the one that
 * is active what it has warned of is kept. schedcut_mutex held. */
void schedcut_watchdog_settle(bool active)
{
	if (active) {
		WRITE_ONCE(listening_active, !listening_active);
		/* What the thread knows is of the other one. */
		if (watchdog_ms)
			look_anew();
	}
	schedcut_watchdog_prepare(NULL);
}

/* vmlinux's scheduler is active. Process context, schedcut_mutex and a reference
 * on the runtime held: where the probe cannot be taken away that stays. */
void schedcut_watchdog_rest(void)
{
	if (!sees_bugs || !bug_probe.addr)
		return;
	schedcut_probes_remove((struct kprobe *[]){ &bug_probe }, 1);
	sees_bugs = !bug_probe.addr;
}

/* How often it has gone back. */
unsigned int schedcut_watchdog_rescues(void)
{
	return READ_ONCE(rescues);
}

/* When the runtime goes. Who sets watchdog_ms may still be at it. */
void schedcut_watchdog_exit(void)
{
	struct task_struct *last;

	irq_work_sync(&wake_work);
	rt_mutex_lock(&schedcut_mutex);
	last = thread;
	thread = NULL;
	rt_mutex_unlock(&schedcut_mutex);
	if (last)
		kthread_stop(last);
	kvfree(tables);
}
