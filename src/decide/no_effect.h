/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * no_effect.h - what is said of an edit of text that the module does not have.
 */
#ifndef SCHEDCUT_NO_EFFECT_H
#define SCHEDCUT_NO_EFFECT_H

#include "base/util.h"

struct no_effect {
	const char *reason;  /* how the class and reason of the text begin */
	bool is_error;	     /* in a tree, where the author sees the text disabled */
	const char *message; /* what the name, in quotes, is followed by */
	const char *remedy;
};

/* What holds for text that was disabled for @reason, "outsider, sleeps: ..."; NULL:
 * the module has it. */
const struct no_effect *no_effect_of(const char *reason);

#endif
