// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/btf.h"
#include "vmlinux/elf.h"
#include "vmlinux/kernel_types.h"
#include "vmlinux/kernel_internal.h"

#include <linux/btf.h>

/* Not in the headers of distributions older than the tool's: Linux 5.13 to 6.0 brought them. */
enum { KIND_FLOAT = 16, KIND_DECL_TAG, KIND_TYPE_TAG, KIND_ENUM64 };
#define DECL_TAG_SIZE 4
#define ENUM64_SIZE 12

#define BTF_TYPE sizeof(struct btf_type)
#define MAX_NAME 512 /* bytes of a name; no C identifier of a kernel has more */

/* What a kind is for ctypes.c, and the bytes that follow its struct btf_type:
 * @fixed + @each * vlen. */
static const struct {
	enum ctype_kind kind;
	uint8_t fixed, each;
	/* clang-format off */
} btf_kinds[] = {
	[BTF_KIND_INT] = { CTYPE_BASE, sizeof(uint32_t), 0 },
	[BTF_KIND_PTR] = { CTYPE_POINTER, 0, 0 },
	[BTF_KIND_ARRAY] = { CTYPE_ARRAY, sizeof(struct btf_array), 0 },
	[BTF_KIND_STRUCT] = { CTYPE_STRUCT, 0, sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { CTYPE_UNION, 0, sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { CTYPE_ENUM, 0, sizeof(struct btf_enum) },
	[BTF_KIND_FWD] = { CTYPE_STRUCT, 0, 0 },
	[BTF_KIND_TYPEDEF] = { CTYPE_TYPEDEF, 0, 0 },
	[BTF_KIND_VOLATILE] = { CTYPE_QUALIFIER, 0, 0 },
	[BTF_KIND_CONST] = { CTYPE_QUALIFIER, 0, 0 },
	[BTF_KIND_RESTRICT] = { CTYPE_QUALIFIER, 0, 0 },
	[BTF_KIND_FUNC_PROTO] = { CTYPE_FUNCTION, 0, sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { CTYPE_VOID, sizeof(struct btf_var), 0 },
	[BTF_KIND_DATASEC] = { CTYPE_VOID, 0, sizeof(struct btf_var_secinfo) },
	[KIND_FLOAT] = { CTYPE_BASE, 0, 0 },
	[KIND_DECL_TAG] = { CTYPE_VOID, DECL_TAG_SIZE, 0 },
	[KIND_TYPE_TAG] = { CTYPE_QUALIFIER, 0, 0 },
	[KIND_ENUM64] = { CTYPE_ENUM, 0, ENUM64_SIZE },
};
/* clang-format on */

struct btf {
	struct ctype_reader reader;
	const uint8_t *types; /* of the section, checked */
	size_t types_len;
	const char *strings; /* ends in a zero byte */
	size_t strings_len;
	VEC(uint32_t) offsets;	      /* of type id - 1; what follows it is inside, too */
	struct strmap records, funcs; /* name -> struct ctype_named; of funcs the prototypes */
};

/* --- the section */

static uint32_t btf_kind(const uint8_t *type)
{
	return BTF_INFO_KIND(load32(type + 4));
}

/* Members, parameters ... that follow @type. */
static uint32_t btf_vlen(const uint8_t *type)
{
	return BTF_INFO_VLEN(load32(type + 4));
}

static bool btf_flag(const uint8_t *type)
{
	return BTF_INFO_KFLAG(load32(type + 4));
}

/* The string at @at of the strings, or NULL. */
static const char *btf_string(const struct btf *btf, uint32_t at)
{
	const char *s = btf->strings + at;

	return !at || at >= btf->strings_len || strnlen(s, MAX_NAME) == MAX_NAME ? NULL : s;
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
		uint32_t kind = btf_kind(type);
		size_t next = at + BTF_TYPE;

		if (!kind || kind >= ARRAY_SIZE(btf_kinds))
			return false;
		next += btf_kinds[kind].fixed + (size_t)btf_kinds[kind].each * btf_vlen(type);
		if (next > btf->types_len)
			return false;
		vec_push(&btf->offsets, at);
		if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION)
			ctype_add_name(&btf->records, &k->arena, btf_string(btf, load32(type)),
				       btf->offsets.n);
		else if (kind == BTF_KIND_FUNC)
			ctype_add_name(&btf->funcs, &k->arena, btf_string(btf, load32(type)),
				       load32(type + 8));
		at = next;
	}
	return at == btf->types_len;
}

void btf_free(struct btf *btf)
{
	if (!btf)
		return;
	vec_free(&btf->offsets);
	strmap_free(&btf->records);
	strmap_free(&btf->funcs);
	free(btf);
}

/* --- for ctypes.c */

static const uint8_t *type_at(const struct btf *btf, uint64_t id)
{
	return !id || id > btf->offsets.n ? NULL : btf->types + btf->offsets.v[id - 1];
}

static struct ctype btf_get_type(const struct ctype_reader *reader, uint64_t id)
{
	const struct btf *btf = reader->source;
	const uint8_t *type = type_at(btf, id);
	struct ctype t = { .id = id };

	if (!type)
		return t;
	t.kind = btf_kinds[btf_kind(type)].kind;
	t.name = btf_string(btf, load32(type));
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
	if (btf_kind(type) == BTF_KIND_FWD) {
		t.kind = btf_flag(type) ? CTYPE_UNION : CTYPE_STRUCT;
		t.size = 0;
	}
	return t;
}

/* Where older sections put bit-fields: into the integer that is their type. */
static void integer_bits(const struct ctype_reader *reader, struct ctype_part *part)
{
	struct ctype t = btf_get_type(reader, part->type);

	for (int i = 0; (t.kind == CTYPE_TYPEDEF || t.kind == CTYPE_QUALIFIER) && i < 16; i++)
		t = btf_get_type(reader, t.to);
	const uint8_t *type = type_at(reader->source, t.id);
	if (!type || btf_kind(type) != BTF_KIND_INT)
		return;
	uint32_t data = load32(type + BTF_TYPE), bits = BTF_INT_BITS(data),
		 offset = BTF_INT_OFFSET(data);
	if (bits == 8 * t.size && !offset)
		return;
	part->bits = bits;
	part->offset += offset;
}

static void btf_get_parts(const struct ctype_reader *reader, const struct ctype *type,
			  ctype_part_fn each, void *arg)
{
	const struct btf *btf = reader->source;
	const uint8_t *bytes = type_at(btf, type->id);
	uint32_t kind = bytes ? btf_kind(bytes) : 0, n = bytes ? btf_vlen(bytes) : 0;

	if (kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION && kind != BTF_KIND_FUNC_PROTO)
		return;
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *entry = bytes + BTF_TYPE + i * btf_kinds[kind].each;
		struct ctype_part part = { .name = btf_string(btf, load32(entry)),
					   .type = load32(entry + 4) };

		if (kind == BTF_KIND_FUNC_PROTO) {
			part.more = i + 1 == n && !load32(entry) && !part.type;
		} else if (btf_flag(bytes)) { /* bit-fields are told here */
			part.offset = BTF_MEMBER_BIT_OFFSET(load32(entry + 8));
			part.bits = BTF_MEMBER_BITFIELD_SIZE(load32(entry + 8));
		} else {
			part.offset = load32(entry + 8);
			integer_bits(reader, &part);
		}
		if (!each(&part, arg))
			return;
	}
}

/* --- what it is asked */

static struct btf *read_btf(struct kernel *k)
{
	const struct ksection *s = kernel_section(k, ".BTF");
	struct btf_header header;

	if (!s || !s->bytes || s->size < sizeof(header))
		return NULL;
	memcpy(&header, s->bytes, sizeof(header));
	uint64_t types = (uint64_t)header.hdr_len + header.type_off;
	uint64_t strings = (uint64_t)header.hdr_len + header.str_off;
	if (header.magic != BTF_MAGIC || types + header.type_len > s->size ||
	    strings + header.str_len > s->size || !header.str_len ||
	    s->bytes[strings + header.str_len - 1])
		return NULL;

	struct btf *btf = xcalloc(1, sizeof(*btf));

	btf->reader = (struct ctype_reader){ .source = btf,
					     .get = btf_get_type,
					     .parts = btf_get_parts };
	btf->types = s->bytes + types;
	btf->types_len = header.type_len;
	btf->strings = (const char *)s->bytes + strings;
	btf->strings_len = header.str_len;
	if (index_types(k, btf))
		return btf;
	btf_free(btf);
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

bool btf_present(const struct kernel *k)
{
	return get_btf(k);
}

void btf_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		 layout_vec *found)
{
	const struct btf *btf = get_btf(k);

	if (btf)
		ctype_layouts(&btf->reader, strmap_get(&btf->records, name), is_union, arena, found);
}

void btf_prototypes(const struct kernel *k, const char *name, struct arena *arena, kernel_names *found)
{
	const struct btf *btf = get_btf(k);
	const struct ctype_named *named = btf ? strmap_get(&btf->funcs, name) : NULL;

	for (size_t n = 0; named && n < CTYPE_NAMESAKES; named = named->next, n++)
		vec_push(found, ctype_text(&btf->reader, arena, named->id));
}
