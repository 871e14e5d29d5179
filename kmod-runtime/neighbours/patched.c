// SPDX-License-Identifier: GPL-2.0-only
/* patched.c - bytes at the entry of functions that another patcher has changed. */
#include "../base/common.h"
#include "kprobes.h"
#include "patched.h"

/* Log whose @bytes may be at @place, which is that of @w or before it. */
static void explain_owner(const char *name, const struct schedcut_write *w, unsigned long place,
			  const u8 *bytes)
{
	unsigned long target = schedcut_branch_target(place, bytes);
	char symbol[KSYM_SYMBOL_LEN] = "";

	/* If it does not lead to the entry of a function, nobody wrote it: it is what
	 * became of our own jump. */
	if (w->end && schedcut_is_branch(bytes[0]))
		sprint_symbol(symbol, target);
	if (strstr(symbol, "+0x0/"))
		pr_err("%s refused: %s: another patcher's jump to %ps is there\n", name, w->name,
		       (void *)target);
	else if (w->end && bytes[0] == SCHEDCUT_BREAKPOINT)
		pr_err("%s refused: %s: another patcher's breakpoint is there\n", name, w->name);
	else
		pr_err("%s refused: %s: another patcher has changed it: it begins with %*ph\n",
		       name, w->name, SCHEDCUT_JUMP_SIZE, bytes);
}

/* Log that a switch to @name fails because the bytes at @place, which is that of @w or before
 * it, are not what they were. */
void schedcut_explain_conflict(const char *name, const struct schedcut_write *w, unsigned long place)
{
	u8 bytes[SCHEDCUT_JUMP_SIZE];

	memcpy(bytes, (const void *)place, sizeof(bytes));
	explain_owner(name, w, place, bytes);
}

/* Are the @bytes at the place of @w vmlinux's own, as far as can be told? 0, or -EEXIST
 * (logged). At registration, with schedcut_probes_lock() held. */
int schedcut_check_owner(const char *name, const struct schedcut_write *w, const u8 *bytes)
{
	int ret = schedcut_check_probes_on(name, w);

	if (ret)
		return ret;
	if (bytes[0] != SCHEDCUT_BREAKPOINT &&
	    (!schedcut_is_branch(bytes[0]) ||
	     schedcut_in_vmlinux(schedcut_branch_target(w->place, bytes), 1)))
		return 0;
	explain_owner(name, w, w->place, bytes);
	return -EEXIST;
}
