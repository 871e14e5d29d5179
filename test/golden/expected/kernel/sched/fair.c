// SPDX-License-Identifier: GPL-2.0-only
/*
 * fair.c - two scheduling classes.
 */
#include "sched.h"

/* A forward declaration that is a tentative definition. */
extern const struct sched_class fair_sched_class;

#if 0 /* schedcut total_load shared: state of the running kernel */
static unsigned long total_load = 1;
#endif
extern unsigned long total_load __asm__(SCHEDCUT_VML("total_load"));
#if 0 /* schedcut fair_clock_started shared: state of the running kernel */
unsigned long long fair_clock_started;
#endif
extern unsigned long long fair_clock_started;

/* The same name as in core.c, another type. */
static noinline unsigned long scale(struct rq *rq, unsigned long load)
{
	barrier();
	return load / (rq->nr_running + 1);
}

/* GCC passes the member instead of the record: a clone, .isra. */
static noinline unsigned long smoothed(const struct rq *rq)
{
	return rq->load / 3 + rq->load % 7;
}

/* It does the test in the callers: what is left is a clone, .part. */
static void note_overload(unsigned long load)
{
	if (load < 1000)
		return;
	barrier();
	total_load += load;
	for (unsigned long i = 0; i < load; i++) {
		barrier();
		total_load ^= i;
	}
}

static void enqueue_task_fair(struct rq *rq, struct task_struct *p);

static struct task_struct *pick_task_fair(struct rq *rq)
{
	barrier();
	return rq->nr_running ? rq->curr : NULL;
}

static void enqueue_task_fair(struct rq *rq, struct task_struct *p)
{
	rq->nr_running++;
	p->se.vruntime += p->se.avg.load;
	p->se.exec_start = jiffies;
	total_load += scale(rq, sched_prio_to_weight[p->prio & 7]);
	add_load(rq, total_load);
	note_overload(smoothed(rq));
}

const struct sched_class schedcut_class_fair_sched_class = {
	.enqueue_task	= enqueue_task_fair,
	.pick_task	= pick_task_fair,
};

static struct task_struct *pick_task_idle(struct rq *rq)
{
	barrier();
	return rq->curr;
}

const struct sched_class schedcut_class_idle_sched_class = {
	.enqueue_task	= enqueue_task_fair,
	.pick_task	= pick_task_idle,
};

int cpu_load(int cpu)
{
	note_overload(smoothed(this_rq()));
	return rq_busy(this_rq()) ? (int)scale(this_rq(), cpu) : 0;
}

int task_nice(const struct task_struct *p)
{
	barrier();
	return p->prio - 120;
}
EXPORT_SYMBOL(task_nice);

/* Boot calls it, and the code that stays. */
void init_fair(struct rq *rq)
{
	rq->queue.next = rq->queue.prev = &rq->queue;
	fair_clock_started = sched_clock();
}

/* A function of the sidecar, called from within the module. */
int select_fallback_rq(struct task_struct *p)
{
	unsigned long mask;

	barrier();
	cpuset_cpus_allowed(p, &mask);
	return mask + check_unit();
}

/* vmlinux was built without it; rules.yaml sets it. */
#ifdef CONFIG_MINE
void mine_update(struct rq *rq)
{
	rq->load = scale(rq, rq->load << CONFIG_MINE_SHIFT);
}
#endif
