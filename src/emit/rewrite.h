/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rewrite.h - turn decisions into the text of the emitted kernel files. It
 * decides nothing.
 */
#pragma once

#include "decide/classify.h"

/*
 * How the first line of disabled text begins. It goes on "NAME CLASS: REASON", and ends
 * the comment; the text ends with the #endif of the same depth. NAME: the function or
 * variable that is declared (of several the first), or the macro. CLASS: of
 * func_class_name[] or var_class_name[], or "directive".
 */
#define DISABLED_START "#if 0 /* schedcut "

struct rewritten_file {
	const struct src_file *file;
	char *text;
	size_t len;
};

struct rewritten {
	struct arena arena;
	VEC(struct rewritten_file) files; /* every emitted file, edited or not */
	VEC(const char *) notes;	  /* what could not be rewritten, "path:line: ..." */
	size_t n_edits, n_orig;		  /* edits in all; of these, addresses that
						   became vmlinux's */
};

struct error *rewrite(const struct facts *facts, const struct decisions *decisions,
		      const struct rules *rules, struct rewritten **rewritten);
void rewritten_free(struct rewritten *rewritten);
