// SPDX-License-Identifier: GPL-2.0-only
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

static const struct no_effect no_effects[] = {
	{ "outsider", "weak", true,
	  "is weak and vmlinux has a stronger definition: this edit has no effect",
	  "leave it out of the patch: the definition in use is not the scheduler's" },
	{ "outsider", "", true, "stays in vmlinux: this edit has no effect",
	  "take the edit back, or make it in a function of the module that calls this one or is called by it; boundary.yaml says why it stays" },
	{ "unused", "", true,
	  "is only used by functions that stay in vmlinux: this edit has no effect",
	  "take the edit back; a function of the module that wants it needs one of its own, under another name" },
	{ "init", "", false, "only ran at boot: this edit has no effect",
	  "what it would have set up belongs into schedcut_before_activate()" },
	{ "shared", "", true, "is vmlinux's object: an edit of its definition has no effect",
	  "take the edit back and set a new value in schedcut_in_stop_activate(), or say 'private' in the rules and cut again" },
};

const struct no_effect *no_effect_of(const char *class, const char *reason)
{
	for (size_t i = 0; i < ARRAY_SIZE(no_effects); i++)
		if (!strcmp(class, no_effects[i].class) && str_starts(reason, no_effects[i].reason))
			return &no_effects[i];
	return NULL;
}
