/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refresh.h - symbols of vmlinux that an edited tree needs and the cut did not
 * foresee.
 */
#pragma once

#include "tree/check.h"

/*
 * Move redirects to the units that define their functions now, and add to the
 * provider what the built scheduler leaves undefined. Prints what it did. Fails
 * if vmlinux is not at hand or there is nothing built to look at; symbols that
 * cannot be provided are printed and set *@failed.
 */
struct error *refresh(const struct check_options *options, bool *failed);

/* What vmlinux can do for an undefined symbol. */
struct symbol_answer {
	uint64_t addr;	     /* valid if @refusal is NULL */
	const char *refusal; /* why it cannot be provided, or NULL */
	const char *remedy;
};
/*
 * Look for @name: "foo", a global symbol or the only local one of vmlinux, or
 * "vml.UNIT.foo", what the unit sees as schedcut/unit.h has it. The strings of the
 * answer live in @arena.
 */
struct symbol_answer find_symbol(const struct kernel *kernel, const struct manifest *m,
				 const char *name, struct arena *arena);

/* A file below the tree and what it is to hold. */
struct refresh_file {
	char *path, *text;
	bool changed;
};
/*
 * Replace those of the @n files that changed. All are written beside their places
 * first, so that a full disk changes nothing. A file that cannot be replaced after
 * that ends it: those before it are new, it and those behind it are as they were.
 */
struct error *refresh_write(const struct tree *tree, const struct refresh_file *files, size_t n);

/* refresh_redirect.c: does the redirect table of one of @units (bits, as
 * manifest.units) list @function? */
bool redirect_listed(const struct tree *tree, const char *function, unsigned long units);
/* Move redirects of functions to the units that define them now. */
struct error *refresh_redirects(const struct tree *tree, size_t *n_moved);

/* check_object.c: an undefined symbol and where it is asked for. */
struct missing {
	const char *name;
	const struct src_ref *ref; /* NULL: not seen in the source */
};
typedef VEC(struct missing) missing_vec;
/*
 * What the scheduler's object lacks. *@stale: there is no object, or it is older
 * than the source; nothing is listed then.
 */
struct error *find_missing(struct tree *tree, missing_vec *missing, bool *stale);
