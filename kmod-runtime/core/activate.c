// SPDX-License-Identifier: GPL-2.0-only
/*
 * core.c - registry of schedulers, activation, life of the resident runtime.
 *
 * The module holds a reference on itself from the first activation until
 * vmlinux's scheduler is active again and no task's stack holds a return
 * address into the stub any more.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <uapi/linux/sched/types.h>

#include "../base/compat.h"
#include "../base/runtime.h"

#define POLL_PARKED (HZ / 2)

/* Hands on the priority of the watchdog, who must not wait for a starved task. */
DEFINE_RT_MUTEX(schedcut_mutex);
LIST_HEAD(schedcut_schedulers);
struct schedcut_scheduler *schedcut_active;
struct schedcut_kernel schedcut_kernel;
static bool kernel_known, holds_itself;

DEFINE_PER_CPU(struct schedcut_cpu, schedcut_cpu);

/* The assembly has these as numbers. */
static_assert(offsetof(struct schedcut_cpu, entry_sp) == 0);
static_assert(offsetof(struct schedcut_cpu, entries) == 8);
static_assert(offsetof(struct schedcut_cpu, switches) == 16);
static_assert(offsetof(struct schedcut_cpu, parked) == 24);

unsigned int schedcut_retries = 20;
module_param_named(retries, schedcut_retries, uint, 0600);
MODULE_PARM_DESC(retries, "tries after the first one while a task is in the way");

unsigned int schedcut_retry_delay_ms = 20;
module_param_named(retry_delay_ms, schedcut_retry_delay_ms, uint, 0600);
MODULE_PARM_DESC(retry_delay_ms, "pause between two tries, in milliseconds");

/*
 * For tests of the way back: the fail_at-th fallible step of what comes next,
 * loading this module, a registration or an activation, fails with -ENOMEM. A
 * test counts up from 1 until there is no error; then it has failed at every
 * step once. Cleared by what it was for.
 */
static int fail_at;
module_param(fail_at, int, 0600);
MODULE_PARM_DESC(fail_at, "make this step of the next registration or activation fail (tests)");
static atomic_t steps;

/* Called at each fallible step: shall it fail? Any context. */
bool schedcut_fail_step(void)
{
	int limit = READ_ONCE(fail_at);

	return limit && atomic_inc_return(&steps) == limit;
}

/* What @s, NULL for vmlinux's own, is called in files and in the log. Any context. */
const char *schedcut_name_of(const struct schedcut_scheduler *s)
{
	return s ? s->name : "vmlinux";
}

/* Tasks whose stack holds a return address into the stub. Exact while nothing
 * moves; never too low while no scheduler module is active. */
long schedcut_parked(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(schedcut_cpu.parked, cpu));
	return sum;
}

/* Is @address in the resident code around __schedule()? Any context. */
bool schedcut_in_stub(unsigned long address)
{
	return address - (unsigned long)schedcut_schedule_entry < schedcut_stub_size;
}

/* in_sched_functions() while a scheduler module is active: the stub counts as
 * one, or every sleeping task would be reported to sleep there. */
int schedcut_in_sched_functions(unsigned long addr)
{
	const struct schedcut_kernel *k = &schedcut_kernel;

	return (addr >= (unsigned long)k->sched_text_start &&
		addr < (unsigned long)k->sched_text_end) ||
	       (addr >= (unsigned long)k->lock_text_start && addr < (unsigned long)k->lock_text_end) ||
	       schedcut_in_stub(addr);
}

/*
 * Have idle kernel threads run once, so that they leave the stub; some would
 * sleep there for hours. A task that is parked has not run since and so is
 * still in the state that it went to sleep in. Processes are left alone: a
 * wakeup without a reason may end a system call early.
 */
static void wake_parked(void)
{
	struct task_struct *g, *task;

	rcu_read_lock();
	for_each_process_thread(g, task) {
		if (task->flags & PF_KTHREAD && schedcut_sleeps_lightly(task) &&
		    schedcut_in_stub(schedcut_switch_return(task)))
			wake_up_process(task);
	}
	rcu_read_unlock();
}

static void poll_parked(struct work_struct *work);
static DECLARE_DELAYED_WORK(poll_work, poll_parked);

static void poll_parked(struct work_struct *work)
{
	rt_mutex_lock(&schedcut_mutex);
	if (schedcut_active || !holds_itself)
		goto unlock;
	if (schedcut_parked()) {
		wake_parked();
		schedule_delayed_work(&poll_work, POLL_PARKED);
		goto unlock;
	}
	/* The last one may still be a few instructions from the stub's end,
	 * with preemption off. */
	synchronize_rcu();
	holds_itself = false;
	module_put(THIS_MODULE);
unlock:
	rt_mutex_unlock(&schedcut_mutex);
}

static struct schedcut_scheduler *find_scheduler(const char *name)
{
	struct schedcut_state *state;

	list_for_each_entry(state, &schedcut_schedulers, node) {
		if (!strcmp(state->scheduler->name, name))
			return state->scheduler;
	}
	return NULL;
}

static int before(struct schedcut_scheduler *from, struct schedcut_scheduler *to)
{
	int ret;

	if (to && to->before_activate) {
		ret = schedcut_fail_step() ? -ENOMEM : to->before_activate();
		if (ret) {
			pr_err("%s refused: its before_activate hook: error %d\n", to->name, ret);
			return ret;
		}
	}
	if (from && from->before_deactivate) {
		ret = schedcut_fail_step() ? -ENOMEM : from->before_deactivate();
		if (ret) {
			pr_err("%s refused: %s's before_deactivate hook: error %d\n",
			       schedcut_name_of(to), from->name, ret);
			if (to && to->after_deactivate)
				to->after_deactivate();
			return ret;
		}
	}
	return 0;
}

static void remove_files(struct schedcut_scheduler *s)
{
	if (s && s->state->has_files) {
		s->remove_files();
		s->state->has_files = false;
	}
}

static int add_files(struct schedcut_scheduler *s)
{
	int ret;

	if (!s || !s->add_files)
		return 0;
	ret = schedcut_fail_step() ? -ENOMEM : s->add_files();
	s->state->has_files = !ret;
	return ret;
}

/*
 * Files of @from go and those of @to come, some of which may have the same
 * names. Before the stop: nobody may be in one of @from's then, and that those
 * of @to cannot be made is a reason not to switch.
 */
static int exchange_files(struct schedcut_scheduler *from, struct schedcut_scheduler *to)
{
	int ret;

	remove_files(from);
	ret = add_files(to);
	if (ret)
		pr_err("%s refused: its files cannot be made: error %d\n", to->name, ret);
	return ret;
}

/* The switch has failed. */
static void restore_files(struct schedcut_scheduler *from, struct schedcut_scheduler *to)
{
	int ret;

	remove_files(to);
	ret = add_files(from);
	if (ret)
		pr_err("%s goes on without its files: error %d\n", from->name, ret);
}

/* What is due after a switch @from -> @to, or instead of @to -> @from. */
static void after(struct schedcut_scheduler *from, struct schedcut_scheduler *to)
{
	if (from && from->after_deactivate)
		from->after_deactivate();
	if (to && to->after_activate)
		to->after_activate();
}

/*
 * What activations leave behind is taken away by a thread: that takes grace periods,
 * and locks of others. Nobody waits for these with schedcut_mutex held while a
 * scheduler is active that may be starving whom he waits for, or the watchdog would
 * wait with him. Some of the locks the way back needs, too: so the thread is one that
 * does not starve with them.
 */
static void tidy_up(struct kthread_work *work);
static DEFINE_KTHREAD_WORK(tidy_work, tidy_up);
/* All by schedcut_mutex. @tidier: NULL: no registration so far. @leaving: who is not
 * active, now or again; has a reference on its module. */
static struct kthread_worker *tidier;
static LIST_HEAD(leaving);
static unsigned int tidy_asked, tidy_done; /* equal: nothing is left, nobody at it */

static void tidy_up(struct kthread_work *work)
{
	const struct schedcut_scheduler *active;
	struct schedcut_state *state, *next;
	unsigned int asked;
	LIST_HEAD(mine);

	rt_mutex_lock(&schedcut_mutex);
	active = schedcut_active;
	asked = tidy_asked;
	list_splice_init(&leaving, &mine);
	/* It was queued again while it was about to begin. */
	if (tidy_done == asked) {
		rt_mutex_unlock(&schedcut_mutex);
		return;
	}
	rt_mutex_unlock(&schedcut_mutex);

	schedcut_gate_clean();
	schedcut_livepatches_settle(active);
	schedcut_unheard_log(active);
	list_for_each_entry_safe(state, next, &mine, leaving) {
		struct module *owner = state->scheduler->owner;

		schedcut_storage_release(state);
		module_put(owner);
	}

	rt_mutex_lock(&schedcut_mutex);
	tidy_done = asked;
	rt_mutex_unlock(&schedcut_mutex);
}

/* @idle: who is not active, now or again, or NULL. schedcut_mutex held. */
static void leave(struct schedcut_scheduler *idle)
{
	if (idle)
		list_add_tail(&idle->state->leaving, &leaving);
	tidy_asked++;
	kthread_queue_work(tidier, &tidy_work);
}

/* Take schedcut_mutex when nothing is left of former activations: before one is
 * to become active that might be leaving. Process context. */
static void lock_tidy(void)
{
	for (;;) {
		kthread_flush_work(&tidy_work);
		rt_mutex_lock(&schedcut_mutex);
		if (tidy_done == tidy_asked)
			return;
		rt_mutex_unlock(&schedcut_mutex);
	}
}

/* What an activation of @to holds; 0, or -ENOMEM or -ENODEV (logged). */
static int hold(struct schedcut_scheduler *to)
{
	int ret = 0;

	if (to && !try_module_get(to->owner))
		ret = -ENODEV;
	/* What it sets is taken away at the end of the activation, or later. */
	if (!ret && to) {
		ret = schedcut_fail_step() ? -ENOMEM : schedcut_watchdog_start();
		if (ret)
			module_put(to->owner);
	}
	if (ret) {
		pr_err("%s refused: %s\n", to->name,
		       ret == -ENODEV ? "it is being removed" : "no memory");
		return ret;
	}
	if (!holds_itself) {
		__module_get(THIS_MODULE);
		holds_itself = true;
	}
	return 0;
}

/*
 * Exchange what is active. @to has been held. @rescue: from a scheduler that is
 * broken; its files go behind the switch, for to be rid of them means to wait for
 * tasks that it may be starving.
 */
static int exchange(struct schedcut_scheduler *from, struct schedcut_scheduler *to, bool rescue,
		    struct schedcut_stats *stats, u64 begin)
{
	int ret = schedcut_livepatches_check(to);

	if (!ret)
		ret = before(from, to);
	if (ret)
		return ret;
	schedcut_watchdog_prepare(to);
	if (!rescue)
		ret = exchange_files(from, to);
	if (!ret)
		ret = schedcut_switch(from, to, stats, begin);
	schedcut_watchdog_settle(!ret);
	if (ret) {
		if (!rescue)
			restore_files(from, to);
		after(to, from);
		return ret;
	}
	WRITE_ONCE(schedcut_active, to);
	if (rescue)
		remove_files(from);
	after(from, to);
	return 0;
}

/* schedcut_mutex held, @to registered or NULL, @rescue as above. 0 or -errno, with
 * all as before. What is left is taken away by tidy_work. */
static int activate(struct schedcut_scheduler *to, bool rescue)
{
	struct schedcut_scheduler *from = schedcut_active;
	struct schedcut_stats stats = {
		.from = schedcut_name_of(from),
		.to = schedcut_name_of(to),
	};
	u64 begin = ktime_get_ns();
	bool held;
	int ret;

	if (to == from)
		return 0;
	atomic_set(&steps, 0);
	ret = hold(to);
	held = !ret;
	if (held)
		ret = exchange(from, to, rescue, &stats, begin);
	WRITE_ONCE(fail_at, 0);
	stats.result = ret;
	stats.total = ktime_get_ns() - begin;
	schedcut_stats_publish(&stats);
	if (!held)
		return ret;
	if (!ret) {
		schedcut_identity_log(from, "is no longer active");
		schedcut_identity_log(to, "is active");
	}
	leave(ret ? to : from);
	if (!schedcut_active) {
		schedcut_watchdog_rest();
		mod_delayed_work(system_wq, &poll_work, 0);
	}
	return ret;
}

/*
 * Make the scheduler @name the active one, "vmlinux" meaning the kernel's own.
 * 0, or -errno with everything as before: -ENOENT if there is none of that name,
 * else as schedcut_switch(), -EEXIST also for a livepatch, -ENODEV if its module is
 * being removed, or what a hook returned. Process context, nothing held.
 */
int schedcut_activate(const char *name)
{
	struct schedcut_scheduler *to = NULL;
	int ret = 0;

	if (strcmp(name, "vmlinux")) {
		lock_tidy();
		to = find_scheduler(name);
		ret = to ? 0 : -ENOENT;
	} else {
		/* Whatever there is to wait for may need it. */
		rt_mutex_lock(&schedcut_mutex);
	}
	if (!ret)
		ret = activate(to, false);
	rt_mutex_unlock(&schedcut_mutex);
	kthread_flush_work(&tidy_work);
	return ret;
}

/* For the watchdog: back to vmlinux's scheduler, whatever the active one starves.
 * As schedcut_activate(), but schedcut_mutex is held, and what is left is taken
 * away later. */
int schedcut_rescue(void)
{
	return activate(NULL, true);
}

static bool name_is_valid(const char *name)
{
	const char *c;

	for (c = name; *c; c++) {
		if (!isalnum(*c) && *c != '_' && *c != '-')
			return false;
	}
	return c != name && c - name < SCHEDCUT_NAME_SIZE && strcmp(name, "vmlinux");
}

static bool is_complete(const struct schedcut_scheduler *s)
{
	const struct schedcut_kernel *k = s->kernel;

	return s->build && s->owner && k && s->units && s->nr_units && s->schedule && s->finish &&
	       s->clear && s->rebuild && s->audit && s->for_each_hidden_task &&
	       s->for_each_object && s->stopper && s->is_throttled && s->nr_switches &&
	       (!s->nr_counters || (s->counter && s->counter_names)) &&
	       k->stop_machine_cpuslocked && k->text_mutex && k->jump_label_lock &&
	       k->jump_label_unlock && k->put_task_stack && k->sched_setscheduler_nocheck &&
	       k->switch_to_asm && k->schedule && k->finish_task_switch && k->text_start &&
	       k->text_end && k->jump_table_start && k->jump_table_end;
}

static int learn_kernel(const struct schedcut_scheduler *s)
{
	int ret;

	if (kernel_known) {
		if (!memcmp(&schedcut_kernel, s->kernel, sizeof(schedcut_kernel)))
			return 0;
		pr_err("%s refused: it knows another kernel than the ones before\n", s->name);
		return -EINVAL;
	}
	schedcut_kernel = *s->kernel;
	ret = schedcut_stub_init();
	kernel_known = !ret;
	return ret;
}

/*
 * Have the threads that run whatever the active scheduler does: real-time ones, and
 * there before any is active, for a machine that starves can make none. 0, -ENOMEM,
 * or -EINTR if the caller was killed. schedcut_mutex held, the kernel known.
 */
static int make_threads(void)
{
	/* Behind the watchdog. */
	const struct sched_param param = { .sched_priority = MAX_RT_PRIO - 2 };
	struct kthread_worker *worker;

	if (!tidier) {
		if (schedcut_fail_step())
			return -ENOMEM;
		worker = kthread_create_worker(0, "schedcut-tidy");
		if (IS_ERR(worker))
			return PTR_ERR(worker);
		schedcut_kernel.sched_setscheduler_nocheck(worker->task, SCHED_FIFO, &param);
		tidier = worker;
	}
	return schedcut_watchdog_init();
}

/* 0, -ENOMEM (not logged), or another error (logged). */
static int register_locked(struct schedcut_scheduler *s)
{
	struct schedcut_state *state;
	int ret;

	if (find_scheduler(s->name)) {
		pr_err("%s refused: the name is taken\n", s->name);
		return -EEXIST;
	}
	ret = learn_kernel(s);
	if (ret)
		return ret;
	ret = make_threads();
	if (ret) {
		if (ret != -ENOMEM)
			pr_err("%s refused: its threads cannot be made: error %d\n", s->name, ret);
		return ret;
	}
	state = schedcut_try(kzalloc(sizeof(*state), GFP_KERNEL));
	if (!state)
		return -ENOMEM;
	state->scheduler = s;
	schedcut_module_build_id(s->owner, state->build_id);
	ret = schedcut_writes_build(state);
	if (!ret)
		ret = schedcut_privates_save(state);
	if (!ret)
		ret = schedcut_storage_register(state);
	if (ret) {
		schedcut_state_free(state);
		return ret;
	}
	ret = schedcut_sysfs_add(state);
	if (ret) {
		schedcut_sysfs_put(state);
		return ret;
	}
	s->state = state;
	list_add_tail(&state->node, &schedcut_schedulers);
	return 0;
}

/* @s is unknown from here on; schedcut_mutex held. */
static struct schedcut_state *detach(struct schedcut_scheduler *s)
{
	struct schedcut_state *state = s->state;

	if (state)
		list_del(&state->node);
	s->state = NULL;
	return state;
}

/* Process context, nothing held. */
static void forget(struct schedcut_state *state)
{
	if (!state)
		return;
	/* Waits for readers of its files, who may want the mutex. */
	kobject_del(&state->kobj);
	schedcut_sysfs_put(state);
}

/* See scheduler.h. */
int schedcut_register(struct schedcut_scheduler *s, bool at_once)
{
	struct schedcut_state *failed = NULL;
	int ret;

	if (s->abi != SCHEDCUT_ABI) {
		pr_err("refused: a scheduler built for another runtime (ABI %u, this is %u)\n",
		       s->abi, SCHEDCUT_ABI);
		return -EINVAL;
	}
	if (!s->name || !name_is_valid(s->name) || !is_complete(s)) {
		pr_err("%s refused: its description is not complete\n", s->name ?: "(no name)");
		return -EINVAL;
	}
	if (s->layout != s->vmlinux_layout) {
		pr_err("%s refused: its records have another layout than vmlinux's (%016llx, not %016llx): generated/layout is edited, or the provider is of another cut\n",
		       s->name, s->layout, s->vmlinux_layout);
		return -EINVAL;
	}
	if (!s->add_files != !s->remove_files) {
		pr_err("%s refused: it has schedcut_%s_files() without its counterpart\n", s->name,
		       s->add_files ? "add" : "remove");
		return -EINVAL;
	}
	/* What schedcut_kernel holds is called by pointer. */
	if (schedcut_checks_indirect_calls()) {
		pr_err("%s refused: this CPU checks indirect branches; boot with ibt=off\n", s->name);
		return -EOPNOTSUPP;
	}
	if (at_once && !capable(CAP_SYS_ADMIN)) {
		pr_err("%s refused: who switches schedulers needs CAP_SYS_ADMIN\n", s->name);
		return -EPERM;
	}
	lock_tidy();
	atomic_set(&steps, 0);
	ret = register_locked(s);
	if (ret == -ENOMEM)
		pr_err("%s refused: no memory\n", s->name);
	WRITE_ONCE(fail_at, 0);
	/* Under the same lock: nobody else makes it active whose module's load
	 * then fails. */
	if (!ret && at_once) {
		ret = activate(s, false);
		if (ret)
			failed = detach(s);
	}
	rt_mutex_unlock(&schedcut_mutex);
	kthread_flush_work(&tidy_work);
	forget(failed);
	return ret;
}
EXPORT_SYMBOL_GPL(schedcut_register);

/* @s, which is not active, is going. Process context, nothing held. */
void schedcut_unregister(struct schedcut_scheduler *s)
{
	struct schedcut_state *state;

	rt_mutex_lock(&schedcut_mutex);
	state = detach(s);
	rt_mutex_unlock(&schedcut_mutex);
	forget(state);
}
EXPORT_SYMBOL_GPL(schedcut_unregister);

/* Of tail_x86_64.S; here because C has its type. */
EXPORT_SYMBOL_GPL(schedcut_switch_tail);

/* Of a registration that has failed, or of its kobject's release. May sleep. */
void schedcut_state_free(struct schedcut_state *state)
{
	schedcut_privates_free(state);
	kfree(state->tables);
	kvfree(state->writes);
	kvfree(state->bytes);
	kfree(state);
}

static int __init schedcut_init(void)
{
	int ret = schedcut_sysfs_init();

	if (ret)
		pr_err("refused: the runtime's files cannot be made: error %d\n", ret);
	WRITE_ONCE(fail_at, 0);
	return ret;
}

static void __exit schedcut_exit(void)
{
	cancel_delayed_work_sync(&poll_work);
	schedcut_watchdog_exit();
	schedcut_sysfs_exit();
	/* Nobody writes to `active` any more, and waits for it. */
	if (tidier)
		kthread_destroy_worker(tidier);
	schedcut_company_exit();
	/* Who was preempted in what vmlinux or its ftrace came to. */
	synchronize_rcu_tasks();
	schedcut_gate_exit();
}

module_init(schedcut_init);
module_exit(schedcut_exit);
MODULE_DESCRIPTION("Runtime for scheduler modules made by schedcut");
MODULE_LICENSE("GPL");
