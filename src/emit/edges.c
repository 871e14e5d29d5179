// SPDX-License-Identifier: GPL-2.0-only
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

static void add_edge(edge_vec *edges, struct edge edge)
{
	vec_for_each(known, edges) {
		if (known->kind == edge.kind && known->stays_in_vmlinux == edge.stays_in_vmlinux &&
		    !strcmp(known->name, edge.name)) {
			known->is_boot_only &= edge.is_boot_only;
			return;
		}
	}
	vec_push(edges, edge);
}

static void find_referrers(struct finder *f)
{
	const struct facts *facts = f->facts;

	vec_for_each(ref, &facts->outside)
		add_edge(&f->edges->funcs.v[facts->symbols.v[ref->symbol].func].in,
			 (struct edge){ .name = ref->from,
					.path = ref->path,
					.kind = ref->class_object ? REF_CLASS : (int)ref->kind,
					.is_boot_only = ref->is_boot_only });
	/* Old code of the boundary that stays alive is outside of the module, too. */
	for (size_t i = 0; i < facts->symbols.n; i++) {
		const struct fact_symbol *from = &facts->symbols.v[i];

		if (!is_old_code(f->decisions, i))
			continue;
		vec_for_each(callee, &from->callees) {
			int to = facts->symbols.v[*callee].func;

			if (to != from->func)
				add_edge(&f->edges->funcs.v[to].in,
					 (struct edge){ .name = from->name,
							.kind = REF_CODE,
							.stays_in_vmlinux = true,
							.path = facts->funcs.v[from->func]
									.src->at.file->path });
		}
	}
}

/* --- out */

static void add_use(struct finder *f, edge_vec *out, const struct transitive_use *use)
{
	const struct kernel *kernel = f->facts->kernel;
	const struct ksym *sym;

	if (use->ref->kind == SRC_REF_VAR)
		return;
	if (use->func == NONE) {
		sym = kernel_global(kernel, use->ref->name);
		if (sym && sym->is_text)
			add_edge(out, (struct edge){ sym->name, kernel_source_path(kernel, sym) });
	} else if (f->decisions->funcs.v[use->func].class == FUNC_OUTSIDER) {
		const struct fact_func *func = &f->facts->funcs.v[use->func];

		add_edge(out, (struct edge){ .name = func->name,
					     .path = func->src->at.file->path,
					     .stays_in_vmlinux = true });
	}
}

static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : compare_values(x->stays_in_vmlinux, y->stays_in_vmlinux);
}

void edges_find(const struct facts *facts, const struct decisions *decisions, struct edges *edges)
{
	struct finder f = { .facts = facts, .decisions = decisions, .edges = edges };
	const struct transitive_use *use;

	*edges = (struct edges){ 0 };
	for (size_t i = 0; i < facts->funcs.n; i++)
		vec_push(&edges->funcs, (struct func_edges){ 0 });
	find_referrers(&f);
	transitive_uses_find(facts, &f.uses);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		if (!func_in_module(&decisions->funcs.v[i]))
			continue;
		transitive_uses_forget(&f.uses);
		transitive_uses_start(&f.uses, facts->funcs.v[i].src);
		while ((use = transitive_uses_next(&f.uses)))
			add_use(&f, &edges->funcs.v[i].out, use);
		/* The walk follows pointers, so its order is not always the same. */
		vec_sort(&edges->funcs.v[i].out, compare_edges);
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
