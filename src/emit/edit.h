/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edit.h - byte edits of one file's text: collected in any order, sorted,
 * checked for overlap, applied at once.
 */
#pragma once

#include "source/source.h"

struct edit {
	size_t start, end; /* bytes of the original that it replaces; equal: insertion */
	enum edit_side {
		EDIT_AFTER,  /* insertion that belongs to the text before it */
		EDIT_BEFORE, /* insertion that belongs to the text after it */
		EDIT_REPLACE,
	} side;
	size_t serial; /* otherwise equal edits keep the order they came in */
	const char *text;
};

struct edits {
	struct arena arena;
	VEC(struct edit) list;
};

/* For the three below; @end is that of what is replaced. */
void edits_add(struct edits *edits, enum edit_side side, size_t start, size_t end, const char *fmt,
	       ...) __printf(5, 6);
/* Replace [start, end), not empty, by the formatted text. */
#define edits_replace(edits, start, end, ...) \
	edits_add(edits, EDIT_REPLACE, start, end, __VA_ARGS__)
/* Insert before the text that begins at @offset, or after the text that ends there. */
#define edits_insert_before(edits, offset, ...) \
	edits_add(edits, EDIT_BEFORE, offset, 0, __VA_ARGS__)
#define edits_insert_after(edits, offset, ...) edits_add(edits, EDIT_AFTER, offset, 0, __VA_ARGS__)
/*
 * The edited text of @file, malloc'ed and NUL-terminated, its length in *@len.
 * Overlapping edits are an error.
 */
struct error *edits_apply(struct edits *edits, const struct src_file *file, char **result,
			  size_t *len);
void edits_free(struct edits *edits);
