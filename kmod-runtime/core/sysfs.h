/* SPDX-License-Identifier: GPL-2.0-only */
/* sysfs.h - /sys/kernel/schedcut, for root only. */
#ifndef _SCHEDCUT_CORE_SYSFS_H
#define _SCHEDCUT_CORE_SYSFS_H

#include "../base/registry.h"

int schedcut_sysfs_init(void);
void schedcut_sysfs_exit(void);
struct schedcut_state *schedcut_state_new(struct schedcut_scheduler *s);
int schedcut_sysfs_add(struct schedcut_state *state);
void schedcut_state_put(struct schedcut_state *state);

#endif
