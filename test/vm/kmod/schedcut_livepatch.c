// SPDX-License-Identifier: GPL-2.0-only
/*
 * schedcut_livepatch.c - a livepatch for the VM tests, of one function: one that a
 * scheduler replaces, or one that is not related to it.
 *
 *	function	"set_user_nice" (does nothing then) or "cmdline_proc_show"
 *	calls		how often the livepatch's function has run
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>

static char *function = "cmdline_proc_show";
module_param(function, charp, 0400);
MODULE_PARM_DESC(function, "which one to patch");

static atomic_t calls;
module_param_named(calls, calls.counter, int, 0400);
MODULE_PARM_DESC(calls, "how often the patched function has run");

static void patched_set_user_nice(struct task_struct *task, long nice)
{
	atomic_inc(&calls);
}

static int patched_cmdline_proc_show(struct seq_file *m, void *v)
{
	atomic_inc(&calls);
	seq_puts(m, "livepatched\n");
	return 0;
}

static struct klp_func funcs[2];
static struct klp_object objects[] = { { .funcs = funcs }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init livepatch_init(void)
{
	funcs[0].old_name = function;
	if (!strcmp(function, "set_user_nice"))
		funcs[0].new_func = patched_set_user_nice;
	else if (!strcmp(function, "cmdline_proc_show"))
		funcs[0].new_func = patched_cmdline_proc_show;
	else
		return -EINVAL;
	return klp_enable_patch(&patch);
}

static void __exit livepatch_exit(void) {}

module_init(livepatch_init);
module_exit(livepatch_exit);
MODULE_DESCRIPTION("patches one function for schedcut's tests");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
