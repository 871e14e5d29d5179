/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * line_diff.h - which lines of a text differ from an older one. Blank lines and
 * the width of blanks do not count; a caller that wants comments not to count
 * blanks them first (text_blank_comments(), line_blank_hash_comments()).
 */
#pragma once

#include "base/util.h"

/*
 * @then_n lines of the older text, from @then on, became @now_n lines, from @now
 * on. Lines are counted from 1. If there are none on one side, the number is that
 * of the line before which they are missing. Blank lines inside are counted, too.
 */
struct line_hunk {
	unsigned int then, then_n;
	unsigned int now, now_n;
};

struct line_diff {
	VEC(struct line_hunk) hunks; /* in order */
};

/* @then and @now are terminated. The diff belongs to the caller. */
void line_diff(const char *then, const char *now, struct line_diff *diff);
void line_diff_free(struct line_diff *diff);
/* Is @line of the new text a new one? */
bool line_diff_is_new(const struct line_diff *diff, unsigned int line);
/*
 * The first line in [@first, @last] of the new text that is new, or before which
 * lines are missing; 0: none.
 */
unsigned int line_diff_first(const struct line_diff *diff, unsigned int first, unsigned int last);
/* Blank what follows a '#' in each line of @text: comments of a Makefile or Kconfig. */
void line_blank_hash_comments(char *text);
