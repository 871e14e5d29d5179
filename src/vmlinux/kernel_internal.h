/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_internal.h - the state of an opened vmlinux that the readers in this room
 * share; no other room includes it.
 */
#pragma once

#include "base/inflate.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/interval_tree.h"
#include "vmlinux/kernel.h"
#include "vmlinux/patch_sites.h"

/* A section of the file; index in kernel_private.sections = ELF index. */
struct ksection {
	const char *name;	   /* printable */
	uint32_t type, info, link; /* as in the section header */
	uint64_t addr;		   /* link-time address; 0 if not loaded */
	uint64_t size;
	const uint8_t *bytes; /* @size bytes; NULL for bss, and if still compressed */
	struct packed packed; /* in the file */
	bool alloc, exec, percpu;
	bool debug;	      /* debug information: only libdw reads it */
	bool describes;	      /* a table that only describes code */
	const uint8_t *relas; /* its --emit-relocs relocations, or NULL */
	size_t n_relas;	      /* entries of @relas */
};

/* What a relocation stores at its place. */
/* clang-format off */
enum kreloc_kind {
	RELOC_NONE,		/* nothing, or a kind no kernel code uses */
	RELOC_ABS32, RELOC_ABS64,
	RELOC_PC32, RELOC_PC64,	/* minus the place's own address */
};
/* clang-format on */

struct kreloc {
	enum kreloc_kind kind;
	uint64_t place;
	uint64_t value; /* symbol + addend */
	bool percpu;	/* the symbol is a per-CPU offset */
};

struct kernel_private {
	const uint8_t *map; /* the whole file */
	size_t map_size;
	bool mapped;		      /* @map is ours */
	struct kernel *half;	      /* the file with what this one lacks, or NULL */
	void *elf;		      /* Elf *, on @map */
	void *debug_elf;	      /* Elf * that holds DWARF: @elf, or on @debug_image */
	uint8_t *debug_image;	      /* see debug_image.h, or NULL */
	struct kernel_private *debug; /* of the file that has DWARF */
	VEC(struct ksection) sections;
	bool has_code, has_symbols, has_debug;
	const uint8_t *symtab; /* raw symbols, for relocations */
	size_t n_symtab;
	struct strmap globals;
	struct interval_tree ends; /* of by_addr */

	/* patch_sites.c, read when first asked for */
	bool patch_sites_read;
	VEC(struct patch_site) patch_sites; /* by start */
	uint64_t longest_patch_site;	    /* bytes */

	/* btf.c, read when first asked for */
	bool btf_read;
	struct btf *btf; /* NULL: none */

	/* dwarf.c, dwarf_type.c */
	void *dwarf; /* Dwarf *, or NULL */
	VEC(struct dwarf_unit *) units;
	struct nummap paths;	     /* offset of a unit -> its path */
	struct strmap dwarf_records; /* of the first @n_indexed units */
	size_t n_indexed;
	struct strmap line_files; /* path -> struct line_file, of the first
					   @n_lined units */
	VEC(struct line_file *) all_line_files;
	size_t n_lined;
	struct strmap all_records; /* of all units up to @next_cu */
	uint64_t next_cu;
	struct arena arena; /* of these */

	/* file_groups.c, looked at when first asked for */
	bool groups_checked, groups_merged;
	struct strmap dwarf_groups; /* path of a unit -> its group, + 2 */

	/* path of each file group, found when first asked for */
	VEC(const char *) group_paths;
};

/*
 * The steps in which vmlinux.c opens a file (kernel.c). Read sections and build ID of
 * the @len bytes at @bytes, which kernel_close() unmaps if they are @mapped.
 */
struct error *kernel_open_sections(const char *path, const void *bytes, size_t len, bool mapped,
				   struct kernel **kernel);
/* Read the rest. @half, which is closed with @k, has the contents of sections that
 * are empty in @k, or its debug information; NULL: @k has it all. */
struct error *kernel_read(struct kernel *k, struct kernel *half);

/* Symbols around one address that are looked at: a bound on damaged files. */
#define MAX_ALIASES 4096

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
