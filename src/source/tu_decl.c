// SPDX-License-Identifier: GPL-2.0-only
#include "source/tu_decl.h"

#include "source/tu_file.h"
#include "source/tu_record.h"
#include "source/tu_ref.h"
#include "source/tu_type.h"

static void add_toplevel(struct tu_file *file, const struct src_extent *at)
{
	vec_push(&file->decls, ((struct src_range){ at->start, at->end }));
}

/* --- attributes ------------------------------------------------------------- */

/* Attributes that matter to a cut. */
struct attrs {
	bool weak, init, percpu;
};

/* From a declaration as libclang prints it: the only way to see them. Their place in the
 * print differs by version. */
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
	const char *name = tu_name(tu, cursor);
	size_t from = at->name + strlen(name);

	var->index = tu->facts->vars.n;
	var->name = name;
	var->kind = owner ? SRC_VAR_LOCAL : SRC_VAR_PLAIN;
	var->owner = owner;
	var->at = *at;
	var->units = 1ul << tu->number;
	var->canonical = tu_intern(tu, clang_getTypeSpelling(clang_getCanonicalType(type)));
	var->decl = tu_string(tu, tu_declare(tu, type, var->name, NULL));
	var->size = size > 0 ? size : 0;
	var->is_static = storage == CX_SC_Static;
	/* libclang does not count tentative definitions. */
	var->is_definition = storage != CX_SC_Extern || !clang_Cursor_isNull(init);
	var->is_const = tu_is_read_only(type);
	var->has_pointers = tu_has_pointers(type);
	var->is_static_key = tu_is_static_key(type);
	var->has_static_key = tu_has_static_key(type);
	add_var_attrs(var, find_attrs(print_declaration(tu, cursor)));
	if (at->macro) {
		struct tu_place place = tu_expansion_place(tu, clang_getCursorLocation(cursor));
		const struct tu_macro *macro = tu_macro_at(place.file, place.offset);

		from = macro ? macro->at.end : at->end;
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
	if (!tu_decl_extent(tu, cursor, tu_name(tu, cursor), func->body ? func->body + 1 : 0, false,
			    &at, &where))
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
	const char *name = tu_name(tu, cursor), *printed, *target;
	CXType type = clang_getCursorType(cursor);

	clang_visitChildren(cursor, visit_for_body, &body);
	if (!tu_decl_extent(tu, cursor, name, SIZE_MAX, !clang_Cursor_isNull(body), &at, &file))
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
	const char *name = tu_name(tu, cursor);
	struct src_extent at;
	struct tu_file *file;

	if (!tu_decl_extent(tu, cursor, name, SIZE_MAX, false, &at, &file))
		return;
	add_toplevel(file, &at);
	if (at.file->emitted)
		tu->var = add_variable(tu, cursor, &at, NULL);
	/* Made only to keep a symbol in the object: this says nothing about its use. */
	if (!str_starts(name, "__UNIQUE_ID___addressable_"))
		clang_visitChildren(cursor, visit_body, tu);
	tu->var = NULL;
}

/* A declaration of a function in plain text. */
static void add_func_decl(struct tu *tu, CXCursor cursor, const struct src_extent *at)
{
	vec_push(&tu->facts->func_decls,
		 ((struct src_func_decl){
			 .name = tu_name(tu, cursor),
			 .at = *at,
			 .units = 1ul << tu->number,
			 .is_static = clang_getCursorLinkage(cursor) == CXLinkage_Internal,
		 }));
}

/* An alias defines its name, but libclang does not count it as a definition. */
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
	if (tu_decl_extent(tu, cursor, "", SIZE_MAX, false, &at, &file)) {
		add_toplevel(file, &at);
		if (kind == CXCursor_FunctionDecl && at.file->emitted && !at.macro)
			add_func_decl(tu, cursor, &at);
	}
	return CXChildVisit_Continue;
}

/* Attributes count on any declaration. */
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

/* What one SYSCALL_DEFINE makes extends to the end of its body. */
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

void tu_read_declarations(struct tu *tu)
{
	clang_visitChildren(clang_getTranslationUnitCursor(tu->unit), visit_toplevel, tu);
	spread_attrs(tu);
	join_pieces(tu->facts);
}
