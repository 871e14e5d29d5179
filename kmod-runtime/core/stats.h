/* SPDX-License-Identifier: GPL-2.0-only */
/* stats.h - what is told about the last switch. */
#ifndef _SCHEDCUT_CORE_STATS_H
#define _SCHEDCUT_CORE_STATS_H

#include "../base/plan.h"

void schedcut_stats_publish(const struct schedcut_stats *stats);
void schedcut_busy_publish(const struct schedcut_busy *busy);
ssize_t schedcut_stats_show(char *buf);
ssize_t schedcut_busy_show(char *buf);

#endif
