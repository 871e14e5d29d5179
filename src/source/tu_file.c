// SPDX-License-Identifier: GPL-2.0-only
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

/* Fill path, boundary, sidecar and emitted of a file that @unit reads; its real path is
 * set. */
static void place_file(const struct tu_options *options, unsigned int unit, struct src_file *file)
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

/* End of the top-level declaration before @offset; 0 for the first one. */
static size_t previous_end(const struct tu_file *file, size_t offset)
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

/* --- places */

static struct tu_file *new_file(struct tu *tu, CXFile cx, const char *real)
{
	struct arena *arena = &tu->facts->arena;
	struct tu_file *file = xcalloc(1, sizeof(*file));
	struct src_file *sf = arena_alloc(arena, sizeof(*sf));

	sf->index = tu->facts->files.n;
	sf->real = tu_string(tu, real);
	place_file(tu->options, tu->number, sf);
	sf->text = clang_getFileContents(tu->unit, cx, &sf->len);
	if (!sf->text)
		sf->len = 0;
	if (sf->emitted)
		sf->text = arena_strndup(arena, sf->text ? sf->text : "", sf->len);
	file->file = sf;
	vec_push(&tu->files, file);
	vec_push(&tu->facts->files, sf);
	strmap_put(&tu->by_real, sf->real, file);
	return file;
}

/* The file of @cx. The same file may be read under several names. */
static struct tu_file *file_of(struct tu *tu, CXFile cx)
{
	struct tu_file *file = cx ? nummap_get(&tu->by_handle, (uintptr_t)cx) : NULL;

	if (!cx || file)
		return file;

	CXString name = clang_getFileName(cx);
	_cleanup_free_ char *real = realpath(clang_getCString(name), NULL);
	const char *key = real ? real : clang_getCString(name);

	file = strmap_get(&tu->by_real, key);
	if (!file)
		file = new_file(tu, cx, key);
	clang_disposeString(name);
	nummap_put(&tu->by_handle, (uintptr_t)cx, file);
	return file;
}

/*
 * Two locations are asked of libclang for every token: the "expansion" location is the
 * start of the outermost macro call that produced it, the "file" location is the macro
 * argument that it was written in, where there is one. Both are the token itself in plain
 * text. (The "spelling" location is not dependable in libclang 14.)
 */
typedef void location_fn(CXSourceLocation loc, CXFile *file, unsigned int *line, unsigned int *col,
			 unsigned int *offset);

static struct tu_place place_by(struct tu *tu, CXSourceLocation loc, location_fn *get)
{
	unsigned int offset = 0;
	CXFile cx = NULL;

	get(loc, &cx, NULL, NULL, &offset);
	return (struct tu_place){ file_of(tu, cx), offset };
}

struct tu_place tu_expansion_place(struct tu *tu, CXSourceLocation loc)
{
	return place_by(tu, loc, clang_getExpansionLocation);
}

static struct tu_place file_place(struct tu *tu, CXSourceLocation loc)
{
	return place_by(tu, loc, clang_getFileLocation);
}

/* --- extents */

bool tu_locate(struct tu *tu, CXSourceLocation loc, const char *name, struct tu_token *tok)
{
	struct tu_place outer = tu_expansion_place(tu, loc);
	struct tu_place inner = file_place(tu, loc);
	bool named;

	if (!outer.file)
		return false;
	if (inner.file != outer.file)
		inner = outer;
	named = text_is_name(inner.file->file, inner.offset, name);

	*tok = (struct tu_token){ .file = inner.file };
	tok->macro = tu_macro_at(inner.file, inner.offset);
	if (!tok->macro && outer.offset != inner.offset)
		tok->macro = tu_macro_at(outer.file, outer.offset);
	/* A macro that has the name of what it expands to. */
	if (tok->macro && named && tok->macro->at.start == inner.offset &&
	    tok->macro->at.end == inner.offset + strlen(name))
		tok->macro = NULL;
	if (tok->macro)
		tok->in_arg = named && inner.offset != tok->macro->at.start;
	if (tok->macro && !tok->in_arg) {
		tok->start = tok->macro->at.start;
		tok->end = tok->macro->at.end;
	} else {
		tok->start = inner.offset;
		tok->end = inner.offset + (named ? strlen(name) : 0);
	}
	return true;
}

/* What clang says of a declaration, corrected for macro calls it ends in. */
static struct src_range clang_range(struct tu *tu, CXCursor cursor, const struct tu_file *file,
				    size_t fallback)
{
	CXSourceRange extent = clang_getCursorExtent(cursor);
	struct tu_place start = tu_expansion_place(tu, clang_getRangeStart(extent));
	struct tu_place end = tu_expansion_place(tu, clang_getRangeEnd(extent));
	struct src_range range = { fallback, fallback };
	const struct tu_macro *macro;

	if (start.file == file && start.offset < fallback)
		range.start = start.offset;
	if (end.file == file && end.offset > fallback)
		range.end = end.offset;
	/* A range that ends in a macro argument is given the call's start. */
	macro = end.file == file ? tu_macro_at(file, end.offset) : NULL;
	if (macro && macro->at.end > range.end &&
	    file_place(tu, clang_getRangeEnd(extent)).offset != end.offset)
		range.end = macro->at.end;
	return range;
}

bool tu_decl_extent(struct tu *tu, CXCursor cursor, const char *name, size_t local_from,
		    bool has_body, struct src_extent *at, struct tu_file **where)
{
	bool local = local_from != SIZE_MAX;
	struct src_range range;
	struct src_file *file;
	struct tu_token tok;

	if (!tu_locate(tu, clang_getCursorLocation(cursor), name, &tok) || !tok.file->file->text)
		return false;
	file = tok.file->file;
	range = clang_range(tu, cursor, tok.file, tok.start);
	*at = (struct src_extent){ .file = file, .name = tok.start };
	if (tok.macro) {
		at->macro = tok.macro->name;
		if (tok.macro->at.start < range.start)
			range.start = tok.macro->at.start;
		/* A body in plain text after the call: SYSCALL_DEFINE. */
		if (range.end <= tok.macro->at.end) {
			range.end = tok.macro->at.end;
			has_body = false;
		}
	}
	if (!local)
		range.start = text_leading(file, previous_end(tok.file, range.start), range.start,
					   false);
	else if (local_from && local_from <= range.start &&
		 !(tok.macro && tok.macro->at.start == range.start))
		range.start = text_leading(file, local_from, range.start, true);
	if (!has_body) {
		if (tok.macro && range.end == tok.macro->at.end)
			range.end = text_after_macro(file, range.end, local);
		else if (range.end == range.start || file->text[range.end - 1] != ';')
			range.end = text_to_semicolon(file, range.end);
	}
	at->start = range.start;
	at->end = range.end;
	if (tok.macro && !tok.in_arg)
		at->name = at->start;
	*where = tok.file;
	return true;
}
