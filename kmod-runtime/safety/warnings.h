/* SPDX-License-Identifier: GPL-2.0-only */
/* warnings.h - warnings (WARN() and its like) in a scheduler's code. */
#ifndef _SCHEDCUT_SAFETY_WARNINGS_H
#define _SCHEDCUT_SAFETY_WARNINGS_H

#include <schedcut/scheduler.h>

void schedcut_warnings_init(struct task_struct *task);
void schedcut_warnings_listen(void);
void schedcut_warnings_ignore(void);
void schedcut_warnings_prepare(const struct schedcut_scheduler *s);
void schedcut_warnings_settle(bool active);
unsigned long schedcut_warned_at(void);
void schedcut_warnings_forget(void);
void schedcut_warnings_exit(void);

#endif
