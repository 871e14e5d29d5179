// SPDX-License-Identifier: GPL-2.0-only
/*
 * livepatch.c - livepatches of functions that a scheduler replaces are refused.
 *
 * A livepatch takes the function over before the jump to the scheduler, so the scheduler
 * would never see its calls. Other users of the fentry site (ftrace, kprobes, BPF) do no
 * harm.
 */
#include <linux/livepatch.h>

#include "../base/common.h"
#include "kprobes.h"
#include "livepatch.h"

#ifdef CONFIG_LIVEPATCH

/* The active scheduler, and the one that is about to be: no livepatch may take over a function
 * that one of them replaces. Protected by the kernel's klp_mutex. */
static const struct schedcut_scheduler *guarded[2];

/* The redirect of @s for vmlinux's function @old, or NULL. */
static const struct schedcut_redirect *redirect_of(const struct schedcut_scheduler *s, void *old)
{
	const struct schedcut_redirect *r;
	unsigned int u;

	schedcut_for_each(s, u, r, redirects) {
		if (r->vmlinux == old)
			return r;
	}
	return NULL;
}

/* The function of vmlinux that @object takes over and @s replaces, or NULL. */
static const struct klp_func *conflicting_func(struct klp_object *object,
					       const struct schedcut_scheduler *s)
{
	const struct klp_func *func;

	if (object->name) /* patches a module */
		return NULL;
	klp_for_each_func(object, func) {
		if (!func->nop && func->old_func && redirect_of(s, func->old_func))
			return func;
	}
	return NULL;
}

/* A task diverted from klp_patch_object() executes this. */
static noinline int refuse_object(struct klp_object *object)
{
	return -EBUSY;
}

/* klp_patch_object() has been called, with klp_mutex held. */
static int on_patch_object(struct kprobe *probe, struct pt_regs *regs)
{
	struct klp_object *object = (void *)schedcut_first_argument(regs);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guarded); i++) {
		const struct klp_func *func = guarded[i] ? conflicting_func(object, guarded[i]) :
							   NULL;

		if (!func)
			continue;
		pr_err("livepatch refused: %s is replaced by the scheduler %s, %ps cannot replace it\n",
		       func->old_name, guarded[i]->name, func->new_func);
		instruction_pointer_set(regs, (unsigned long)refuse_object);
		return 1;
	}
	return 0;
}

static struct schedcut_probe guard; /* on klp_patch_object() */

/* Process context, no lock of kprobes held. */
static void set_guard(void)
{
	int ret;

	if (!IS_ENABLED(CONFIG_KPROBES)) {
		pr_warn_once("livepatches of replaced functions will not be refused: no kprobes\n");
		return;
	}
	if (guard.is_set)
		return;
	guard.kprobe = (struct kprobe){
		.addr = (void *)schedcut_kernel.klp_patch_object,
		.pre_handler = on_patch_object,
	};
	ret = schedcut_probe_set(&guard, true);
	if (ret)
		pr_warn("livepatches of replaced functions will not be refused: error %d\n", ret);
}

static bool can_find_livepatches(void)
{
	const struct schedcut_kernel *k = &schedcut_kernel;

	return k->klp_mutex && k->klp_patches && k->klp_patch_object;
}

static int check_livepatches(const struct schedcut_scheduler *s)
{
	const struct klp_func *func;
	struct klp_object *object;
	struct klp_patch *patch;

	list_for_each_entry(patch, schedcut_kernel.klp_patches, list) {
		klp_for_each_object(patch, object) {
			func = conflicting_func(object, s);
			if (!func)
				continue;
			pr_err("%s refused: %s: the livepatch %s has taken it over\n", s->name,
			       func->old_name, patch->mod->name);
			return -EEXIST;
		}
	}
	return 0;
}

/*
 * From here on livepatches of functions that @to replaces are refused, like those of the active
 * scheduler's functions. 0, or -EEXIST (logged) if there is such a livepatch: it counts until
 * it is disabled and no task uses it. Process context; schedcut_livepatches_settle() follows in
 * any case.
 */
int schedcut_livepatches_check(const struct schedcut_scheduler *to)
{
	int ret;

	if (!to || !can_find_livepatches())
		return 0;
	set_guard();
	/* A livepatch that passed before the guard was set is in the list once we hold the
	 * mutex. */
	mutex_lock(schedcut_kernel.klp_mutex);
	guarded[1] = to;
	ret = check_livepatches(to);
	mutex_unlock(schedcut_kernel.klp_mutex);
	return ret;
}

/* A switch is over, and @active (NULL: vmlinux's) is the scheduler now. No other task is
 * between schedcut_livepatches_check() and the end of its switch. Process context.
 * schedcut_mutex must not be held: the holder of klp_mutex may be starved. */
void schedcut_livepatches_settle(const struct schedcut_scheduler *active)
{
	if (!can_find_livepatches())
		return;
	if (!active)
		schedcut_probe_remove(&guard);
	/* A task diverted to refuse_object() returns from it before it drops klp_mutex, so
	 * none is in it once we hold the mutex. */
	mutex_lock(schedcut_kernel.klp_mutex);
	guarded[0] = active;
	guarded[1] = NULL;
	mutex_unlock(schedcut_kernel.klp_mutex);
}

#else

int schedcut_livepatches_check(const struct schedcut_scheduler *to)
{
	return 0;
}
void schedcut_livepatches_settle(const struct schedcut_scheduler *active) {}

#endif
