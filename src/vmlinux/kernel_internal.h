/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_internal.h - what the readers of one vmlinux (vmlinux.c, elf.c, reach.c,
 * sites.c, refs.c, btf.c, dwarf*.c, types.c, origin.c) know of each other.
 */
#ifndef SCHEDCUT_KERNEL_INTERNAL_H
#define SCHEDCUT_KERNEL_INTERNAL_H

#include "types/ctypes.h"
#include "base/inflate.h"
#include "vmlinux/kernel.h"

/* A section of the file; index in kernel_private.sections = ELF index. */
struct ksection {
	const char *name;
	uint32_t type, info; /* sh_type, sh_info */
	uint64_t addr;	     /* link-time address; 0 if not loaded */
	uint64_t size;
	const uint8_t *bytes; /* @size bytes; NULL for bss, and if still compressed */
	struct packed packed; /* in the file */
	bool alloc, exec, percpu;
	bool debug;	      /* debug information: only libdw reads it */
	bool describes;	      /* a table that only describes code */
	const uint8_t *relas; /* its --emit-relocs relocations, or NULL */
	size_t n_relas;
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

/* [start, end) of bytes that code patching may change. */
struct ksite {
	uint64_t start, end;
	const char *what;
	bool live; /* also after boot */
};

/* [start, end) of link-time addresses. */
struct krange {
	uint64_t start, end;
};

/* Ends of symbols that are sorted by address, see reach.c. */
struct reach {
	uint64_t *tree; /* [leaves + i]: end of symbol i */
	size_t leaves;
};

/* Bytes of DWARF that hold strings. */
struct debug_room {
	const uint8_t *start;
	size_t size;
};

struct kernel_private {
	const uint8_t *map; /* the whole file */
	size_t map_size;
	bool mapped;	      /* @map is ours */
	struct kernel *half;  /* the file with what this one lacks, or NULL */
	void *elf;	      /* Elf *, on @map */
	void *debug_elf;      /* Elf * that holds DWARF: @elf, or on @debug_image */
	uint8_t *debug_image; /* see debug_image.h, or NULL */
	VEC(struct debug_room) debug_rooms;
	struct ksection *sections;
	size_t n_sections;
	const uint8_t *symtab; /* raw symbols, for relocations */
	size_t n_symtab;
	struct strmap globals;
	struct reach reach; /* of by_addr */

	/* sites.c, read when first asked for */
	bool sites_read;
	VEC(struct ksite) sites; /* by start */
	uint64_t longest_site;	 /* bytes */
	bool mcount_read;
	VEC(uint64_t) mcount; /* fentry call sites, sorted */

	/* btf.c, read when first asked for */
	bool btf_read;
	struct btf *btf; /* NULL: none */

	/* dwarf.c, dwarf_type.c */
	void *dwarf; /* Dwarf *, or NULL */
	bool dwarf_missing;
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

	/* groups.c, looked at when first asked for */
	bool groups_checked, groups_merged;
	struct strmap dwarf_groups; /* path of a unit -> its group, + 2 */

	/* origin.c: path of each file group, found when first asked for */
	VEC(const char *) group_paths;
};

/*
 * elf.c, for vmlinux.c: map the open file @fd and read its sections and build ID;
 * *@kernel is closed by kernel_close(). @path names it in messages.
 */
struct error *elf_open(const char *path, int fd, struct kernel **kernel);
/* Read the rest. @half, which is closed with @k, has the contents of sections that
 * are empty in @k, or its debug information; NULL: @k has it all. */
struct error *elf_read(struct kernel *k, struct kernel *half);
/* What an opened file has. */
bool elf_has_code(const struct kernel *k);
bool elf_has_symbols(const struct kernel *k);
bool elf_has_relocs(const struct kernel *k);
bool elf_has_debug(const struct kernel *k);
/* vmlinux.c: where files with debug information are looked for; tests change it. */
extern const char *vmlinux_debug_dir;

/* Section called @name, or NULL. */
const struct ksection *kernel_section(const struct kernel *k, const char *name);
/* Loaded section that holds @addr, or NULL. */
const struct ksection *kernel_section_at(const struct kernel *k, uint64_t addr);
/* Bytes from @p to the end of the section of DWARF that holds it, decompressed;
 * 0 if none does. Of .debug_info and .debug_types. */
size_t kernel_debug_room(const struct kernel *k, const void *p);
/* Relocation @i of @section. */
struct kreloc kernel_reloc(const struct kernel *k, const struct ksection *section, size_t i);

/*
 * Forget the relocations if they contradict the code: eu-unstrip sorts the symbols
 * anew and leaves the numbers by which relocations name them. After the symbols.
 */
void relocs_check(struct kernel *k);

/* Index the ends of @n symbols, which take at least @min_size bytes each. */
void reach_init(struct reach *r, struct ksym *const *syms, size_t n, uint64_t min_size);
/* Number (index + 1) of the last of the first @n symbols whose end lies behind
 * @addr; 0: none. */
size_t reach_last(const struct reach *r, size_t n, uint64_t addr);
void reach_free(struct reach *r);
/* Symbols around one address that are looked at: a bound on damaged files. */
#define MAX_ALIASES 4096

/* Does the section @name only describe code? */
bool section_describes(const char *name);
/* The tables that only describe code and lie inside larger sections: at most
 * @max ranges to @ranges, returns their number. */
size_t kernel_describing(const struct kernel *k, struct krange *ranges, size_t max);
/* The tables whose entries are 32-bit offsets from their own place to a
 * function the kernel calls (initcalls ...). As kernel_describing(). */
size_t kernel_offset_tables(const struct kernel *k, struct krange *ranges, size_t max);

/* Has a tool made one file group of all that had the same name? See groups.c. */
bool groups_are_merged(const struct kernel *k);
/* Path of the unit that DWARF says has compiled the code at @addr, or NULL. */
const char *dwarf_path_at(const struct kernel *k, uint64_t addr);

/* Types that are looked at of all that have one name. */
#define KERNEL_LAYOUTS 64
/*
 * Records called @name, as kernel_layouts(), from one source; signatures of
 * functions called @name in BTF; that of the function @func, or NULL.
 */
bool btf_present(const struct kernel *k);
void btf_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		 kernel_layouts_vec *found);
void btf_prototypes(const struct kernel *k, const char *name, struct arena *arena,
		    kernel_names *found);
bool dwarf_present(const struct kernel *k);
void dwarf_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		   kernel_layouts_vec *found);
/* The first struct called @name of any unit. */
void dwarf_layout_anywhere(const struct kernel *k, const char *name, struct arena *arena,
			   kernel_layouts_vec *found);
const char *dwarf_prototype(const struct kernel *k, const struct dw_func *func, struct arena *arena);

void sites_free(struct kernel_private *priv);
void btf_free(struct kernel_private *priv);
void dwarf_free(struct kernel_private *priv);
void dwarf_free_lines(struct kernel_private *priv);

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
