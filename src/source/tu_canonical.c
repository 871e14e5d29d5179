// SPDX-License-Identifier: GPL-2.0-only
/*
 * tu_canonical.c - clang's types for ctypes.c, which writes those of vmlinux in
 * the same form.
 */
#include "source/tu_reader.h"

#include "types/ctypes.h"

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
	const char *name = tu_intern(visit->out->tu, clang_getCursorSpelling(field));
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
