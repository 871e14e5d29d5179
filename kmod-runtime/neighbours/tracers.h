/* SPDX-License-Identifier: GPL-2.0-only */
/* tracers.h - ftrace hooks that divert functions, return addresses that tracers hide, and
 * kprobes and hooks that are not hit while a scheduler is active. */
#ifndef _SCHEDCUT_NEIGHBOURS_TRACERS_H
#define _SCHEDCUT_NEIGHBOURS_TRACERS_H

#include <schedcut/scheduler.h>

bool schedcut_has_hook(unsigned long place);
unsigned long schedcut_hidden_return(struct task_struct *task,
				     bool (*wanted)(const void *arg, unsigned long address),
				     const void *arg);
ssize_t schedcut_unheard_show(const struct schedcut_scheduler *s, char *page);
void schedcut_unheard_log(const struct schedcut_scheduler *active);

#endif
