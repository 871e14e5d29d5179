/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables.h - generated tables that an edit of the tree may change: which entries are
 * redirected, and what the provider offers. The cut writes them from what it decided,
 * `schedcut refresh` from the manifest.
 */
#pragma once

#include "base/util.h"

/* What the provider offers: an array, which generated/symbols.c makes tables of, and the
 * same names for modpost. */
#define SYMBOLS_PATH "generated/symbols.h"
#define SYMVERS_PATH "generated/vmlinux.symvers"
/* For each unit, included by generated/unit/NAME.c: its entries can be static functions. */
#define REDIRECT_PATH "generated/redirect/%s.h"

enum { REDIRECT_ENDBR = 1, REDIRECT_FENTRY = 2 };

/* Code of vmlinux that the module replaces. */
struct redirect {
	int unit;	      /* index: its table lists it */
	const char *name;     /* vmlinux's symbol */
	const char *function; /* of the module; NULL: only looked for on stacks */
	uint64_t addr;	      /* at link time */
	unsigned long size;
	unsigned int flags; /* REDIRECT_* */
};
typedef VEC(struct redirect) redirect_vec;

struct provided {
	const char *name; /* as the module asks for it, "vml.core.foo" or "foo" */
	uint64_t addr;	  /* link-time address, or offset in the per-CPU area */
};
typedef VEC(struct provided) provided_vec;

/* The table of @unit: those of @redirects that are its own, by address. */
void print_redirects(FILE *f, const redirect_vec *redirects, int unit);
void sort_provided(provided_vec *symbols);
/* SYMBOLS_PATH; @symbols are sorted. "vml.layout." is the provider's own. */
void print_symbols(FILE *f, const provided_vec *symbols);
/* SYMVERS_PATH, for the scheduler @name. */
void print_symvers(FILE *f, const provided_vec *symbols, const char *name);
