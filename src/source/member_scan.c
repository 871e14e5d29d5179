// SPDX-License-Identifier: GPL-2.0-only
/*
 * member_scan.c - a scanner that knows neither types nor macros, but is fast.
 *
 * A name counts as a member's after '.' and '->'; as the last argument of a call, which
 * offsetof(), container_of() and list_for_each_entry() are given; and as any but the
 * first argument of list_for_each_entry_rcu() and struct_size(). Comments and literals
 * do not count.
 */
#include "source/member_scan.h"

#include <ctype.h>

#include "source/source_text.h"

/* No name of a member is longer. */
#define MAX_NAME 256

static bool is_word(unsigned char c)
{
	return isalnum(c) || c == '_';
}

/* Number of the name at @word, 0 if it is not looked for. */
static size_t name_number(const struct member_scanner *s, const char *word, size_t len)
{
	char name[MAX_NAME];

	if (len >= sizeof(name))
		return 0;
	memcpy(name, word, len);
	name[len] = '\0';
	return (uintptr_t)strmap_get(s->names, name);
}

static void note_word(struct member_scanner *s, const char *word, size_t len)
{
	size_t name = name_number(s, word, len);

	if (name)
		s->found(s, name);
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t\n\r\\");
}

/* The end of the word at @p, or @p if there is none. */
static const char *word_end(const char *p)
{
	if (isdigit((unsigned char)*p))
		return p;
	while (is_word(*p))
		p++;
	return p;
}

/* The word after '.' or '->', which end at @p, if there is one. */
static const char *member_word(struct member_scanner *s, const char *p)
{
	const char *word = skip_blanks(p), *end = word_end(word);

	if (end == word)
		return p;
	note_word(s, word, end - word);
	return end;
}

/* Is the argument at @p one of a macro that takes a member before others? */
static bool takes_member(const char *text, const char *p)
{
	int depth = 0;

	while (p > text && *p != ';' && *p != '{' && (*p != '(' || depth)) {
		depth += *p == ')';
		depth -= *p == '(';
		p--;
	}
	while (p > text && (p[-1] == ' ' || p[-1] == '\t'))
		p--;

	const char *end = p;

	while (p > text && is_word(p[-1]))
		p--;
	return memmem(p, end - p, "_entry", 6) || memmem(p, end - p, "struct_size", 11);
}

/* The word after ',' if a call ends after it, or a designator goes on. */
static const char *argument_word(struct member_scanner *s, const char *p)
{
	const char *word = skip_blanks(p), *end = word_end(word), *next = skip_blanks(end);

	if (end == word)
		return p;
	if (*next == ')' || *next == '.' || *next == '[' ||
	    (*next == ',' && name_number(s, word, end - word) && takes_member(s->text, word)))
		note_word(s, word, end - word);
	return end;
}

/* A string ends with its line, so that a lone quote in text swallows no more. */
static const char *skip_string(const char *p)
{
	for (p++; *p && *p != '"' && *p != '\n'; p++)
		if (*p == '\\' && p[1])
			p++;
	return *p ? p + 1 : p;
}

static const char *skip_char(const char *p)
{
	if (p[1] == '\\' && p[2]) {
		const char *end = p + 3 + strcspn(p + 3, "'\n");

		return *end == '\'' ? end + 1 : p + 1;
	}
	return p[1] && p[2] == '\'' ? p + 3 : p + 1;
}

/* #include "a/b.h" where a header of the boundary is called b.h. */
static const char *note_include(struct member_scanner *s, const char *p)
{
	const char *start, *end;
	bool quoted;

	p += 1 + strspn(p + 1, " \t");
	if (strncmp(p, "include", 7))
		return p;
	p += 7 + strspn(p + 7, " \t");
	if (*p != '"' && *p != '<')
		return p;
	quoted = *p == '"';
	start = p + 1;
	end = start + strcspn(start, quoted ? "\"\n" : ">\n");

	_cleanup_free_ char *what = xstrndup(start, end - start);

	if (strmap_get(s->headers, base_name(what)))
		vec_push(&s->inclusions, ((struct inclusion){ s->file, return_ptr(what), quoted }));
	return *end ? end + 1 : end;
}

void member_scan(struct member_scanner *s)
{
	/* clang-format off */
	static const bool stops[256] = {
		['\0'] = true, ['/'] = true, ['"'] = true, ['\''] = true, ['.'] = true,
		['-'] = true, [','] = true, ['#'] = true,
	};
	/* clang-format on */

	for (const char *p = s->text, *end;;) {
		while (!stops[(unsigned char)*p])
			p++;
		switch (*p) {
		case '\0': return;
		case '/':
			end = text_skip_comment(p);
			p = end > p ? end : p + 1;
			break;
		case '"': p = skip_string(p); break;
		case '\'': p = skip_char(p); break;
		case '.': p = member_word(s, p + 1); break;
		case '-': p = p[1] == '>' ? member_word(s, p + 2) : p + 1; break;
		case ',': p = argument_word(s, p + 1); break;
		default: p = note_include(s, p);
		}
	}
}

void member_scan_inclusions(struct member_scanner *s)
{
	for (const char *p = s->text; (p = strchr(p, '#'));)
		p = note_include(s, p);
}

void member_scanner_free(struct member_scanner *s)
{
	vec_for_each(i, &s->inclusions)
		free(i->what);
	vec_free(&s->inclusions);
}
