/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refresh.h - symbols of vmlinux that an edited tree needs and the cut did not
 * foresee.
 */
#ifndef SCHEDCUT_REFRESH_H
#define SCHEDCUT_REFRESH_H

#include "check.h"

/*
 * Add to the provider what the built scheduler leaves undefined. Prints what
 * it added. Fails if vmlinux is not at hand or the tree was not built; symbols
 * that cannot be provided are printed and set *@failed.
 */
struct error *refresh(const struct check_options *options, bool *failed);

/* What vmlinux can do for an undefined symbol. */
struct symbol_answer {
	uint64_t addr;		/* valid if @refusal is NULL */
	const char *refusal;	/* why it cannot be provided, or NULL */
	const char *remedy;
};
/*
 * Look for @name, "foo" or "vml.UNIT.foo". The strings of the answer live in
 * @arena.
 */
struct symbol_answer find_symbol(const struct kernel *kernel, const struct manifest *m,
				 const char *name, struct arena *arena);

/* check_object.c: an undefined symbol and where it is asked for. */
struct missing {
	const char *name;
	const struct src_ref *ref;	/* NULL: not seen in the source */
};
typedef VEC(struct missing) missing_vec;
/*
 * What the scheduler's object lacks. *@stale: there is no object, or it is older
 * than the source; nothing is listed then.
 */
struct error *find_missing(struct tree *tree, missing_vec *missing, bool *stale);

#endif
