/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edit.h - byte edits of one file's text: collected in any order, sorted,
 * checked for overlap, applied at once.
 */
#pragma once

#include "base/diag.h"

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

/* Replace [start, end), not empty, by the formatted text. */
void edits_replace(struct edits *edits, size_t start, size_t end, const char *fmt, ...)
	__printf(4, 5);
/* Insert before the text that begins at @offset, or after the text that ends there. */
void edits_insert_before(struct edits *edits, size_t offset, const char *fmt, ...) __printf(3, 4);
void edits_insert_after(struct edits *edits, size_t offset, const char *fmt, ...) __printf(3, 4);
/*
 * The edited text of @text, malloc'ed and NUL-terminated, its length in *@len.
 * Overlapping edits are an error at @path.
 */
struct error *edits_apply(struct edits *edits, const char *path, const char *text, size_t text_len,
			  char **result, size_t *len);
void edits_free(struct edits *edits);
