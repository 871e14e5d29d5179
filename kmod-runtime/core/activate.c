// SPDX-License-Identifier: GPL-2.0-only
#include <schedcut/trace.h>

#include "../base/common.h"
#include "../base/registry.h"
#include "../neighbours/livepatch.h"
#include "../safety/warnings.h"
#include "../safety/watchdog.h"
#include "activate.h"
#include "report.h"
#include "switch.h"
#include "tidy.h"

static int call_before_hooks(struct schedcut_scheduler *from, struct schedcut_scheduler *to)
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

static void remove_scheduler_files(struct schedcut_scheduler *s)
{
	if (s && s->state->has_files) {
		s->remove_files();
		s->state->has_files = false;
	}
}

/* Remove the files of @from and create those of @to; some may have the same names. */
static int exchange_files(struct schedcut_scheduler *from, struct schedcut_scheduler *to)
{
	int ret;

	remove_scheduler_files(from);
	if (!to || !to->add_files)
		return 0;
	ret = schedcut_fail_step() ? -ENOMEM : to->add_files();
	to->state->has_files = !ret;
	return ret;
}

/*
 * Call the hooks that are due after a switch @from -> @to, or after a failed one @to -> @from.
 */
static void call_after_hooks(struct schedcut_scheduler *from, struct schedcut_scheduler *to)
{
	if (from && from->after_deactivate)
		from->after_deactivate();
	if (to && to->after_activate)
		to->after_activate();
}

/* Take what an activation of @to holds; 0, or -ENOMEM or -ENODEV (logged). */
static int hold_for_activation(struct schedcut_scheduler *to)
{
	int ret = 0;

	if (to && !try_module_get(to->owner))
		ret = -ENODEV;
	/* What this sets is removed at the end of the activation, or later. */
	if (!ret && to) {
		ret = schedcut_fail_step() ? -ENOMEM : schedcut_watchdog_start();
		if (ret)
			module_put(to->owner);
	}
	if (ret) {
		pr_err("%s refused: %s\n", to->name,
		       ret == -ENODEV ? "its module is being removed" : "no memory");
		return ret;
	}
	schedcut_runtime_hold();
	return 0;
}

/* Replace the active scheduler @from by @to, which has been held. @rescue: @from is broken. Its
 * files are removed after the switch: removing them waits for readers, which the broken
 * scheduler may be starving. */
static int replace_active(struct schedcut_scheduler *from, struct schedcut_scheduler *to,
			  bool rescue, struct schedcut_stats *stats)
{
	int ret = schedcut_livepatches_check(to) ?: call_before_hooks(from, to);

	if (ret)
		return ret;
	schedcut_warnings_prepare(to);
	/* Before the stop: no task may be in the code of @from's files during it, and files of @to
	 * that cannot be created are a reason not to switch. */
	if (!rescue) {
		ret = exchange_files(from, to);
		if (ret)
			pr_err("%s refused: its files cannot be created: error %d\n", to->name, ret);
	}
	if (!ret)
		ret = schedcut_switch(from, to, stats);
	schedcut_watchdog_settle(!ret);
	if (ret) {
		int error = rescue ? 0 : exchange_files(to, from);

		if (error)
			pr_err("%s remains active without its files: error %d\n", from->name, error);
		call_after_hooks(to, from);
		return ret;
	}
	WRITE_ONCE(schedcut_active, to);
	if (rescue)
		remove_scheduler_files(from);
	call_after_hooks(from, to);
	return 0;
}

/* Make @to, which is registered or NULL, the active one; @rescue as above. Returns as
 * schedcut_activate(). After schedcut_tidy_lock(), unless @to is NULL, with schedcut_mutex held;
 * schedcut_tidy_flush() is to follow, unless the caller cannot wait for the cleanup. */
int schedcut_activate_locked(struct schedcut_scheduler *to, bool rescue)
{
	struct schedcut_scheduler *from = schedcut_active;
	struct schedcut_stats stats = {
		.from = schedcut_name_of(from),
		.to = schedcut_name_of(to),
		.begin = ktime_get_ns(),
	};
	bool held;
	int ret;

	lockdep_assert_held(&schedcut_mutex);
	if (to == from)
		return 0;
	trace_schedcut_switch_begin(stats.from, stats.to);
	schedcut_fail_begin();
	ret = hold_for_activation(to);
	held = !ret;
	if (held)
		ret = replace_active(from, to, rescue, &stats);
	schedcut_fail_end();
	stats.result = ret;
	stats.total = ktime_get_ns() - stats.begin;
	schedcut_stats_publish(&stats);
	if (!held)
		return ret;
	if (!ret) {
		schedcut_identity_log(from, "is no longer active");
		schedcut_identity_log(to, "is active");
	}
	schedcut_tidy_after(ret ? to : from);
	if (!schedcut_active) {
		schedcut_warnings_ignore();
		schedcut_runtime_release_soon();
	}
	return ret;
}

/*
 * Make the scheduler @name the active one; "vmlinux" is the kernel's own. 0, or -errno with
 * everything as before: -ENOENT if there is none of that name, -EEXIST for a livepatch, -ENODEV
 * if its module is being removed, the error of a hook, or one of schedcut_switch(). Process
 * context, no locks held.
 */
int schedcut_activate(const char *name)
{
	struct schedcut_scheduler *to = NULL;
	int ret = 0;

	if (strcmp(name, "vmlinux")) {
		schedcut_tidy_lock();
		to = schedcut_find(name);
		ret = to ? 0 : -ENOENT;
	} else {
		/* Do not wait for the cleanup: it may need this rollback to get on. */
		rt_mutex_lock(&schedcut_mutex);
	}
	if (!ret)
		ret = schedcut_activate_locked(to, false);
	rt_mutex_unlock(&schedcut_mutex);
	schedcut_tidy_flush();
	return ret;
}

/* For the watchdog: back to vmlinux's scheduler, whatever the active one starves. As
 * schedcut_activate(), but with schedcut_mutex held, and cleaned up later. */
int schedcut_rescue(void)
{
	return schedcut_activate_locked(NULL, true);
}
