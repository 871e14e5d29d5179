// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs.c - /sys/kernel/schedcut, for root only. See docs/runtime.md.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../base/runtime.h"

static struct kobject *root, *schedulers;

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

	/* Root of a container is not meant. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	/* Not a name, whatever it begins with. */
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

static ssize_t stats_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t n;

	rt_mutex_lock(&schedcut_mutex);
	n = schedcut_stats_show(buf);
	rt_mutex_unlock(&schedcut_mutex);
	return n;
}

static ssize_t busy_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t n;

	rt_mutex_lock(&schedcut_mutex);
	n = schedcut_busy_show(buf);
	rt_mutex_unlock(&schedcut_mutex);
	return n;
}

static ssize_t root_version_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return schedcut_runtime_show(buf);
}

static ssize_t parked_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%ld\n", schedcut_parked());
}

static struct kobj_attribute active_attr = __ATTR(active, 0600, active_show, active_store);
static struct kobj_attribute stats_attr = __ATTR(stats, 0400, stats_show, NULL);
static struct kobj_attribute busy_attr = __ATTR(busy, 0400, busy_show, NULL);
static struct kobj_attribute parked_attr = __ATTR(parked, 0400, parked_show, NULL);
static struct kobj_attribute root_version_attr = __ATTR(version, 0400, root_version_show, NULL);

/* clang-format off */
static struct attribute *root_attrs[] = {
	&active_attr.attr, &stats_attr.attr, &busy_attr.attr, &parked_attr.attr,
	&root_version_attr.attr, NULL,
};
/* clang-format on */
ATTRIBUTE_GROUPS(root);

/*
 * Attributes of one scheduler. Its tables stay while a file is being read:
 * unregistering waits for that. None of them takes schedcut_mutex.
 */
static struct schedcut_scheduler *scheduler_of(struct kobject *kobj)
{
	return container_of(kobj, struct schedcut_state, kobj)->scheduler;
}

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return schedcut_identity_show(container_of(kobj, struct schedcut_state, kobj), buf);
}

static ssize_t srcversion_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", scheduler_of(kobj)->owner->srcversion ?: "");
}

static ssize_t counters_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct schedcut_scheduler *s = scheduler_of(kobj);
	unsigned int i;
	ssize_t n = 0;

	for (i = 0; i < s->nr_counters; i++)
		n += sysfs_emit_at(buf, n, "%s %llu\n", s->counter_names[i], s->counter(i));
	return n;
}

static ssize_t storage_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return schedcut_storage_show(container_of(kobj, struct schedcut_state, kobj), buf);
}

static ssize_t unheard_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return schedcut_unheard_show(scheduler_of(kobj), buf);
}

static struct kobj_attribute version_attr = __ATTR(version, 0400, version_show, NULL);
static struct kobj_attribute srcversion_attr = __ATTR(srcversion, 0400, srcversion_show, NULL);
static struct kobj_attribute counters_attr = __ATTR(counters, 0400, counters_show, NULL);
static struct kobj_attribute storage_attr = __ATTR(storage, 0400, storage_show, NULL);
static struct kobj_attribute unheard_attr = __ATTR(unheard, 0400, unheard_show, NULL);

/* clang-format off */
static struct attribute *scheduler_attrs[] = {
	&version_attr.attr, &srcversion_attr.attr, &counters_attr.attr, &storage_attr.attr,
	&unheard_attr.attr, NULL,
};
/* clang-format on */

static const char *redirect_state(const struct schedcut_scheduler *s,
				  const struct schedcut_redirect *r)
{
	if (!r->module)
		return "watched";
	return READ_ONCE(schedcut_active) == s ? "redirected" : "ready";
}

/* One line for each function of the tables; longer than a page. */
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
	const struct schedcut_scheduler *s = scheduler_of(kobj);
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
	struct schedcut_state *state = container_of(kobj, struct schedcut_state, kobj);
	struct completion *released = state->released;

	schedcut_state_free(state);
	complete(released);
}

static struct kobj_type scheduler_type = {
	.release = scheduler_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = scheduler_groups,
};

/* Show @state. 0 or -errno; in both cases @state now belongs to its kobject:
 * schedcut_sysfs_put() frees it. */
int schedcut_sysfs_add(struct schedcut_state *state)
{
	kobject_init(&state->kobj, &scheduler_type);
	if (schedcut_fail_step())
		return -ENOMEM;
	return kobject_add(&state->kobj, schedulers, "%s", state->scheduler->name);
}

/* Free @state, and return when that is done: who drops the last reference on a
 * kobject need not be who runs its release(), and this one is the module's code.
 * Process context. */
void schedcut_sysfs_put(struct schedcut_state *state)
{
	DECLARE_COMPLETION_ONSTACK(released);

	state->released = &released;
	kobject_put(&state->kobj);
	wait_for_completion(&released);
}

/* Make /sys/kernel/schedcut when the runtime is loaded: 0 or -errno. May sleep. */
int schedcut_sysfs_init(void)
{
	int ret;

	root = schedcut_try(kobject_create_and_add("schedcut", kernel_kobj));
	if (!root)
		return -ENOMEM;
	schedulers = schedcut_try(kobject_create_and_add("schedulers", root));
	ret = schedulers && !schedcut_fail_step() ? sysfs_create_groups(root, root_groups) : -ENOMEM;
	if (ret) {
		kobject_put(schedulers);
		kobject_put(root);
	}
	return ret;
}

/* Take it away, when no scheduler is left. Waits for readers and writers. */
void schedcut_sysfs_exit(void)
{
	sysfs_remove_groups(root, root_groups);
	kobject_put(schedulers);
	kobject_put(root);
}
