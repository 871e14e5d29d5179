// SPDX-License-Identifier: GPL-2.0-only
#include "base/quote.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

/*
 * Decode the UTF-8 sequence of several bytes at @s (RFC 3629: shortest form, no
 * surrogates). Returns its length, 0 if it is none.
 */
static size_t decode(const unsigned char *s, unsigned long *code)
{
	static const unsigned long shortest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = (*s & 0xe0) == 0xc0 ? 2 :
		     (*s & 0xf0) == 0xe0 ? 3 :
		     (*s & 0xf8) == 0xf0 ? 4 :
					   0;

	*code = len ? *s & (0x7f >> len) : 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (!len || *code < shortest[len] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

/* Is @code a character that both formats take as it is? */
static bool is_printable(unsigned long code)
{
	return code >= 0xa0 && code != 0x2028 && code != 0x2029 && code != 0xfeff &&
	       (code & 0xfffe) != 0xfffe;
}

void print_quoted(FILE *f, const char *string)
{
	const unsigned char *s = (const unsigned char *)string;

	fputc('"', f);
	while (*s) {
		unsigned long code;
		size_t len = decode(s, &code);

		if (len && is_printable(code)) {
			fwrite(s, 1, len, f);
		} else if (len && code <= 0xffff) {
			fprintf(f, "\\u%04lx", code);
		} else if (*s >= 0x7f || *s < ' ' || *s == '<' || *s == '>' || *s == '&') {
			fprintf(f, "\\u%04x", *s);
			len = 1;
		} else {
			if (*s == '"' || *s == '\\')
				fputc('\\', f);
			fputc(*s, f);
			len = 1;
		}
		s += len;
	}
	fputc('"', f);
}

/* Words that YAML 1.1 takes for a boolean or null. */
static bool is_reserved(const char *s)
{
	static const char *const words[] = {
		"y", "n", "yes", "no", "on", "off", "true", "false", "null",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcasecmp(s, words[i]))
			return true;
	return false;
}

void print_scalar(FILE *f, const char *s)
{
	bool plain = isalpha((unsigned char)*s) || *s == '_';

	for (const char *p = s; *p; p++)
		plain &= isalnum((unsigned char)*p) || strchr("_./-", *p) || (*p == ':' && p[1]);
	if (plain && !is_reserved(s))
		fputs(s, f);
	else
		print_quoted(f, s);
}
