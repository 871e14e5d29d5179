/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uses.h - what functions use, through the inline functions of the kernel's
 * headers, which are compiled into the module with them.
 */
#ifndef SCHEDCUT_USES_H
#define SCHEDCUT_USES_H

#include "facts/facts.h"

/* A reference of the source and the function that it means. */
struct use {
	const struct src_ref *ref;
	int func;			/* the boundary's, or NONE */
	const struct src_func *inlined; /* another file's, or NULL */
};

struct uses {
	VEC(struct use) all; /* by ref->from */
	struct strmap seen;  /* "%p" of functions that were started from */
	struct arena keys;
	VEC(const struct src_func *) todo; /* and have not been come to */
	const struct src_func *from;	   /* whose uses are being walked, from @next on */
	size_t next;
};

/* Resolve all references of @facts, which has to outlive @uses. */
void uses_find(const struct facts *facts, struct uses *uses);
void uses_free(struct uses *uses);

/* A walk: what is used by @func (NULL: by initialisers at file scope), too. */
void uses_start(struct uses *uses, const struct src_func *func);
/* Its next use, valid until uses_free(), or NULL. Where an inline function is used,
 * the walk goes on in there instead, once. The order means nothing. */
const struct use *uses_next(struct uses *uses);
/* Begin another walk, which knows nothing of those before. */
void uses_forget(struct uses *uses);

#endif
