/* SPDX-License-Identifier: GPL-2.0-only */
/* unheard.h - kprobes and ftrace hooks that are not hit while a scheduler is active. */
#ifndef _SCHEDCUT_NEIGHBOURS_UNHEARD_H
#define _SCHEDCUT_NEIGHBOURS_UNHEARD_H

#include <schedcut/scheduler.h>

ssize_t schedcut_unheard_show(const struct schedcut_scheduler *s, char *page);
void schedcut_unheard_log(const struct schedcut_scheduler *active);

#endif
