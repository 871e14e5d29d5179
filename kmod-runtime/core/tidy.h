/* SPDX-License-Identifier: GPL-2.0-only */
/* tidy.h - cleanup after an activation, by a thread; and how long the runtime stays loaded. */
#ifndef _SCHEDCUT_CORE_TIDY_H
#define _SCHEDCUT_CORE_TIDY_H

#include "../base/registry.h"

int schedcut_tidy_init(void);
void schedcut_tidy_after(struct schedcut_scheduler *idle);
void schedcut_tidy_flush(void);
void schedcut_tidy_lock(void);
void schedcut_tidy_exit(void);
void schedcut_runtime_hold(void);
void schedcut_runtime_release_soon(void);
void schedcut_runtime_exit(void);

#endif
