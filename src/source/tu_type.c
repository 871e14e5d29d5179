// SPDX-License-Identifier: GPL-2.0-only
#include "source/tu_type.h"

#include "types/ctypes.h"
#include "source/tu_file.h"

static const char *parameters(struct tu *tu, CXType type, const CXCursor *function)
{
	struct arena *arena = &tu->facts->arena;
	int n = function ? clang_Cursor_getNumArguments(*function) : clang_getNumArgTypes(type);
	const char *list = "";

	for (int i = 0; i < n; i++) {
		const char *one;

		if (function) {
			CXCursor arg = clang_Cursor_getArgument(*function, i);

			one = tu_declare(tu, clang_getCursorType(arg), tu_name(tu, arg), NULL);
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

bool tu_is_function_pointer(CXType type)
{
	type = clang_getCanonicalType(type);
	return type.kind == CXType_Pointer &&
	       tu_is_function_type(clang_getCanonicalType(clang_getPointeeType(type)));
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
	return contains_type(type, tu_is_function_pointer);
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

/* --- clang's types for ctypes.c, which writes those of vmlinux in the same form */

/* Types that were handed out, by their id - 1. */
struct handed_out {
	struct tu *tu;
	VEC(CXType) types;
};

static uint64_t id_of(struct handed_out *out, CXType type)
{
	vec_push(&out->types, clang_getCanonicalType(type));
	return out->types.n;
}

/* @type as clang spells it, without qualifiers. */
static const char *plain_name(struct tu *tu, CXType type)
{
	static const char *const qualifiers[] = { "const ", "volatile ", "restrict " };
	const char *name = tu_intern(tu, clang_getTypeSpelling(type));

	for (size_t i = 0; i < ARRAY_SIZE(qualifiers); i++)
		if (str_starts(name, qualifiers[i])) {
			name += strlen(qualifiers[i]);
			i = -1;
		}
	return name;
}

/* A struct, union or enum; one without a name may have that of a typedef. */
static void read_tag(struct tu *tu, CXType type, struct ctype *t)
{
	static const struct {
		const char *keyword;
		enum ctype_kind kind;
	} tags[] = {
		{ "struct ", CTYPE_STRUCT },
		{ "union ", CTYPE_UNION },
		{ "enum ", CTYPE_ENUM },
	};
	CXCursor decl = clang_getTypeDeclaration(type);
	enum CXCursorKind kind = clang_getCursorKind(decl);
	const char *name = plain_name(tu, clang_getCursorType(decl));

	t->kind = kind == CXCursor_EnumDecl  ? CTYPE_ENUM :
		  kind == CXCursor_UnionDecl ? CTYPE_UNION :
					       CTYPE_STRUCT;
	if (strchr(name, '('))
		return;
	t->name = name;
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (str_starts(name, tags[i].keyword)) {
			t->name += strlen(tags[i].keyword);
			return;
		}
	t->kind = CTYPE_BASE;
}

static struct ctype get_clang_type(const struct ctype_reader *reader, uint64_t id)
{
	struct handed_out *out = reader->source;
	struct ctype t = { .id = id };
	CXType type;
	long long n;

	if (!id)
		return t;
	type = out->types.v[id - 1];
	n = clang_Type_getSizeOf(type);
	t.size = n > 0 ? n : 0;
	switch (type.kind) {
	case CXType_Invalid:
	case CXType_Void: break;
	case CXType_Pointer:
		t.kind = CTYPE_POINTER;
		t.to = id_of(out, clang_getPointeeType(type));
		break;
	case CXType_ConstantArray:
	case CXType_IncompleteArray:
	case CXType_VariableArray:
		t.kind = CTYPE_ARRAY;
		n = clang_getArraySize(type);
		t.count = n > 0 ? n : 0;
		t.to = id_of(out, clang_getArrayElementType(type));
		break;
	case CXType_FunctionProto:
	case CXType_FunctionNoProto:
		t.kind = CTYPE_FUNCTION;
		t.to = id_of(out, clang_getResultType(type));
		break;
	case CXType_Record:
	case CXType_Enum: read_tag(out->tu, type, &t); break;
	default: t.kind = CTYPE_BASE; t.name = plain_name(out->tu, type);
	}
	return t;
}

/* The visit of a record's fields. */
struct visit {
	struct handed_out *out;
	ctype_part_fn each;
	void *arg;
};

static enum CXVisitorResult visit_canonical_field(CXCursor field, CXClientData arg)
{
	const struct visit *visit = arg;
	const char *name = tu_name(visit->out->tu, field);
	struct ctype_part part = { .name = *name && !strchr(name, '(') ? name : NULL,
				   .type = id_of(visit->out, clang_getCursorType(field)) };

	if (clang_Cursor_isBitField(field))
		part.bits = clang_getFieldDeclBitWidth(field);
	/* GCC's debug information has no bit-fields without a name */
	if (!part.name && clang_Cursor_isBitField(field))
		return CXVisit_Continue;
	return visit->each(&part, visit->arg) ? CXVisit_Continue : CXVisit_Break;
}

static void get_clang_parts(const struct ctype_reader *reader, const struct ctype *type,
			    ctype_part_fn each, void *arg)
{
	struct handed_out *out = reader->source;
	CXType cx = out->types.v[type->id - 1];
	int n = clang_getNumArgTypes(cx);

	if (type->kind != CTYPE_FUNCTION) {
		struct visit visit = { out, each, arg };

		clang_Type_visitFields(cx, visit_canonical_field, &visit);
		return;
	}
	for (int i = 0; i < n; i++) {
		struct ctype_part part = { .type = id_of(out, clang_getArgType(cx, i)) };

		if (!each(&part, arg))
			return;
	}
	if (clang_isFunctionTypeVariadic(cx) && n > 0)
		each(&(struct ctype_part){ .more = true }, arg);
}

const char *tu_canonical(struct tu *tu, CXType type)
{
	struct handed_out out = { .tu = tu };
	struct ctype_reader reader = { .source = &out,
				       .get = get_clang_type,
				       .parts = get_clang_parts };
	const char *text = tu_string(tu, ctype_text(&reader, &tu->facts->arena, id_of(&out, type)));

	vec_free(&out.types);
	return text;
}
