/* SPDX-License-Identifier: GPL-2.0-only */
/* patched.h - bytes at the entry of functions that another patcher has changed. */
#ifndef _SCHEDCUT_NEIGHBOURS_PATCHED_H
#define _SCHEDCUT_NEIGHBOURS_PATCHED_H

#include "../base/plan.h"

int schedcut_check_owner(const char *name, const struct schedcut_write *w, const u8 *bytes);
void schedcut_explain_conflict(const char *name, const struct schedcut_write *w, unsigned long place);

#endif
