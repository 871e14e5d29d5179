/* SPDX-License-Identifier: GPL-2.0-only */
/* parked.h - how long the runtime stays loaded. */
#ifndef _SCHEDCUT_CORE_PARKED_H
#define _SCHEDCUT_CORE_PARKED_H

#include <linux/types.h>

void schedcut_runtime_hold(void);
void schedcut_runtime_release_soon(void);
void schedcut_parked_exit(void);

#endif
