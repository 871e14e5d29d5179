// SPDX-License-Identifier: GPL-2.0-only
/*
 * edges.c - what crosses the boundary, in either direction.
 */
#include "edges.h"

const char *const referrer_kind_name[REF_NR_KINDS] = {
	[REF_CODE] = "code",
	[REF_ADDRESS] = "address",
	[REF_DATA] = "data",
	[REF_EXPORT] = "export",
	[REF_CLASS] = "class",
};

/* A use of a function in the source, resolved. */
struct use {
	const struct src_func *from;
	const struct src_func *inlined;	/* a header's inline function, or */
	int func;			/* one of the boundary, or NONE, */
	const struct ksym *sym;		/* or one of vmlinux, or NULL */
};

struct finder {
	const struct facts *facts;
	const struct decisions *decisions;
	struct edges *edges;
	VEC(struct use) uses;			/* sorted by from */
	struct strmap visited;			/* "%p" of an inline function */
	struct arena keys;
	VEC(const struct src_func *) todo;
};

/* --- in */

static void add_referrer(struct func_edges *e, struct referrer ref)
{
	vec_for_each(known, &e->in) {
		if (known->kind == ref.kind && known->kept == ref.kept &&
		    !strcmp(known->name, ref.name)) {
			known->init &= ref.init;
			return;
		}
	}
	vec_push(&e->in, ref);
}

static enum referrer_kind kind_of(const struct fact_outside *ref)
{
	static const enum referrer_kind kinds[] = {
		[OUTSIDE_CODE] = REF_CODE,
		[OUTSIDE_ADDRESS] = REF_ADDRESS,
		[OUTSIDE_DATA] = REF_DATA,
		[OUTSIDE_EXPORT] = REF_EXPORT,
	};

	return ref->class_object ? REF_CLASS : kinds[ref->kind];
}

static void find_referrers(struct finder *f)
{
	const struct facts *facts = f->facts;

	vec_for_each(ref, &facts->outside)
		add_referrer(&f->edges->funcs.v[facts->symbols.v[ref->symbol].func],
			     (struct referrer){ .name = ref->from, .path = ref->path,
						.kind = kind_of(ref), .init = ref->init });
	/* Old code of the boundary that stays alive is outside of the module, too. */
	for (size_t i = 0; i < facts->symbols.n; i++) {
		const struct fact_symbol *from = &facts->symbols.v[i];

		if (!f->decisions->live.v[i])
			continue;
		vec_for_each(callee, &from->callees) {
			int to = facts->symbols.v[*callee].func;

			if (to != from->func)
				add_referrer(&f->edges->funcs.v[to], (struct referrer){
					.name = from->name, .kind = REF_CODE, .kept = true,
					.path = facts->funcs.v[from->func].src->at.file->path });
		}
	}
}

/* --- out */

static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	return ((uintptr_t)x->from > (uintptr_t)y->from) -
	       ((uintptr_t)x->from < (uintptr_t)y->from);
}

/* Every use of a function by a function, sorted by user. */
static void resolve_uses(struct finder *f)
{
	const struct facts *facts = f->facts;
	struct strmap inlines = { 0 }, boundary = { 0 };

	vec_for_each(func, &facts->source->funcs)
		if (!(*func)->at.file->boundary)
			strmap_put(&inlines, (*func)->name, *func);
	for (size_t i = 0; i < facts->funcs.n; i++)
		strmap_put(&boundary, facts->funcs.v[i].name, &facts->funcs.v[i]);
	vec_for_each(ref, &facts->source->refs) {
		struct use use = { .from = ref->from, .func = NONE };

		if (!ref->from || ref->kind == SRC_REF_VAR)
			continue;
		/* Most names are not the boundary's. */
		if (strmap_get(&boundary, ref->name))
			use.func = facts_ref_func(facts, ref);
		if (use.func == NONE)
			use.inlined = strmap_get(&inlines, ref->name);
		if (use.func == NONE && !use.inlined)
			use.sym = kernel_global(facts->kernel, ref->name);
		if (use.func != NONE || use.inlined || (use.sym && use.sym->is_text))
			vec_push(&f->uses, use);
	}
	if (f->uses.n)
		qsort(f->uses.v, f->uses.n, sizeof(*f->uses.v), compare_uses);
	strmap_free(&inlines);
	strmap_free(&boundary);
}

static void add_callee(struct func_edges *e, const char *name, const char *path, bool kept)
{
	vec_for_each(known, &e->out)
		if (!strcmp(known->name, name))
			return;
	vec_push(&e->out, ((struct callee){ name, path, kept }));
}

static void follow(struct finder *f, struct func_edges *e, const struct use *use)
{
	const struct facts *facts = f->facts;

	if (use->inlined) {
		char *key = arena_printf(&f->keys, "%p", (const void *)use->inlined);

		if (!strmap_put(&f->visited, key, key))
			vec_push(&f->todo, use->inlined);
	} else if (use->func == NONE) {
		add_callee(e, use->sym->name, kernel_source_path(facts->kernel, use->sym), false);
	} else if (f->decisions->funcs.v[use->func].class == FUNC_OUTSIDER) {
		const struct fact_func *func = &facts->funcs.v[use->func];

		add_callee(e, func->name, func->src->at.file->path, true);
	}
}

static void find_callees(struct finder *f, int func)
{
	struct func_edges *e = &f->edges->funcs.v[func];

	vec_push(&f->todo, f->facts->funcs.v[func].src);
	while (f->todo.n) {
		const struct src_func *from = f->todo.v[--f->todo.n];
		size_t lo = 0, hi = f->uses.n;

		while (lo < hi) {
			size_t mid = (lo + hi) / 2;

			if ((uintptr_t)f->uses.v[mid].from < (uintptr_t)from)
				lo = mid + 1;
			else
				hi = mid;
		}
		for (; lo < f->uses.n && f->uses.v[lo].from == from; lo++)
			follow(f, e, &f->uses.v[lo]);
	}
	strmap_free(&f->visited);
	arena_free(&f->keys);
}

static int compare_callees(const void *a, const void *b)
{
	const struct callee *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void edges_find(const struct facts *facts, const struct decisions *decisions,
		struct edges *edges)
{
	struct finder f = { .facts = facts, .decisions = decisions, .edges = edges };

	*edges = (struct edges){ 0 };
	for (size_t i = 0; i < facts->funcs.n; i++)
		vec_push(&edges->funcs, (struct func_edges){ 0 });
	find_referrers(&f);
	resolve_uses(&f);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		struct func_edges *e = &edges->funcs.v[i];

		if (!func_kept(&decisions->funcs.v[i]))
			continue;
		find_callees(&f, i);
		/* The walk follows pointers, so its order is not always the same. */
		if (e->out.n)
			qsort(e->out.v, e->out.n, sizeof(*e->out.v), compare_callees);
	}
	vec_free(&f.uses);
	vec_free(&f.todo);
}

void edges_free(struct edges *edges)
{
	vec_for_each(e, &edges->funcs) {
		vec_free(&e->in);
		vec_free(&e->out);
	}
	vec_free(&edges->funcs);
}
