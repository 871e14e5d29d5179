/* SPDX-License-Identifier: GPL-2.0-only */
/* fail.h - make a step fail, for tests of the way back. */
#ifndef _SCHEDCUT_BASE_FAIL_H
#define _SCHEDCUT_BASE_FAIL_H

#include <linux/types.h>

void schedcut_fail_begin(void);
bool schedcut_fail_step(void);
void schedcut_fail_end(void);

/* @allocation, unless a test wants it to fail. */
#define schedcut_try(allocation) (schedcut_fail_step() ? NULL : (allocation))

#endif
