/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KERNEL_SCHED_H
#define _KERNEL_SCHED_H

#include <linux/sched.h>
#include "stats.h"

#define NR_PRIOS	8

/* Its members are of every kind, and there are objects of it. */
struct rq {
	int cpu, nr_running;
	unsigned long load;
	struct task_struct *curr;
	struct list_head queue;
	unsigned int idle:1, pushing:3, :4, balancing:2;
	unsigned int limit;		/* debugfs has its address */
	union {
		char kind;
		unsigned long kinds;
	};
	struct {
		char active;
		unsigned long stamp;
	} nohz;
	struct { int cpu; } peers[2];
	struct timer hrtick;		/* whoever runs timers knows it */
	struct rq_stats stats;
	unsigned long kabi_reserved1;
};

struct sched_class {
	void (*enqueue_task)(struct rq *rq, struct task_struct *p);
	struct task_struct *(*pick_task)(struct rq *rq);
};

extern const struct sched_class fair_sched_class;
extern const struct sched_class idle_sched_class;

DECLARE_PER_CPU(struct rq, runqueues);
DECLARE_STATIC_KEY_FALSE(sched_smt_present);

extern int sysctl_sched_latency;
extern struct mutex sched_domains_mutex;
extern const int sched_prio_to_weight[NR_PRIOS];

void init_fair(struct rq *rq);

/* Never inlined: both units have a copy. */
static inline __used void add_load(struct rq *rq, unsigned long load)
{
	barrier();
	rq->load += load;
}

static inline struct rq *this_rq(void)
{
	return &runqueues;
}

/* Its local object exists once in every unit that calls it. */
static inline int rq_busy(struct rq *rq)
{
	static int asked;

	return rq->nr_running > 1 && ++asked;
}

/* At file scope, and all the same each unit has its own. */
#if 0 /* schedcut unit_checks shared: state of the running kernel */
static int unit_checks;
#endif
extern int unit_checks __asm__(SCHEDCUT_VML("unit_checks"));

static inline int check_unit(void)
{
	return ++unit_checks;
}

#endif
