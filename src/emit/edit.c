// SPDX-License-Identifier: GPL-2.0-only
#include "emit/edit.h"

void edits_add(struct edits *edits, enum edit_side side, size_t start, size_t end, const char *fmt,
	       ...)
{
	struct edit edit = { .start = start, .side = side, .serial = edits->list.n };
	va_list ap;

	va_start(ap, fmt);
	_cleanup_free_ char *text = xvasprintf(fmt, ap);
	va_end(ap);
	edit.end = side == EDIT_REPLACE ? end : start;
	edit.text = arena_strdup(&edits->arena, text);
	vec_push(&edits->list, edit);
}

static int compare_edits(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	if (x->start != y->start)
		return compare_values(x->start, y->start);
	if (x->side != y->side)
		return compare_values(x->side, y->side);
	return compare_values(x->serial, y->serial);
}

struct error *edits_apply(struct edits *edits, const struct src_file *file, char **result, size_t *len)
{
	size_t size = file->len, done = 0;

	vec_sort(&edits->list, compare_edits);
	vec_for_each(e, &edits->list)
		size += strlen(e->text);

	_cleanup_free_ char *out = xmalloc(size + 1);
	char *p = out;

	vec_for_each(e, &edits->list) {
		if (e->start < done || e->end < e->start || e->end > file->len) {
			struct src_position at = source_position(file, e->start);

			return error_note(error_at(file->path, at.line, at.col,
						   "two changes overlap here; the second is \"%.40s\"",
						   e->text),
					  "this source needs a construct that schedcut cannot edit; please report it");
		}
		memcpy(p, file->text + done, e->start - done);
		p += e->start - done;
		p = stpcpy(p, e->text);
		done = e->end;
	}
	memcpy(p, file->text + done, file->len - done);
	p += file->len - done;
	*p = '\0';
	*len = p - out;
	*result = return_ptr(out);
	return NULL;
}

void edits_free(struct edits *edits)
{
	vec_free(&edits->list);
	arena_free(&edits->arena);
}
