/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - an opened vmlinux: its symbols and bytes. The other headers of this
 * room say what else it is asked. Facts are recorded here, never judged. Addresses
 * are link-time addresses; a per-CPU symbol has its offset in the per-CPU area.
 */
#pragma once

#include "base/diag.h"

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

/* Read a vmlinux in memory, which must stay as it is until kernel_close(); @path
 * only names it. See vmlinux.h for files. */
struct error *kernel_open_memory(const char *path, const void *bytes, size_t len,
				 struct kernel **kernel);
void kernel_close(struct kernel *kernel);
DEFINE_CLEANUP(struct kernel *, kernel_close)
#define _cleanup_kernel_ _cleanup_(kernel_close)

/* Global symbol @name (weak or strong), or NULL. */
struct ksym *kernel_global(const struct kernel *k, const char *name);
/* Local symbol @name of file group @file; if several, the first in address
 * order; *@count receives how many there are. */
struct ksym *kernel_local(const struct kernel *k, int file, const char *name, size_t *count);
/* How many functions, or if !@funcs symbols of code and data, are called @name. The last
 * of them in *@last, which may be NULL. */
size_t kernel_count(const struct kernel *k, const char *name, bool funcs, const struct ksym **last);
/* Symbol containing @addr: largest start <= addr < start+size, or code without
 * a size that reaches to the next symbol; NULL if none. */
struct ksym *kernel_at(const struct kernel *k, uint64_t addr);
/* Bytes at @addr from the section that holds it; NULL for bss or outside. */
const uint8_t *kernel_bytes(const struct kernel *k, uint64_t addr, size_t len);
