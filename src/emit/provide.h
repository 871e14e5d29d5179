/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * provide.h - the symbols that the provider module has to offer: what the
 * emitted code needs from vmlinux and vmlinux does not export.
 */
#pragma once

#include "decide/classify.h"

struct provided {
	const char *name; /* as the module asks for it, "vml.core.foo" or "foo" */
	uint64_t addr;	  /* link-time address, or offset in the per-CPU area */
};

struct provision {
	struct arena arena;
	VEC(struct provided) symbols; /* sorted by name, as strcmp sorts */
	struct strmap by_name;
};

/* "vml.UNIT.NAME", the assembler name of vmlinux's NAME as UNIT sees it. */
#define VML_PREFIX "vml."
/* "vml.text.ADDRESS", replaced code by its link-time address: names of clones
 * may be too long, and two of one unit may be equal. */
#define VML_TEXT VML_PREFIX "text."
/* Before the name of a scheduler: the digest of layouts that its provider has. */
#define VML_LAYOUT VML_PREFIX "layout."
/* modpost's limit on names it records versions of (MODULE_NAME_LEN on 64 bit). */
#define SYMBOL_NAME_MAX 55

/*
 * Collect them. A name that the emitted text needs for certain and vmlinux
 * does not have is an error; names that only may be needed are left out then.
 */
struct error *provide(const struct facts *facts, const struct decisions *decisions,
		      struct provision **provision);
void provision_free(struct provision *provision);

/* The lines of a symbol in generated/symbols.c and generated/vmlinux.symvers. */
void print_provided(FILE *f, const char *name, uint64_t addr);
void print_symver(FILE *f, const char *name, const char *module);
