// SPDX-License-Identifier: GPL-2.0-only
/*
 * ctypes.c - types as text and records as layouts. What a damaged description
 * can ask for is bounded: a type is cut short after MAX_NODES types or
 * MAX_TEXT bytes, a record after MAX_WORK types in whole.
 */
#include "types/ctypes.h"

#include <limits.h>

#define MAX_DEPTH 64
#define MAX_NODES 1000
#define MAX_TEXT 4000
#define MAX_WORK 20000

/* A type that is being written. */
struct writer {
	const struct ctype_reader *reader;
	struct arena *arena;
	unsigned int nodes; /* types that may still be looked at */
	int depth;
	bool by_pointer; /* only the name of a record counts */
};

/* The usual name of an integer type, whatever the order of its words. */
static const char *integer_name(const char *name)
{
	static const char *const words[] = { "unsigned", "signed", "long",     "short",
					     "char",	 "int",	   "__int128", "_Bool" };
	enum { UNSIGNED, SIGNED, LONG, SHORT, CHAR, INT, INT128, BOOL, N };
	int seen[N] = { 0 };

	for (const char *p = name; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " "), i = 0;

		while (i < N && (strlen(words[i]) != len || strncmp(words[i], p, len)))
			i++;
		if (i == N)
			return name;
		seen[i]++;
		p += len;
	}
	if (seen[BOOL])
		return "_Bool";
	if (seen[CHAR])
		return seen[UNSIGNED] ? "unsigned char" : seen[SIGNED] ? "signed char" : "char";
	if (seen[SHORT])
		return seen[UNSIGNED] ? "unsigned short" : "short";
	if (seen[INT128])
		return seen[UNSIGNED] ? "unsigned __int128" : "__int128";
	if (seen[LONG] > 1)
		return seen[UNSIGNED] ? "unsigned long long" : "long long";
	if (seen[LONG])
		return seen[UNSIGNED] ? "unsigned long" : "long";
	return seen[UNSIGNED] ? "unsigned int" : "int";
}

/* Type @id without qualifiers. */
static struct ctype unqualified(struct writer *w, uint64_t id)
{
	struct ctype type = w->reader->get(w->reader, id);

	for (int i = 0; type.kind == CTYPE_QUALIFIER && i < MAX_DEPTH; i++)
		type = w->reader->get(w->reader, type.to);
	return type;
}

static bool is_tag(const struct ctype *type)
{
	return type->kind == CTYPE_STRUCT || type->kind == CTYPE_UNION || type->kind == CTYPE_ENUM;
}

static bool is_record(const struct ctype *type)
{
	return type->kind == CTYPE_STRUCT || type->kind == CTYPE_UNION;
}

/* Type @id without qualifiers and typedefs, but those that name a record or enum. */
static struct ctype resolved(struct writer *w, uint64_t id)
{
	struct ctype type = unqualified(w, id);

	for (int i = 0; type.kind == CTYPE_TYPEDEF && i < MAX_DEPTH; i++) {
		struct ctype to = unqualified(w, type.to);

		if (is_tag(&to) && !to.name)
			break;
		type = to;
	}
	return type;
}

static const char *write_type(struct writer *w, uint64_t id, const char *inner);

/* The list of members or parameters that is being written. */
struct list {
	struct writer *w;
	const char *text;
	bool members;
};

static bool add_part(const struct ctype_part *part, void *arg)
{
	struct list *list = arg;
	struct writer *w = list->w;
	const char *one;

	if (part->more)
		one = "...";
	else
		one = write_type(w, part->type, list->members && part->name ? part->name : "");
	if (list->members && part->bits)
		one = arena_printf(w->arena, "%s:%lu", one, part->bits);
	if (list->members)
		list->text = arena_printf(w->arena, "%s%s; ", list->text, one);
	else
		list->text = arena_printf(w->arena, "%s%s%s", list->text, *list->text ? ", " : "",
					  one);
	return w->nodes && strlen(list->text) < MAX_TEXT;
}

static const char *write_parts(struct writer *w, const struct ctype *type)
{
	struct list list = { .w = w, .text = "", .members = type->kind != CTYPE_FUNCTION };

	w->reader->parts(w->reader, type, add_part, &list);
	return list.text;
}

static const char *write_tag(struct writer *w, const struct ctype *type)
{
	const char *keyword = type->kind == CTYPE_ENUM	? "enum" :
			      type->kind == CTYPE_UNION ? "union" :
							  "struct";

	if (type->name)
		return arena_printf(w->arena, "%s %s", keyword, type->name);
	if (w->by_pointer || type->kind == CTYPE_ENUM)
		return arena_printf(w->arena, "%s {}", keyword);
	return arena_printf(w->arena, "%s { %s}", keyword, write_parts(w, type));
}

static const char *write_pointer(struct writer *w, const struct ctype *type, const char *inner)
{
	struct ctype to = resolved(w, type->to);
	bool outer = w->by_pointer;
	const char *text;

	w->by_pointer = true;
	text = write_type(w, type->to,
			  arena_printf(w->arena,
				       to.kind == CTYPE_ARRAY || to.kind == CTYPE_FUNCTION ? "(*%s)" :
											     "*%s",
				       inner));
	w->by_pointer = outer;
	return text;
}

static const char *write_array(struct writer *w, struct ctype type, const char *inner)
{
	unsigned long count = type.count;
	struct ctype element = resolved(w, type.to);

	for (int i = 0; element.kind == CTYPE_ARRAY && i < MAX_DEPTH; i++) {
		count *= element.count;
		type = element;
		element = resolved(w, type.to);
	}
	inner = count ? arena_printf(w->arena, "%s[%lu]", inner, count) :
			arena_printf(w->arena, "%s[]", inner);
	return write_type(w, type.to, inner);
}

static const char *write_function(struct writer *w, const struct ctype *type, const char *inner)
{
	const char *list = write_parts(w, type);

	return write_type(w, type->to,
			  arena_printf(w->arena, "%s(%s)", inner, *list ? list : "void"));
}

static const char *write_known(struct writer *w, const struct ctype *type, const char *inner)
{
	const char *name = "void";

	switch (type->kind) {
	case CTYPE_POINTER: return write_pointer(w, type, inner);
	case CTYPE_ARRAY: return write_array(w, *type, inner);
	case CTYPE_FUNCTION: return write_function(w, type, inner);
	case CTYPE_STRUCT:
	case CTYPE_UNION:
	case CTYPE_ENUM: name = write_tag(w, type); break;
	case CTYPE_BASE:
	case CTYPE_TYPEDEF:
	case CTYPE_QUALIFIER: name = type->name ? integer_name(type->name) : "?"; break;
	case CTYPE_VOID: break;
	}
	return *inner ? arena_printf(w->arena, "%s %s", name, inner) : name;
}

/* The declaration of @inner (a name, a declarator, or "") with type @id. */
static const char *write_type(struct writer *w, uint64_t id, const char *inner)
{
	struct ctype type;
	const char *text;

	if (!w->nodes || w->depth >= MAX_DEPTH || strlen(inner) > MAX_TEXT)
		return "?";
	w->nodes--;
	w->depth++;
	type = resolved(w, id);
	text = write_known(w, &type, inner);
	w->depth--;
	return text;
}

const char *ctype_text(const struct ctype_reader *reader, struct arena *arena, uint64_t id)
{
	struct writer w = { .reader = reader, .arena = arena, .nodes = MAX_NODES };

	return write_type(&w, id, "");
}

/* --- layouts */

/* A record that is being laid out, and where in it. */
struct flattener {
	struct writer *w;
	struct layout *layout;
	const char *prefix; /* "nohz." */
	unsigned long base; /* bits before the record whose members are visited */
	unsigned int *work; /* types that may still be looked at */
};

static unsigned long type_size(struct writer *w, uint64_t id)
{
	unsigned long count = 1;
	struct ctype type = resolved(w, id);

	for (int i = 0; i < MAX_DEPTH; i++) {
		if (type.kind == CTYPE_ARRAY)
			count *= type.count;
		else if (type.kind != CTYPE_TYPEDEF)
			break;
		type = type.kind == CTYPE_ARRAY ? resolved(w, type.to) : unqualified(w, type.to);
	}
	return count * type.size;
}

static bool add_member(const struct ctype_part *part, void *arg);

static void flatten(const struct flattener *f, const struct ctype *record, const char *prefix,
		    unsigned long base)
{
	struct flattener inner = *f;

	inner.prefix = prefix;
	inner.base = base;
	if (++inner.w->depth < MAX_DEPTH)
		inner.w->reader->parts(inner.w->reader, record, add_member, &inner);
	inner.w->depth--;
}

static bool add_member(const struct ctype_part *part, void *arg)
{
	const struct flattener *f = arg;
	struct writer *w = f->w;
	struct ctype type = unqualified(w, part->type);
	unsigned long offset = f->base + part->offset;
	bool inside = is_record(&type) && !type.name;

	if (!*f->work)
		return false;
	--*f->work;
	if (!part->name) {
		/* C11's anonymous member; a bit-field without a name is a gap */
		if (is_record(&type) && !part->bits)
			flatten(f, &type, f->prefix, offset);
		return true;
	}

	const char *name = arena_printf(w->arena, "%s%s", f->prefix, part->name);

	if (inside && strlen(name) < MAX_TEXT) {
		flatten(f, &type, arena_printf(w->arena, "%s.", name), offset);
		return true;
	}
	w->nodes = *f->work < MAX_NODES ? *f->work : MAX_NODES;
	*f->work -= w->nodes;
	vec_push(&f->layout->members,
		 ((struct layout_member){
			 .name = name,
			 .offset = offset,
			 .is_bitfield = part->bits,
			 .type = write_type(w, part->type, ""),
			 .size = part->bits ? part->bits : CHAR_BIT * type_size(w, part->type) }));
	*f->work += w->nodes;
	return true;
}

void ctype_layout(const struct ctype_reader *reader, struct arena *arena, uint64_t id,
		  struct layout *layout)
{
	unsigned int work = MAX_WORK;
	struct writer w = { .reader = reader, .arena = arena };
	struct flattener f = { .w = &w, .layout = layout, .prefix = "", .work = &work };
	struct ctype type = reader->get(reader, id);

	layout->name = type.name;
	layout->is_union = type.kind == CTYPE_UNION;
	layout->size = type.size;
	flatten(&f, &type, "", 0);
}

/* --- types by name */

void ctype_add_name(struct strmap *map, struct arena *arena, const char *name, uint64_t id)
{
	struct ctype_named *first = name ? strmap_get(map, name) : NULL;

	if (!name)
		return;
	struct ctype_named *named = arena_alloc(arena, sizeof(*named));
	named->id = id;
	if (first) {
		named->next = first->next;
		first->next = named;
	} else {
		strmap_put(map, name, named);
	}
}

void ctype_layouts(const struct ctype_reader *reader, const struct ctype_named *named,
		   bool is_union, struct arena *arena, layout_vec *found)
{
	for (size_t n = 0; named && n < CTYPE_NAMESAKES; named = named->next, n++) {
		struct layout layout = { 0 };

		if ((reader->get(reader, named->id).kind == CTYPE_UNION) != is_union)
			continue;
		ctype_layout(reader, arena, named->id, &layout);
		vec_push(found, layout);
	}
}
