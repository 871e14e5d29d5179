/* SPDX-License-Identifier: GPL-2.0-only */
/* patch.h - what a scheduler writes to vmlinux and to the stub. */
#ifndef _SCHEDCUT_CORE_PATCH_H
#define _SCHEDCUT_CORE_PATCH_H

#include "../base/registry.h"

int schedcut_writes_build(struct schedcut_state *state);
int schedcut_plan_steps(struct schedcut_plan *plan);
int schedcut_plan_map(struct schedcut_plan *plan);
void schedcut_plan_unmap(struct schedcut_plan *plan);
const struct schedcut_write *schedcut_plan_conflict(const struct schedcut_plan *plan,
						    unsigned long *place);
void schedcut_plan_write(const struct schedcut_plan *plan, unsigned int index, unsigned int n);

#endif
