// SPDX-License-Identifier: GPL-2.0-only
/*
 * tu_type.c - types: as C declarations, and what they contain.
 */
#include "source/tu_reader.h"

static const char *parameters(struct tu *tu, CXType type, const CXCursor *function)
{
	struct arena *arena = &tu->facts->arena;
	int n = function ? clang_Cursor_getNumArguments(*function) : clang_getNumArgTypes(type);
	const char *list = "";

	for (int i = 0; i < n; i++) {
		const char *one;

		if (function) {
			CXCursor arg = clang_Cursor_getArgument(*function, i);

			one = tu_declare(tu, clang_getCursorType(arg),
					 tu_intern(tu, clang_getCursorSpelling(arg)), NULL);
		} else {
			one = tu_declare(tu, clang_getArgType(type, i), "", NULL);
		}
		list = arena_printf(arena, "%s%s%s", list, i ? ", " : "", one);
	}
	if (n <= 0)
		return function || type.kind != CXType_FunctionNoProto ? "void" : "";
	if (clang_isFunctionTypeVariadic(type))
		return arena_printf(arena, "%s, ...", list);
	return list;
}

bool tu_is_function_type(CXType type)
{
	return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

static bool is_array_type(CXType type)
{
	return type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray ||
	       type.kind == CXType_VariableArray;
}

/* Name of a type that is no pointer, array or function. */
static const char *base_type(struct tu *tu, CXType type)
{
	const char *name = tu_intern(tu, clang_getTypeSpelling(type));
	CXSourceRange extent;
	struct tu_place start, end;

	if (!strchr(name, '('))
		return name;
	/* A record or enum without a name has only its text. */
	extent = clang_getCursorExtent(clang_getTypeDeclaration(type));
	start = tu_expansion_place(tu, clang_getRangeStart(extent));
	end = tu_expansion_place(tu, clang_getRangeEnd(extent));
	if (!start.file || start.file != end.file || end.offset <= start.offset ||
	    !start.file->file->text)
		return name;
	return arena_printf(&tu->facts->arena, "%s%.*s",
			    clang_isConstQualifiedType(type) ? "const " : "",
			    (int)(end.offset - start.offset), start.file->file->text + start.offset);
}

static const char *declare_pointer(struct tu *tu, CXType type, const char *inner)
{
	struct arena *arena = &tu->facts->arena;
	CXType to = clang_getPointeeType(type);
	CXType canonical = clang_getCanonicalType(to);
	const char *quals;

	quals = arena_printf(arena, "%s%s%s", clang_isConstQualifiedType(type) ? " const" : "",
			     clang_isVolatileQualifiedType(type) ? " volatile" : "",
			     clang_isRestrictQualifiedType(type) ? " restrict" : "");
	if (*quals)
		inner = arena_printf(arena, "*%s%s%s", quals + 1, *inner ? " " : "", inner);
	else
		inner = arena_printf(arena, "*%s", inner);
	if (to.kind != CXType_Typedef && (tu_is_function_type(canonical) || is_array_type(canonical)))
		inner = arena_printf(arena, "(%s)", inner);
	return tu_declare(tu, to, inner, NULL);
}

const char *tu_declare(struct tu *tu, CXType type, const char *inner, const CXCursor *function)
{
	struct arena *arena = &tu->facts->arena;
	CXType canonical = clang_getCanonicalType(type);
	const char *name;

	/* typeof and parentheses: look inside. */
	if (type.kind == CXType_Unexposed && !tu_is_function_type(canonical))
		type = canonical;
	switch (type.kind) {
	case CXType_Pointer: return declare_pointer(tu, type, inner);
	case CXType_ConstantArray:
		inner = arena_printf(arena, "%s[%lld]", inner, clang_getArraySize(type));
		return tu_declare(tu, clang_getArrayElementType(type), inner, NULL);
	case CXType_IncompleteArray:
	case CXType_VariableArray:
		inner = arena_printf(arena, "%s[]", inner);
		return tu_declare(tu, clang_getArrayElementType(type), inner, NULL);
	case CXType_Unexposed:
	case CXType_FunctionProto:
	case CXType_FunctionNoProto:
		inner = arena_printf(arena, "%s(%s)", inner, parameters(tu, type, function));
		return tu_declare(tu, clang_getResultType(type), inner, NULL);
	default:
		name = base_type(tu, type);
		return *inner ? arena_printf(arena, "%s %s", name, inner) : name;
	}
}

/* The canonical type inside arrays. */
static CXType canonical_element(CXType type)
{
	type = clang_getCanonicalType(type);
	while (is_array_type(type))
		type = clang_getCanonicalType(clang_getArrayElementType(type));
	return type;
}

/* A search for a type, at any depth of another one. */
struct type_search {
	bool (*is_wanted)(CXType type);
	bool found;
};

static bool contains_type(CXType type, bool (*is_wanted)(CXType type));

static enum CXVisitorResult search_field(CXCursor field, CXClientData arg)
{
	struct type_search *search = arg;

	search->found = contains_type(clang_getCursorType(field), search->is_wanted);
	return search->found ? CXVisit_Break : CXVisit_Continue;
}

/* Is @type, its element, or a part of these what is wanted? */
static bool contains_type(CXType type, bool (*is_wanted)(CXType type))
{
	struct type_search search = { .is_wanted = is_wanted };

	type = canonical_element(type);
	if (is_wanted(type))
		return true;
	if (type.kind == CXType_Record)
		clang_Type_visitFields(type, search_field, &search);
	return search.found;
}

static bool is_pointer(CXType type)
{
	return type.kind == CXType_Pointer;
}

static bool is_callback(CXType type)
{
	return is_pointer(type) &&
	       tu_is_function_type(clang_getCanonicalType(clang_getPointeeType(type)));
}

static bool is_static_key(CXType type)
{
	CXString spelling = clang_getTypeSpelling(type);
	const char *name = clang_getCString(spelling);
	bool found = !strcmp(name, "struct static_key") || !strcmp(name, "struct static_key_true") ||
		     !strcmp(name, "struct static_key_false");

	clang_disposeString(spelling);
	return found;
}

bool tu_has_callback(CXType type)
{
	return contains_type(type, is_callback);
}

bool tu_has_pointers(CXType type)
{
	return contains_type(type, is_pointer);
}

bool tu_has_static_key(CXType type)
{
	return contains_type(type, is_static_key);
}

bool tu_is_static_key(CXType type)
{
	return is_static_key(canonical_element(type));
}

bool tu_is_read_only(CXType type)
{
	CXType canonical = clang_getCanonicalType(type);

	/* A canonical array has its element's qualifiers, a spelt one has not. */
	while (is_array_type(canonical) && !clang_isConstQualifiedType(canonical))
		canonical = clang_getCanonicalType(clang_getArrayElementType(canonical));
	return clang_isConstQualifiedType(canonical);
}
