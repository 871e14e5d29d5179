// SPDX-License-Identifier: GPL-2.0-only
/*
 * transitive_uses.c - what functions use, through the headers' inline functions.
 */
#include "facts/transitive_uses.h"

static int compare_uses(const void *a, const void *b)
{
	const struct src_ref *x = ((const struct transitive_use *)a)->ref,
			     *y = ((const struct transitive_use *)b)->ref;

	return ((uintptr_t)x->from > (uintptr_t)y->from) - ((uintptr_t)x->from < (uintptr_t)y->from);
}

void transitive_uses_find(const struct facts *facts, struct transitive_uses *uses)
{
	struct strmap inlines = { 0 }, boundary = { 0 };

	*uses = (struct transitive_uses){ 0 };
	vec_for_each(func, &facts->source->funcs)
		if (!(*func)->at.file->boundary)
			strmap_put(&inlines, (*func)->name, *func);
	vec_for_each(func, &facts->funcs)
		strmap_put(&boundary, func->name, func);
	vec_for_each(ref, &facts->source->refs) {
		struct transitive_use use = { .ref = ref, .func = NONE };

		/* Most names are not the boundary's. */
		if (ref->kind != SRC_REF_VAR && strmap_get(&boundary, ref->name))
			use.func = facts_ref_func(facts, ref);
		if (ref->kind != SRC_REF_VAR && use.func == NONE)
			use.inlined = strmap_get(&inlines, ref->name);
		vec_push(&uses->all, use);
	}
	if (uses->all.n)
		qsort(uses->all.v, uses->all.n, sizeof(*uses->all.v), compare_uses);
	uses->next = uses->all.n;
	strmap_free(&inlines);
	strmap_free(&boundary);
}

void transitive_uses_free(struct transitive_uses *uses)
{
	transitive_uses_forget(uses);
	vec_free(&uses->all);
	vec_free(&uses->todo);
}

void transitive_uses_start(struct transitive_uses *uses, const struct src_func *func)
{
	char *key = arena_printf(&uses->keys, "%p", (const void *)func);

	if (!strmap_put(&uses->seen, key, key))
		vec_push(&uses->todo, func);
}

/* The first use by @func, if it has any. */
static size_t first_use(const struct transitive_uses *uses, const struct src_func *func)
{
	size_t lo = 0, hi = uses->all.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if ((uintptr_t)uses->all.v[mid].ref->from < (uintptr_t)func)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct transitive_use *transitive_uses_next(struct transitive_uses *uses)
{
	for (;;) {
		while (uses->next < uses->all.n && uses->all.v[uses->next].ref->from == uses->from) {
			const struct transitive_use *use = &uses->all.v[uses->next++];

			if (!use->inlined)
				return use;
			transitive_uses_start(uses, use->inlined);
		}
		if (!uses->todo.n)
			return NULL;
		uses->from = uses->todo.v[--uses->todo.n];
		uses->next = first_use(uses, uses->from);
	}
}

void transitive_uses_forget(struct transitive_uses *uses)
{
	strmap_free(&uses->seen);
	arena_free(&uses->keys);
	uses->todo.n = 0;
	uses->next = uses->all.n;
}
