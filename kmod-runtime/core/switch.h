/* SPDX-License-Identifier: GPL-2.0-only */
/* switch.h - from one scheduler to another. */
#ifndef _SCHEDCUT_CORE_SWITCH_H
#define _SCHEDCUT_CORE_SWITCH_H

#include "../base/registry.h"

int schedcut_switch(struct schedcut_scheduler *from, struct schedcut_scheduler *to,
		    struct schedcut_stats *stats);

#endif
