// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuset.c - beside the scheduler: the rules take two of its functions.
 */
#include <linux/sched.h>
#include "cpuset.h"

#if 0 /* schedcut top_cpuset shared: state of the running kernel */
static struct cpuset top_cpuset = { .cpus = 1 };
#endif
extern struct cpuset top_cpuset __asm__(SCHEDCUT_VML("top_cpuset"));
#if 0 /* schedcut cpuset_mutex shared: state of the running kernel */
static DEFINE_MUTEX(cpuset_mutex);
#endif
extern struct mutex cpuset_mutex __asm__(SCHEDCUT_VML("cpuset_mutex"));
#if 0 /* schedcut cpuset_updates shared: state of the running kernel */
int cpuset_updates;
#endif
extern int cpuset_updates;

#if 0 /* schedcut update_work outsider: declaration */
static void update_work(struct cpuset *cs);
#endif
extern void update_work(struct cpuset *cs) __asm__(SCHEDCUT_VML("update_work"));
static void (*pending)(struct cpuset *cs) = update_work;

/* Inlined everywhere: who takes a user of it takes it along. */
static inline struct cpuset *task_cs(struct task_struct *p)
{
	return p->cpu ? top_cpuset.parent : &top_cpuset;
}

/* The name that core.c and fair.c have. */
#if 0 /* schedcut scale outsider: not taken from the sidecar */
static noinline unsigned long scale(unsigned long cpus)
{
	barrier();
	return cpus << 1;
}
#endif
extern unsigned long scale(unsigned long cpus) __asm__(SCHEDCUT_VML("scale"));

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
#if 0 /* schedcut cpuset_attach outsider: not taken from the sidecar */
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
#endif
extern int cpuset_attach(struct task_struct *p);

#if 0 /* schedcut update_work outsider: not taken from the sidecar */
static noinline void update_work(struct cpuset *cs)
{
	barrier();
	cs->cpus++;
}
#endif
extern void update_work(struct cpuset *cs) __asm__(SCHEDCUT_VML("update_work"));

#if 0 /* schedcut cpuset_update outsider: not taken from the sidecar */
void cpuset_update(void)
{
	pending(&top_cpuset);
}
#endif
extern void cpuset_update(void);
