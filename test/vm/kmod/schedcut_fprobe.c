// SPDX-License-Identifier: GPL-2.0-only
/*
 * schedcut_fprobe.c - fprobes on the entry and return of functions.
 *
 *	calls, returns	how many of set_user_nice() were seen
 */
#include <linux/fprobe.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>

static atomic_t calls;
module_param_named(calls, calls.counter, int, 0400);
MODULE_PARM_DESC(calls, "entries seen");

static atomic_t returns;
module_param_named(returns, returns.counter, int, 0400);
MODULE_PARM_DESC(returns, "returns seen");

static bool is_counted(unsigned long ip)
{
	unsigned long start = (unsigned long)set_user_nice;

	return ip - start < 16;
}

static void entered(struct fprobe *probe, unsigned long ip, struct pt_regs *regs, void *data)
{
	if (is_counted(ip))
		atomic_inc(&calls);
}

static void returned(struct fprobe *probe, unsigned long ip, struct pt_regs *regs, void *data)
{
	if (is_counted(ip))
		atomic_inc(&returns);
}

static struct fprobe probe = {
	.entry_handler = entered,
	.exit_handler = returned,
};

/* A function that is replaced, and two in which most tasks sleep. */
static const char *functions[] = { "set_user_nice", "schedule_timeout", "do_nanosleep" };

static int __init fprobe_init(void)
{
	return register_fprobe_syms(&probe, functions, ARRAY_SIZE(functions));
}

static void __exit fprobe_exit(void)
{
	unregister_fprobe(&probe);
}

module_init(fprobe_init);
module_exit(fprobe_exit);
MODULE_DESCRIPTION("fprobes for schedcut's tests");
MODULE_LICENSE("GPL");
