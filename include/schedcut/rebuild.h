/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rebuild.h - state rebuild and the other services of a scheduler that need struct rq. Included
 * by the unit that defines __schedule(), after the unit's source.
 *
 * Everything here except schedcut_module_schedule, _finish, _is_throttled, _nr_switches and
 * _for_each_object runs inside the stop: on every CPU, interrupts disabled, no locks held.
 */
#ifndef _SCHEDCUT_REBUILD_H
#define _SCHEDCUT_REBUILD_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/sched/signal.h>
#include <schedcut/generated.h>
#include "../../generated/features.h"

typedef int (*schedcut_task_fn)(struct task_struct *p, void *arg);
typedef int (*schedcut_object_fn)(void *object, void *arg);

/* All cfs_rqs of a CPU. Do not leave it with break. */
#ifdef CONFIG_FAIR_GROUP_SCHED
#define schedcut_for_each_cfs_rq(rq, tg, cfs_rq)        \
	list_for_each_entry_rcu(tg, &task_groups, list) \
		for (cfs_rq = tg->cfs_rq[cpu_of(rq)]; cfs_rq; cfs_rq = NULL)
#else
#define schedcut_for_each_cfs_rq(rq, tg, cfs_rq) \
	for (tg = NULL, cfs_rq = &(rq)->cfs; cfs_rq; cfs_rq = NULL)
#endif

void (*const schedcut_module_schedule)(unsigned int mode) = (void *)__schedule;

#ifdef CONFIG_KPROBES
/* It does not return where it switches, which kretprobes do not expect. */
static unsigned long schedcut_no_kprobe __used __section("_kprobe_blacklist") = (unsigned long)__schedule;
#endif

/* Everything that __schedule() does after the context switch. */
void schedcut_module_finish(struct task_struct *prev)
{
	struct rq *rq = finish_task_switch(prev);

#ifdef SCHEDCUT_SCHEDULE_CALLS_balance_callback
	balance_callback(rq);
#else
	(void)rq; /* finish_task_switch() has run them */
#endif
}

struct task_struct *schedcut_module_stopper(int cpu)
{
	return cpu_rq(cpu)->stop;
}

static bool schedcut_rt_is_throttled(struct task_struct *p)
{
#ifdef SCHEDCUT_HAS_rt_rq_rt_throttled
#ifdef CONFIG_RT_GROUP_SCHED
	struct sched_rt_entity *rt_se;

	for (rt_se = &p->rt; rt_se; rt_se = rt_se->parent) {
		if (rt_se->rt_rq->rt_throttled)
			return true;
	}
#else
	return task_rq(p)->rt.rt_throttled;
#endif
#endif
	return false;
}

bool schedcut_module_is_throttled(struct task_struct *p)
{
	if (dl_prio(p->prio))
		return p->dl.dl_throttled;
	if (rt_prio(p->prio))
		return schedcut_rt_is_throttled(p);
#ifdef CONFIG_CFS_BANDWIDTH
	return p->se.cfs_rq->throttle_count;
#else
	return false;
#endif
}

u64 schedcut_module_nr_switches(void)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += cpu_rq(cpu)->nr_switches;
	return sum;
}

static int schedcut_each_rt(struct rt_rq *rt_rq, schedcut_task_fn fn, void *arg)
{
	struct sched_rt_entity *rt_se, *next;
	unsigned int prio;
	int ret;

	for (prio = 0; prio < MAX_RT_PRIO; prio++) {
		struct list_head *queue = rt_rq->active.queue + prio;

		list_for_each_entry_safe(rt_se, next, queue, run_list) {
#ifdef CONFIG_RT_GROUP_SCHED
			if (rt_se->my_q) /* a group, its tasks are on my_q */
				continue;
#endif
			ret = fn(container_of(rt_se, struct task_struct, rt), arg);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/* Throttled groups are not on their parent's queue, so go through the groups. */
static int schedcut_each_queued_rt(struct rq *rq, schedcut_task_fn fn, void *arg)
{
#ifdef CONFIG_RT_GROUP_SCHED
	struct task_group *tg;
	int ret;

	list_for_each_entry_rcu(tg, &task_groups, list) {
		ret = schedcut_each_rt(tg->rt_rq[cpu_of(rq)], fn, arg);
		if (ret)
			return ret;
	}
	return 0;
#else
	return schedcut_each_rt(&rq->rt, fn, arg);
#endif
}

static int schedcut_each_queued_dl(struct rq *rq, schedcut_task_fn fn, void *arg)
{
	struct rb_node *node, *next;
	int ret;

	for (node = rb_first_cached(&rq->dl.root); node; node = next) {
		next = rb_next(node);
#ifdef SCHEDCUT_HAS_sched_dl_entity_dl_server
		/* Bandwidth of another class, not a task: it stays in the tree. */
		if (container_of(node, struct sched_dl_entity, rb_node)->dl_server)
			continue;
#endif
		ret = fn(container_of(node, struct task_struct, dl.rb_node), arg);
		if (ret)
			return ret;
	}
	return 0;
}

/* A throttled deadline task is queued but not in the tree. Only its bandwidth is accounted, so
 * the tasklist is searched only if there is such bandwidth. */
static int schedcut_each_throttled_dl(struct rq *rq, schedcut_task_fn fn, void *arg)
{
	struct task_struct *g, *p;
	int ret;

	if (!rq->dl.this_bw)
		return 0;
	for_each_process_thread(g, p) {
		if (!p->dl.dl_throttled || task_rq(p) != rq || !task_on_rq_queued(p) ||
		    !dl_prio(p->prio) || !list_empty(&p->se.group_node))
			continue;
		ret = fn(p, arg);
		if (ret)
			return ret;
	}
	return 0;
}

/* The tasks on the lists and in the tree of @rq; as below. */
static int schedcut_each_listed(struct rq *rq, schedcut_task_fn fn, void *arg)
{
	struct task_struct *p, *next;
	int ret;

	list_for_each_entry_safe(p, next, &rq->cfs_tasks, se.group_node) {
		ret = fn(p, arg);
		if (ret)
			return ret;
	}
	return schedcut_each_queued_rt(rq, fn, arg) ?: schedcut_each_queued_dl(rq, fn, arg);
}

/* Call @fn for every task that is queued on @rq, except the stopper. @fn may dequeue that task.
 * Groups that are throttled keep their tasks on cfs_tasks. Stops at the first non-zero return
 * and passes it on. */
static int schedcut_each_queued(struct rq *rq, schedcut_task_fn fn, void *arg)
{
	return schedcut_each_listed(rq, fn, arg) ?: schedcut_each_throttled_dl(rq, fn, arg);
}

struct schedcut_clear {
	struct rq *rq;
	struct list_head *tasks;
	int nr;
};

/* The flags of the kernel's own pairs of dequeue and enqueue. Without MOVE a real-time task
 * stays in its list. A fair task must be without MOVE: every dequeue would advance min_vruntime
 * to that of the next entity, and the lead or lag of tasks would be lost when all are back. */
static int schedcut_save_flags(const struct task_struct *p)
{
	return DEQUEUE_SAVE | DEQUEUE_NOCLOCK | (rt_prio(p->prio) ? DEQUEUE_MOVE : 0);
}

static int schedcut_restore_flags(const struct task_struct *p)
{
	return ENQUEUE_RESTORE | ENQUEUE_NOCLOCK | (rt_prio(p->prio) ? ENQUEUE_MOVE : 0);
}

static int schedcut_clear_task(struct task_struct *p, void *arg)
{
	struct schedcut_clear *clear = arg;

	p->sched_class->dequeue_task(clear->rq, p, schedcut_save_flags(p));
	/* move, not add: whatever list a modified class has left it on */
	list_move_tail(&p->se.group_node, clear->tasks);
	clear->nr++;
	return 0;
}

/* Tasks that @cfs_rq counts, in all groups below it. */
static unsigned int schedcut_h_nr(const struct cfs_rq *cfs_rq)
{
#ifdef SCHEDCUT_HAS_cfs_rq_h_nr_queued
	return cfs_rq->h_nr_queued;
#else
	return cfs_rq->h_nr_running;
#endif
}

/* What remains is the stopper, which executes this, and servers in the deadline tree, if they
 * are counted. */
static bool schedcut_is_clear(const struct rq *rq)
{
	unsigned int others = rq->nr_running - 1;

#ifdef SCHEDCUT_HAS_sched_dl_entity_dl_server
	if (others == rq->dl.dl_nr_running)
		others = 0;
#endif
	return !others && !schedcut_h_nr(&rq->cfs);
}

int schedcut_module_clear(struct list_head *tasks)
{
	struct rq *rq = this_rq();
	struct schedcut_clear clear = { .rq = rq, .tasks = tasks };
	struct rq_flags rf;
	int ret;

	rq_lock(rq, &rf);
	update_rq_clock(rq);
	ret = schedcut_each_queued(rq, schedcut_clear_task, &clear);
	if (!ret && !schedcut_is_clear(rq))
		ret = -EUCLEAN;
	rq_unlock(rq, &rf);
	return ret ?: clear.nr;
}

static bool schedcut_is_boosted(const struct sched_dl_entity *dl_se)
{
#ifdef SCHEDCUT_HAS_sched_dl_entity_pi_se
	return dl_se->pi_se != dl_se;
#else
	return false;
#endif
}

static void schedcut_rebuild_task(struct rq *rq, struct task_struct *p)
{
	/* If its deadline has passed, a task begins its next period when it is restored. A
	 * boosted task must not; some kernels warn about it. */
	if (dl_prio(p->prio) && schedcut_is_boosted(&p->dl) &&
	    dl_time_before(p->dl.deadline, rq_clock(rq)))
		p->dl.deadline = rq_clock(rq);
	list_del_init(&p->se.group_node);
	p->sched_class->enqueue_task(rq, p, schedcut_restore_flags(p));
}

/*
 * Fair tasks go to the head of cfs_tasks, so they are taken from the end of
 * @tasks to keep their order; real-time tasks go to the tail of their queue,
 * so they are taken from the start. Deadline tasks have their own order.
 */
void schedcut_module_rebuild(struct list_head *tasks)
{
	struct rq *rq = this_rq();
	struct task_struct *p, *next;
	struct rq_flags rf;

	rq_lock(rq, &rf);
	update_rq_clock(rq);
	list_for_each_entry_safe(p, next, tasks, se.group_node) {
		if (rt_prio(p->prio))
			schedcut_rebuild_task(rq, p);
	}
	list_for_each_entry_safe_reverse(p, next, tasks, se.group_node)
		schedcut_rebuild_task(rq, p);
	rq_unlock(rq, &rf);
}

struct schedcut_hidden {
	schedcut_task_fn fn;
	void *arg;
};

static int schedcut_hidden_task(struct task_struct *p, void *arg)
{
	const struct schedcut_hidden *hidden = arg;

	/* A task on the tasklist is not hidden. One that was reaped may still run. */
	return pid_alive(p) ? 0 : hidden->fn(p, hidden->arg);
}

int schedcut_module_for_each_hidden_task(int cpu, schedcut_task_fn fn, void *arg)
{
	struct schedcut_hidden hidden = { .fn = fn, .arg = arg };
	struct rq *rq = cpu_rq(cpu);

	return fn(rq->idle, arg) ?: schedcut_each_listed(rq, schedcut_hidden_task, &hidden);
}

/* --- all objects that may have extra storage */

struct schedcut_each {
	schedcut_object_fn fn;
	void *arg;
};

static int schedcut_task_object(struct task_struct *p, void *arg)
{
	const struct schedcut_each *each = arg;

	return each->fn(p, each->arg);
}

static int schedcut_each_task(bool stopped, schedcut_object_fn fn, void *arg)
{
	struct schedcut_each each = { .fn = fn, .arg = arg };
	struct task_struct *g, *p;
	int cpu, ret;

	for_each_process_thread(g, p) {
		ret = fn(p, arg);
		if (ret)
			return ret;
	}
	for_each_possible_cpu(cpu) {
		if (stopped)
			ret = schedcut_module_for_each_hidden_task(cpu, schedcut_task_object, &each);
		else
			ret = fn(cpu_rq(cpu)->idle, arg);
		if (ret)
			return ret;
	}
	return 0;
}

#ifdef CONFIG_CGROUP_SCHED
static int schedcut_each_group(schedcut_object_fn fn, void *arg)
{
	struct task_group *tg;
	int ret;

	list_for_each_entry_rcu(tg, &task_groups, list) {
		ret = fn(tg, arg);
		if (ret)
			return ret;
	}
	return 0;
}
#else
static int schedcut_each_group(schedcut_object_fn fn, void *arg)
{
	return 0;
}
#endif

/* The root group's cfs_rqs are those of the run queues. The list of groups is walked once only:
 * a machine can have thousands of groups, and stands still. */
static int schedcut_each_cfs_rq(schedcut_object_fn fn, void *arg)
{
	int cpu, ret = 0;
#ifdef CONFIG_FAIR_GROUP_SCHED
	struct task_group *tg;

	list_for_each_entry_rcu(tg, &task_groups, list)
		for_each_possible_cpu(cpu) {
			ret = fn(tg->cfs_rq[cpu], arg);
			if (ret)
				return ret;
		}
#else
	for_each_possible_cpu(cpu) {
		ret = fn(&cpu_rq(cpu)->cfs, arg);
		if (ret)
			break;
	}
#endif
	return ret;
}

int schedcut_module_for_each_object(enum schedcut_object object, bool stopped,
				    schedcut_object_fn fn, void *arg)
{
	int ret;

	rcu_read_lock();
	if (object == SCHEDCUT_OBJECT_task_struct)
		ret = schedcut_each_task(stopped, fn, arg);
	else if (object == SCHEDCUT_OBJECT_task_group)
		ret = schedcut_each_group(fn, arg);
	else
		ret = schedcut_each_cfs_rq(fn, arg);
	rcu_read_unlock();
	return ret;
}

#include <schedcut/invariants.h>

#endif
