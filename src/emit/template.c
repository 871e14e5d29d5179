// SPDX-License-Identifier: GPL-2.0-only
/*
 * template.c - fill the gaps of embedded files.
 */
#include "emit/template.h"

static const char gap_start[] = "{{", gap_end[] = "}}";

const char *embedded_text(const char *name)
{
	for (const struct embedded_file *file = embedded_files; file->name; file++)
		if (!strcmp(file->name, name))
			return file->text;
	return "";
}

static const struct template_value *find_value(const struct template_value *values,
					       const char *name, size_t len)
{
	for (; values->name; values++)
		if (strlen(values->name) == len && !memcmp(values->name, name, len))
			return values;
	return NULL;
}

struct error *template_print(FILE *out, const char *name, const struct template_value *values)
{
	const char *text = embedded_text(name), *p = text;

	for (const char *gap; (gap = strstr(p, gap_start));) {
		const char *key = gap + strlen(gap_start), *end = strstr(key, gap_end);
		const struct template_value *value = end ? find_value(values, key, end - key) : NULL;

		if (!value)
			return error_at(name, 0, 0, "the template has an unknown gap: %.20s", gap);
		fwrite(p, 1, gap - p, out);
		fputs(value->text, out);
		p = end + strlen(gap_end);
		if (*p == '\n' && (gap == text || gap[-1] == '\n'))
			p++;
	}
	fputs(p, out);
	return NULL;
}

FILE *text_open(char **text, size_t *len)
{
	FILE *f = open_memstream(text, len);

	if (!f) {
		fputs("schedcut: error: out of memory\n", stderr);
		exit(1);
	}
	return f;
}
