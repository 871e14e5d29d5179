// SPDX-License-Identifier: GPL-2.0-only
/*
 * btf.c - sizes and members of structs and unions from vmlinux's .BTF section.
 * Format: Documentation/bpf/btf.rst.
 */
#include "kernel_internal.h"

#define BTF_MAGIC 0xeb9f
#define BTF_HEADER 24	/* bytes up to str_len */
#define BTF_TYPE 12	/* struct btf_type */
#define BTF_MEMBER 12	/* struct btf_member */

struct btf_record {
	uint32_t size;		/* bytes */
	const uint8_t *members;	/* struct btf_member[n_members] */
	uint32_t n_members;
};

enum { BTF_STRUCT = 4, BTF_UNION = 5 };

/* Bytes that follow a struct btf_type of each kind: @fixed + @each * vlen. */
static const struct {
	uint8_t fixed, each;
} btf_kinds[] = {
	[1] = { 4, 0 },			/* int */
	[3] = { 12, 0 },		/* array */
	[BTF_STRUCT] = { 0, BTF_MEMBER },
	[BTF_UNION] = { 0, BTF_MEMBER },
	[6] = { 0, 8 },			/* enum */
	[13] = { 0, 8 },		/* function prototype */
	[14] = { 4, 0 },		/* variable */
	[15] = { 0, 12 },		/* data section */
	[17] = { 4, 0 },		/* declaration tag */
	[19] = { 0, 12 },		/* 64-bit enum */
};

/* Fill the map of records; what lies outside the section ends the reading. */
static void read_types(struct kernel *k, const uint8_t *types, size_t types_len,
		       const char *strings, size_t strings_len)
{
	for (size_t at = 0; types_len - at >= BTF_TYPE; ) {
		uint32_t name = load32(types + at), info = load32(types + at + 4);
		uint32_t kind = info >> 24 & 0x1f;
		size_t next = at + BTF_TYPE;

		if (kind < ARRAY_SIZE(btf_kinds))
			next += btf_kinds[kind].fixed +
				(size_t)btf_kinds[kind].each * (info & 0xffff);
		if (next > types_len)
			return;
		if ((kind == BTF_STRUCT || kind == BTF_UNION) && name &&
		    name < strings_len && !strmap_get(&k->priv->records, strings + name)) {
			struct btf_record *record = arena_alloc(&k->arena, sizeof(*record));

			record->size = load32(types + at + 8);
			record->members = types + at + BTF_TYPE;
			record->n_members = info & 0xffff;
			strmap_put(&k->priv->records, strings + name, record);
		}
		at = next;
	}
}

static void read_btf(struct kernel *k)
{
	const struct ksection *s = kernel_section(k, ".BTF");

	k->priv->btf_read = true;
	k->priv->btf_missing = true;
	if (!s || !s->bytes || s->size < BTF_HEADER ||
	    (load32(s->bytes) & 0xffff) != BTF_MAGIC)
		return;
	uint64_t base = load32(s->bytes + 4);
	uint64_t types = base + load32(s->bytes + 8), types_len = load32(s->bytes + 12);
	uint64_t strings = base + load32(s->bytes + 16), strings_len = load32(s->bytes + 20);
	if (types + types_len > s->size || strings + strings_len > s->size ||
	    !strings_len || s->bytes[strings + strings_len - 1])
		return;
	k->priv->btf_missing = false;
	k->priv->btf_strings = (const char *)s->bytes + strings;
	k->priv->btf_strings_len = strings_len;
	read_types(k, s->bytes + types, types_len, (const char *)s->bytes + strings,
		   strings_len);
}

static const struct btf_record *find_record(const struct kernel *k, const char *name)
{
	/* what is cached does not change what the caller sees */
	if (!k->priv->btf_read)
		read_btf((struct kernel *)k);
	return k->priv->btf_missing ? NULL : strmap_get(&k->priv->records, name);
}

long kernel_record_size(const struct kernel *k, const char *name)
{
	const struct btf_record *record = find_record(k, name);

	if (k->priv->btf_missing)
		return -2;
	return record ? (long)record->size : -1;
}

bool kernel_has_member(const struct kernel *k, const char *name, const char *member)
{
	const struct btf_record *record = find_record(k, name);

	for (uint32_t i = 0; record && i < record->n_members; i++) {
		uint32_t at = load32(record->members + (size_t)i * BTF_MEMBER);

		if (at < k->priv->btf_strings_len && !strcmp(k->priv->btf_strings + at, member))
			return true;
	}
	return false;
}

void btf_free(struct kernel_private *priv)
{
	strmap_free(&priv->records);
}
