// SPDX-License-Identifier: GPL-2.0-only
/*
 * reason.c - the words of reasons.
 */
#include "decide/reason.h"

#include "facts/facts.h"

#define REASON_NAME(kind, name, before, after) [kind] = name,
#define REASON_BEFORE(kind, name, before, after) [kind] = before,
#define REASON_AFTER(kind, name, before, after) [kind] = after,

const char *const reason_kind_name[REASON_NR_KINDS] = { REASON_KINDS(REASON_NAME) };

const char *reason_text(struct arena *arena, const struct reason *reason)
{
	static const char *const before[] = { REASON_KINDS(REASON_BEFORE) };
	static const char *const after[] = { REASON_KINDS(REASON_AFTER) };

	return arena_printf(arena, "%s%s%s", before[reason->kind], reason->name ? reason->name : "",
			    after[reason->kind]);
}

struct reason reason_make(struct arena *arena, enum reason_kind kind, int func, const char *name)
{
	struct reason reason = { kind, func, NONE, name, NULL };

	reason.text = reason_text(arena, &reason);
	return reason;
}
