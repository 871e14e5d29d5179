// SPDX-License-Identifier: GPL-2.0-only
/*
 * schedcut_hook.c - do as security modules and tracers outside the tree do: redirect a
 * function through ftrace, and call it in the end.
 *
 *	function	"set_user_nice", or another one that is only entered
 *	calls		how often the hook has run
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

static char *function = "set_user_nice";
module_param(function, charp, 0400);
MODULE_PARM_DESC(function, "which one to hook");

static atomic_t calls;
module_param_named(calls, calls.counter, int, 0400);
MODULE_PARM_DESC(calls, "how often the hook has run");

static void hook(struct task_struct *task, long nice)
{
	atomic_inc(&calls);
	set_user_nice(task, nice);
	barrier(); /* no tail call: the caller must be known */
}

/* The hook's own call goes through. */
static void notrace enter(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			  struct ftrace_regs *fregs)
{
	if (!within_module(parent_ip, THIS_MODULE))
		ftrace_get_regs(fregs)->ip = (unsigned long)hook;
}

static void notrace pass(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			 struct ftrace_regs *fregs)
{
	atomic_inc(&calls);
}

static struct ftrace_ops ops = {
	.func = enter,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_RECURSION,
};

static int __init hook_init(void)
{
	int ret;

	if (strcmp(function, "set_user_nice"))
		ops.func = pass;
	ret = ftrace_set_filter(&ops, function, strlen(function), 1);
	return ret ?: register_ftrace_function(&ops);
}

static void __exit hook_exit(void)
{
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
}

module_init(hook_init);
module_exit(hook_exit);
MODULE_DESCRIPTION("hooks one function for schedcut's tests");
MODULE_LICENSE("GPL");
