/* SPDX-License-Identifier: GPL-2.0-only */
/* branch.h - jumps and calls as bytes. */
#ifndef _SCHEDCUT_BASE_BRANCH_H
#define _SCHEDCUT_BASE_BRANCH_H

#include <schedcut/scheduler.h>

unsigned long schedcut_jump_place(const struct schedcut_redirect *r);
int schedcut_make_branch(u8 *bytes, u8 opcode, unsigned long place, unsigned long target);
bool schedcut_is_branch(u8 opcode);
unsigned long schedcut_branch_target(unsigned long place, const u8 *bytes);
bool schedcut_leads_away(unsigned long place);

#endif
