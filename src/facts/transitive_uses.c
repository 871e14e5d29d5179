// SPDX-License-Identifier: GPL-2.0-only
#include "facts/transitive_uses.h"

static size_t user_of(const struct src_func *func)
{
	return func ? func->index + 1 : 0;
}

static struct transitive_use resolve_use(const struct facts *facts, const struct src_ref *ref,
					 const struct strmap *boundary, const struct strmap *inlines)
{
	struct transitive_use use = { .ref = ref, .func = NONE };

	/* Most names are not the boundary's. */
	if (ref->kind != SRC_REF_VAR && strmap_get(boundary, ref->name))
		use.func = facts_ref_func(facts, ref);
	if (ref->kind != SRC_REF_VAR && use.func == NONE)
		use.inlined = strmap_get(inlines, ref->name);
	return use;
}

void transitive_uses_find(const struct facts *facts, struct transitive_uses *uses)
{
	const struct source *source = facts->source;
	struct strmap inlines = { 0 }, boundary = { 0 };
	size_t n = source->funcs.n + 1;

	*uses = (struct transitive_uses){ .n_users = n,
					  .first = xcalloc(n + 1, sizeof(*uses->first)),
					  .seen = xcalloc(n, sizeof(*uses->seen)) };
	vec_for_each(func, &source->funcs)
		if (!(*func)->at.file->boundary)
			strmap_put(&inlines, (*func)->name, *func);
	vec_for_each(func, &facts->funcs)
		strmap_put(&boundary, func->name, func);

	/* Count the references of each user, then put them after those of earlier users. */
	vec_for_each(ref, &source->refs) {
		uses->first[user_of(ref->from) + 1]++;
		vec_push(&uses->all, (struct transitive_use){ 0 });
	}
	for (size_t user = 1; user <= n; user++)
		uses->first[user] += uses->first[user - 1];

	_cleanup_free_ size_t *free_slot = xcalloc(n, sizeof(*free_slot));

	memcpy(free_slot, uses->first, n * sizeof(*free_slot));
	vec_for_each(ref, &source->refs)
		uses->all.v[free_slot[user_of(ref->from)]++] = resolve_use(facts, ref, &boundary,
									   &inlines);
	strmap_free(&inlines);
	strmap_free(&boundary);
}

void transitive_uses_free(struct transitive_uses *uses)
{
	free(uses->first);
	free(uses->seen);
	vec_free(&uses->all);
	vec_free(&uses->todo);
}

void transitive_uses_start(struct transitive_uses *uses, const struct src_func *func)
{
	size_t user = user_of(func);

	if (!uses->seen[user])
		vec_push(&uses->todo, user);
	uses->seen[user] = true;
}

const struct transitive_use *transitive_uses_next(struct transitive_uses *uses)
{
	for (;;) {
		while (uses->next < uses->end) {
			const struct transitive_use *use = &uses->all.v[uses->next++];

			if (!use->inlined)
				return use;
			transitive_uses_start(uses, use->inlined);
		}
		if (!uses->todo.n)
			return NULL;

		size_t user = uses->todo.v[--uses->todo.n];

		uses->next = uses->first[user];
		uses->end = uses->first[user + 1];
	}
}

void transitive_uses_forget(struct transitive_uses *uses)
{
	memset(uses->seen, 0, uses->n_users * sizeof(*uses->seen));
	uses->todo.n = 0;
	uses->next = uses->end = 0;
}
