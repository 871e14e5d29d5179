// SPDX-License-Identifier: GPL-2.0-only
#include "emit/template.h"

static const char gap_start[] = "{{", gap_end[] = "}}";

const char *embedded_text(const char *name)
{
	for (const struct embedded_file *file = embedded_files; file->name; file++)
		if (!strcmp(file->name, name))
			return file->text;
	return "";
}

struct error *template_print(FILE *out, const char *name, const struct template_value *values)
{
	const char *text = embedded_text(name), *p = text;

	for (const char *gap; (gap = strstr(p, gap_start));) {
		const char *key = gap + strlen(gap_start), *end = strstr(key, gap_end);
		_cleanup_free_ char *wanted = xstrndup(key, end ? end - key : 0);
		const struct template_value *value = values;

		while (value->name && strcmp(value->name, wanted))
			value++;
		if (!end || !value->name)
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
	return or_die(open_memstream(text, len));
}
