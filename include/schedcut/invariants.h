/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * invariants.h - the debug check of a run queue: does everything that it counts and caches
 * agree with what is queued, and is it after the switch as it was before? Included by
 * rebuild.h; runs inside the stop on every CPU for its own run queue, once before clear() and
 * once after rebuild().
 *
 * Every schedcut_look_at_*() is called in both states. Before the switch it records the values
 * that it looks at, after the switch it compares them, so the order of the values is the same
 * by construction.
 */
#ifndef _SCHEDCUT_INVARIANTS_H
#define _SCHEDCUT_INVARIANTS_H

#include <linux/hrtimer.h>
#include <linux/plist.h>
#include <schedcut/audit.h>

/* Where virtual time is kept relative to min_vruntime, clear() and rebuild()
 * restore it exactly. EEVDF rounds. */
#if defined(SCHEDCUT_HAS_cfs_rq_min_vruntime) && !defined(SCHEDCUT_HAS_sched_entity_vlag)
#define SCHEDCUT_EXACT_VRUNTIME
#endif

enum schedcut_kind {
	SCHEDCUT_KIND_RQ,
	SCHEDCUT_KIND_CFS_RQ,
	SCHEDCUT_KIND_TASK,
};

/* A look at one object. */
struct schedcut_look {
	struct schedcut_audit *audit; /* of this CPU, as @rq */
	struct rq *rq;
	const void *object;
	enum schedcut_kind kind;
	bool rebuilt;			/* after the switch */
	struct schedcut_record *record; /* the object's; NULL: there is none, nothing to compare */
	unsigned int n;			/* values looked at so far */
	/* rebuild() has throttled some group or task, as every enqueue may, so the counts of the
	 * groups above it differ. */
	bool relaxed;
};

/* --- findings */

static const char *schedcut_group_name(const struct cfs_rq *cfs_rq)
{
#ifdef CONFIG_FAIR_GROUP_SCHED
	const struct task_group *tg = cfs_rq->tg;

	if (tg == &root_task_group)
		return "root";
	return tg->css.cgroup ? tg->css.cgroup->kn->name : "session";
#else
	return "root";
#endif
}

static void schedcut_name_object(const struct schedcut_look *look, char *name, size_t size)
{
	const struct task_struct *p = look->object;

	if (look->kind == SCHEDCUT_KIND_TASK)
		snprintf(name, size, "%s/%d", p->comm, p->pid);
	else if (look->kind == SCHEDCUT_KIND_CFS_RQ)
		snprintf(name, size, "group %s", schedcut_group_name(look->object));
	else
		strscpy(name, "all", size);
}

static void schedcut_find(struct schedcut_look *look, const char *what, s64 expected, s64 found,
			  bool changed)
{
	struct schedcut_audit *audit = look->audit;
	struct schedcut_finding *finding;

	if (audit->nr_found++ >= SCHEDCUT_FINDINGS)
		return;
	finding = &audit->finding[audit->nr_found - 1];
	schedcut_name_object(look, finding->object, sizeof(finding->object));
	strscpy(finding->what, what, sizeof(finding->what));
	finding->expected = expected;
	finding->found = found;
	finding->changed = changed;
	finding->rebuilt = look->rebuilt;
}

static void schedcut_expect(struct schedcut_look *look, const char *what, s64 expected, s64 found)
{
	if (expected != found)
		schedcut_find(look, what, expected, found, false);
}

/* The recorded value of the next one; @now if it is being recorded. */
static u64 schedcut_was(struct schedcut_look *look, u64 now)
{
	unsigned int i = look->n++;

	if (!look->record || WARN_ON_ONCE(i >= SCHEDCUT_VALUES))
		return now;
	if (!look->rebuilt)
		look->record->value[i] = now;
	return look->record->value[i];
}

static void schedcut_same(struct schedcut_look *look, const char *what, u64 now)
{
	u64 was = schedcut_was(look, now);

	if (was != now)
		schedcut_find(look, what, was, now, true);
}

/* A count of objects that may be throttled. */
static void schedcut_same_count(struct schedcut_look *look, const char *what, u64 now)
{
	if (look->relaxed)
		schedcut_was(look, now);
	else
		schedcut_same(look, what, now);
}

/* --- fair */

static unsigned int schedcut_nr_entities(const struct cfs_rq *cfs_rq)
{
#ifdef SCHEDCUT_HAS_cfs_rq_nr_queued
	return cfs_rq->nr_queued;
#else
	return cfs_rq->nr_running;
#endif
}

/* The sums over all entities in the tree of a cfs_rq. */
struct schedcut_tree {
	unsigned int entities, tasks, h_nr;
	unsigned long weight;
};

static void schedcut_add_entity(struct schedcut_look *look, const struct cfs_rq *cfs_rq,
				const struct sched_entity *se, struct schedcut_tree *tree)
{
	tree->entities++;
	tree->weight += se->load.weight;
	schedcut_expect(look, "an entity's on_rq", 1, se->on_rq);
#ifdef CONFIG_FAIR_GROUP_SCHED
	schedcut_expect(look, "an entity's cfs_rq is this one", true, se->cfs_rq == cfs_rq);
#endif
#ifdef SCHEDCUT_EXACT_VRUNTIME
	/* A relative vruntime would lag by all of min_vruntime. */
	if ((s64)(se->vruntime - cfs_rq->min_vruntime) < -(s64)NSEC_PER_SEC)
		schedcut_find(look, "an entity's vruntime", cfs_rq->min_vruntime, se->vruntime,
			      false);
#endif
	if (entity_is_task(se)) {
		tree->tasks++;
		tree->h_nr++;
	} else {
#ifdef CONFIG_FAIR_GROUP_SCHED
		tree->h_nr += schedcut_h_nr(se->my_q);
#endif
	}
}

#ifdef CONFIG_CFS_BANDWIDTH
static void schedcut_check_throttle(struct schedcut_look *look, const struct cfs_rq *cfs_rq)
{
	const struct cfs_bandwidth *b = &cfs_rq->tg->cfs_bandwidth;
	int above = 0;

	if (cfs_rq->tg->parent)
		above = cfs_rq->tg->parent->cfs_rq[cpu_of(look->rq)]->throttle_count;
	schedcut_expect(look, "throttle_count", above + !!cfs_rq->throttled, cfs_rq->throttle_count);
	/* Without a quota, throttled ones are just being released. */
	if (cfs_rq->throttled && b->quota != RUNTIME_INF) {
		schedcut_expect(look, "period_active", 1, b->period_active);
		schedcut_expect(look, "the period timer is active", true,
				hrtimer_active(&b->period_timer));
	}
}
#else
static void schedcut_check_throttle(struct schedcut_look *look, const struct cfs_rq *cfs_rq) {}
#endif

/* A group is on its parent's queue if its own queue is not empty. */
static void schedcut_check_group(struct schedcut_look *look, const struct cfs_rq *cfs_rq)
{
#ifdef CONFIG_FAIR_GROUP_SCHED
	const struct sched_entity *se = cfs_rq->tg->se[cpu_of(look->rq)];
	bool throttled = false, below_throttled = false;

#ifdef CONFIG_CFS_BANDWIDTH
	throttled = cfs_rq->throttled;
	below_throttled = cfs_rq->throttle_count;
#endif
	if (schedcut_nr_entities(cfs_rq) && !below_throttled)
		schedcut_expect(look, "on_list", 1, cfs_rq->on_list);
	/* A group that is just being created does not know its parent's count. */
	if (schedcut_nr_entities(cfs_rq) || throttled)
		schedcut_check_throttle(look, cfs_rq);
	if (!se)
		return;
#ifdef SCHEDCUT_HAS_sched_entity_sched_delayed
	if (se->sched_delayed)
		return;
#endif
	schedcut_expect(look, "the group's on_rq", schedcut_nr_entities(cfs_rq) && !throttled,
			se->on_rq);
#endif
}

/* @tasks: is increased by the number of tasks. */
static void schedcut_check_cfs_rq(struct schedcut_look *look, struct cfs_rq *cfs_rq,
				  unsigned int *tasks)
{
	struct schedcut_tree tree = { 0 };
	struct rb_node *node;
	s64 __maybe_unused last = S64_MIN, order;

	for (node = rb_first(&cfs_rq->tasks_timeline.rb_root); node; node = rb_next(node)) {
		const struct sched_entity *se = rb_entry(node, struct sched_entity, run_node);

		schedcut_add_entity(look, cfs_rq, se, &tree);
#ifdef SCHEDCUT_EXACT_VRUNTIME
		order = se->vruntime - cfs_rq->min_vruntime;
		if (order < last)
			schedcut_find(look, "order of vruntimes", last, order, false);
		last = order;
#endif
	}
	schedcut_expect(look, "leftmost entity is the first", true,
			rb_first_cached(&cfs_rq->tasks_timeline) ==
				rb_first(&cfs_rq->tasks_timeline.rb_root));
	schedcut_expect(look, "curr is NULL", true, !cfs_rq->curr);
	schedcut_expect(look, "nr_running", tree.entities, schedcut_nr_entities(cfs_rq));
	schedcut_expect(look, "h_nr_running", tree.h_nr, schedcut_h_nr(cfs_rq));
	schedcut_expect(look, "load.weight", tree.weight, cfs_rq->load.weight);
	schedcut_check_group(look, cfs_rq);
	*tasks += tree.tasks;
}

/* util_avg follows util_sum once a period; a whole period of running adds 22. */
#define SCHEDCUT_PENDING_UTIL (SCHED_CAPACITY_SCALE / 32)

/* Nothing runs, so an average of running time can only have decayed, by a half in 32 periods of
 * 2^20 ns. @slack: for what is pending, in it or below it. */
static void schedcut_same_average(struct schedcut_look *look, const struct sched_avg *avg,
				  unsigned long slack, bool decays_only)
{
	u64 before = schedcut_was(look, avg->util_avg);
	u64 since = avg->last_update_time - schedcut_was(look, avg->last_update_time);
	u64 low = before >> min_t(u64, since / (32 << 20) + 1, 63);

	if ((s64)since < 0)
		schedcut_find(look, "time that last_update_time advanced", 0, since, false);
	if (avg->util_avg > before + slack || (decays_only && avg->util_avg + slack < low))
		schedcut_find(look, "util_avg", before, avg->util_avg, true);
}

#if defined(SCHEDCUT_EXACT_VRUNTIME) && defined(CONFIG_FAIR_GROUP_SCHED)
/* A group that is enqueued again has no more credit than one that wakes up. How much that is
 * CPU hotplug may have lowered since it woke up. */
static void schedcut_same_group_vruntime(struct schedcut_look *look, const struct sched_entity *se)
{
	u64 was = schedcut_was(look, se->vruntime);

	if (was != se->vruntime &&
	    ((s64)(se->vruntime - was) < 0 || (s64)(se->cfs_rq->min_vruntime - se->vruntime) <= 0))
		schedcut_find(look, "the group's vruntime", was, se->vruntime, true);
}
#endif

static void schedcut_look_at_cfs_rq(struct schedcut_look *look, const struct cfs_rq *cfs_rq)
{
	schedcut_same_count(look, "nr_running", schedcut_nr_entities(cfs_rq));
	schedcut_same_count(look, "h_nr_running", schedcut_h_nr(cfs_rq));
#ifdef SCHEDCUT_HAS_cfs_rq_idle_h_nr_running
	schedcut_same_count(look, "idle_h_nr_running", cfs_rq->idle_h_nr_running);
#endif
#ifdef SCHEDCUT_EXACT_VRUNTIME
	schedcut_same(look, "min_vruntime", cfs_rq->min_vruntime);
#endif
	schedcut_same_average(look, &cfs_rq->avg, SCHED_CAPACITY_SCALE / 4, false);
#ifdef CONFIG_CFS_BANDWIDTH
	if (schedcut_was(look, cfs_rq->throttled) && !cfs_rq->throttled)
		schedcut_find(look, "throttled", 1, 0, true);
	schedcut_same_count(look, "throttle_count", cfs_rq->throttle_count);
	schedcut_same(look, "runtime_enabled", cfs_rq->runtime_enabled);
#endif
#ifdef CONFIG_FAIR_GROUP_SCHED
	if (cfs_rq->tg->se[cpu_of(look->rq)]) {
		const struct sched_entity *se = cfs_rq->tg->se[cpu_of(look->rq)];

		schedcut_same_count(look, "the group's on_rq", se->on_rq);
#ifdef SCHEDCUT_EXACT_VRUNTIME
		schedcut_same_group_vruntime(look, se);
#endif
	}
#endif
}

/* --- real-time */

static void schedcut_check_rt(struct schedcut_look *look, const struct rt_rq *rt_rq)
{
	unsigned int tasks = 0, round_robin = 0, movable = 0, pushable = 0, prio;
	unsigned int highest = MAX_RT_PRIO;
	const struct sched_rt_entity *rt_se;
	const struct task_struct *p;

	for (prio = 0; prio < MAX_RT_PRIO; prio++) {
		const struct list_head *queue = rt_rq->active.queue + prio;

		schedcut_expect(look, "the bitmap's bit of a priority", !list_empty(queue),
				test_bit(prio, rt_rq->active.bitmap));
		if (list_empty(queue))
			continue;
		highest = min(highest, prio);
		list_for_each_entry(rt_se, queue, run_list) {
			schedcut_expect(look, "a real-time entity's on_rq", true,
					rt_se->on_rq && rt_se->on_list);
#ifdef CONFIG_RT_GROUP_SCHED
			if (rt_se->my_q)
				continue;
#endif
			p = container_of(rt_se, struct task_struct, rt);
			schedcut_expect(look, "priority of a queued task", prio, p->prio);
			tasks++;
			round_robin += p->policy == SCHED_RR;
			movable += p->nr_cpus_allowed > 1;
		}
	}
	if (highest < MAX_RT_PRIO)
		schedcut_expect(look, "highest_prio", highest, rt_rq->highest_prio.curr);
	plist_for_each_entry(p, &rt_rq->pushable_tasks, pushable_tasks)
		pushable++;
#ifndef CONFIG_RT_GROUP_SCHED
	schedcut_expect(look, "rt_nr_running", tasks, rt_rq->rt_nr_running);
	schedcut_expect(look, "rr_nr_running", round_robin, rt_rq->rr_nr_running);
#ifdef SCHEDCUT_HAS_rt_rq_rt_nr_migratory
	schedcut_expect(look, "rt_nr_migratory", movable, rt_rq->rt_nr_migratory);
#endif
	schedcut_expect(look, "pushable real-time tasks", movable, pushable);
#endif
	if (look->rq->online)
		schedcut_expect(look, "rto_mask", !!rt_rq->overloaded,
				cpumask_test_cpu(cpu_of(look->rq), look->rq->rd->rto_mask));
}

static int schedcut_add_to_order(struct task_struct *p, void *arg)
{
	u64 *order = arg;

	*order = *order * 31 + p->pid;
	return 0;
}

static void schedcut_look_at_rt(struct schedcut_look *look, struct rt_rq *rt_rq)
{
	u64 order = 0; /* of the tasks, in one number */

	schedcut_each_rt(rt_rq, schedcut_add_to_order, &order);
	schedcut_same(look, "order of real-time tasks", order);
	schedcut_same(look, "rt_nr_running", rt_rq->rt_nr_running);
	schedcut_same(look, "rt_queued", rt_rq->rt_queued);
	schedcut_same(look, "real-time overload", rt_rq->overloaded);
#ifdef SCHEDCUT_HAS_rt_rq_rt_throttled
	schedcut_same(look, "rt_throttled", rt_rq->rt_throttled);
	schedcut_same(look, "rt_time", rt_rq->rt_time);
	schedcut_same(look, "rt_runtime", rt_rq->rt_runtime);
	schedcut_expect(look, "rt_queued", rt_rq->rt_nr_running && !rt_rq->rt_throttled,
			rt_rq->rt_queued);
#endif
}

/* --- deadline */

/* Returns the servers in the tree. */
static unsigned int schedcut_check_dl(struct schedcut_look *look, const struct dl_rq *dl_rq)
{
	const struct cpudl *cpudl = &look->rq->rd->cpudl;
	unsigned int entities = 0, servers = 0, movable = 0, pushable = 0;
	int index = cpudl->elements[cpu_of(look->rq)].idx;
	struct rb_node *node;
	u64 earliest = 0;

	for (node = rb_first_cached(&dl_rq->root); node; node = rb_next(node)) {
		const struct sched_dl_entity *dl_se = rb_entry(node, struct sched_dl_entity, rb_node);

		if (!entities++)
			earliest = dl_se->deadline;
#ifdef SCHEDCUT_HAS_sched_dl_entity_dl_server
		if (dl_se->dl_server) {
			servers++;
			continue;
		}
#endif
		movable += container_of(dl_se, struct task_struct, dl)->nr_cpus_allowed > 1;
	}
	for (node = rb_first_cached(&dl_rq->pushable_dl_tasks_root); node; node = rb_next(node))
		pushable++;
	schedcut_expect(look, "dl_nr_running", entities, dl_rq->dl_nr_running);
	schedcut_expect(look, "pushable deadline tasks", movable, pushable);
	schedcut_expect(look, "earliest_dl", earliest, dl_rq->earliest_dl.curr);
	if (dl_rq->running_bw > dl_rq->this_bw)
		schedcut_find(look, "running_bw, a part of this_bw", dl_rq->this_bw,
			      dl_rq->running_bw, false);
	if (look->rq->online) {
		schedcut_expect(look, "dlo_mask", !!dl_rq->overloaded,
				cpumask_test_cpu(cpu_of(look->rq), look->rq->rd->dlo_mask));
		schedcut_expect(look, "the CPU is in cpudl", entities != 0, index != IDX_INVALID);
	}
	return servers;
}

static void schedcut_look_at_dl(struct schedcut_look *look, const struct dl_rq *dl_rq)
{
	schedcut_same_count(look, "dl_nr_running", dl_rq->dl_nr_running);
	schedcut_same(look, "this_bw", dl_rq->this_bw);
	schedcut_same(look, "running_bw", dl_rq->running_bw);
	schedcut_same(look, "total_bw", look->rq->rd->dl_bw.total_bw);
}

/* --- the run queue as a whole */

static void schedcut_check_rq(struct schedcut_look *look)
{
	struct rq *rq = look->rq;
	unsigned int fair = 0, listed = 0, real_time, servers;
	struct cfs_rq *cfs_rq;
	struct task_group *tg;
	struct task_struct *p;

	schedcut_expect(look, "the stopper runs", true, rcu_access_pointer(rq->curr) == rq->stop);
	schedcut_check_rt(look, &rq->rt);
	servers = schedcut_check_dl(look, &rq->dl);
	real_time = rq->rt.rt_queued ? rq->rt.rt_nr_running : 0;
	/* Not every kernel counts servers. */
	if (!servers)
		schedcut_expect(look, "nr_running",
				schedcut_h_nr(&rq->cfs) + real_time + rq->dl.dl_nr_running + 1,
				rq->nr_running);
	list_for_each_entry(p, &rq->cfs_tasks, se.group_node)
		listed++;
#ifdef CONFIG_FAIR_GROUP_SCHED
	schedcut_expect(look, "leaf_cfs_rq_list is complete", true,
			rq->tmp_alone_branch == &rq->leaf_cfs_rq_list);
#endif
	look->kind = SCHEDCUT_KIND_CFS_RQ;
	schedcut_for_each_cfs_rq(rq, tg, cfs_rq) {
		look->object = cfs_rq;
		schedcut_check_cfs_rq(look, cfs_rq, &fair);
	}
	look->kind = SCHEDCUT_KIND_RQ;
	look->object = rq;
	schedcut_expect(look, "tasks on cfs_tasks", fair, listed);
}

static void schedcut_look_at_rq(struct schedcut_look *look, struct rq *rq)
{
	schedcut_same_count(look, "nr_running", rq->nr_running);
	schedcut_same(look, "nr_uninterruptible", rq->nr_uninterruptible);
	schedcut_same(look, "nr_iowait", atomic_read(&rq->nr_iowait));
	schedcut_same(look, "calc_load_active", rq->calc_load_active);
	schedcut_same(look, "online", rq->online);
#ifdef SCHEDCUT_HAS_util_est_enqueued
	schedcut_same(look, "util_est", rq->cfs.avg.util_est.enqueued);
#else
	schedcut_same(look, "util_est", rq->cfs.avg.util_est);
#endif
#ifdef CONFIG_NO_HZ_COMMON
	schedcut_same(look, "nohz_tick_stopped", rq->nohz_tick_stopped);
#endif
#ifdef CONFIG_NUMA_BALANCING
	schedcut_same(look, "nr_numa_running", rq->nr_numa_running);
	schedcut_same(look, "nr_preferred_running", rq->nr_preferred_running);
#endif
#ifdef CONFIG_UCLAMP_TASK
	schedcut_same(look, "uclamp_min", rq->uclamp[UCLAMP_MIN].value);
	schedcut_same(look, "uclamp_max", rq->uclamp[UCLAMP_MAX].value);
#endif
	schedcut_look_at_rt(look, &rq->rt);
	schedcut_look_at_dl(look, &rq->dl);
	/*
	 * A deadline task ranks above the others and hides them from cpupri, if it came last.
	 */
	if (rq->dl.dl_nr_running == 0)
		schedcut_same_count(look, "cpupri", rq->rd->cpupri.cpu_to_pri[cpu_of(look->rq)]);
}

/* --- tasks */

static const struct sched_class *schedcut_class_of(const struct task_struct *p)
{
	if (dl_prio(p->prio))
		return &dl_sched_class;
	return rt_prio(p->prio) ? &rt_sched_class : &fair_sched_class;
}

static void schedcut_look_at_deadline(struct schedcut_look *look, const struct task_struct *p)
{
	const struct sched_dl_entity *dl = &p->dl;
	/* If its deadline has passed, rebuild() gives it the next one, as every restoring
	 * enqueue does, or makes it wait for its next period. */
	bool late = dl_time_before(schedcut_was(look, dl->deadline), look->rq->clock);
	bool throttled = schedcut_was(look, dl->dl_throttled);
	s64 runtime = schedcut_was(look, dl->runtime);
	bool timer = schedcut_was(look, hrtimer_active(&dl->dl_timer));

	if (throttled || !late) {
		if (throttled != dl->dl_throttled)
			schedcut_find(look, "dl_throttled", throttled, dl->dl_throttled, true);
		if (runtime != dl->runtime)
			schedcut_find(look, "runtime", runtime, dl->runtime, true);
	}
	schedcut_same(look, "dl_bw", dl->dl_bw);
	schedcut_same(look, "its boost", schedcut_is_boosted(dl));
	schedcut_expect(look, "it is in the tree", !dl->dl_throttled, !RB_EMPTY_NODE(&dl->rb_node));
	/* The kernel leaves some throttled tasks without a timer: those that leave the policy
	 * before the timer fires and come back afterwards. */
	if (dl->dl_throttled && (timer || !throttled))
		schedcut_expect(look, "its timer is active", true, hrtimer_active(&dl->dl_timer));
}

static void schedcut_look_at_task(struct schedcut_look *look, const struct task_struct *p)
{
	bool fair = p->sched_class == &fair_sched_class;

	schedcut_expect(look, "its class is that of its priority", true,
			p->sched_class == schedcut_class_of(p));
	schedcut_expect(look, "on_rq", TASK_ON_RQ_QUEUED, p->on_rq);
	schedcut_expect(look, "its CPU", cpu_of(look->rq), task_cpu(p));
	schedcut_same(look, "prio", p->prio);
	schedcut_same(look, "normal_prio", p->normal_prio);
	schedcut_same(look, "policy", p->policy);
	schedcut_same(look, "sum_exec_runtime", p->se.sum_exec_runtime);
	schedcut_same(look, "weight", p->se.load.weight);
	schedcut_same(look, "real-time on_rq", p->rt.on_rq);
#ifdef CONFIG_RT_MUTEXES
	schedcut_same(look, "priority of pi_top_task",
		      p->pi_top_task ? p->pi_top_task->prio : MAX_PRIO);
#endif
	if (fair) {
		schedcut_expect(look, "the entity's on_rq", 1, p->se.on_rq);
#ifdef SCHEDCUT_EXACT_VRUNTIME
		schedcut_same(look, "vruntime", p->se.vruntime);
#endif
		schedcut_same_average(look, &p->se.avg, SCHEDCUT_PENDING_UTIL, true);
	} else if (dl_prio(p->prio)) {
		schedcut_look_at_deadline(look, p);
	} else {
		schedcut_expect(look, "it is pushable", p->nr_cpus_allowed > 1,
				!plist_node_empty(&p->pushable_tasks));
	}
}

/* --- before and after */

static void schedcut_look_at(struct schedcut_look *look)
{
	look->n = 0;
	if (look->kind == SCHEDCUT_KIND_RQ)
		schedcut_look_at_rq(look, look->rq);
	else if (look->kind == SCHEDCUT_KIND_CFS_RQ)
		schedcut_look_at_cfs_rq(look, look->object);
	else
		schedcut_look_at_task(look, look->object);
}

static void schedcut_keep(struct schedcut_look *look, enum schedcut_kind kind, const void *object)
{
	struct schedcut_audit *audit = look->audit;
	struct schedcut_records *records = audit->records;
	unsigned int i = atomic_inc_return(&records->used) - 1;

	look->kind = kind;
	look->object = object;
	look->record = NULL;
	if (i >= records->n) {
		audit->nr_skipped++;
	} else {
		look->record = &records->record[i];
		look->record->object = object;
		look->record->kind = kind;
		look->record->next = audit->first;
		audit->first = look->record;
	}
	schedcut_look_at(look);
}

struct schedcut_count {
	unsigned int tasks, throttled;
};

static int schedcut_count_task(struct task_struct *p, void *arg)
{
	struct schedcut_count *count = arg;

	count->tasks++;
	count->throttled += dl_prio(p->prio) && p->dl.dl_throttled;
	return 0;
}

static void schedcut_count(struct rq *rq, struct schedcut_count *count)
{
#ifdef CONFIG_CFS_BANDWIDTH
	struct cfs_rq *cfs_rq;
	struct task_group *tg;

	schedcut_for_each_cfs_rq(rq, tg, cfs_rq)
		count->throttled += !!cfs_rq->throttled;
#endif
	schedcut_each_queued(rq, schedcut_count_task, count);
}

static int schedcut_keep_task(struct task_struct *p, void *arg)
{
	schedcut_keep(arg, SCHEDCUT_KIND_TASK, p);
	return 0;
}

static void schedcut_keep_all(struct schedcut_look *look)
{
	struct schedcut_count count = { 0 };
	struct rq *rq = look->rq;
	struct cfs_rq *cfs_rq;
	struct task_group *tg;

	schedcut_for_each_cfs_rq(rq, tg, cfs_rq)
		schedcut_keep(look, SCHEDCUT_KIND_CFS_RQ, cfs_rq);
	schedcut_each_queued(rq, schedcut_keep_task, look);
	schedcut_keep(look, SCHEDCUT_KIND_RQ, rq);
	schedcut_count(rq, &count);
	look->audit->nr_tasks = count.tasks;
	look->audit->nr_throttled = count.throttled;
}

static void schedcut_compare_all(struct schedcut_look *look)
{
	struct schedcut_count count = { 0 };
	struct schedcut_record *record;

	schedcut_count(look->rq, &count);
	look->relaxed = count.throttled != look->audit->nr_throttled;
	for (record = look->audit->first; record; record = record->next) {
		look->kind = record->kind;
		look->object = record->object;
		look->record = record;
		schedcut_look_at(look);
	}
	look->kind = SCHEDCUT_KIND_RQ;
	look->object = look->rq;
	if (count.tasks != look->audit->nr_tasks)
		schedcut_find(look, "queued tasks", look->audit->nr_tasks, count.tasks, true);
}

void schedcut_module_audit(struct schedcut_audit *audit, bool rebuilt)
{
	struct schedcut_look look = { .audit = audit,
				      .rq = this_rq(),
				      .rebuilt = rebuilt,
				      .kind = SCHEDCUT_KIND_RQ,
				      .object = this_rq() };
	struct rq_flags rf;

	rq_lock(look.rq, &rf);
	rcu_read_lock();
	schedcut_check_rq(&look);
	if (rebuilt)
		schedcut_compare_all(&look);
	else
		schedcut_keep_all(&look);
	rcu_read_unlock();
	rq_unlock(look.rq, &rf);
}

#endif
