/* SPDX-License-Identifier: GPL-2.0-only */
/* objects.h - all objects that may have extra storage. Included by rebuild.h after invariants.h,
 * because only a unit of the scheduler knows struct rq and struct task_group. */
#ifndef _SCHEDCUT_OBJECTS_H
#define _SCHEDCUT_OBJECTS_H

#include <linux/rcupdate.h>
#include <schedcut/generated.h>
#include <schedcut/storage.h>

typedef int (*schedcut_object_fn)(void *object, void *arg);

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

static int schedcut_each_cfs_rq(schedcut_object_fn fn, void *arg)
{
	struct cfs_rq *cfs_rq;
	struct task_group *tg;
	int cpu, ret;

	for_each_possible_cpu(cpu)
		schedcut_for_each_cfs_rq(cpu_rq(cpu), tg, cfs_rq) {
			ret = fn(cfs_rq, arg);
			if (ret)
				return ret;
		}
	return 0;
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

#endif
