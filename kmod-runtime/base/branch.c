// SPDX-License-Identifier: GPL-2.0-only
/* branch.c - jumps and calls as bytes. */
#include "common.h"
#include "branch.h"
#include "compat.h"

/* The place of the jump that redirects @r: after endbr64 and the fentry site. */
unsigned long schedcut_jump_place(const struct schedcut_redirect *r)
{
	return (unsigned long)r->vmlinux + (r->flags & SCHEDCUT_ENDBR ? SCHEDCUT_ENDBR_SIZE : 0) +
	       (r->flags & SCHEDCUT_FENTRY ? SCHEDCUT_FENTRY_SIZE : 0);
}

/* Make the call or jump (@opcode) at @place to @target: 0 or -ERANGE. */
int schedcut_make_branch(u8 *bytes, u8 opcode, unsigned long place, unsigned long target)
{
	s64 distance = (s64)(target - (place + SCHEDCUT_JUMP_SIZE));
	s32 value = distance;

	if (distance != value)
		return -ERANGE;
	bytes[0] = opcode;
	memcpy(bytes + 1, &value, sizeof(value));
	return 0;
}

bool schedcut_is_branch(u8 opcode)
{
	return opcode == SCHEDCUT_JUMP_OPCODE || opcode == SCHEDCUT_CALL_OPCODE;
}

/* The target of the jump or call @bytes at @place. */
unsigned long schedcut_branch_target(unsigned long place, const u8 *bytes)
{
	s32 distance;

	memcpy(&distance, bytes + 1, sizeof(distance));
	return place + SCHEDCUT_JUMP_SIZE + distance;
}

/* Is there, at @place, what the kernel itself has at no function's entry: a jump or a
 * breakpoint? */
bool schedcut_leads_away(unsigned long place)
{
	u8 opcode = *(const u8 *)place;

	return opcode == SCHEDCUT_JUMP_OPCODE || opcode == SCHEDCUT_SHORT_JUMP_OPCODE ||
	       opcode == SCHEDCUT_BREAKPOINT;
}
