// SPDX-License-Identifier: GPL-2.0-only
/*
 * btf.c - types from vmlinux's .BTF section: records and function prototypes.
 * Format: Documentation/bpf/btf.rst.
 */
#include "vmlinux/btf.h"
#include "vmlinux/elf.h"
#include "vmlinux/kernel_types.h"
#include "vmlinux/kernel_internal.h"

#define BTF_MAGIC 0xeb9f
#define BTF_HEADER 24 /* bytes up to str_len */
#define BTF_TYPE 12   /* struct btf_type */
#define BTF_MEMBER 12 /* struct btf_member */
#define BTF_PARAM 8   /* struct btf_param */
#define MAX_NAME 512  /* bytes of a name; no C identifier of a kernel has more */

/* clang-format off */
enum {
	BTF_INT = 1, BTF_PTR, BTF_ARRAY, BTF_STRUCT, BTF_UNION, BTF_ENUM, BTF_FWD, BTF_TYPEDEF,
	BTF_VOLATILE, BTF_CONST, BTF_RESTRICT, BTF_FUNC, BTF_FUNC_PROTO, BTF_VAR, BTF_DATASEC,
	BTF_FLOAT, BTF_DECL_TAG, BTF_TYPE_TAG, BTF_ENUM64,
};
/* clang-format on */

/* What a kind is for ctypes.c, and the bytes that follow its struct btf_type:
 * @fixed + @each * vlen. */
static const struct {
	enum ctype_kind kind;
	uint8_t fixed, each;
	/* clang-format off */
} btf_kinds[] = {
	[BTF_INT] = { CTYPE_BASE, 4, 0 },
	[BTF_PTR] = { CTYPE_POINTER, 0, 0 },
	[BTF_ARRAY] = { CTYPE_ARRAY, 12, 0 },
	[BTF_STRUCT] = { CTYPE_STRUCT, 0, BTF_MEMBER },
	[BTF_UNION] = { CTYPE_UNION, 0, BTF_MEMBER },
	[BTF_ENUM] = { CTYPE_ENUM, 0, 8 },
	[BTF_FWD] = { CTYPE_STRUCT, 0, 0 },
	[BTF_TYPEDEF] = { CTYPE_TYPEDEF, 0, 0 },
	[BTF_VOLATILE] = { CTYPE_QUALIFIER, 0, 0 },
	[BTF_CONST] = { CTYPE_QUALIFIER, 0, 0 },
	[BTF_RESTRICT] = { CTYPE_QUALIFIER, 0, 0 },
	[BTF_FUNC_PROTO] = { CTYPE_FUNCTION, 0, BTF_PARAM },
	[BTF_VAR] = { CTYPE_VOID, 4, 0 },
	[BTF_DATASEC] = { CTYPE_VOID, 0, 12 },
	[BTF_FLOAT] = { CTYPE_BASE, 0, 0 },
	[BTF_DECL_TAG] = { CTYPE_VOID, 4, 0 },
	[BTF_TYPE_TAG] = { CTYPE_QUALIFIER, 0, 0 },
	[BTF_ENUM64] = { CTYPE_ENUM, 0, 12 },
};
/* clang-format on */

/* A named type, and the next one of its name. */
struct btf_named {
	uint32_t id;
	struct btf_named *next;
};

struct btf {
	const uint8_t *types; /* of the section, checked */
	size_t types_len;
	const char *strings; /* ends in a zero byte */
	size_t strings_len;
	VEC(uint32_t) offsets;	      /* of type id - 1; what follows it is inside, too */
	struct strmap records, funcs; /* name -> struct btf_named */
};

/* --- the section */

static uint32_t kind_of(uint32_t info)
{
	return info >> 24 & 0x1f;
}

static uint32_t count_of(uint32_t info)
{
	return info & 0xffff;
}

static const char *string_at(const struct btf *btf, uint32_t at)
{
	const char *s = btf->strings + at;

	return !at || at >= btf->strings_len || strnlen(s, MAX_NAME) == MAX_NAME ? NULL : s;
}

static void add_name(struct kernel *k, struct strmap *map, const char *name, uint32_t id)
{
	struct btf_named *named, *first = name ? strmap_get(map, name) : NULL;

	if (!name)
		return;
	named = arena_alloc(&k->arena, sizeof(*named));
	named->id = id;
	if (first) {
		named->next = first->next;
		first->next = named;
	} else {
		strmap_put(map, name, named);
	}
}

/*
 * False if a type is of a kind that is not known here, or does not end inside the
 * section: then no type after it is what its number says, and none can be trusted.
 */
static bool index_types(struct kernel *k, struct btf *btf)
{
	size_t at = 0;

	while (btf->types_len - at >= BTF_TYPE) {
		const uint8_t *type = btf->types + at;
		uint32_t info = load32(type + 4), kind = kind_of(info);
		size_t next = at + BTF_TYPE;

		if (!kind || kind >= ARRAY_SIZE(btf_kinds))
			return false;
		next += btf_kinds[kind].fixed + (size_t)btf_kinds[kind].each * count_of(info);
		if (next > btf->types_len)
			return false;
		vec_push(&btf->offsets, at);
		if (kind == BTF_STRUCT || kind == BTF_UNION)
			add_name(k, &btf->records, string_at(btf, load32(type)), btf->offsets.n);
		else if (kind == BTF_FUNC)
			add_name(k, &btf->funcs, string_at(btf, load32(type)), btf->offsets.n);
		at = next;
	}
	return at == btf->types_len;
}

static void free_btf(struct btf *btf)
{
	if (!btf)
		return;
	vec_free(&btf->offsets);
	strmap_free(&btf->records);
	strmap_free(&btf->funcs);
	free(btf);
}

static struct btf *read_btf(struct kernel *k)
{
	const struct ksection *s = kernel_section(k, ".BTF");

	if (!s || !s->bytes || s->size < BTF_HEADER || (load32(s->bytes) & 0xffff) != BTF_MAGIC)
		return NULL;
	uint64_t base = load32(s->bytes + 4);
	uint64_t types = base + load32(s->bytes + 8), types_len = load32(s->bytes + 12);
	uint64_t strings = base + load32(s->bytes + 16), strings_len = load32(s->bytes + 20);
	if (types + types_len > s->size || strings + strings_len > s->size || !strings_len ||
	    s->bytes[strings + strings_len - 1])
		return NULL;

	struct btf *btf = xcalloc(1, sizeof(*btf));

	btf->types = s->bytes + types;
	btf->types_len = types_len;
	btf->strings = (const char *)s->bytes + strings;
	btf->strings_len = strings_len;
	if (index_types(k, btf))
		return btf;
	free_btf(btf);
	return NULL;
}

static struct btf *get_btf(const struct kernel *k)
{
	/* what is cached does not change what the caller sees */
	if (!k->priv->btf_read)
		k->priv->btf = read_btf((struct kernel *)k);
	k->priv->btf_read = true;
	return k->priv->btf;
}

/* --- for ctypes.c */

static const uint8_t *type_at(const struct btf *btf, uint64_t id)
{
	return !id || id > btf->offsets.n ? NULL : btf->types + btf->offsets.v[id - 1];
}

static struct ctype get_type(const struct ctype_reader *reader, uint64_t id)
{
	const struct btf *btf = reader->source;
	const uint8_t *type = type_at(btf, id);
	uint32_t info = type ? load32(type + 4) : 0, kind = kind_of(info);
	struct ctype t = { .id = id };

	if (!type || kind >= ARRAY_SIZE(btf_kinds))
		return t;
	t.kind = btf_kinds[kind].kind;
	t.name = string_at(btf, load32(type));
	switch (t.kind) {
	case CTYPE_POINTER:
		t.size = sizeof(uint64_t);
		t.to = load32(type + 8);
		break;
	case CTYPE_ARRAY:
		t.to = load32(type + BTF_TYPE);
		t.count = load32(type + BTF_TYPE + 8);
		break;
	case CTYPE_FUNCTION:
	case CTYPE_TYPEDEF:
	case CTYPE_QUALIFIER: t.to = load32(type + 8); break;
	default: t.size = load32(type + 8); break;
	}
	if (kind == BTF_FWD) {
		t.kind = info >> 31 ? CTYPE_UNION : CTYPE_STRUCT;
		t.size = 0;
	}
	return t;
}

/* Where older sections put bit-fields: into the integer that is their type. */
static void integer_bits(const struct btf *btf, struct ctype_part *part)
{
	const uint8_t *type = type_at(btf, part->type);
	uint32_t data;

	for (int i = 0; type && i < 16; i++) {
		enum ctype_kind kind = kind_of(load32(type + 4)) < ARRAY_SIZE(btf_kinds) ?
					       btf_kinds[kind_of(load32(type + 4))].kind :
					       CTYPE_VOID;

		if (kind != CTYPE_TYPEDEF && kind != CTYPE_QUALIFIER)
			break;
		type = type_at(btf, load32(type + 8));
	}
	if (!type || kind_of(load32(type + 4)) != BTF_INT)
		return;
	data = load32(type + BTF_TYPE);
	if ((data & 0xff) == 8 * load32(type + 8) && !(data >> 16 & 0xff))
		return;
	part->bits = data & 0xff;
	part->offset += data >> 16 & 0xff;
}

static void get_members(const struct btf *btf, const uint8_t *type, ctype_part_fn each, void *arg)
{
	uint32_t info = load32(type + 4);

	for (uint32_t i = 0; i < count_of(info); i++) {
		const uint8_t *member = type + BTF_TYPE + i * BTF_MEMBER;
		uint32_t offset = load32(member + 8);
		struct ctype_part part = {
			.name = string_at(btf, load32(member)),
			.type = load32(member + 4),
			.offset = offset,
		};

		if (info >> 31) { /* kind_flag: bit-fields are told here */
			part.offset = offset & 0xffffff;
			part.bits = offset >> 24;
		} else {
			integer_bits(btf, &part);
		}
		if (!each(&part, arg))
			return;
	}
}

static void get_params(const struct btf *btf, const uint8_t *type, ctype_part_fn each, void *arg)
{
	uint32_t n = count_of(load32(type + 4));

	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *param = type + BTF_TYPE + i * BTF_PARAM;
		struct ctype_part part = { .name = string_at(btf, load32(param)),
					   .type = load32(param + 4) };

		part.more = i + 1 == n && !load32(param) && !part.type;
		if (!each(&part, arg))
			return;
	}
}

static void get_parts(const struct ctype_reader *reader, const struct ctype *type,
		      ctype_part_fn each, void *arg)
{
	const struct btf *btf = reader->source;
	const uint8_t *bytes = type_at(btf, type->id);
	uint32_t kind = bytes ? kind_of(load32(bytes + 4)) : 0;

	if (kind == BTF_STRUCT || kind == BTF_UNION)
		get_members(btf, bytes, each, arg);
	else if (kind == BTF_FUNC_PROTO)
		get_params(btf, bytes, each, arg);
}

static struct ctype_reader reader_of(struct btf *btf)
{
	return (struct ctype_reader){ .source = btf, .get = get_type, .parts = get_parts };
}

/* --- what it is asked */

bool btf_present(const struct kernel *k)
{
	return get_btf(k);
}

void btf_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		 kernel_layouts_vec *found)
{
	struct btf *btf = get_btf(k);
	struct ctype_reader reader = reader_of(btf);
	const struct btf_named *named = btf ? strmap_get(&btf->records, name) : NULL;

	for (size_t n = 0; named && n < KERNEL_LAYOUTS; named = named->next, n++) {
		struct layout layout = { 0 };

		if ((get_type(&reader, named->id).kind == CTYPE_UNION) != is_union)
			continue;
		ctype_layout(&reader, arena, named->id, &layout);
		vec_push(found, layout);
	}
}

void btf_prototypes(const struct kernel *k, const char *name, struct arena *arena, kernel_names *found)
{
	struct btf *btf = get_btf(k);
	struct ctype_reader reader = reader_of(btf);
	const struct btf_named *named = btf ? strmap_get(&btf->funcs, name) : NULL;

	for (size_t n = 0; named && n < KERNEL_LAYOUTS; named = named->next, n++)
		vec_push(found, ctype_text(&reader, arena, load32(type_at(btf, named->id) + 8)));
}

void btf_free(struct kernel_private *priv)
{
	free_btf(priv->btf);
}
