// SPDX-License-Identifier: GPL-2.0-only
#include "source/tu_ref.h"

#include <limits.h>

#include "source/tu_file.h"
#include "source/tu_record.h"
#include "source/tu_type.h"

/* --- cursors ---------------------------------------------------------------- */

static bool equal_cursors(const void *a, const void *b)
{
	return clang_equalCursors(*(const CXCursor *)a, *(const CXCursor *)b);
}

size_t tu_cursor_get(const struct map *map, CXCursor cursor)
{
	return (uintptr_t)map_get(map, clang_hashCursor(cursor), &cursor, equal_cursors) - 1;
}

void tu_cursor_put(struct tu *tu, struct map *map, CXCursor cursor, size_t number)
{
	CXCursor *key = arena_alloc(&tu->facts->arena, sizeof(*key));

	*key = cursor;
	map_put(map, clang_hashCursor(cursor), key, (void *)(number + 1), equal_cursors);
}

size_t tu_cursor_index(struct tu *tu, struct map *map, CXCursor cursor)
{
	size_t number = tu_cursor_get(map, cursor);

	if (number != SIZE_MAX)
		return number;
	number = map->n;
	tu_cursor_put(tu, map, cursor, number);
	return number;
}

/* --- what becomes of an address: the expression around a reference */

void tu_note_visit(struct tu *tu, CXCursor cursor, CXCursor parent)
{
	while (tu->path.n && !clang_equalCursors(tu->path.v[tu->path.n - 1], parent))
		tu->path.n--;
	if (!tu->path.n)
		vec_push(&tu->path, parent);
	vec_push(&tu->path, cursor);
}

static bool is_automatic(CXCursor variable)
{
	enum CX_StorageClass storage = clang_Cursor_getStorageClass(variable);

	if (clang_getCursorKind(variable) == CXCursor_ParmDecl)
		return true;
	return clang_getCursorKind(variable) == CXCursor_VarDecl &&
	       (storage == CX_SC_Auto || storage == CX_SC_Register || storage == CX_SC_None) &&
	       !clang_isTranslationUnit(clang_getCursorKind(clang_getCursorSemanticParent(variable)));
}

/* @operand is the right side of @operator, which is an assignment if it has the type of
 * what is assigned; a comparison is an int. */
static enum src_use operator_use(CXCursor operator, CXCursor operand)
{
	CXType type = clang_getCanonicalType(clang_getCursorType(operator));
	CXCursor left = tu_first_child(operator);

	if (clang_equalCursors(left, operand) || type.kind == CXType_Int)
		return SRC_USE_OTHER;
	while (clang_getCursorKind(left) == CXCursor_ParenExpr)
		left = tu_first_child(left);
	if (clang_getCursorKind(left) == CXCursor_DeclRefExpr &&
	    is_automatic(clang_getCursorReferenced(left)))
		return SRC_USE_LOCAL;
	return SRC_USE_STORED;
}

/* Which argument of @call is @operand? */
static unsigned int argument_number(CXCursor call, CXCursor operand)
{
	int n = clang_Cursor_getNumArguments(call);

	for (int i = 0; i < n; i++)
		if (clang_equalCursors(clang_Cursor_getArgument(call, i), operand))
			return i;
	return UINT_MAX;
}

/* What the expression around the cursor being visited does with its value; if it is
 * passed to a function, *@callee and *@argument. */
static enum src_use find_use(struct tu *tu, const char **callee, unsigned int *argument)
{
	for (size_t i = tu->path.n - 1; i > 0; i--) {
		CXCursor outer = tu->path.v[i - 1], inner = tu->path.v[i];

		switch (clang_getCursorKind(outer)) {
		case CXCursor_UnexposedExpr:
		case CXCursor_ParenExpr:
		case CXCursor_CStyleCastExpr:
		case CXCursor_UnaryOperator:
		case CXCursor_ConditionalOperator:
		case CXCursor_InitListExpr:
		case CXCursor_CompoundLiteralExpr: continue;
		case CXCursor_BinaryOperator: return operator_use(outer, inner);
		case CXCursor_CallExpr:
			*callee = tu_name(tu, outer);
			*argument = argument_number(outer, inner);
			return SRC_USE_ARGUMENT;
		case CXCursor_VarDecl:
			return is_automatic(outer) ? SRC_USE_LOCAL : SRC_USE_INITIALISER;
		case CXCursor_ReturnStmt: return SRC_USE_STORED;
		default: return SRC_USE_OTHER;
		}
	}
	return SRC_USE_OTHER;
}

/* --- parameters of inline functions */

void tu_note_params(struct tu *tu, CXCursor function)
{
	int n = tu->func->at.file->emitted ? 0 : clang_Cursor_getNumArguments(function);

	tu->params.n = 0;
	for (int i = 0; i < n; i++) {
		CXCursor param = clang_Cursor_getArgument(function, i);
		bool wanted = tu_is_function_pointer(clang_getCursorType(param));

		vec_push(&tu->params, wanted ? param : clang_getNullCursor());
		if (wanted)
			vec_push(&tu->facts->param_uses,
				 ((struct src_param_use){
					 .func = tu->func, .param = i, .use = SRC_USE_OTHER }));
	}
}

/* Record what a DeclRefExpr to the parameter @decl does with it. */
static void note_param_use(struct tu *tu, CXCursor cursor, CXCursor decl)
{
	struct src_param_use use = { .func = tu->func };

	while (use.param < tu->params.n && !clang_equalCursors(tu->params.v[use.param], decl))
		use.param++;
	if (use.param == tu->params.n ||
	    clang_equalLocations(clang_getCursorLocation(cursor), tu->callee))
		return;
	use.use = find_use(tu, &use.callee, &use.argument);
	if (use.use != SRC_USE_OTHER)
		vec_push(&tu->facts->param_uses, use);
}

/* --- references ------------------------------------------------------------- */

static void describe_target(struct tu *tu, CXCursor decl, struct tu_target *target)
{
	enum CXCursorKind kind = clang_getCursorKind(decl);
	enum CX_StorageClass storage;
	const char *name = tu_name(tu, decl);

	/* The place of the compiler's own functions is their first use. */
	if (str_starts(name, "__builtin_"))
		return;
	target->is_func = kind == CXCursor_FunctionDecl;
	if (!target->is_func) {
		CXCursor parent = clang_getCursorSemanticParent(decl);
		bool outer = clang_isTranslationUnit(clang_getCursorKind(parent));

		storage = clang_Cursor_getStorageClass(decl);
		if (storage == CX_SC_Register || storage == CX_SC_Auto ||
		    (storage == CX_SC_None && !outer))
			return;
		target->is_local = !outer && storage == CX_SC_Static;
	}
	target->is_static = target->is_local || clang_getCursorLinkage(decl) == CXLinkage_Internal;
	target->name = name;
}

static const struct tu_target *target_of(struct tu *tu, CXCursor decl)
{
	size_t i = tu_cursor_index(tu, &tu->target_index, decl);

	if (i == tu->targets.n) {
		vec_push(&tu->targets, (struct tu_target){});
		describe_target(tu, decl, &tu->targets.v[i]);
	}
	return &tu->targets.v[i];
}

static bool add_reference(struct tu *tu, CXSourceLocation loc, struct src_ref ref)
{
	struct tu_token tok;

	if (!tu_locate(tu, loc, ref.name, &tok))
		return false;
	ref.from = tu->func;
	ref.from_var = tu->var;
	ref.unit = tu->number;
	ref.file = tok.file->file;
	ref.start = tok.start;
	ref.end = tok.end;
	ref.in_macro = tok.macro ? tok.macro->name : NULL;
	ref.in_arg = tok.in_arg;
	vec_push(&tu->facts->refs, ref);
	return true;
}

void tu_note_reference(struct tu *tu, CXCursor cursor)
{
	CXCursor decl = clang_getCursorReferenced(cursor);
	enum CXCursorKind kind = clang_getCursorKind(decl);
	const struct tu_target *target;
	struct src_ref ref;

	if (kind == CXCursor_ParmDecl)
		note_param_use(tu, cursor, decl);
	if (kind != CXCursor_FunctionDecl && kind != CXCursor_VarDecl)
		return;
	target = target_of(tu, decl);
	if (!target->name)
		return;
	ref = (struct src_ref){
		.kind = SRC_REF_VAR,
		.name = target->name,
		.is_static = target->is_static,
		.is_local = target->is_local,
	};
	if (target->is_func) {
		/* Cursors of one expression need not be equal, locations are. */
		if (clang_equalLocations(clang_getCursorLocation(cursor), tu->callee))
			ref.kind = SRC_REF_CALL;
		else
			ref.kind = SRC_REF_ADDR;
	}
	if (ref.kind != SRC_REF_CALL)
		ref.use = find_use(tu, &ref.callee, &ref.argument);
	add_reference(tu, clang_getCursorLocation(cursor), ref);
}

static enum CXChildVisitResult visit_first(CXCursor cursor, CXCursor parent, CXClientData arg)
{
	(void)parent;
	/* A cast's type comes before what is cast. */
	if (clang_getCursorKind(cursor) == CXCursor_TypeRef)
		return CXChildVisit_Continue;
	*(CXCursor *)arg = cursor;
	return CXChildVisit_Break;
}

CXCursor tu_first_child(CXCursor cursor)
{
	CXCursor child = clang_getNullCursor();

	clang_visitChildren(cursor, visit_first, &child);
	return child;
}

/* A call: by name, or through a pointer whose type is recorded. */
void tu_note_call(struct tu *tu, CXCursor call)
{
	CXCursor callee = tu_first_child(call), inner = callee;
	enum CXCursorKind kind = clang_getCursorKind(inner);
	CXType type;

	while (kind == CXCursor_UnexposedExpr || kind == CXCursor_ParenExpr ||
	       kind == CXCursor_UnaryOperator) {
		inner = tu_first_child(inner);
		kind = clang_getCursorKind(inner);
	}
	tu->callee = clang_getNullLocation();
	if (kind == CXCursor_DeclRefExpr &&
	    clang_getCursorKind(clang_getCursorReferenced(inner)) == CXCursor_FunctionDecl) {
		tu->callee = clang_getCursorLocation(inner);
		tu_note_arguments(tu, call, clang_getCursorReferenced(inner));
		return;
	}
	/*
	 * Only calls through a parameter: sleepers are passed in like that (action).
	 * Members of operation tables have types that match anything.
	 */
	if (!tu->func || kind != CXCursor_DeclRefExpr ||
	    clang_getCursorKind(clang_getCursorReferenced(inner)) != CXCursor_ParmDecl)
		return;
	tu->callee = clang_getCursorLocation(inner);
	if (!tu->func->at.file->emitted)
		return;
	type = clang_getCanonicalType(clang_getCursorType(callee));
	if (type.kind == CXType_Pointer)
		type = clang_getCanonicalType(clang_getPointeeType(type));
	if (!tu_is_function_type(type))
		return;
	vec_push(&tu->facts->icalls,
		 ((struct src_icall){ tu->func, tu_intern(tu, clang_getTypeSpelling(type)) }));
}

const char *tu_attribute_value(struct tu *tu, const char *printed, const char *attribute)
{
	const char *value = strstr(printed, attribute);

	if (!value)
		return NULL;
	value += strlen(attribute);
	return arena_strndup(&tu->facts->arena, value, strcspn(value, "\")"));
}

/*
 * Attributes that name a function have no expression for it: cleanup(f) of a local
 * variable, alias("f") of a function. The place is that of the declaration's name.
 * Linkage is found at the end.
 */
void tu_note_attribute(struct tu *tu, CXCursor decl, const char *target, const char *attribute)
{
	const char *name = tu_name(tu, decl);
	struct src_ref ref = { .kind = SRC_REF_CALL, .name = name };

	if (!add_reference(tu, clang_getCursorLocation(decl), ref))
		return;
	tu->facts->refs.v[tu->facts->refs.n - 1].name = tu_string(tu, target);
	tu->facts->refs.v[tu->facts->refs.n - 1].in_macro = attribute;
	vec_push(&tu->attribute_refs, tu->facts->refs.n - 1);
}
