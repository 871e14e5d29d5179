// SPDX-License-Identifier: GPL-2.0-only
/*
 * no_effect.c - the messages, for the cut and for the check of a tree.
 */
#include "decide/no_effect.h"

static const struct no_effect all[] = {
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
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (!strcmp(class, all[i].class) && str_starts(reason, all[i].reason))
			return &all[i];
	return NULL;
}
