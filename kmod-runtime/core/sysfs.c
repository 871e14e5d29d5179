// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>

#include "../base/common.h"
#include "../base/stub.h"
#include "../neighbours/tracers.h"
#include "../safety/storage.h"
#include "activate.h"
#include "privates.h"
#include "report.h"
#include "sysfs.h"

static struct kobject *root, *schedulers_dir;

/* A read-only file @name, shown by @show, whose parameters are @kobj and @buf. */
#define SHOWN(prefix, name, show)                                                                 \
	static ssize_t prefix##_##name##_show(struct kobject *kobj, struct kobj_attribute *attr,  \
					      char *buf)                                          \
	{                                                                                         \
		return show;                                                                      \
	}                                                                                         \
	static struct kobj_attribute prefix##_##name = __ATTR(name, 0400, prefix##_##name##_show, \
							      NULL)

static ssize_t active_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t n;

	rt_mutex_lock(&schedcut_mutex);
	n = sysfs_emit(buf, "%s\n", schedcut_name_of(schedcut_active));
	rt_mutex_unlock(&schedcut_mutex);
	return n;
}

static ssize_t active_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			    size_t count)
{
	char *name;
	int ret;

	/* Not the root of a container. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	/* A NUL byte: not a name, whatever it begins with. */
	if (memchr(buf, 0, count))
		return -ENOENT;
	name = kstrndup(buf, count, GFP_KERNEL);
	if (!name) {
		pr_err("refused: no memory\n");
		return -ENOMEM;
	}
	ret = schedcut_activate(strim(name));
	kfree(name);
	return ret ?: count;
}

static struct kobj_attribute root_active = __ATTR(active, 0600, active_show, active_store);
SHOWN(root, stats, schedcut_stats_show(buf));
SHOWN(root, busy, schedcut_busy_show(buf));
SHOWN(root, parked, sysfs_emit(buf, "%ld\n", schedcut_parked()));
SHOWN(root, version, schedcut_runtime_show(buf));

/* clang-format off */
static struct attribute *root_attrs[] = {
	&root_active.attr, &root_stats.attr, &root_busy.attr, &root_parked.attr,
	&root_version.attr, NULL,
};
/* clang-format on */
ATTRIBUTE_GROUPS(root);

/* Attributes of one scheduler. Its tables stay while a file is being read, because
 * unregistering waits for that. So none of them may take schedcut_mutex. */
static struct schedcut_state *kobj_state(struct kobject *kobj)
{
	return container_of(kobj, struct schedcut_state, kobj);
}

static ssize_t show_counters(const struct schedcut_scheduler *s, char *buf)
{
	unsigned int i;
	ssize_t n = 0;

	for (i = 0; i < s->nr_counters; i++)
		n += sysfs_emit_at(buf, n, "%s %llu\n", s->counter_names[i], s->counter(i));
	return n;
}

SHOWN(scheduler, version, schedcut_identity_show(kobj_state(kobj), buf));
SHOWN(scheduler, srcversion,
      sysfs_emit(buf, "%s\n", kobj_state(kobj)->scheduler->owner->srcversion ?: ""));
SHOWN(scheduler, counters, show_counters(kobj_state(kobj)->scheduler, buf));
SHOWN(scheduler, storage, schedcut_storage_show(kobj_state(kobj), buf));
SHOWN(scheduler, unheard, schedcut_unheard_show(kobj_state(kobj)->scheduler, buf));

/* clang-format off */
static struct attribute *scheduler_attrs[] = {
	&scheduler_version.attr, &scheduler_srcversion.attr, &scheduler_counters.attr,
	&scheduler_storage.attr, &scheduler_unheard.attr, NULL,
};
/* clang-format on */

static const char *redirect_state(const struct schedcut_scheduler *s,
				  const struct schedcut_redirect *r)
{
	if (!r->module)
		return "watched";
	return READ_ONCE(schedcut_active) == s ? "redirected" : "ready";
}

/* One line for each function of the tables; may be longer than a page. */
static size_t print_functions(const struct schedcut_scheduler *s, char *text, size_t size)
{
	const struct schedcut_redirect *r;
	unsigned int u;
	size_t n = 0;

	schedcut_for_each(s, u, r, redirects) {
		n += snprintf(text ? text + n : NULL, text ? size - n : 0, "%s %s\n", r->name,
			      redirect_state(s, r));
		if (text && n >= size)
			return size;
	}
	return n;
}

static ssize_t functions_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			      char *buf, loff_t offset, size_t count)
{
	const struct schedcut_scheduler *s = kobj_state(kobj)->scheduler;
	/* Room for a change of state between the two passes. */
	size_t size = 2 * print_functions(s, NULL, 0) + 1;
	char *text;
	ssize_t n;

	text = kvmalloc(size, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	n = memory_read_from_buffer(buf, count, &offset, text, print_functions(s, text, size));
	kvfree(text);
	return n;
}

static struct bin_attribute functions_attr = {
	.attr = { .name = "functions", .mode = 0400 },
	.read = functions_read,
};

static struct bin_attribute *scheduler_bin_attrs[] = { &functions_attr, NULL };

static const struct attribute_group scheduler_group = {
	.attrs = scheduler_attrs,
	.bin_attrs = scheduler_bin_attrs,
};

static const struct attribute_group *scheduler_groups[] = { &scheduler_group, NULL };

static void scheduler_release(struct kobject *kobj)
{
	struct schedcut_state *state = kobj_state(kobj);
	struct completion *released = state->released;

	schedcut_privates_free(state);
	kfree(state->tables);
	kvfree(state->writes);
	kvfree(state->bytes);
	kfree(state);
	complete(released);
}

static struct kobj_type scheduler_type = {
	.release = scheduler_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = scheduler_groups,
};

/* A state for @s, or NULL. schedcut_state_put() frees it, with what was allocated for it. */
struct schedcut_state *schedcut_state_new(struct schedcut_scheduler *s)
{
	struct schedcut_state *state = schedcut_try(kzalloc(sizeof(*state), GFP_KERNEL));

	if (!state)
		return NULL;
	state->scheduler = s;
	kobject_init(&state->kobj, &scheduler_type);
	return state;
}

/* Make the files of @state: 0 or -errno. May sleep. */
int schedcut_sysfs_add(struct schedcut_state *state)
{
	if (schedcut_fail_step())
		return -ENOMEM;
	return kobject_add(&state->kobj, schedulers_dir, "%s", state->scheduler->name);
}

/* Free @state and its files, and return when that is done. The task that drops the last
 * reference on a kobject need not be the one that executes its release(), and this release() is
 * the module's code. Process context. */
void schedcut_state_put(struct schedcut_state *state)
{
	DECLARE_COMPLETION_ONSTACK(released);

	state->released = &released;
	kobject_put(&state->kobj);
	wait_for_completion(&released);
}

/* Make /sys/kernel/schedcut: 0 or -errno. The runtime is being loaded; may sleep. */
int schedcut_sysfs_init(void)
{
	int ret;

	root = schedcut_try(kobject_create_and_add("schedcut", kernel_kobj));
	if (!root)
		return -ENOMEM;
	schedulers_dir = schedcut_try(kobject_create_and_add("schedulers", root));
	ret = schedulers_dir && !schedcut_fail_step() ? sysfs_create_groups(root, root_groups) :
							-ENOMEM;
	if (ret) {
		kobject_put(schedulers_dir);
		kobject_put(root);
	}
	return ret;
}

/* Remove it. No scheduler is left. Waits for readers and writers. */
void schedcut_sysfs_exit(void)
{
	sysfs_remove_groups(root, root_groups);
	kobject_put(schedulers_dir);
	kobject_put(root);
}
