// SPDX-License-Identifier: GPL-2.0-only
/*
 * tu_use.c - what becomes of an address: the expression around a reference.
 */
#include "source/tu_reader.h"

#include <limits.h>

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

enum src_use tu_find_use(struct tu *tu, const char **callee, unsigned int *argument)
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
			*callee = tu_intern(tu, clang_getCursorSpelling(outer));
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

static bool is_function_pointer(CXType type)
{
	type = clang_getCanonicalType(type);
	return type.kind == CXType_Pointer &&
	       tu_is_function_type(clang_getCanonicalType(clang_getPointeeType(type)));
}

void tu_note_params(struct tu *tu, CXCursor function)
{
	int n = tu->func->at.file->emitted ? 0 : clang_Cursor_getNumArguments(function);

	tu->params.n = 0;
	for (int i = 0; i < n; i++) {
		CXCursor param = clang_Cursor_getArgument(function, i);
		bool wanted = is_function_pointer(clang_getCursorType(param));

		vec_push(&tu->params, wanted ? param : clang_getNullCursor());
		if (wanted)
			vec_push(&tu->facts->param_uses,
				 ((struct src_param_use){
					 .func = tu->func, .param = i, .use = SRC_USE_OTHER }));
	}
}

void tu_note_param_use(struct tu *tu, CXCursor cursor, CXCursor decl)
{
	struct src_param_use use = { .func = tu->func };

	while (use.param < tu->params.n && !clang_equalCursors(tu->params.v[use.param], decl))
		use.param++;
	if (use.param == tu->params.n ||
	    clang_equalLocations(clang_getCursorLocation(cursor), tu->callee))
		return;
	use.use = tu_find_use(tu, &use.callee, &use.argument);
	if (use.use != SRC_USE_OTHER)
		vec_push(&tu->facts->param_uses, use);
}
