// SPDX-License-Identifier: GPL-2.0-only
#include "source/tu_record.h"

#include "source/tu_file.h"
#include "source/tu_ref.h"
#include "source/tu_type.h"

/* Of a field that is not a member of a recorded record. */
#define NO_MEMBER SIZE_MAX

static bool is_record_kind(enum CXCursorKind kind)
{
	return kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl;
}

/* Newer versions spell a record without a name "(unnamed ...". */
static bool is_unnamed(CXCursor decl)
{
	CXString spelling = clang_getCursorSpelling(decl);
	const char *name = clang_getCString(spelling);
	bool unnamed = !name || !*name || strchr(name, '(');

	clang_disposeString(spelling);
	return unnamed;
}

/* The type inside arrays, as it is spelt: perhaps a typedef. */
static CXType spelt_element(CXType type)
{
	CXType canonical = clang_getCanonicalType(type);

	while (canonical.kind == CXType_ConstantArray || canonical.kind == CXType_IncompleteArray) {
		/* Of the spelt type, whose element may be a typedef. */
		type = clang_getArrayElementType(type.kind == canonical.kind ? type : canonical);
		canonical = clang_getCanonicalType(type);
	}
	return type;
}

/* Is @type written as a struct or union without name and typedef? */
static bool is_unnamed_record(CXType type)
{
	CXCursor decl = clang_getTypeDeclaration(type);

	return is_record_kind(clang_getCursorKind(decl)) && is_unnamed(decl);
}

/* Name of the record that @type is, or an array of; NULL if it is none. */
static const char *record_name(struct tu *tu, CXType type)
{
	CXCursor decl = clang_getTypeDeclaration(clang_getCanonicalType(spelt_element(type)));

	if (!is_record_kind(clang_getCursorKind(decl)) || is_unnamed(decl))
		return NULL;
	return tu_name(tu, decl);
}

/* Is @type a record from outside the boundary that is called back? */
static bool has_callback(struct tu *tu, CXType type)
{
	CXCursor decl = clang_getTypeDeclaration(clang_getCanonicalType(spelt_element(type)));
	struct tu_place at;

	if (!is_record_kind(clang_getCursorKind(decl)))
		return false;
	at = tu_expansion_place(tu, clang_getCursorLocation(decl));
	return at.file && !at.file->file->boundary && tu_has_callback(type);
}

/* A type in one line: an unnamed one is its text. */
static const char *member_type_text(struct tu *tu, CXType type)
{
	const char *text = tu_declare(tu, type, "", NULL);
	char *line, *end;

	if (!strpbrk(text, "\n\t"))
		return tu_string(tu, text);
	line = end = arena_strdup(&tu->facts->arena, text);
	for (const char *p = text; *p; p++) {
		bool blank = strchr(" \t\n", *p);

		if (!blank || (end > line && end[-1] != ' '))
			*end++ = blank ? ' ' : *p;
	}
	*end = '\0';
	return tu_string(tu, line);
}

/* --- the members of one record */

struct description {
	struct tu *tu;
	size_t record;
	const char *prefix; /* "nohz." inside a member of unnamed type */
	unsigned long base; /* bits before the struct whose fields are visited */
	bool whole;	    /* all of them belong to the last member */
};

/* Number of @field in tu->fields, which has it from then on. */
static size_t field_slot(struct tu *tu, CXCursor field)
{
	size_t slot = tu_cursor_index(tu, &tu->field_index, field);

	if (slot == tu->fields.n)
		vec_push(&tu->fields, ((struct tu_field){ .member = NO_MEMBER }));
	return slot;
}

static enum CXVisitorResult visit_member_field(CXCursor field, CXClientData arg);

static void describe_inner(const struct description *d, CXType type, const char *prefix,
			   unsigned long base, bool whole)
{
	struct description inner = {
		.tu = d->tu, .record = d->record, .prefix = prefix, .base = base, .whole = whole
	};

	clang_Type_visitFields(type, visit_member_field, &inner);
}

static enum CXVisitorResult visit_member_field(CXCursor field, CXClientData arg)
{
	const struct description *d = arg;
	struct tu *tu = d->tu;
	struct arena *arena = &tu->facts->arena;
	struct src_record *record = &tu->facts->records.v[d->record];
	CXType type = clang_getCursorType(field), element = spelt_element(type);
	long long offset = clang_Cursor_getOffsetOfField(field);
	long long size = clang_Type_getSizeOf(type);
	const char *name = tu_name(tu, field);
	struct src_member member = {
		.offset = d->base + (offset > 0 ? offset : 0),
		.size = size > 0 ? 8 * size : 0,
		.is_bitfield = clang_Cursor_isBitField(field),
	};

	size_t slot = field_slot(tu, field);

	if (!*name || strchr(name, '(')) {
		/* C11's anonymous member; a bit-field without a name is a gap. */
		if (!member.is_bitfield)
			describe_inner(d, type, d->prefix, member.offset, d->whole);
		return CXVisit_Continue;
	}
	if (!d->whole && is_unnamed_record(type)) {
		describe_inner(d, type, arena_printf(arena, "%s%s.", d->prefix, name),
			       member.offset, false);
		return CXVisit_Continue;
	}
	if (!d->whole) {
		member.name = tu_string(tu, arena_printf(arena, "%s%s", d->prefix, name));
		member.type = member_type_text(tu, type);
		member.canonical = tu_canonical(tu, type);
		member.record = record_name(tu, type);
		member.has_callback = has_callback(tu, type);
		if (member.is_bitfield)
			member.size = clang_getFieldDeclBitWidth(field);
		clang_getExpansionLocation(clang_getCursorLocation(field), NULL, &member.line,
					   &member.col, NULL);
		vec_push(&record->members, member);
	}
	tu->fields.v[slot] = (struct tu_field){ d->record, record->members.n - 1, NULL };
	/* Elements of an array have no members of their own in the record. */
	if (is_unnamed_record(element))
		describe_inner(d, element, "", 0, true);
	return CXVisit_Continue;
}

static void describe_record(struct tu *tu, size_t record)
{
	struct description d = { .tu = tu, .record = record, .prefix = "" };

	if (tu->described.v[record])
		return;
	tu->described.v[record] = true;
	clang_Type_visitFields(clang_getCursorType(tu->record_decls.v[record]), visit_member_field,
			       &d);
}

/* The record and what it contains by value from the same file. */
static void describe_with_parts(struct tu *tu, size_t record)
{
	const char *file = tu->facts->records.v[record].file;

	if (tu->described.v[record])
		return;
	describe_record(tu, record);
	for (size_t i = 0; i < tu->facts->records.v[record].members.n; i++) {
		const char *name = tu->facts->records.v[record].members.v[i].record;
		size_t part = name ? (size_t)(uintptr_t)strmap_get(&tu->record_names, name) : 0;

		if (part && !strcmp(tu->facts->records.v[part - 1].file, file))
			describe_with_parts(tu, part - 1);
	}
}

/* --- definitions */

static enum CXChildVisitResult visit_record(CXCursor cursor, CXCursor parent, CXClientData arg)
{
	(void)parent;
	if (is_record_kind(clang_getCursorKind(cursor)))
		tu_add_record(arg, cursor);
	return CXChildVisit_Continue;
}

void tu_add_record(struct tu *tu, CXCursor cursor)
{
	struct tu_place at = tu_expansion_place(tu, clang_getCursorLocation(cursor));
	long long size;
	unsigned int line;

	if (!clang_isCursorDefinition(cursor) || !at.file)
		return;
	/* Records with a name may be defined inside other ones. */
	clang_visitChildren(cursor, visit_record, tu);
	size = clang_Type_getSizeOf(clang_getCursorType(cursor));
	if (is_unnamed(cursor) || size < 0)
		return;
	clang_getExpansionLocation(clang_getCursorLocation(cursor), NULL, &line, NULL, NULL);

	size_t record = tu->facts->records.n;
	struct src_record r = {
		.name = tu_name(tu, cursor),
		.file = at.file->file->path,
		.start = at.offset,
		.line = line,
		.size = size,
		.is_union = clang_getCursorKind(cursor) == CXCursor_UnionDecl,
		.boundary = at.file->file->boundary,
		.units = 1UL << tu->number,
	};

	vec_push(&tu->facts->records, r);
	vec_push(&tu->record_decls, cursor);
	vec_push(&tu->described, false);
	tu_cursor_put(tu, &tu->record_index, cursor, record);
	if (!strmap_get(&tu->record_names, r.name))
		strmap_put(&tu->record_names, r.name, (void *)(uintptr_t)(record + 1));
	if (r.boundary)
		describe_record(tu, record);
}

/* --- uses */

/* The recorded record that @decl is, or that it is an unnamed part of. */
static size_t record_of(struct tu *tu, CXCursor decl)
{
	while (is_record_kind(clang_getCursorKind(decl)) && is_unnamed(decl))
		decl = clang_getCursorSemanticParent(decl);
	return tu_cursor_get(&tu->record_index, decl);
}

/* Does the code or initialiser that is being visited belong to the boundary? */
static bool inside_boundary(const struct tu *tu)
{
	if (tu->func)
		return tu->func->at.file->boundary;
	return tu->var && tu->var->at.file->boundary;
}

/* What is recorded of the member that @decl declares; NULL: nothing. */
static struct tu_field *field_of(struct tu *tu, CXCursor decl)
{
	size_t slot = tu_cursor_get(&tu->field_index, decl), record;
	struct tu_field *field;

	if (slot == SIZE_MAX) {
		/* What other headers do with their own records does not count. */
		if (!inside_boundary(tu))
			return NULL;
		record = record_of(tu, clang_getCursorSemanticParent(decl));
		if (record != SIZE_MAX)
			describe_with_parts(tu, record);
		slot = field_slot(tu, decl);
	}
	field = &tu->fields.v[slot];
	if (field->member == NO_MEMBER ||
	    (!tu->facts->records.v[field->record].boundary && !inside_boundary(tu)))
		return NULL;
	return field;
}

static void add_access(struct tu *tu, const struct tu_field *field, const char *given_to)
{
	vec_push(&tu->facts->accesses, ((struct src_access){ .from = tu->var ? NULL : tu->func,
							     .from_var = tu->var,
							     .record = field->record,
							     .member = field->member,
							     .given_to = given_to }));
}

void tu_note_member(struct tu *tu, CXCursor cursor)
{
	CXCursor decl = clang_getCursorReferenced(cursor);
	const void *from = tu->var ? (void *)tu->var : (void *)tu->func;
	struct tu_field *field;

	if (!from || clang_getCursorKind(decl) != CXCursor_FieldDecl)
		return;
	field = field_of(tu, decl);
	if (!field || field->last_from == from)
		return;
	field->last_from = from;
	add_access(tu, field, NULL);
}

/* The member whose address the expression is; a null cursor if it is none. */
static CXCursor addressed_member(CXCursor expr)
{
	enum CXCursorKind kind = clang_getCursorKind(expr);
	CXCursor decl, operand;
	CXType type;

	while (kind == CXCursor_UnexposedExpr || kind == CXCursor_ParenExpr ||
	       kind == CXCursor_CStyleCastExpr) {
		expr = tu_first_child(expr);
		kind = clang_getCursorKind(expr);
	}
	operand = kind == CXCursor_UnaryOperator ? tu_first_child(expr) : clang_getNullCursor();
	while (clang_getCursorKind(operand) == CXCursor_ParenExpr)
		operand = tu_first_child(operand);
	decl = clang_getCursorReferenced(operand);
	type = clang_getCanonicalType(
		clang_getPointeeType(clang_getCanonicalType(clang_getCursorType(expr))));
	/* The operator is '&' if the result points to the operand's type. */
	if (clang_getCursorKind(operand) != CXCursor_MemberRefExpr ||
	    clang_getCursorKind(decl) != CXCursor_FieldDecl || type.kind == CXType_Record ||
	    !clang_equalTypes(type, clang_getCanonicalType(clang_getCursorType(operand))))
		return clang_getNullCursor();
	return decl;
}

/*
 * A function that gets the address of a number may store it: debugfs does. Locks, list
 * nodes and other members with a type of their own are made for such functions.
 */
void tu_note_arguments(struct tu *tu, CXCursor call, CXCursor callee)
{
	int n;

	if (!inside_boundary(tu) || !clang_Cursor_isNull(clang_getCursorDefinition(callee)))
		return;
	n = clang_Cursor_getNumArguments(call);
	for (int i = 0; i < n; i++) {
		CXCursor decl = addressed_member(clang_Cursor_getArgument(call, i));
		struct tu_field *field = clang_Cursor_isNull(decl) ? NULL : field_of(tu, decl);
		const char *name;

		if (!field)
			continue;
		name = tu_name(tu, callee);
		if (!str_starts(name, "__builtin_"))
			add_access(tu, field, name);
	}
}

static enum CXChildVisitResult visit_operand(CXCursor cursor, CXCursor parent, CXClientData arg)
{
	(void)parent;
	*(CXType *)arg = clang_getCursorType(cursor);
	return CXChildVisit_Break;
}

void tu_note_sizeof(struct tu *tu, CXCursor cursor)
{
	CXType type = {};
	size_t record;

	if (!inside_boundary(tu))
		return;
	clang_visitChildren(cursor, visit_operand, &type);
	type = clang_getCanonicalType(spelt_element(type));
	if (type.kind != CXType_Record)
		return;
	record = record_of(tu, clang_getTypeDeclaration(type));
	if (record != SIZE_MAX)
		tu->facts->records.v[record].is_measured = true;
}
