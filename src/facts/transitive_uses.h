/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * transitive_uses.h - what functions use, also through inline functions of the kernel's
 * headers, which are compiled into the module with them.
 */
#pragma once

#include "facts/facts.h"

/* A reference of the source and the function that it means. */
struct transitive_use {
	const struct src_ref *ref;
	int func;			/* the boundary's, or NONE */
	const struct src_func *inlined; /* another file's, or NULL */
};

struct transitive_uses {
	VEC(struct transitive_use) all; /* in the order of their users */
	/* A user is 0 (initialisers at file scope) or a function's index + 1. */
	size_t *first;	  /* by user: its first use in @all; one more ends the last */
	bool *seen;	  /* by user: the walk has started from it */
	VEC(size_t) todo; /* users that the walk has not come to */
	size_t next, end; /* uses of the user that the walk is at */
	size_t n_users;
};

/* Resolve all references of @facts, which has to outlive @uses. */
void transitive_uses_find(const struct facts *facts, struct transitive_uses *uses);
void transitive_uses_free(struct transitive_uses *uses);

/* Add the uses by @func (NULL: by initialisers at file scope) to the walk. */
void transitive_uses_start(struct transitive_uses *uses, const struct src_func *func);
/* Its next use, valid until transitive_uses_free(), or NULL. Where an inline function
 * is used, the walk goes on inside it instead, once. */
const struct transitive_use *transitive_uses_next(struct transitive_uses *uses);
/* Begin another walk, which does not know what the ones before have seen. */
void transitive_uses_forget(struct transitive_uses *uses);
