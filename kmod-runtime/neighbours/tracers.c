// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ftrace.h>
#include <linux/llist.h>

#include "../base/common.h"
#include "kprobes.h"
#include "tracers.h"

/* Does an ftrace hook decide (IPMODIFY) where the function whose fentry site is at @place goes
 * on? True if that cannot be found out. Process context, no lock of ftrace held. */
bool schedcut_has_hook(unsigned long place)
{
	bool has = false;
#ifdef CONFIG_DYNAMIC_FTRACE
	const struct schedcut_kernel *k = &schedcut_kernel;
	struct ftrace_ops *ops;

	if (!k->ftrace_lock || !k->ftrace_lookup_ip || !k->ftrace_ops_list)
		return true;
	mutex_lock(k->ftrace_lock);
	/* The last entry is a sentinel. */
	for (ops = *k->ftrace_ops_list; ops->next && !has; ops = ops->next)
		has = ops->flags & FTRACE_OPS_FL_IPMODIFY &&
		      k->ftrace_lookup_ip(ops->func_hash->filter_hash, place);
	mutex_unlock(k->ftrace_lock);
#endif
	return has;
}

/* The function graph tracer and kretprobes replace return addresses with that of a trampoline,
 * and keep the addresses elsewhere. The first such address of @task that is @wanted, given
 * @arg; 0 if there is none. @task does not run. */
unsigned long schedcut_hidden_return(struct task_struct *task,
				     bool (*wanted)(const void *arg, unsigned long address),
				     const void *arg)
{
	const struct llist_node *node;

	for (node = schedcut_hooked_returns(task); node; node = node->next) {
		if (wanted(arg, schedcut_hooked_return(node)))
			return schedcut_hooked_return(node);
	}
#ifdef CONFIG_FUNCTION_GRAPH_TRACER
	if (schedcut_kernel.ftrace_graph_get_ret_stack) {
		const struct ftrace_ret_stack *frame;
		int i = 0;

		while ((frame = schedcut_kernel.ftrace_graph_get_ret_stack(task, i++))) {
			if (wanted(arg, frame->ret))
				return frame->ret;
		}
	}
#endif
	return 0;
}

/*
 * --- what is not hit while a scheduler is active
 *
 * Probes and hooks on functions that only the scheduler calls. The scheduler has functions
 * of its own in their place.
 */

#define MAX_UNHEARD 16 /* lines in the log for one switch */

/* A list of them; @page is NULL for the log. */
struct unheard {
	const struct schedcut_scheduler *s;
	char *page;
	ssize_t size;
	unsigned int n;
};

/* A @kind of hook, which calls @handler, is at @address in vmlinux's @function. The module's
 * function has that name without the suffix of a clone. */
static void add_unheard(struct unheard *u, const char *function, unsigned long address,
			const char *kind, void *handler)
{
	int length = strcspn(function, ".");

	if (u->page)
		u->size += sysfs_emit_at(u->page, u->size, "%pS %s %ps\n", (void *)address, kind,
					 handler);
	else if (u->n < MAX_UNHEARD)
		pr_notice("%s: %pS: the %s of %ps is not hit while this scheduler is active: its calls are seen at %.*s.%s\n",
			  u->s->name, (void *)address, kind, handler, length, function, u->s->name);
	u->n++;
}

static void find_unheard_probes(struct unheard *u)
{
	const struct schedcut_redirect *r;
	unsigned int i;

	if (!schedcut_can_find_probes())
		return;
	schedcut_probes_lock();
	schedcut_for_each(u->s, i, r, redirects) {
		unsigned long start = (unsigned long)r->vmlinux, address;

		for (address = start; !r->module && address < start + r->size; address++) {
			const struct kprobe *probe = schedcut_probe_at(address);

			if (probe)
				add_unheard(u, r->name, address, "kprobe",
					    schedcut_probe_handler(probe));
		}
	}
	schedcut_probes_unlock();
}

#ifdef CONFIG_DYNAMIC_FTRACE
/* Does the filter of @ops name the function at @entry? No if it has no filter. */
static bool filter_names(struct ftrace_ops *ops, unsigned long entry)
{
	struct ftrace_hash *hash = ops->func_hash->filter_hash;

	return schedcut_kernel.ftrace_lookup_ip(hash, entry) ||
	       schedcut_kernel.ftrace_lookup_ip(hash, entry + SCHEDCUT_ENDBR_SIZE);
}
#endif

static void find_unheard_hooks(struct unheard *u)
{
#ifdef CONFIG_DYNAMIC_FTRACE
	const struct schedcut_kernel *k = &schedcut_kernel;
	const struct schedcut_redirect *r;
	struct ftrace_ops *ops;
	unsigned int i;

	if (!k->ftrace_lock || !k->ftrace_lookup_ip || !k->ftrace_ops_list)
		return;
	mutex_lock(k->ftrace_lock);
	for (ops = *k->ftrace_ops_list; ops->next; ops = ops->next) {
		/* For kprobes, which were found above. */
		if ((void *)ops->func == k->kprobe_ftrace_handler)
			continue;
		schedcut_for_each(u->s, i, r, redirects) {
			if (!r->module && filter_names(ops, (unsigned long)r->vmlinux))
				add_unheard(u, r->name, (unsigned long)r->vmlinux, "hook", ops->func);
		}
	}
	mutex_unlock(k->ftrace_lock);
#endif
}

/* The list of what @s leaves unhit while it is active, for its `unheard` file: one line each in
 * @page; returns the bytes. Process context, no lock of kprobes or ftrace held; @s stays
 * registered meanwhile. */
ssize_t schedcut_unheard_show(const struct schedcut_scheduler *s, char *page)
{
	struct unheard u = { .s = s, .page = page };

	find_unheard_probes(&u);
	find_unheard_hooks(&u);
	return u.size;
}

/* The same for the log, if @active (NULL: vmlinux's) has become active since the last call. One
 * caller at a time; process context. schedcut_mutex must not be held: the holder of ftrace's
 * lock may be waiting for tasks that a scheduler starves. */
void schedcut_unheard_log(const struct schedcut_scheduler *active)
{
	static const struct schedcut_scheduler *last;
	struct unheard u = { .s = active };

	if (active && active != last) {
		find_unheard_probes(&u);
		find_unheard_hooks(&u);
	}
	if (u.n > MAX_UNHEARD)
		pr_notice("%s: %u more are not hit: see schedulers/%s/unheard\n", active->name,
			  u.n - MAX_UNHEARD, active->name);
	last = active;
}
