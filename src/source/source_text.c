// SPDX-License-Identifier: GPL-2.0-only
/*
 * source_text.c - a scanner for C text, to find what libclang's extents leave out:
 * attributes that it ignores, the closing ';', the place of an initialiser.
 */
#include "source/source_text.h"

#include <ctype.h>

static bool ident_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

const char *text_skip_comment(const char *p)
{
	const char *end = p[0] == '/' && p[1] == '*' ? strstr(p + 2, "*/") : NULL;

	if (p[0] != '/' || (p[1] != '*' && p[1] != '/'))
		return p;
	if (p[1] == '*')
		return end ? end + 2 : p + strlen(p);
	while (*p && *p != '\n')
		p += *p == '\\' && p[1] ? 2 : 1;
	return p;
}

/* The same for offsets. */
static size_t skip_comment(const char *s, size_t pos)
{
	return text_skip_comment(s + pos) - s;
}

/* Offset of the newline that ends the directive at @pos, or @len. */
static size_t skip_directive(const char *s, size_t pos, size_t len)
{
	while (pos < len && s[pos] != '\n') {
		size_t next = skip_comment(s, pos);

		if (next != pos)
			pos = next;
		else
			pos += s[pos] == '\\' && pos + 1 < len ? 2 : 1;
	}
	return pos;
}

static size_t skip_literal(const char *s, size_t pos, size_t len)
{
	char quote = s[pos++];

	while (pos < len && s[pos] != quote && s[pos] != '\n')
		pos += s[pos] == '\\' && pos + 1 < len ? 2 : 1;
	return pos < len ? pos + 1 : len;
}

/* End of the skipped range that holds @pos, or @pos. */
static size_t skip_skipped(const struct src_file *file, size_t pos)
{
	size_t i = vec_bisect(range, &file->skipped, range->end <= pos);

	return i < file->skipped.n && file->skipped.v[i].start <= pos ? file->skipped.v[i].end : pos;
}

bool text_next(const struct src_file *file, size_t *pos, size_t limit, struct text_token *tok)
{
	const char *s = file->text;
	size_t p = *pos, len = file->len;

	while (p < len && p < limit) {
		size_t next = skip_skipped(file, p);

		if (next == p)
			next = skip_comment(s, p);
		if (next == p && s[p] == '#')
			next = skip_directive(s, p, len);
		if (next == p && s[p] == '\\')
			next = p + 1;
		if (next == p && isspace((unsigned char)s[p]))
			next = p + 1;
		if (next == p)
			break;
		p = next;
	}
	*pos = p;
	if (p >= len || p >= limit)
		return false;

	tok->start = p;
	if (ident_char(s[p])) {
		tok->kind = isdigit((unsigned char)s[p]) ? '0' : 'i';
		while (p < len && ident_char(s[p]))
			p++;
	} else if (s[p] == '"' || s[p] == '\'') {
		tok->kind = '"';
		p = skip_literal(s, p, len);
	} else {
		tok->kind = s[p++];
	}
	tok->end = p;
	*pos = p;
	return true;
}

/* Bracket depth after a token of @kind. */
static int depth_after(int depth, char kind)
{
	if (kind == '(' || kind == '[' || kind == '{')
		return depth + 1;
	if (kind == ')' || kind == ']' || kind == '}')
		return depth - 1;
	return depth;
}

size_t text_leading(const struct src_file *file, size_t from, size_t to, bool local)
{
	struct text_token tok;
	bool fresh = true;
	size_t start = to;
	int depth = 0;

	while (text_next(file, &from, to, &tok)) {
		bool brace = tok.kind == '{' || tok.kind == '}';

		if (!(local && brace))
			depth = depth_after(depth, tok.kind);
		if (depth <= 0 && (tok.kind == ';' || tok.kind == '}' || (local && brace))) {
			fresh = true;
			depth = 0;
		} else if (fresh) {
			start = tok.start;
			fresh = false;
		}
	}
	return fresh ? to : start;
}

size_t text_to_semicolon(const struct src_file *file, size_t pos)
{
	struct text_token tok;
	size_t p = pos;
	int depth = 0;

	while (text_next(file, &p, file->len, &tok)) {
		if (depth == 0 && tok.kind == ';')
			return tok.end;
		depth = depth_after(depth, tok.kind);
		if (depth < 0)
			break;
	}
	return pos;
}

size_t text_after_macro(const struct src_file *file, size_t pos, bool local)
{
	struct text_token tok;
	size_t p = pos;

	if (!text_next(file, &p, file->len, &tok))
		return pos;
	if (tok.kind == ';')
		return tok.end;
	if (tok.kind == '=')
		return text_to_semicolon(file, pos);
	if (local)
		return pos;
	if (tok.kind == ',' || tok.kind == '[')
		return text_to_semicolon(file, pos);
	/* An attribute is on the macro call's own line; another declaration begins on
	 * the next one. */
	if (tok.kind == 'i' && !memchr(file->text + pos, '\n', tok.start - pos))
		return text_to_semicolon(file, pos);
	return pos;
}

size_t text_initialiser(const struct src_file *file, size_t pos, size_t end)
{
	struct text_token tok;
	int depth = 0;

	while (text_next(file, &pos, end, &tok)) {
		if (depth == 0 && tok.kind == '=')
			return tok.start;
		if (depth == 0 && (tok.kind == ',' || tok.kind == ';'))
			return 0;
		depth = depth_after(depth, tok.kind);
		if (depth < 0)
			depth = 0; /* after a name in parentheses: (*f)(void) */
	}
	return 0;
}

void text_blank_comments(char *text, size_t len)
{
	for (size_t pos = 0; pos < len;) {
		size_t end = skip_comment(text, pos);

		if (end == pos) {
			pos = text[pos] == '"' || text[pos] == '\'' ? skip_literal(text, pos, len) :
								      pos + 1;
			continue;
		}
		for (; pos < end && pos < len; pos++)
			if (text[pos] != '\n')
				text[pos] = ' ';
	}
}

size_t text_next_line(const char *text, size_t pos, unsigned int *line)
{
	bool more = true;

	while (more && text[pos]) {
		size_t len = strcspn(text + pos, "\n");

		more = len && text[pos + len - 1] == '\\';
		pos += len + (text[pos + len] == '\n');
		++*line;
	}
	return pos;
}

const char *text_directive(const char *line)
{
	line += strspn(line, " \t");
	if (*line != '#')
		return "";
	return line + 1 + strspn(line + 1, " \t");
}

bool text_is_name(const struct src_file *file, size_t offset, const char *name)
{
	size_t len = strlen(name);

	return file->text && len && offset + len <= file->len &&
	       !memcmp(file->text + offset, name, len) && !ident_char(file->text[offset + len]) &&
	       (!offset || !ident_char(file->text[offset - 1]));
}
