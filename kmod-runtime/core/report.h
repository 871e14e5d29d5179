/* SPDX-License-Identifier: GPL-2.0-only */
/* report.h - what is told about the last switch and about builds. */
#ifndef _SCHEDCUT_CORE_REPORT_H
#define _SCHEDCUT_CORE_REPORT_H

#include "../base/registry.h"

void schedcut_stats_publish(const struct schedcut_stats *stats);
void schedcut_busy_publish(const struct schedcut_busy *busy);
void schedcut_busy_explain(const char *to);
ssize_t schedcut_stats_show(char *buf);
ssize_t schedcut_busy_show(char *buf);
void schedcut_module_build_id(const struct module *mod, char text[SCHEDCUT_BUILD_ID_SIZE]);
ssize_t schedcut_identity_show(const struct schedcut_state *state, char *buf);
ssize_t schedcut_runtime_show(char *buf);
void schedcut_identity_log(const struct schedcut_scheduler *s, const char *what);

#endif
