// SPDX-License-Identifier: GPL-2.0-only
/* main.c - the runtime is loaded and unloaded. */
#include "../base/common.h"
#include "../neighbours/gate.h"
#include "../neighbours/kprobes.h"
#include "../safety/watchdog.h"
#include "parked.h"
#include "sysfs.h"
#include "tidy.h"

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
	schedcut_parked_exit();
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
