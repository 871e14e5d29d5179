/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_internal.h - what the readers of one vmlinux (elf.c, sites.c,
 * refs.c, btf.c, dwarf.c) know of each other.
 */
#ifndef SCHEDCUT_KERNEL_INTERNAL_H
#define SCHEDCUT_KERNEL_INTERNAL_H

#include "kernel.h"

/* A section of the file; index in kernel_private.sections = ELF index. */
struct ksection {
	const char *name;
	uint64_t addr;		/* link-time address; 0 if not loaded */
	uint64_t size;
	const uint8_t *bytes;	/* @size bytes in the file; NULL for bss */
	bool alloc, exec, percpu;
	bool describes;		/* a table that only describes code */
	const uint8_t *relas;	/* its --emit-relocs relocations, or NULL */
	size_t n_relas;
};

/* What a relocation stores at its place. */
enum kreloc_kind {
	RELOC_NONE,		/* nothing, or a kind no kernel code uses */
	RELOC_ABS32, RELOC_ABS64,
	RELOC_PC32, RELOC_PC64,	/* minus the place's own address */
};

struct kreloc {
	enum kreloc_kind kind;
	uint64_t place;
	uint64_t value;		/* symbol + addend */
	bool percpu;		/* the symbol is a per-CPU offset */
};

/* [start, end) of bytes that code patching may change. */
struct ksite {
	uint64_t start, end;
	const char *what;
	bool live;		/* also after boot */
};

/* [start, end) of link-time addresses. */
struct krange {
	uint64_t start, end;
};

struct kernel_private {
	const uint8_t *map;	/* the whole file */
	size_t map_size;
	void *elf;		/* Elf *, on @map */
	struct ksection *sections;
	size_t n_sections;
	const uint8_t *symtab;	/* raw symbols, for relocations */
	size_t n_symtab;
	struct strmap globals;
	uint64_t *reach;	/* [i]: highest end of by_addr[0..i] */

	/* sites.c, read when first asked for */
	bool sites_read;
	VEC(struct ksite) sites;	/* by start */
	uint64_t longest_site;		/* bytes */
	bool mcount_read;
	VEC(uint64_t) mcount;		/* fentry call sites, sorted */

	/* btf.c, read when first asked for */
	bool btf_read, btf_missing;
	struct strmap records;		/* name -> struct btf_record */

	/* dwarf.c */
	void *dwarf;		/* Dwarf *, or NULL */
	bool dwarf_missing;
	VEC(struct dwarf_unit *) units;
};

/* Section called @name, or NULL. */
const struct ksection *kernel_section(const struct kernel *k, const char *name);
/* Loaded section that holds @addr, or NULL. */
const struct ksection *kernel_section_at(const struct kernel *k, uint64_t addr);
/* Relocation @i of @section. */
struct kreloc kernel_reloc(const struct kernel *k,
			   const struct ksection *section, size_t i);

/* Does the section @name only describe code? */
bool section_describes(const char *name);
/* The tables that only describe code and lie inside larger sections: at most
 * @max ranges to @ranges, returns their number. */
size_t kernel_describing(const struct kernel *k, struct krange *ranges, size_t max);
/* The tables whose entries are 32-bit offsets from their own place to a
 * function the kernel calls (initcalls ...). As kernel_describing(). */
size_t kernel_offset_tables(const struct kernel *k, struct krange *ranges, size_t max);

void sites_free(struct kernel_private *priv);
void btf_free(struct kernel_private *priv);
void dwarf_free(struct kernel_private *priv);

/* Little-endian loads from unaligned bytes. */
static inline uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The address that is @offset bytes, sign-extended, from @base. */
static inline uint64_t relative(uint64_t base, uint32_t offset)
{
	return base + (uint64_t)(int64_t)(int32_t)offset;
}

#endif
