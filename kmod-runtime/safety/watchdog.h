/* SPDX-License-Identifier: GPL-2.0-only */
/* watchdog.h - from a scheduler that does not schedule, back to vmlinux's. */
#ifndef _SCHEDCUT_SAFETY_WATCHDOG_H
#define _SCHEDCUT_SAFETY_WATCHDOG_H

#include <linux/types.h>

int schedcut_watchdog_init(int (*rescue)(void));
int schedcut_watchdog_start(void);
void schedcut_watchdog_settle(bool active);
unsigned int schedcut_watchdog_rescues(void);
void schedcut_watchdog_exit(void);

#endif
