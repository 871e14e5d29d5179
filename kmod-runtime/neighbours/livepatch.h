/* SPDX-License-Identifier: GPL-2.0-only */
/* livepatch.h - livepatches of functions that a scheduler replaces are refused. */
#ifndef _SCHEDCUT_NEIGHBOURS_LIVEPATCH_H
#define _SCHEDCUT_NEIGHBOURS_LIVEPATCH_H

#include <schedcut/scheduler.h>

int schedcut_livepatches_check(const struct schedcut_scheduler *to);
void schedcut_livepatches_settle(const struct schedcut_scheduler *active);

#endif
