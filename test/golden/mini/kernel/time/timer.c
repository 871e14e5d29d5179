// SPDX-License-Identifier: GPL-2.0-only
/*
 * timer.c - everything around the scheduler.
 */
#include <linux/sched.h>
#include "../sched/stats.h"

unsigned long jiffies;
EXPORT_SYMBOL(jiffies);
int nr_online_cpus = 1;
static struct task_struct init_task;
struct task_struct *current_task = &init_task;
static struct timer *timers;

/* Stronger than the scheduler's. */
unsigned long long sched_clock(void)
{
	barrier();
	return jiffies;
}

noinline long schedule_timeout(long timeout)
{
	schedule();
	return timeout - 1;
}

void add_timer(struct timer *timer)
{
	timers = timer;
}

static struct rq_stats timer_stats;

void tick(void)
{
	/* A comment that names se.vruntime, and a string: no uses. */
	jiffies += current_task->se.exec_start + (*"a->vruntime" == 'b');
	timer_stats.wakeups += stats_ticks(&timer_stats);
	scheduler_tick();
	sched_hook();
	account_process_time(current_task);
	timers->function(timers);
	if (cpu_load(0))
		preempt_schedule();
}

static struct wait_queue_entry *waiters;
void add_wait_queue(struct wait_queue_entry *entry)
{
	waiters = entry;
}

void mutex_lock(struct mutex *lock)
{
	lock->locked = 1;
}
EXPORT_SYMBOL(mutex_lock);

void mutex_unlock(struct mutex *lock)
{
	lock->locked = 0;
}

static unsigned int *limit;
void debugfs_create_u32(const char *name, unsigned int *value)
{
	limit = *name ? value : NULL;
}

static const struct file_operations *registered;
void debugfs_create_file(const char *name, const struct file_operations *fops)
{
	registered = *name ? fops : NULL;
}

static struct notifier_block *notifiers;
void register_cpu_notifier(struct notifier_block *nb)
{
	notifiers = nb;
}

void cpu_up(void)
{
	int done = notifiers->call(notifiers, registered->open(0)) + waiters->func(waiters);

	cpuset_cpus_allowed(current_task, &current_task->stack);
	cpuset_attach(current_task);
	cpuset_update();
	wait_for_completion(&done);
	wait_for_completion_timeout(&done, 10);
}

int printk(const char *fmt, ...)
{
	barrier();
	return *fmt;
}
EXPORT_SYMBOL(printk);
