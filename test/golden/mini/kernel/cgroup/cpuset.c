// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuset.c - beside the scheduler: the rules take two of its functions.
 */
#include <linux/sched.h>
#include "cpuset.h"

static struct cpuset top_cpuset = { .cpus = 1 };
static DEFINE_MUTEX(cpuset_mutex);
int cpuset_updates;

static void update_work(struct cpuset *cs);
static void (*pending)(struct cpuset *cs) = update_work;

/* Inlined everywhere: who takes a user of it takes it along. */
static inline struct cpuset *task_cs(struct task_struct *p)
{
	return p->cpu ? top_cpuset.parent : &top_cpuset;
}

/* The name that core.c and fair.c have. */
static noinline unsigned long scale(unsigned long cpus)
{
	barrier();
	return cpus << 1;
}

static noinline void guarantee_online(struct cpuset *cs, unsigned long *mask)
{
	barrier();
	*mask = scale(cs->cpus);
}

void cpuset_cpus_allowed(struct task_struct *p, unsigned long *mask)
{
	barrier();
	guarantee_online(task_cs(p), mask);
}

/* Not taken, but it calls what is. */
int cpuset_attach(struct task_struct *p)
{
	unsigned long mask;

	barrier();
	mutex_lock(&cpuset_mutex);
	guarantee_online(task_cs(p), &mask);
	cpuset_updates++;
	mutex_unlock(&cpuset_mutex);
	return wake_up_process(p);
}

static noinline void update_work(struct cpuset *cs)
{
	barrier();
	cs->cpus++;
}

void cpuset_update(void)
{
	pending(&top_cpuset);
}
