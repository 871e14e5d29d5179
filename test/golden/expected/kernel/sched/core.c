// SPDX-License-Identifier: GPL-2.0-only
/*
 * core.c - the switch, waking up, boot.
 */
#include <linux/sched.h>

#if 0 /* schedcut CREATE_TRACE_POINTS directive: vmlinux has the tracepoints */
#define CREATE_TRACE_POINTS
#endif
#include "sched.h"
#undef CREATE_TRACE_POINTS

/* Tentative definitions, a definition behind a declaration. */
#if 0 /* schedcut sysctl_sched_latency shared: state of the running kernel */
int sysctl_sched_latency;
#endif
extern int sysctl_sched_latency;
#if 0 /* schedcut last_woken shared: state of the running kernel */
static struct task_struct *last_woken;
#endif
extern struct task_struct *last_woken __asm__(SCHEDCUT_VML("last_woken"));
#if 0 /* schedcut sched_feat shared: state of the running kernel */
static int sched_feat;
#endif
extern int sched_feat __asm__(SCHEDCUT_VML("sched_feat"));
#if 0 /* schedcut sched_feat shared: state of the running kernel */
static int sched_feat = 3;
#endif
extern int sched_feat __asm__(SCHEDCUT_VML("sched_feat"));

#if 0 /* schedcut runqueues shared: state of the running kernel */
DEFINE_PER_CPU(struct rq, runqueues);
#endif
extern __percpu struct rq runqueues;
#if 0 /* schedcut switch_count shared: state of the running kernel */
static DEFINE_PER_CPU(unsigned long, switch_count);
#endif
extern __percpu unsigned long switch_count __asm__(SCHEDCUT_VML("switch_count"));

#if 0 /* schedcut sched_smt_present shared: state of the running kernel */
DEFINE_STATIC_KEY_FALSE(sched_smt_present);
#endif
extern struct static_key_false sched_smt_present;
#if 0 /* schedcut sched_domains_mutex shared: state of the running kernel */
DEFINE_MUTEX(sched_domains_mutex);
#endif
extern struct mutex sched_domains_mutex;
#if 0 /* schedcut task_groups shared: state of the running kernel */
static LIST_HEAD(task_groups);
#endif
extern struct list_head task_groups __asm__(SCHEDCUT_VML("task_groups"));

#if 0 /* schedcut nr_iowait shared: state of the running kernel */
static int nr_iowait, nr_throttled = 2;
#endif
extern int nr_iowait __asm__(SCHEDCUT_VML("nr_iowait"));
extern int nr_throttled __asm__(SCHEDCUT_VML("nr_throttled"));
#if 0 /* schedcut scheduler_running shared: state of the running kernel */
__read_mostly int scheduler_running;	/* set once */
#endif
extern int scheduler_running;

const int sched_prio_to_weight[NR_PRIOS] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705,
};

#if 0 /* schedcut feature_names shared: its address may stay in the kernel */
static const char *const feature_names[] = { "WAKEUP", "LOAD", NULL };
#endif
extern const char *const feature_names[3] __asm__(SCHEDCUT_VML("feature_names"));

struct sched_feature {
	const char *name;
	int (*set)(int on);
	int (*count)(void);
};

static int set_wakeup(int on);

static struct sched_feature features[] = {
	{ .name = "wakeup", .set = set_wakeup },
	{ .name = "load" },
};

/* Lives on stacks, and only what is in the module uses it. */
struct choice {
	struct rq *rq;
	struct task_struct *best;
	char tried;
};

static noinline int set_wakeup(int on)
{
	features[on & 1].name = on ? "on" : "off";
	features[0].count = online_cpus;
	return sched_feat = on ? sched_feat | 1 : sched_feat & ~1;
}

/* The same name as in fair.c. */
static noinline unsigned long scale(unsigned long load)
{
	barrier();
	return load * sched_prio_to_weight[load % NR_PRIOS];
}

#ifdef CONFIG_NOT_SET
static int never_compiled = 1;

int idle_balance(void)
{
	return never_compiled;
}
#endif

#if 0 /* schedcut sched_clock outsider: weak, and vmlinux uses a stronger one */
unsigned long long __weak sched_clock(void)
{
	return jiffies * 10ULL;
}
#endif

int __weak arch_cpu_priority(int cpu)
{
	barrier();
	return -cpu;
}

/* Too small for a jump behind its fentry call. */
#if 0 /* schedcut sched_hook outsider: cannot be redirected: too small (6 bytes) */
void sched_hook(void)
{
}
#endif
extern void sched_hook(void);

static noinline void account_slow(struct task_struct *p)
{
	barrier();
	p->prio--;
}

/* A jump label where the jump would have to stand. */
#if 0 /* schedcut account_process_time outsider: cannot be redirected: a jump label site lies within the bytes to patch */
void account_process_time(struct task_struct *p)
{
	if (static_branch_unlikely(&sched_smt_present))
		account_slow(p);
}
#endif
extern void account_process_time(struct task_struct *p);

static noinline struct task_struct *pick_next_task(struct rq *rq)
{
	SCHEDCUT_COUNT(pick_next_task);
	struct choice choice = { .rq = rq };

	barrier();
	if (rq_busy(rq))
		choice.best = fair_sched_class.pick_task(rq);
	else
		choice.best = idle_sched_class.pick_task(rq);
	rq->idle = choice.tried;
	return choice.best;
}

/* GCC removes the parameter that nobody reads. */
static noinline struct rq *finish_task_switch(struct task_struct *prev, int unused)
{
	struct rq *rq = this_rq();

	barrier();
	rq->curr = prev;
	return rq;
}

/* Inlined into the switch, and into schedule(), whose copy lives on. */
static inline void stop_nohz(struct rq *rq)
{
	rq->nohz.active = 0;
}

static notrace noinline void __schedule(int preempt)
{
	struct rq *rq = this_rq();
	struct task_struct *prev = rq->curr, *next = pick_next_task(rq);

	stop_nohz(rq);
	switch_count++;
	if (preempt)
		nr_throttled++;
	rq->curr = next;
	barrier();
	add_load(rq, scale(rq->load) + finish_task_switch(prev, 0)->load);
}

#if 0 /* schedcut schedule outsider: sleeps: calls __schedule */
void schedule(void)
{
	stop_nohz(this_rq());
	nr_iowait++;
	this_rq()->peers[1].cpu = 0;
	__schedule(0);
	barrier();
}
#endif
extern void schedule(void);
EXPORT_SYMBOL(schedule);

#if 0 /* schedcut preempt_schedule outsider: sleeps: calls __schedule */
asmlinkage __visible void notrace preempt_schedule(void)
{
	do {
		__schedule(1);
	} while (current_task->state);
}
#endif
extern void preempt_schedule(void);

#if 0 /* schedcut sleep_action outsider: declaration */
static long sleep_action(long timeout);
#endif
extern long sleep_action(long timeout) __asm__(SCHEDCUT_VML("sleep_action"));
static void note_wait(int *done);

/* A wait that is told how to sleep. */
#if 0 /* schedcut wait_common outsider: sleeps: calls sleep_action through a pointer */
static noinline long wait_common(int *done, long (*action)(long), long timeout)
{
	while (!*done && timeout)
		timeout = action(timeout);
	return timeout;
}
#endif
extern long wait_common(int *done, long (*action)(long), long timeout) __asm__(SCHEDCUT_VML("wait_common"));

#if 0 /* schedcut wait_for_completion_timeout outsider: sleeps: calls wait_common */
long wait_for_completion_timeout(int *done, long timeout)
{
	return wait_common(done, schedule_timeout, timeout);
}
#endif
extern long wait_for_completion_timeout(int *done, long timeout);

#if 0 /* schedcut sleep_action outsider: sleeps: calls schedule */
static noinline long sleep_action(long timeout)
{
	schedule();
	return timeout - 1;
}
#endif
extern long sleep_action(long timeout) __asm__(SCHEDCUT_VML("sleep_action"));

/* Only a function that sleeps calls it. */
static noinline void note_wait(int *done)
{
#if 0 /* schedcut next_note shared: state of the running kernel */
	static unsigned long next_note;
#endif
	extern unsigned long next_note __asm__(SCHEDCUT_VML("next_note"));

	barrier();
	if (next_note < jiffies)
		next_note = jiffies + *done;
}

#if 0 /* schedcut wait_for_completion outsider: sleeps: calls wait_common */
long wait_for_completion(int *done)
{
	note_wait(done);
	return wait_common(done, sleep_action, -1);
}
#endif
extern long wait_for_completion(int *done);

static void wake_timeout(struct timer *timer)
{
	timer->expires = 0;
	barrier();
	wake_up_process(last_woken);
}

int wake_up_process(struct task_struct *p)
{
#if 0 /* schedcut wake_timer shared: state of the running kernel */
	static struct timer wake_timer;
#endif
	extern struct timer wake_timer __asm__(SCHEDCUT_VML("wake_timer"));
	static int count;

	last_woken = p;
	timer_setup(&wake_timer, SCHEDCUT_ORIG(wake_timeout));
	wake_timer.function = p->prio ? &SCHEDCUT_ORIG(wake_timeout) : SCHEDCUT_ORIG(wake_timeout);
	add_timer(&wake_timer);
	p->sched_class->enqueue_task(this_rq(), p);
	printk_once("first wake-up by %s\n", feature_names[count++ & 1]);
	return features[0].set(p->prio);
}
EXPORT_SYMBOL(wake_up_process);

void scheduler_tick(void)
{
	static int count;
	DEFINE_WAIT(wait);

	add_wait_queue(&wait);
	if (++count > online_cpus())
		printk_once("more ticks than CPUs\n");
	account_process_time(current_task);
	this_rq()->nohz.stamp += stats_ticks(&this_rq()->stats);
	mutex_lock(&sched_domains_mutex);
	task_groups.next = task_groups.prev;
	mutex_unlock(&sched_domains_mutex);
}

int default_wake_function(struct wait_queue_entry *entry)
{
	barrier();
	return entry->func != SCHEDCUT_ORIG(default_wake_function);
}

SYSCALL_DEFINE1(nice, int, increment)
{
	current_task->prio += increment;
	return arch_cpu_priority(current_task->cpu);
}

#if 0 /* schedcut __x64_sys_pause outsider: sleeps: calls __se_sys_pause */
SYSCALL_DEFINE1(pause, int, seconds)
{
	return seconds ? schedule_timeout(seconds) : 0;
}
#endif

static int cpu_callback(struct notifier_block *nb, unsigned long action)
{
	barrier();
	return action == (unsigned long)nb->priority;
}

#if 0 /* schedcut cpu_notifier shared: state of the running kernel */
static struct notifier_block cpu_notifier = {
	.call = cpu_callback,
	.priority = 10,
};
#endif
extern struct notifier_block cpu_notifier __asm__(SCHEDCUT_VML("cpu_notifier"));

static int debug_open(int minor)
{
	barrier();
	return minor + scheduler_running;
}

#if 0 /* schedcut debug_fops shared: its address may stay in the kernel */
static const struct file_operations debug_fops = {
	.open	 = debug_open,
	.release = debug_open,
};
#endif
extern const struct file_operations debug_fops __asm__(SCHEDCUT_VML("debug_fops"));

#if 0 /* schedcut boot_cpus init: freed after boot */
static int boot_cpus __initdata = 1;
#endif

#if 0 /* schedcut sched_debug_init init: freed after boot */
static int __init sched_debug_init(void)
{
	debugfs_create_file("sched", &debug_fops);
	debugfs_create_u32("limit", &this_rq()->limit);
	return 0;
}
#endif
core_initcall(sched_debug_init);

#if 0 /* schedcut sched_init init: freed after boot */
void __init sched_init(void)
{
	this_rq()->cpu = boot_cpus;
	init_fair(this_rq());
	register_cpu_notifier(&cpu_notifier);
	scheduler_running = (int)sched_clock();
}
#endif

#if 0 /* schedcut __SCK__might_resched shared: static call of vmlinux */
DEFINE_STATIC_CALL(might_resched, preempt_schedule);	/* A comment that goes
							 * on behind it. */
#endif
DECLARE_STATIC_CALL(might_resched, preempt_schedule);

int sched_checks(void)
{
	barrier();
	return check_unit() && static_call_query(might_resched);
}
