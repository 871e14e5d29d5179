// SPDX-License-Identifier: GPL-2.0-only
/*
 * reason.c - the words of reasons.
 */
#include "decide/reason.h"

#include "facts/facts.h"

/* clang-format off */
const char *const reason_kind_name[REASON_NR_KINDS] = {
	[REASON_NONE] = "none",
	[REASON_BOOT_ONLY] = "boot_only",
	[REASON_OVERRIDDEN] = "overridden",
	[REASON_RULE] = "rule",
	[REASON_SIDECAR] = "sidecar",
	[REASON_SLEEPS] = "sleeps",
	[REASON_SLEEPS_BY_POINTER] = "sleeps_by_pointer",
	[REASON_SLEEPS_BY_RULE] = "sleeps_by_rule",
	[REASON_OBSTACLE] = "obstacle",
	[REASON_UNUSED] = "unused",
	[REASON_TAIL_SWITCH] = "tail_switch",
	[REASON_CALLED] = "called",
	[REASON_ADDRESS] = "address",
	[REASON_MODULE] = "module",
	[REASON_INLINED] = "inlined",
};

/* What is said before and after the name. */
static const struct {
	const char *before, *after;
} words[REASON_NR_KINDS] = {
	[REASON_NONE] = { "" },
	[REASON_BOOT_ONLY] = { "freed after boot" },
	[REASON_OVERRIDDEN] = { "weak, and vmlinux uses a stronger one" },
	[REASON_RULE] = { "rule: " },
	[REASON_SIDECAR] = { "not taken from the sidecar" },
	[REASON_SLEEPS] = { "sleeps: calls " },
	[REASON_SLEEPS_BY_POINTER] = { "sleeps: calls ", " through a pointer" },
	[REASON_SLEEPS_BY_RULE] = { "rule: sleepers" },
	[REASON_OBSTACLE] = { "cannot be redirected: " },
	[REASON_UNUSED] = { "only functions outside the module use it: " },
	[REASON_TAIL_SWITCH] = { "entered through the tail switch" },
	[REASON_CALLED] = { "called by " },
	[REASON_ADDRESS] = { "its address is held by " },
	[REASON_MODULE] = { "entered from the module only" },
	[REASON_INLINED] = { "vmlinux has it only inlined" },
};
/* clang-format on */

const char *reason_text(struct arena *arena, const struct reason *reason)
{
	return arena_printf(arena, "%s%s%s", words[reason->kind].before,
			    reason->name ? reason->name : "",
			    words[reason->kind].after ? words[reason->kind].after : "");
}

struct reason reason_make(struct arena *arena, enum reason_kind kind, int func, const char *name)
{
	struct reason reason = { kind, func, NONE, name, NULL };

	reason.text = reason_text(arena, &reason);
	return reason;
}
