/* SPDX-License-Identifier: GPL-2.0-only */
/* activate.h - make a scheduler the active one. */
#ifndef _SCHEDCUT_CORE_ACTIVATE_H
#define _SCHEDCUT_CORE_ACTIVATE_H

#include <schedcut/scheduler.h>

int schedcut_activate(const char *name);
int schedcut_activate_locked(struct schedcut_scheduler *to, bool rescue);
int schedcut_rescue(void);

#endif
