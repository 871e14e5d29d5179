/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - kernel facts: what the vmlinux with debug information says.
 * Only recorded here, never judged. Addresses are link-time addresses;
 * per-CPU symbols have their offset in the per-CPU area.
 */
#ifndef SCHEDCUT_KERNEL_H
#define SCHEDCUT_KERNEL_H

#include "base/diag.h"
#include "types/layout.h"

struct ksym {
	const char *name; /* as in .symtab, with .isra.0, .cold ... */
	uint64_t addr;
	uint64_t size; /* bytes; 0 if the symbol table has none */
	int file;      /* index into kernel.file_groups; -1 for globals */
	bool is_func, is_object;
	bool is_global;	   /* STB_GLOBAL or STB_WEAK */
	bool is_weak;	   /* STB_WEAK */
	bool is_percpu;	   /* lives in .data..percpu */
	bool is_boot_only; /* section .init.* or .exit.* */
	bool is_text;	   /* executable section */
	bool is_exported;  /* __ksymtab_NAME exists */
};

/* The local symbols that follow one STT_FILE symbol. */
struct kfile_group {
	const char *name;   /* "core.c" */
	size_t first, last; /* symbols [first, last) of kernel.syms */
};

enum kref_kind {
	KREF_CALL, /* e8 */
	KREF_JUMP, /* e9, 0f 8x, short jumps across functions */
	KREF_ADDR, /* address in code: lea, mov imm32 ... */
	KREF_DATA, /* address in data */
};

/* One reference to a symbol of interest. */
struct kref {
	uint64_t place;	     /* address of the referring bytes */
	uint64_t target;     /* address referred to: a symbol's entry, or inside it */
	struct ksym *from;   /* symbol that contains @place, or NULL */
	const char *section; /* section that contains @place */
	struct ksym *to;     /* symbol at or around @target (any alias of it) */
	enum kref_kind kind;
};

struct kernel {
	struct arena arena;
	const char *path;
	VEC(struct ksym) syms;	    /* in .symtab order; locals first */
	VEC(struct ksym *) by_addr; /* functions and objects with an address, and
					   assembler's labels in code; by address,
					   then symtab order */
	VEC(struct kfile_group) file_groups;
	uint8_t build_id[64];
	size_t build_id_len;		/* 0: no GNU build-id note */
	char build_id_text[2 * 64 + 1]; /* in hexadecimal */
	const char *release;		/* "6.1.0-56-cloud-amd64", of linux_banner */
	const char *banner;		/* all of linux_banner */
	bool has_relocs;		/* --emit-relocs sections present */
	struct kernel_private *priv;
};

/*
 * Open and read symbols, build ID, banner. ~0.5 s for a Debian vmlinux. @path may be
 * compressed, or one of two files with code and debug information, see vmlinux.c.
 */
struct error *kernel_open(const char *path, struct kernel **kernel);
/* The same from memory, which must stay as it is until kernel_close(); @path
 * only names it. */
struct error *kernel_open_memory(const char *path, const void *bytes, size_t len,
				 struct kernel **kernel);
void kernel_close(struct kernel *kernel);
DEFINE_CLEANUP(struct kernel *, kernel_close)
#define _cleanup_kernel_ _cleanup_(kernel_close)

/* Global symbol @name (weak or strong), or NULL. */
struct ksym *kernel_global(const struct kernel *k, const char *name);
/* Local symbol @name of file group @file; if several, the first in address
 * order; @count (may be NULL) receives how many there are. */
struct ksym *kernel_local(const struct kernel *k, int file, const char *name, size_t *count);
/* Symbol containing @addr: largest start <= addr < start+size, or code without
 * a size that reaches to the next symbol; NULL if none. */
struct ksym *kernel_at(const struct kernel *k, uint64_t addr);
/* File group of the unit @path ("kernel/sched/core.c"): of those called "core.c" the
 * one whose local names overlap @names most, or what DWARF says if files were merged
 * (eu-unstrip); -1 if none overlaps. @score (may be NULL): how many names it holds. */
int kernel_match_unit(const struct kernel *k, const char *path, const char *const *names, size_t n,
		      size_t *score);
/* Has the function that starts at @addr a call to __fentry__ at its entry?
 * From __start_mcount_loc..__stop_mcount_loc. @site (may be NULL): its address
 * (entry, or entry + 4 behind endbr64). */
bool kernel_fentry(const struct kernel *k, uint64_t addr, uint64_t *site);
/* Bytes of the endbr64 that the function at @addr starts with; 0: none. */
unsigned int kernel_endbr(const struct kernel *k, uint64_t addr);
/* What patches code in [start, end) at run time: "jump label", "static call",
 * "alternative", "paravirt", "retpoline", "return thunk", "call thunk",
 * "lock prefix", "ftrace", or NULL.
 * Only the first two change after boot: @live says so. */
const char *kernel_code_site(const struct kernel *k, uint64_t start, uint64_t end, bool *live);
/* Bytes at @addr from the section that holds it; NULL for bss or outside. */
const uint8_t *kernel_bytes(const struct kernel *k, uint64_t addr, size_t len);

/*
 * References to [targets]: functions and objects for which @wanted returns
 * true, from all loaded code and data except tables that only describe code
 * (orc, mcount, jump and static-call tables, alternatives, bug table ...).
 * Calls that stay inside one section have no relocation, so the relocation
 * reader completes itself with the direct branches (e8/e9/0f 8x, and short
 * jumps) of the scan. A function is reported for its entry, and for branches
 * and code that name a place inside it from another function. Exports are no
 * references. The scan finds an object's address in data and as an operand,
 * not the loads and stores that use it; it never finds per-CPU objects.
 * References are appended to @refs, by place. Errors: kernel_refs_reloc() on a
 * vmlinux without relocations (see has_relocs); kernel_refs_scan() has none.
 */
typedef VEC(struct kref) kref_vec;
struct error *kernel_refs_reloc(const struct kernel *k, bool (*wanted)(const struct ksym *, void *),
				void *arg, kref_vec *refs);
struct error *kernel_refs_scan(const struct kernel *k, bool (*wanted)(const struct ksym *, void *),
			       void *arg, kref_vec *refs);

/*
 * The source file that @sym was compiled from, relative to the source root:
 * "kernel/fork.c". Without a directory if only the symbol table knows it (no
 * DWARF for it), NULL if nothing does, as of global objects.
 */
const char *kernel_source_path(const struct kernel *k, const struct ksym *sym);

/*
 * Append what vmlinux has of structs, or unions, called @name: from BTF, or
 * without it from DWARF of the units that have been read. Several may have one
 * name. The members' strings are @arena's or @k's; layout_free() each.
 */
typedef VEC(struct layout) kernel_layouts_vec;
static inline void cleanup_layouts(kernel_layouts_vec *found)
{
	vec_for_each(layout, found)
		layout_free(layout);
	vec_free(found);
}
#define _cleanup_layouts_ __attribute__((__cleanup__(cleanup_layouts)))
void kernel_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		    kernel_layouts_vec *found);
/* Has vmlinux neither BTF nor DWARF of a unit that has been read? */
bool kernel_lacks_types(const struct kernel *k);
/* Is it known, from DWARF, that no unit that has been read uses a struct, or union,
 * called @name? */
bool kernel_units_lack(const struct kernel *k, const char *name, bool is_union);
/* Size in bytes of struct @name; -1 if there is none. */
long kernel_record_size(const struct kernel *k, const char *name);
/* Has struct @name a member called @member? */
bool kernel_has_member(const struct kernel *k, const char *name, const char *member);

/* What DWARF says of one unit. */
struct dw_func {
	const char *name; /* source name */
	const char *file; /* declaration's file, path as in DWARF, "kernel/sched/fair.c" */
	unsigned int line;
	uint64_t low_pc; /* entry of an out-of-line copy, one entry for each
				   (clones); 0: none. No symbol stands there when a
				   strong definition has overridden this weak one */
	uint64_t die;	 /* of its description, for kernel_prototypes() */
};
struct dw_inline {
	const char *name; /* source name of the inlined function */
	const char *file;
	unsigned int line; /* its declaration */
	uint64_t pc;	   /* first address of this copy */
};
struct dw_var {
	const char *name;
	const char *func; /* enclosing function's source name; NULL at file scope */
	const char *file;
	unsigned int line;
	uint64_t addr; /* per-CPU: offset */
};
struct dwarf_unit {
	const char *name; /* DW_AT_name, "kernel/sched/core.c" */
	VEC(struct dw_func) funcs;
	VEC(struct dw_inline) inlines;
	VEC(struct dw_var) vars;
};
/*
 * Read the compilation unit whose name ends in @path ("kernel/sched/core.c").
 * A vmlinux without DWARF, or without this unit, gives *unit == NULL and no
 * error. Freed with the kernel.
 */
struct error *kernel_dwarf_unit(struct kernel *k, const char *path, struct dwarf_unit **unit);
/*
 * Is parameter number @index (from 0) of the function whose out-of-line copy
 * starts at @addr still passed in the register that the ABI gives it? GCC may
 * have removed or split parameters of .isra/.constprop clones. 1 yes, 0 no,
 * -1 DWARF does not say.
 */
int kernel_param_in_place(const struct kernel *k, const struct dwarf_unit *unit, uint64_t addr,
			  unsigned int index);
/*
 * Append the signatures, in the form of ctypes.h, that vmlinux has for the function
 * @name: that of @func in DWARF, or if @func is NULL all of that name in BTF.
 * None: not known.
 */
typedef VEC(const char *) kernel_names;
void kernel_prototypes(const struct kernel *k, const struct dw_func *func, const char *name,
		       struct arena *arena, kernel_names *found);
/*
 * The last line in [@from, @to) of the file @path, as in struct dw_func, for which
 * a unit that has been read has code; 0: none. *@closes: it has some in the first
 * column, where the brace is that ends a function.
 */
unsigned int kernel_last_line(struct kernel *k, const char *path, unsigned int from,
			      unsigned int to, bool *closes);

#endif
