/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * disabled.h - text of a file that the cut has disabled (see emit/rewrite.h).
 */
#pragma once

#include "base/util.h"

struct disabled_block {
	const char *name, *class, *reason; /* of its first line */
	const char *text;		   /* what follows that line, not terminated */
	size_t len;
	unsigned int line; /* of the first line of @text */
	unsigned int nth;  /* so many blocks above have the same first line */
};

/* Those of one file; zero-initialised it is empty. */
struct disabled_blocks {
	struct arena arena;
	char *text; /* of the file */
	VEC(struct disabled_block) list;
};

/* Find the blocks of @text, which is theirs from here on; NULL: there is no file. */
void disabled_find(struct disabled_blocks *blocks, char *text);
/* The one that begins with the same line as @block, of another state of the file, or
 * NULL. */
const struct disabled_block *disabled_same(const struct disabled_blocks *blocks,
					   const struct disabled_block *block);
/* The line of the file that @offset of @block's text is in. */
unsigned int disabled_line(const struct disabled_block *block, size_t offset);
void disabled_free(struct disabled_blocks *blocks);
