// SPDX-License-Identifier: GPL-2.0-only
/*
 * tu_file.c - what a unit knows of each file it reads: macro calls, skipped
 * ranges, declarations.
 */
#include "source/tu_file.h"

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && path[len] == '/';
}

static bool in_boundary_directory(const struct tu_options *options, const char *path)
{
	const struct source_options *source = options->source;

	for (size_t i = 0; i < source->n_directories; i++)
		if (is_below(path, source->directories[i]))
			return true;
	return false;
}

static bool is_emitted(const struct tu_options *options, const char *real)
{
	if (!is_below(real, options->root))
		return false;
	vec_for_each(dir, &options->excluded)
		if (is_below(real, *dir))
			return false;
	return true;
}

void tu_file_place(const struct tu_options *options, unsigned int unit, struct src_file *file)
{
	const struct source_options *source = options->source;
	bool inside = is_below(file->real, options->root);

	file->path = inside ? file->real + strlen(options->root) + 1 : file->real;
	/* Units may include other files of code. */
	file->sidecar = inside && unit >= source->n_units - source->n_sidecars &&
			str_ends(file->path, ".c");
	file->boundary = file->sidecar || in_boundary_directory(options, file->path);
	file->emitted = is_emitted(options, file->real);
}

/* Of two ranges, or of what begins with one: by start, longer ones first. */
static int compare_ranges(const void *a, const void *b)
{
	const struct src_range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end > y->end ? -1 : x->end < y->end;
}

/* Drops calls inside another one: arguments that are macro calls themselves, repeated
 * inclusions. */
void tu_file_sort_macros(struct tu_file *file)
{
	size_t n = 0, end = 0;

	vec_sort(&file->macros, compare_ranges);
	vec_for_each(m, &file->macros) {
		if (n && m->at.start < end)
			continue;
		end = m->at.end;
		file->macros.v[n++] = *m;
	}
	file->macros.n = n;
	vec_sort(&file->entities, compare_sizes);
}

/* Is anything of the preprocessor's record in the range? Then one inclusion of the file
 * compiled it, and the include guard skipped it in another one. */
static bool is_compiled(const struct tu_file *file, struct src_range range)
{
	size_t i = vec_bisect(start, &file->entities, *start < range.start);

	return i < file->entities.n && file->entities.v[i] < range.end;
}

/* Reduce a range, "#if" through "#else" or "#endif", to the lines between. */
static struct src_range inner_lines(const struct src_file *file, size_t start, size_t end)
{
	const char *text = file->text;

	if (end > file->len)
		end = file->len;
	while (start < end && text[start] != '\n') {
		if (text[start] == '\\' && start + 1 < end)
			start++;
		start++;
	}
	if (start < end)
		start++;
	while (end > start && text[end - 1] != '\n')
		end--;
	return (struct src_range){ start, end };
}

void tu_file_add_skipped(struct tu_file *file, size_t start, size_t end)
{
	struct src_range range = inner_lines(file->file, start, end);

	if (range.start < range.end && !is_compiled(file, range))
		vec_push(&file->file->skipped, range);
}

void tu_file_sort_skipped(struct src_file *file)
{
	size_t n = 0;

	vec_sort(&file->skipped, compare_ranges);
	vec_for_each(r, &file->skipped) {
		if (n && r->start < file->skipped.v[n - 1].end)
			continue;
		file->skipped.v[n++] = *r;
	}
	file->skipped.n = n;
}

const struct tu_macro *tu_macro_at(const struct tu_file *file, size_t offset)
{
	size_t i = vec_bisect(macro, &file->macros, macro->at.end <= offset);

	return i < file->macros.n && file->macros.v[i].at.start <= offset ? &file->macros.v[i] : NULL;
}

size_t tu_previous_end(const struct tu_file *file, size_t offset)
{
	for (size_t i = file->decls.n; i > 0; i--)
		if (file->decls.v[i - 1].end <= offset)
			return file->decls.v[i - 1].end;
	return 0;
}

/*
 * Ends of declarations, without those inside another one: the pieces of
 * SYSCALL_DEFINE, a record defined in a variable's declaration.
 */
void tu_file_toplevel(struct tu_file *file)
{
	size_t end = 0;

	vec_sort(&file->decls, compare_ranges);
	vec_for_each(d, &file->decls) {
		if (d->end <= end)
			continue;
		if (file->file->toplevel.n && d->start < end)
			file->file->toplevel.v[file->file->toplevel.n - 1] = d->end;
		else
			vec_push(&file->file->toplevel, d->end);
		end = d->end;
	}
}
