// SPDX-License-Identifier: GPL-2.0-only
/*
 * tu.c - read one translation unit through libclang (the API of version 14).
 *
 * parse -> files and macro calls -> declarations -> bodies and initialisers
 *
 * Two locations are asked of libclang for every token: the "expansion"
 * location is the start of the outermost macro call that produced it, the
 * "file" location is the macro argument it was written in, where there is
 * one. Both are the token itself in plain text. (The "spelling" location is
 * not dependable in libclang 14.)
 */
#include "source/tu_reader.h"

const char *tu_strings_add(struct tu_strings *strings, const char *s)
{
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

const char *tu_string(struct tu *tu, const char *s)
{
	return tu_strings_add(tu->options->strings, s);
}

const char *tu_intern(struct tu *tu, CXString string)
{
	const char *s = clang_getCString(string);
	const char *copy = tu_string(tu, s ? s : "");

	clang_disposeString(string);
	return copy;
}

static struct tu_file *new_file(struct tu *tu, CXFile cx, const char *real)
{
	struct arena *arena = &tu->facts->arena;
	struct tu_file *file = xcalloc(1, sizeof(*file));
	struct src_file *sf = arena_alloc(arena, sizeof(*sf));

	sf->index = tu->facts->files.n;
	sf->real = tu_string(tu, real);
	tu_file_place(tu->options, tu->number, sf);
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
	struct tu_file *file = NULL;

	if (!cx)
		return NULL;
	if (cx == tu->last_key)
		return tu->last_file;
	vec_for_each(slot, &tu->slots) {
		if (slot->key == cx) {
			file = slot->file;
			break;
		}
	}
	if (!file) {
		CXString name = clang_getFileName(cx);
		_cleanup_free_ char *real = realpath(clang_getCString(name), NULL);
		const char *key = real ? real : clang_getCString(name);

		file = strmap_get(&tu->by_real, key);
		if (!file)
			file = new_file(tu, cx, key);
		clang_disposeString(name);
		vec_push(&tu->slots, ((struct tu_slot){ cx, file }));
	}
	tu->last_key = cx;
	tu->last_file = file;
	return file;
}

struct tu_place tu_expansion_place(struct tu *tu, CXSourceLocation loc)
{
	unsigned int offset = 0;
	CXFile cx = NULL;

	clang_getExpansionLocation(loc, &cx, NULL, NULL, &offset);
	return (struct tu_place){ file_of(tu, cx), offset };
}

static struct tu_place file_place(struct tu *tu, CXSourceLocation loc)
{
	unsigned int offset = 0;
	CXFile cx = NULL;

	clang_getFileLocation(loc, &cx, NULL, NULL, &offset);
	return (struct tu_place){ file_of(tu, cx), offset };
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
		 ((struct tu_macro){ start.offset, end.offset,
				     tu_intern(tu, clang_getCursorSpelling(cursor)) }));
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

/* --- extents ---------------------------------------------------------------- */

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
	if (tok->macro && named && tok->macro->start == inner.offset &&
	    tok->macro->end == inner.offset + strlen(name))
		tok->macro = NULL;
	if (tok->macro)
		tok->in_arg = named && inner.offset != tok->macro->start;
	if (tok->macro && !tok->in_arg) {
		tok->start = tok->macro->start;
		tok->end = tok->macro->end;
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
	if (macro && macro->end > range.end &&
	    file_place(tu, clang_getRangeEnd(extent)).offset != end.offset)
		range.end = macro->end;
	return range;
}

/*
 * Where the declaration @cursor of @name stands. @local_from: SIZE_MAX at
 * file scope, else the offset behind the '{' of the enclosing function (0: not
 * known); a macro call there may stand in an expression, it is never extended
 * to the left. A function definition ends with its body.
 */
static bool decl_extent(struct tu *tu, CXCursor cursor, const char *name, size_t local_from,
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
		if (tok.macro->start < range.start)
			range.start = tok.macro->start;
		/* A body in plain text behind the call: SYSCALL_DEFINE. */
		if (range.end <= tok.macro->end) {
			range.end = tok.macro->end;
			has_body = false;
		}
	}
	if (!local)
		range.start = text_leading(file, tu_previous_end(tok.file, range.start),
					   range.start, false);
	else if (local_from && local_from <= range.start &&
		 !(tok.macro && tok.macro->start == range.start))
		range.start = text_leading(file, local_from, range.start, true);
	if (!has_body) {
		if (tok.macro && range.end == tok.macro->end)
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

static void add_toplevel(struct tu_file *file, const struct src_extent *at)
{
	vec_push(&file->decls, ((struct src_range){ at->start, at->end }));
}

/* --- attributes ------------------------------------------------------------- */

/* Attributes that matter to a cut. */
struct attrs {
	bool weak, init, percpu;
};

/* In a declaration as libclang prints it, the only way to see them; where
 * they stand in the print differs by version. */
static struct attrs find_attrs(const char *printed)
{
	const char *section = strstr(printed, "section(\"");
	struct attrs attrs = {
		.weak = strstr(printed, "((weak))"),
	};

	if (section) {
		section += strlen("section(\"");
		attrs.init = str_starts(section, ".init.");
		attrs.percpu = strstr(section, "percpu") &&
			       strstr(section, "percpu") < strchr(section, '"');
	}
	return attrs;
}

static void add_func_attrs(struct src_func *func, struct attrs attrs)
{
	func->is_weak |= attrs.weak;
	func->is_boot_only |= attrs.init;
}

static void add_var_attrs(struct src_var *var, struct attrs attrs)
{
	var->is_weak |= attrs.weak;
	var->is_boot_only |= attrs.init;
	if (attrs.percpu && var->kind == SRC_VAR_PLAIN)
		var->kind = SRC_VAR_PERCPU;
}

static const char *print_declaration(struct tu *tu, CXCursor cursor)
{
	return tu_intern(tu, clang_getCursorPrettyPrinted(cursor, tu->policy));
}

/* --- declarations ----------------------------------------------------------- */

static enum CXChildVisitResult visit_body(CXCursor cursor, CXCursor parent, CXClientData arg);

static enum CXChildVisitResult visit_for_body(CXCursor cursor, CXCursor parent, CXClientData arg)
{
	(void)parent;
	if (clang_getCursorKind(cursor) != CXCursor_CompoundStmt)
		return CXChildVisit_Continue;
	*(CXCursor *)arg = cursor;
	return CXChildVisit_Break;
}

static struct src_var *add_variable(struct tu *tu, CXCursor cursor, const struct src_extent *at,
				    struct src_func *owner)
{
	struct arena *arena = &tu->facts->arena;
	CXType type = clang_getCursorType(cursor);
	enum CX_StorageClass storage = clang_Cursor_getStorageClass(cursor);
	CXCursor init = clang_Cursor_getVarDeclInitializer(cursor);
	struct src_var *var = arena_alloc(arena, sizeof(*var));
	long long size = clang_Type_getSizeOf(type);
	size_t from = at->name + strlen(tu_intern(tu, clang_getCursorSpelling(cursor)));
	const struct tu_macro *macro;

	var->index = tu->facts->vars.n;
	var->name = tu_intern(tu, clang_getCursorSpelling(cursor));
	var->kind = owner ? SRC_VAR_LOCAL : SRC_VAR_PLAIN;
	var->owner = owner;
	var->at = *at;
	var->units = 1ul << tu->number;
	var->canonical = tu_intern(tu, clang_getTypeSpelling(clang_getCanonicalType(type)));
	var->decl = tu_string(tu, tu_declare(tu, type, var->name, NULL));
	var->size = size > 0 ? size : 0;
	var->is_static = storage == CX_SC_Static;
	/* Tentative definitions are no definitions to libclang. */
	var->is_definition = storage != CX_SC_Extern || !clang_Cursor_isNull(init);
	var->is_const = tu_is_read_only(type);
	var->has_pointers = tu_has_pointers(type);
	var->is_static_key = tu_is_static_key(type);
	var->has_static_key = tu_has_static_key(type);
	add_var_attrs(var, find_attrs(print_declaration(tu, cursor)));
	if (at->macro) {
		struct tu_file *file = tu_expansion_place(tu, clang_getCursorLocation(cursor)).file;

		macro = tu_macro_at(file,
				    tu_expansion_place(tu, clang_getCursorLocation(cursor)).offset);
		from = macro ? macro->end : at->end;
	}
	if (from < at->end)
		var->initializer_offset = text_initialiser(at->file, from, at->end);
	vec_push(&tu->facts->vars, var);
	return var;
}

/* A static variable inside a function, and what its initialiser refers to. */
static enum CXChildVisitResult visit_local(struct tu *tu, CXCursor cursor)
{
	struct src_func *func = tu->func;
	struct src_var *outer = tu->var;
	struct src_extent at;
	struct tu_file *where;

	if (clang_Cursor_hasAttrs(cursor)) {
		const char *target = tu_attribute_value(tu, print_declaration(tu, cursor),
							"((cleanup(");

		if (target)
			tu_note_attribute(tu, cursor, target, "cleanup");
	}
	if (clang_Cursor_getStorageClass(cursor) != CX_SC_Static || !func || !func->at.file->emitted)
		return CXChildVisit_Recurse;
	if (!decl_extent(tu, cursor, tu_intern(tu, clang_getCursorSpelling(cursor)),
			 func->body ? func->body + 1 : 0, false, &at, &where))
		return CXChildVisit_Recurse;
	tu->var = add_variable(tu, cursor, &at, func);
	clang_visitChildren(cursor, visit_body, tu);
	tu->var = outer;
	return CXChildVisit_Continue;
}

static enum CXChildVisitResult visit_body(CXCursor cursor, CXCursor parent, CXClientData arg)
{
	struct tu *tu = arg;

	tu_note_visit(tu, cursor, parent);
	switch (clang_getCursorKind(cursor)) {
	case CXCursor_CallExpr: tu_note_call(tu, cursor); break;
	case CXCursor_DeclRefExpr: tu_note_reference(tu, cursor); break;
	case CXCursor_MemberRefExpr:
	case CXCursor_MemberRef: tu_note_member(tu, cursor); break;
	case CXCursor_UnaryExpr: tu_note_sizeof(tu, cursor); break;
	case CXCursor_VarDecl: return visit_local(tu, cursor);
	default: break;
	}
	return CXChildVisit_Recurse;
}

static void add_function(struct tu *tu, CXCursor cursor)
{
	struct arena *arena = &tu->facts->arena;
	CXCursor body = clang_getNullCursor();
	struct src_func *func;
	struct tu_token brace;
	struct src_extent at;
	struct tu_file *file;
	const char *name = tu_intern(tu, clang_getCursorSpelling(cursor)), *printed, *target;
	CXType type = clang_getCursorType(cursor);

	clang_visitChildren(cursor, visit_for_body, &body);
	if (!decl_extent(tu, cursor, name, SIZE_MAX, !clang_Cursor_isNull(body), &at, &file))
		return;
	add_toplevel(file, &at);
	func = arena_alloc(arena, sizeof(*func));
	func->index = tu->facts->funcs.n;
	func->name = name;
	func->at = at;
	func->units = 1ul << tu->number;
	func->type = tu_intern(tu, clang_getTypeSpelling(clang_getCanonicalType(type)));
	if (at.file->boundary)
		func->signature = tu_canonical(tu, type);
	func->proto = tu_string(tu, tu_declare(tu, type, name, &cursor));
	func->is_static = clang_getCursorLinkage(cursor) == CXLinkage_Internal;
	func->is_inline = clang_Cursor_isFunctionInlined(cursor);
	printed = clang_Cursor_hasAttrs(cursor) ? print_declaration(tu, cursor) : "";
	add_func_attrs(func, find_attrs(printed));
	if (!clang_Cursor_isNull(body) && tu_locate(tu, clang_getCursorLocation(body), "", &brace) &&
	    !brace.macro && brace.file == file)
		func->body = brace.start;
	vec_push(&tu->facts->funcs, func);

	tu->func = func;
	tu_note_params(tu, cursor);
	clang_visitChildren(cursor, visit_body, tu);
	tu->params.n = 0;
	target = tu_attribute_value(tu, printed, "((alias(\"");
	if (target)
		tu_note_attribute(tu, cursor, target, "alias");
	tu->func = NULL;
}

static void add_file_variable(struct tu *tu, CXCursor cursor)
{
	const char *name = tu_intern(tu, clang_getCursorSpelling(cursor));
	struct src_extent at;
	struct tu_file *file;

	if (!decl_extent(tu, cursor, name, SIZE_MAX, false, &at, &file))
		return;
	add_toplevel(file, &at);
	if (at.file->emitted)
		tu->var = add_variable(tu, cursor, &at, NULL);
	/* Made only to keep a symbol alive: says nothing about its use. */
	if (!str_starts(name, "__UNIQUE_ID___addressable_"))
		clang_visitChildren(cursor, visit_body, tu);
	tu->var = NULL;
}

/* A declaration of a function that stands in plain text. */
static void add_func_decl(struct tu *tu, CXCursor cursor, const struct src_extent *at)
{
	vec_push(&tu->facts->func_decls,
		 ((struct src_func_decl){
			 .name = tu_intern(tu, clang_getCursorSpelling(cursor)),
			 .at = *at,
			 .units = 1ul << tu->number,
			 .is_static = clang_getCursorLinkage(cursor) == CXLinkage_Internal,
		 }));
}

/* An alias defines its name, but is no definition to libclang. */
static bool is_alias(struct tu *tu, CXCursor cursor)
{
	return clang_Cursor_hasAttrs(cursor) && strstr(print_declaration(tu, cursor), "((alias(\"");
}

static enum CXChildVisitResult visit_toplevel(CXCursor cursor, CXCursor parent, CXClientData arg)
{
	enum CXCursorKind kind = clang_getCursorKind(cursor);
	struct tu *tu = arg;
	struct src_extent at;
	struct tu_file *file;

	(void)parent;
	if (clang_isPreprocessing(kind))
		return CXChildVisit_Continue;
	if ((kind == CXCursor_FunctionDecl || kind == CXCursor_VarDecl) &&
	    clang_Cursor_hasAttrs(cursor))
		vec_push(&tu->redeclared, cursor);
	if (kind == CXCursor_FunctionDecl &&
	    (clang_isCursorDefinition(cursor) || is_alias(tu, cursor))) {
		add_function(tu, cursor);
		return CXChildVisit_Continue;
	}
	if (kind == CXCursor_VarDecl) {
		add_file_variable(tu, cursor);
		return CXChildVisit_Continue;
	}
	if (kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl)
		tu_add_record(tu, cursor);
	if (decl_extent(tu, cursor, "", SIZE_MAX, false, &at, &file)) {
		add_toplevel(file, &at);
		if (kind == CXCursor_FunctionDecl && at.file->emitted && !at.macro)
			add_func_decl(tu, cursor, &at);
	}
	return CXChildVisit_Continue;
}

/* Attributes count wherever the declaration that has them stands. */
static void spread_attrs(struct tu *tu)
{
	struct strmap funcs = {}, vars = {};

	vec_for_each(f, &tu->facts->funcs)
		strmap_put(&funcs, (*f)->name, *f);
	vec_for_each(v, &tu->facts->vars)
		strmap_put(&vars, (*v)->name, *v);
	vec_for_each(cursor, &tu->redeclared) {
		CXString name = clang_getCursorSpelling(*cursor);
		const char *key = clang_getCString(name);
		bool is_var = clang_getCursorKind(*cursor) == CXCursor_VarDecl;
		struct src_func *func = is_var ? NULL : strmap_get(&funcs, key);
		struct attrs attrs = {};

		if (func || (is_var && strmap_get(&vars, key)))
			attrs = find_attrs(print_declaration(tu, *cursor));
		if (func)
			add_func_attrs(func, attrs);
		vec_for_each(v, &tu->facts->vars)
			if (is_var && (*v)->kind != SRC_VAR_LOCAL && !strcmp((*v)->name, key))
				add_var_attrs(*v, attrs);
		clang_disposeString(name);
	}
	vec_for_each(i, &tu->attribute_refs) {
		struct src_ref *ref = &tu->facts->refs.v[*i];
		struct src_func *func = strmap_get(&funcs, ref->name);

		ref->is_static = func && func->is_static;
	}
	strmap_free(&funcs);
	strmap_free(&vars);
}

/* The functions and variables that one SYSCALL_DEFINE makes reach to the end
 * of its body. */
static void join_pieces(struct source *facts)
{
	for (size_t i = 1; i < facts->funcs.n; i++) {
		struct src_extent *at = &facts->funcs.v[i]->at;

		for (size_t j = i; j > 0; j--) {
			struct src_extent *piece = &facts->funcs.v[j - 1]->at;

			if (!at->macro || piece->file != at->file || piece->start != at->start)
				break;
			if (piece->end < at->end)
				piece->end = at->end;
			else
				at->end = piece->end;
		}
	}
	for (size_t i = 0; i < facts->vars.n; i++) {
		struct src_extent *at = &facts->vars.v[i]->at;

		if (!at->macro || facts->vars.v[i]->kind == SRC_VAR_LOCAL)
			continue;
		vec_for_each(f, &facts->funcs)
			if ((*f)->at.file == at->file && (*f)->at.start == at->start &&
			    (*f)->at.end > at->end)
				at->end = (*f)->at.end;
	}
}

/* --- the unit --------------------------------------------------------------- */

/* The first error among the diagnostics, or NULL. *@stopped: there is one that
 * clang did not read on from. */
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
	VEC(const char *) args = {};
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	int len = strlen(base) - (str_ends(base, ".c") ? 2 : 0);

	for (size_t i = 0; i < source->n_cflags; i++)
		vec_push(&args, source->cflags[i]);
	/* Warnings are the kernel's business, but for those that say that a
	 * declaration was not found. */
	vec_push(&args, "-Wno-everything");
	vec_push(&args, "-Werror=implicit-function-declaration");
	vec_push(&args, "-Werror=implicit-int");
	vec_push(&args, arena_printf(arena, "-DKBUILD_BASENAME=\"%.*s\"", len, base));
	vec_push(&args, arena_printf(arena, "-DKBUILD_MODNAME=\"%.*s\"", len, base));
	code = clang_parseTranslationUnit2(tu->index, path, args.v, args.n, NULL, 0,
					   CXTranslationUnit_DetailedPreprocessingRecord, &tu->unit);
	vec_free(&args);
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
	clang_visitChildren(clang_getTranslationUnitCursor(tu->unit), visit_toplevel, tu);
	spread_attrs(tu);
	join_pieces(tu->facts);
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
	vec_free(&tu->slots);
	vec_free(&tu->redeclared);
	vec_free(&tu->attribute_refs);
	vec_free(&tu->path);
	vec_free(&tu->params);
	strmap_free(&tu->by_real);
	vec_free(&tu->targets);
	tu_cursors_free(&tu->target_index);
	tu_free_records(tu);
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
