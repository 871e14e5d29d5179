/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/kernel.h>

struct sched_class;

/* Nobody but the scheduler uses all of it; the record it is part of is listed. */
struct sched_avg {
	unsigned long load;
};

struct sched_entity {
	unsigned long vruntime;		/* the scheduler's alone */
	unsigned long exec_start;	/* timer.c reads it */
	struct sched_avg avg;
	long __unused;
};

struct task_struct {
	int state, prio, cpu;
	unsigned long stack;
	const struct sched_class *sched_class;
	struct sched_entity se;
};

extern struct task_struct *current_task;
extern unsigned long jiffies;

void schedule(void);
asmlinkage void preempt_schedule(void);
long schedule_timeout(long timeout);
long wait_for_completion(int *done);
long wait_for_completion_timeout(int *done, long timeout);
int wake_up_process(struct task_struct *p);
void scheduler_tick(void);
void account_process_time(struct task_struct *p);
void sched_hook(void);
unsigned long long sched_clock(void);
int arch_cpu_priority(int cpu);
void sched_init(void);
int cpu_load(int cpu);
int task_nice(const struct task_struct *p);
void cpuset_cpus_allowed(struct task_struct *p, unsigned long *mask);
int cpuset_attach(struct task_struct *p);
void cpuset_update(void);

/* An inline function of a header outside the boundary, with a plain global. */
extern int nr_online_cpus;
static inline int online_cpus(void)
{
	return nr_online_cpus;
}

#endif
