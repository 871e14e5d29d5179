/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * no_effect.h - what is said of an edit of text that the module does not have.
 */
#pragma once

#include "base/util.h"

struct no_effect {
	const char *class;
	const char *reason;  /* how it begins */
	bool is_error;	     /* in a tree, where the author sees the text disabled */
	const char *message; /* what the name, in quotes, is followed by */
	const char *remedy;
};

/* What holds for text of @class that was disabled for @reason, "sleeps: ..."; NULL:
 * the module has it. */
const struct no_effect *no_effect_of(const char *class, const char *reason);
