/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_text.h - a scanner for C text: tokens, and where a declaration begins and ends.
 * It reads only the text, len and skipped of a file.
 */
#pragma once

#include "source/source.h"

/* A token of C text: [start, end); kind is 'i' for identifiers, '0' for
 * numbers, '"' for literals, else the punctuation character itself. */
struct text_token {
	size_t start, end;
	char kind;
};
/*
 * The next token at or after *@pos that starts before @limit, or false. Blanks, comments,
 * directives and the file's skipped ranges are passed over. *@pos becomes the token's end.
 */
bool text_next(const struct src_file *file, size_t *pos, size_t limit, struct text_token *tok);
/*
 * First token in [@from, @to] of the declaration that starts at @to for libclang, which
 * does not count some attributes before it. @local: braces end statements, too.
 */
size_t text_leading(const struct src_file *file, size_t from, size_t to, bool local);
/* Offset after the next ';' outside any bracket; @pos if there is none. */
size_t text_to_semicolon(const struct src_file *file, size_t pos);
/* End of a declaration whose macro call ends at @pos: after its ';', if it has one, else
 * @pos. @local: only a ';' or an initialiser that follows directly counts. */
size_t text_after_macro(const struct src_file *file, size_t pos, bool local);
/* Offset of the '=' that initialises the declarator whose name ends at
 * @pos, in a declaration that ends at @end; 0 if there is none. */
size_t text_initialiser(const struct src_file *file, size_t pos, size_t end);
/* The end of the comment that begins at @p, or @p if none does. */
const char *text_skip_comment(const char *p);
/* Replace the comments in @text by blanks; its lines stay where they are. */
void text_blank_comments(char *text, size_t len);
/* Offset of the line after the one at @pos and those that continue it with '\\';
 * *@line, the number of the line at @pos, becomes that of the line at the result. */
size_t text_next_line(const char *text, size_t pos, unsigned int *line);
/* The word of the directive at @line, "ifdef CONFIG_X ...", or "" if it is none. */
const char *text_directive(const char *line);
/* Is the identifier @name at @offset? */
bool text_is_name(const struct src_file *file, size_t offset, const char *name);
