/* SPDX-License-Identifier: GPL-2.0-only */
/* audit.h - the debug check of run queues around a switch. */
#ifndef _SCHEDCUT_SAFETY_AUDIT_H
#define _SCHEDCUT_SAFETY_AUDIT_H

#include <schedcut/audit.h>

#include "../base/registry.h"

int schedcut_audit_prepare(struct schedcut_plan *plan);
void schedcut_audit(const struct schedcut_plan *plan, bool rebuilt);
void schedcut_audit_finish(struct schedcut_plan *plan, struct schedcut_stats *stats);

#endif
