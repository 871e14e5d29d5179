// SPDX-License-Identifier: GPL-2.0-only
/*
 * tu_use.c - what becomes of an address: the expression around a reference.
 */
#include "tu_clang.h"

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
	       !clang_isTranslationUnit(clang_getCursorKind(
					clang_getCursorSemanticParent(variable)));
}

/* @operator has @operand on its right side: an assignment has the type of what
 * is assigned, a comparison is an int. */
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

enum src_use tu_find_use(struct tu *tu, const char **callee)
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
		case CXCursor_CompoundLiteralExpr:
			continue;
		case CXCursor_BinaryOperator:
			return operator_use(outer, inner);
		case CXCursor_CallExpr:
			*callee = tu_keep(tu, clang_getCursorSpelling(outer));
			return SRC_USE_ARGUMENT;
		case CXCursor_VarDecl:
			return is_automatic(outer) ? SRC_USE_LOCAL : SRC_USE_INITIALISER;
		case CXCursor_ReturnStmt:
			return SRC_USE_STORED;
		default:
			return SRC_USE_OTHER;
		}
	}
	return SRC_USE_OTHER;
}
