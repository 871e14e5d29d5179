// SPDX-License-Identifier: GPL-2.0-only
/* main.c - the runtime and its schedulers come and go. */
#include <linux/capability.h>
#include <linux/ctype.h>

#include "../base/common.h"
#include "../base/stub.h"
#include "../neighbours/gate.h"
#include "../neighbours/kprobes.h"
#include "../safety/storage.h"
#include "../safety/watchdog.h"
#include "activate.h"
#include "patch.h"
#include "privates.h"
#include "report.h"
#include "sysfs.h"
#include "tidy.h"

static bool kernel_known; /* schedcut_kernel is filled; schedcut_mutex */

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
#define IS_THERE(name, type) &&s->kernel->name
#define NOT_NEEDED(name, type)
	return s->build && s->owner && s->kernel && s->units && s->nr_units && s->schedule &&
	       s->finish && s->clear && s->rebuild && s->audit && s->for_each_hidden_task &&
	       s->for_each_object && s->stopper && s->is_throttled && s->nr_switches &&
	       (!s->nr_counters || (s->counter && s->counter_names))
		       SCHEDCUT_KERNEL_SYMBOLS(IS_THERE, NOT_NEEDED, IS_THERE);
}

static int learn_kernel(const struct schedcut_scheduler *s)
{
	int ret;

	lockdep_assert_held(&schedcut_mutex);
	if (kernel_known) {
		if (!memcmp(&schedcut_kernel, s->kernel, sizeof(schedcut_kernel)))
			return 0;
		pr_err("%s refused: it was built for another kernel than the schedulers before it\n",
		       s->name);
		return -EINVAL;
	}
	schedcut_kernel = *s->kernel;
	ret = schedcut_stub_init();
	kernel_known = !ret;
	return ret;
}

/* Create the real-time threads that must run whatever the active scheduler does. */
static int create_threads(const struct schedcut_scheduler *s)
{
	int ret = schedcut_tidy_init() ?: schedcut_watchdog_init(schedcut_rescue);

	if (ret && ret != -ENOMEM)
		pr_err("%s refused: its threads cannot be created: error %d\n", s->name, ret);
	return ret;
}

/* 0, -ENOMEM (not logged), or another error (logged). */
static int fill_state(struct schedcut_state *state)
{
	schedcut_module_build_id(state->scheduler->owner, state->build_id);
	return schedcut_writes_build(state)		?:
		       schedcut_privates_save(state)	?:
		       schedcut_storage_register(state) ?:
							  schedcut_sysfs_add(state);
}

/* As above. */
static int register_locked(struct schedcut_scheduler *s)
{
	struct schedcut_state *state;
	int ret;

	if (schedcut_find(s->name)) {
		pr_err("%s refused: the name is taken\n", s->name);
		return -EEXIST;
	}
	ret = learn_kernel(s) ?: create_threads(s);
	if (ret)
		return ret;
	state = schedcut_state_new(s);
	if (!state)
		return -ENOMEM;
	ret = fill_state(state);
	if (ret)
		schedcut_state_put(state);
	else
		schedcut_registry_add(state);
	return ret;
}

/* Free the @state of a scheduler that has been removed from the registry; NULL is ignored. Process
 * context, no locks held. */
static void forget(struct schedcut_state *state)
{
	if (!state)
		return;
	/* Waits for readers of its files, which may want schedcut_mutex. */
	kobject_del(&state->kobj);
	schedcut_state_put(state);
}

/* What can be said of @s without a lock: 0 or -errno (logged). */
static int check_scheduler(const struct schedcut_scheduler *s, bool at_once)
{
	if (s->abi != SCHEDCUT_ABI) {
		pr_err("refused: a scheduler that was built for another runtime (ABI %u, this is %u)\n",
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
	/* The functions in schedcut_kernel are called by pointer. */
	if (schedcut_checks_indirect_calls()) {
		pr_err("%s refused: this CPU checks indirect branches; boot with ibt=off\n", s->name);
		return -EOPNOTSUPP;
	}
	if (at_once && !capable(CAP_SYS_ADMIN)) {
		pr_err("%s refused: switching schedulers needs CAP_SYS_ADMIN\n", s->name);
		return -EPERM;
	}
	return 0;
}

/* See scheduler.h. */
int schedcut_register(struct schedcut_scheduler *s, bool at_once)
{
	struct schedcut_state *failed = NULL;
	int ret = check_scheduler(s, at_once);

	if (ret)
		return ret;
	schedcut_tidy_lock();
	schedcut_fail_begin();
	ret = register_locked(s);
	if (ret == -ENOMEM)
		pr_err("%s refused: no memory\n", s->name);
	schedcut_fail_end();
	/* Under the same lock, so that no other task makes it active, whose module may then
	 * fail to load. */
	if (!ret && at_once) {
		ret = schedcut_activate_locked(s, false);
		if (ret)
			failed = schedcut_registry_remove(s);
	}
	rt_mutex_unlock(&schedcut_mutex);
	schedcut_tidy_flush();
	forget(failed);
	return ret;
}
EXPORT_SYMBOL_GPL(schedcut_register);

/* See scheduler.h. */
void schedcut_unregister(struct schedcut_scheduler *s)
{
	struct schedcut_state *state;

	rt_mutex_lock(&schedcut_mutex);
	WARN_ON_ONCE(schedcut_active == s);
	state = schedcut_registry_remove(s);
	rt_mutex_unlock(&schedcut_mutex);
	forget(state);
}
EXPORT_SYMBOL_GPL(schedcut_unregister);

static int __init schedcut_init(void)
{
	int ret = schedcut_sysfs_init();

	if (ret)
		pr_err("refused: the runtime's files cannot be created: error %d\n", ret);
	schedcut_fail_end();
	return ret;
}

static void __exit schedcut_exit(void)
{
	schedcut_runtime_exit();
	schedcut_watchdog_exit();
	schedcut_sysfs_exit();
	/* No task is writing to `active` any more, and waits for it. */
	schedcut_tidy_exit();
	schedcut_probes_exit();
	/* For tasks that were preempted in trampolines of ftrace on the way here. */
	synchronize_rcu_tasks();
	schedcut_gate_exit();
}

module_init(schedcut_init);
module_exit(schedcut_exit);
MODULE_DESCRIPTION("Runtime for scheduler modules made by schedcut");
MODULE_LICENSE("GPL");
