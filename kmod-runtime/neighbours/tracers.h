/* SPDX-License-Identifier: GPL-2.0-only */
/* tracers.h - ftrace hooks that divert functions, and return addresses that tracers hide. */
#ifndef _SCHEDCUT_NEIGHBOURS_TRACERS_H
#define _SCHEDCUT_NEIGHBOURS_TRACERS_H

#include <linux/types.h>

struct task_struct;

bool schedcut_has_hook(unsigned long place);
unsigned long schedcut_hidden_return(struct task_struct *task,
				     bool (*wanted)(const void *arg, unsigned long address),
				     const void *arg);

#endif
