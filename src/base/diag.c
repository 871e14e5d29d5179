// SPDX-License-Identifier: GPL-2.0-only
#include "base/diag.h"

#include <errno.h>

struct error *error_at(const char *path, unsigned int line, unsigned int col, const char *fmt, ...)
{
	struct error *err = xcalloc(1, sizeof(*err));
	va_list ap;

	err->path = path ? xstrdup(path) : NULL;
	err->line = line;
	err->col = col;
	va_start(ap, fmt);
	err->message = xvasprintf(fmt, ap);
	va_end(ap);
	return err;
}

struct error *error_errno(const char *path, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	_cleanup_free_ char *message = xvasprintf(fmt, ap);
	va_end(ap);
	return error_at(path, 0, 0, "%s: %s", message, strerror(saved));
}

struct error *error_note(struct error *err, const char *fmt, ...)
{
	va_list ap;

	if (err->note)
		return err;
	va_start(ap, fmt);
	err->note = xvasprintf(fmt, ap);
	va_end(ap);
	return err;
}

void error_free(struct error *err)
{
	if (!err)
		return;
	free(err->path);
	free(err->message);
	free(err->note);
	free(err);
}

void error_list_free(error_list *list)
{
	vec_for_each(err, list)
		error_free(*err);
	vec_free(list);
}

void error_print_as(FILE *out, const struct error *err, const char *severity)
{
	if (err->path && err->line && err->col)
		fprintf(out, "%s:%u:%u: ", err->path, err->line, err->col);
	else if (err->path && err->line)
		fprintf(out, "%s:%u: ", err->path, err->line);
	else
		fprintf(out, "%s: ", err->path ? err->path : "schedcut");
	fprintf(out, "%s: %s\n", severity, err->message);
	if (err->note)
		fprintf(out, "note: %s\n", err->note);
}
