// SPDX-License-Identifier: GPL-2.0-only
/*
 * edges.c - what crosses the boundary, in either direction.
 */
#include "emit/edges.h"

#include "facts/transitive_uses.h"
#include "vmlinux/file_groups.h"

const char *const referrer_kind_name[REF_NR_KINDS] = {
	[REF_CODE] = "code",	 [REF_ADDRESS] = "address", [REF_DATA] = "data",
	[REF_EXPORT] = "export", [REF_CLASS] = "class",
};

struct finder {
	const struct facts *facts;
	const struct decisions *decisions;
	struct edges *edges;
	struct transitive_uses uses;
};

/* --- in */

static void add_referrer(struct func_edges *e, struct referrer ref)
{
	vec_for_each(known, &e->in) {
		if (known->kind == ref.kind && known->stays_in_vmlinux == ref.stays_in_vmlinux &&
		    !strcmp(known->name, ref.name)) {
			known->is_boot_only &= ref.is_boot_only;
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
			     (struct referrer){ .name = ref->from,
						.path = ref->path,
						.kind = kind_of(ref),
						.is_boot_only = ref->is_boot_only });
	/* Old code of the boundary that stays alive is outside of the module, too. */
	for (size_t i = 0; i < facts->symbols.n; i++) {
		const struct fact_symbol *from = &facts->symbols.v[i];

		if (!is_old_code(f->decisions, i))
			continue;
		vec_for_each(callee, &from->callees) {
			int to = facts->symbols.v[*callee].func;

			if (to != from->func)
				add_referrer(&f->edges->funcs.v[to],
					     (struct referrer){ .name = from->name,
								.kind = REF_CODE,
								.stays_in_vmlinux = true,
								.path = facts->funcs.v[from->func]
										.src->at.file->path });
		}
	}
}

/* --- out */

static void add_callee(struct func_edges *e, const char *name, const char *path, bool stays_in_vmlinux)
{
	vec_for_each(known, &e->out)
		if (!strcmp(known->name, name))
			return;
	vec_push(&e->out, ((struct callee){ name, path, stays_in_vmlinux }));
}

static void add_use(struct finder *f, struct func_edges *e, const struct transitive_use *use)
{
	const struct kernel *kernel = f->facts->kernel;
	const struct ksym *sym;

	if (use->ref->kind == SRC_REF_VAR)
		return;
	if (use->func == NONE) {
		sym = kernel_global(kernel, use->ref->name);
		if (sym && sym->is_text)
			add_callee(e, sym->name, kernel_source_path(kernel, sym), false);
	} else if (f->decisions->funcs.v[use->func].class == FUNC_OUTSIDER) {
		const struct fact_func *func = &f->facts->funcs.v[use->func];

		add_callee(e, func->name, func->src->at.file->path, true);
	}
}

static void find_callees(struct finder *f, int func)
{
	const struct transitive_use *use;

	transitive_uses_forget(&f->uses);
	transitive_uses_start(&f->uses, f->facts->funcs.v[func].src);
	while ((use = transitive_uses_next(&f->uses)))
		add_use(f, &f->edges->funcs.v[func], use);
}

static int compare_callees(const void *a, const void *b)
{
	const struct callee *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void edges_find(const struct facts *facts, const struct decisions *decisions, struct edges *edges)
{
	struct finder f = { .facts = facts, .decisions = decisions, .edges = edges };

	*edges = (struct edges){ 0 };
	for (size_t i = 0; i < facts->funcs.n; i++)
		vec_push(&edges->funcs, (struct func_edges){ 0 });
	find_referrers(&f);
	transitive_uses_find(facts, &f.uses);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		struct func_edges *e = &edges->funcs.v[i];

		if (!func_in_module(&decisions->funcs.v[i]))
			continue;
		find_callees(&f, i);
		/* The walk follows pointers, so its order is not always the same. */
		if (e->out.n)
			qsort(e->out.v, e->out.n, sizeof(*e->out.v), compare_callees);
	}
	transitive_uses_free(&f.uses);
}

void edges_free(struct edges *edges)
{
	vec_for_each(e, &edges->funcs) {
		vec_free(&e->in);
		vec_free(&e->out);
	}
	vec_free(&edges->funcs);
}
