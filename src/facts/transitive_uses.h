/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * transitive_uses.h - what functions use, through the inline functions of the kernel's
 * headers, which are compiled into the module with them.
 */
#ifndef SCHEDCUT_TRANSITIVE_USES_H
#define SCHEDCUT_TRANSITIVE_USES_H

#include "facts/facts.h"

/* A reference of the source and the function that it means. */
struct transitive_use {
	const struct src_ref *ref;
	int func;			/* the boundary's, or NONE */
	const struct src_func *inlined; /* another file's, or NULL */
};

struct transitive_uses {
	VEC(struct transitive_use) all; /* by ref->from */
	struct strmap seen;		/* "%p" of functions that were started from */
	struct arena keys;
	VEC(const struct src_func *) todo; /* and have not been come to */
	const struct src_func *from;	   /* whose uses are being walked, from @next on */
	size_t next;
};

/* Resolve all references of @facts, which has to outlive @uses. */
void transitive_uses_find(const struct facts *facts, struct transitive_uses *uses);
void transitive_uses_free(struct transitive_uses *uses);

/* A walk: what is used by @func (NULL: by initialisers at file scope), too. */
void transitive_uses_start(struct transitive_uses *uses, const struct src_func *func);
/* Its next use, valid until transitive_uses_free(), or NULL. Where an inline function is used,
 * the walk goes on in there instead, once. The order means nothing. */
const struct transitive_use *transitive_uses_next(struct transitive_uses *uses);
/* Begin another walk, which knows nothing of those before. */
void transitive_uses_forget(struct transitive_uses *uses);

#endif
