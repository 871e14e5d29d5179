// SPDX-License-Identifier: GPL-2.0-only
/* tracers.c - ftrace hooks that divert functions, and return addresses that tracers hide. */
#include <linux/ftrace.h>
#include <linux/llist.h>

#include "../base/common.h"
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
