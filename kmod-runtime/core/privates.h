/* SPDX-License-Identifier: GPL-2.0-only */
/* privates.h - contents of the variables of which a scheduler has its own copy. */
#ifndef _SCHEDCUT_CORE_PRIVATES_H
#define _SCHEDCUT_CORE_PRIVATES_H

#include "../base/registry.h"

int schedcut_privates_save(struct schedcut_state *state);
void schedcut_privates_free(struct schedcut_state *state);
void schedcut_privates_count(const struct schedcut_plan *plan, struct schedcut_stats *stats);
void schedcut_keys_prepare(const struct schedcut_plan *plan, bool first);
bool schedcut_keys_ready(const struct schedcut_plan *plan);
void schedcut_keys_undo(const struct schedcut_plan *plan);
void schedcut_privates_enter(const struct schedcut_scheduler *s, bool leader);
void schedcut_privates_leave(const struct schedcut_scheduler *s, bool leader);

#endif
