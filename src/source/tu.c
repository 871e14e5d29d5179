// SPDX-License-Identifier: GPL-2.0-only
/*
 * tu.c - read one translation unit through libclang (the API of version 14).
 *
 * parse -> files and macro calls -> declarations -> bodies and initialisers
 */
#include "source/tu_reader.h"

#include "source/tu_decl.h"
#include "source/tu_file.h"

const char *tu_string(struct tu *tu, const char *s)
{
	struct tu_strings *strings = tu->options->strings;
	const char *copy;

	pthread_mutex_lock(&strings->lock);
	copy = strmap_get(&strings->map, s);
	if (!copy) {
		copy = arena_strdup(strings->arena, s);
		strmap_put(&strings->map, copy, (void *)copy);
	}
	pthread_mutex_unlock(&strings->lock);
	return copy;
}

const char *tu_intern(struct tu *tu, CXString string)
{
	const char *s = clang_getCString(string);
	const char *copy = tu_string(tu, s ? s : "");

	clang_disposeString(string);
	return copy;
}

const char *tu_name(struct tu *tu, CXCursor cursor)
{
	return tu_intern(tu, clang_getCursorSpelling(cursor));
}

/* --- macros and skipped ranges ------------------------------------------- */

static enum CXChildVisitResult visit_macros(CXCursor cursor, CXCursor parent, CXClientData arg)
{
	enum CXCursorKind kind = clang_getCursorKind(cursor);
	struct tu *tu = arg;
	CXSourceRange range;
	struct tu_place start, end;

	(void)parent;
	if (!clang_isPreprocessing(kind))
		return CXChildVisit_Continue;
	range = clang_getCursorExtent(cursor);
	start = tu_expansion_place(tu, clang_getRangeStart(range));
	if (!start.file)
		return CXChildVisit_Continue;
	vec_push(&start.file->entities, start.offset);
	if (kind != CXCursor_MacroExpansion)
		return CXChildVisit_Continue;
	end = tu_expansion_place(tu, clang_getRangeEnd(range));
	if (end.file != start.file || end.offset <= start.offset)
		return CXChildVisit_Continue;
	vec_push(&start.file->macros,
		 ((struct tu_macro){ { start.offset, end.offset }, tu_name(tu, cursor) }));
	return CXChildVisit_Continue;
}

static void read_skipped(struct tu *tu)
{
	CXSourceRangeList *list = clang_getAllSkippedRanges(tu->unit);

	for (unsigned int i = 0; list && i < list->count; i++) {
		struct tu_place start, end;

		start = tu_expansion_place(tu, clang_getRangeStart(list->ranges[i]));
		end = tu_expansion_place(tu, clang_getRangeEnd(list->ranges[i]));
		if (start.file && start.file == end.file && start.file->file->text)
			tu_file_add_skipped(start.file, start.offset, end.offset);
	}
	if (list)
		clang_disposeSourceRangeList(list);
}

static void read_preprocessor(struct tu *tu)
{
	clang_visitChildren(clang_getTranslationUnitCursor(tu->unit), visit_macros, tu);
	vec_for_each(file, &tu->files)
		tu_file_sort_macros(*file);
	read_skipped(tu);
	vec_for_each(file, &tu->files)
		tu_file_sort_skipped((*file)->file);
}

/* --- the unit --------------------------------------------------------------- */

/* The first error among the diagnostics, or NULL. *@stopped: clang did not read on
 * after one of them. */
static struct error *first_error(CXTranslationUnit unit, bool *stopped)
{
	unsigned int n = clang_getNumDiagnostics(unit);
	struct error *err = NULL;

	*stopped = false;
	for (unsigned int i = 0; i < n; i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
		unsigned int line = 0, col = 0;
		CXFile cx = NULL;

		*stopped |= clang_getDiagnosticSeverity(diagnostic) == CXDiagnostic_Fatal;
		if (!err && clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) {
			CXString text = clang_getDiagnosticSpelling(diagnostic);
			CXString path = {};

			clang_getExpansionLocation(clang_getDiagnosticLocation(diagnostic), &cx,
						   &line, &col, NULL);
			if (cx)
				path = clang_getFileName(cx);
			err = error_at(cx ? clang_getCString(path) : NULL, line, col, "%s",
				       clang_getCString(text));
			if (cx)
				clang_disposeString(path);
			clang_disposeString(text);
		}
		clang_disposeDiagnostic(diagnostic);
	}
	return err;
}

static struct error *open_unit(struct tu *tu, const char *path)
{
	const struct source_options *source = tu->options->source;
	struct arena *arena = &tu->facts->arena;
	enum CXErrorCode code;
	_cleanup_vec_ VEC(const char *) args = {};
	const char *base = base_name(path);
	int len = strlen(base) - (str_ends(base, ".c") ? 2 : 0);

	for (size_t i = 0; i < source->n_cflags; i++)
		vec_push(&args, source->cflags[i]);
	/* Warnings are the kernel's business, except those that say that a
	 * declaration is missing. */
	vec_push(&args, "-Wno-everything");
	vec_push(&args, "-Werror=implicit-function-declaration");
	vec_push(&args, "-Werror=implicit-int");
	vec_push(&args, arena_printf(arena, "-DKBUILD_BASENAME=\"%.*s\"", len, base));
	vec_push(&args, arena_printf(arena, "-DKBUILD_MODNAME=\"%.*s\"", len, base));
	code = clang_parseTranslationUnit2(tu->index, path, args.v, args.n, NULL, 0,
					   CXTranslationUnit_DetailedPreprocessingRecord, &tu->unit);
	if (code != CXError_Success)
		return error_at(path, 0, 0, "libclang cannot parse this unit (code %d)", code);
	bool stopped;
	struct error *err = first_error(tu->unit, &stopped);

	if (!source->tolerant || stopped)
		return err;
	tu->facts->broken = err;
	return NULL;
}

static void read_unit(struct tu *tu)
{
	tu->callee = clang_getNullLocation();
	tu->policy = clang_getCursorPrintingPolicy(clang_getTranslationUnitCursor(tu->unit));
	clang_PrintingPolicy_setProperty(tu->policy, CXPrintingPolicy_TerseOutput, 1);
	clang_PrintingPolicy_setProperty(tu->policy, CXPrintingPolicy_SuppressInitializers, 1);
	read_preprocessor(tu);
	tu_read_declarations(tu);
	vec_for_each(file, &tu->files) {
		if ((*file)->file->emitted)
			tu_file_toplevel(*file);
		else
			(*file)->file->text = NULL;
	}
	clang_PrintingPolicy_dispose(tu->policy);
}

static void close_unit(struct tu *tu)
{
	vec_for_each(file, &tu->files) {
		vec_free(&(*file)->macros);
		vec_free(&(*file)->entities);
		vec_free(&(*file)->decls);
		free(*file);
	}
	vec_free(&tu->files);
	vec_free(&tu->fields);
	vec_free(&tu->record_decls);
	vec_free(&tu->described);
	vec_free(&tu->redeclared);
	vec_free(&tu->attribute_refs);
	vec_free(&tu->path);
	vec_free(&tu->params);
	strmap_free(&tu->by_real);
	nummap_free(&tu->by_handle);
	strmap_free(&tu->record_names);
	map_free(&tu->field_index);
	map_free(&tu->record_index);
	vec_free(&tu->targets);
	map_free(&tu->target_index);
	if (tu->unit)
		clang_disposeTranslationUnit(tu->unit);
	clang_disposeIndex(tu->index);
}

struct error *tu_parse(const struct tu_options *options, unsigned int unit, struct source **facts)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", options->root, options->source->units[unit]);
	struct tu tu = { .options = options, .number = unit };
	struct error *err;

	tu.facts = xcalloc(1, sizeof(*tu.facts));
	tu.index = clang_createIndex(0, 0);
	err = open_unit(&tu, path);
	if (!err)
		read_unit(&tu);
	close_unit(&tu);
	if (err) {
		source_free(tu.facts);
		tu.facts = NULL;
	}
	*facts = tu.facts;
	return err;
}
