// SPDX-License-Identifier: GPL-2.0-only
#include "facts/facts.h"

#include "facts/join_symbols.h"
#include "facts/join_vars.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/file_groups.h"

/* --- functions by name */

/* The function that vmlinux uses instead of a weak one counts. */
static bool is_better(const struct facts *facts, int known)
{
	return known == NONE || facts->funcs.v[known].overridden;
}

void facts_index_funcs(struct facts *facts)
{
	strmap_free(&facts->globals);
	for (size_t u = 0; u < FACTS_MAX_UNITS; u++)
		strmap_free(&facts->statics[u]);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		const struct fact_func *f = &facts->funcs.v[i];

		if (!f->is_static && is_better(facts, stored_index(&facts->globals, f->name)))
			store_index(&facts->globals, f->name, i);
		for (size_t u = 0; f->is_static && u < FACTS_MAX_UNITS; u++)
			if (f->src->units & 1UL << u)
				store_index(&facts->statics[u], f->name, i);
	}
}

int facts_func(const struct facts *facts, const char *name, int unit)
{
	int func = unit == NONE ? NONE : stored_index(&facts->statics[unit], name);

	return func == NONE ? stored_index(&facts->globals, name) : func;
}

int facts_ref_func(const struct facts *facts, const struct src_ref *ref)
{
	return facts_func(facts, ref->name, ref->is_static ? (int)ref->unit : NONE);
}

/* --- functions and units of the source */

static void add_fact_func(struct join *j, struct src_func *src, struct strmap *groups)
{
	struct facts *facts = j->facts;
	const struct ksym *sym = src->is_weak ? kernel_global(j->kernel, src->name) : NULL;
	const char *place = arena_printf(&facts->arena, "%s:%zu", src->at.file->path, src->at.start);
	struct fact_func f = {
		.name = src->name,
		.src = src,
		.is_static = src->is_static,
		.is_inline = src->is_inline,
		.is_boot_only = src->is_boot_only,
		.type = src->type,
		.in_header = str_ends(src->at.file->path, ".h"),
		.in_sidecar = src->at.file->sidecar,
		.overridden = sym && !sym->is_weak,
		.group = stored_index(groups, place),
	};

	if (f.group == NONE) {
		f.group = facts->funcs.n;
		store_index(groups, place, f.group);
	}
	vec_push(&facts->funcs, f);
}

static void collect_funcs(struct join *j)
{
	struct facts *facts = j->facts;
	_cleanup_strmap_ struct strmap groups = { 0 };

	vec_for_each(src, &j->source->funcs) {
		bool boundary = (*src)->at.file->boundary;

		vec_push(&facts->func_of_src, boundary ? (int)facts->funcs.n : NONE);
		if (boundary)
			add_fact_func(j, *src, &groups);
	}
	facts_index_funcs(facts);
}

/* Does vmlinux have a global function or variable that unit @u defines? */
static bool defines_global(const struct join *j, size_t u)
{
	vec_for_each(f, &j->source->funcs)
		if (!(*f)->is_static && (*f)->units & 1UL << u && kernel_global(j->kernel, (*f)->name))
			return true;
	vec_for_each(v, &j->source->vars)
		if (!(*v)->is_static && (*v)->is_definition && (*v)->units & 1UL << u &&
		    kernel_global(j->kernel, (*v)->name))
			return true;
	return false;
}

/*
 * The local symbols of unit @u: the file group that has most of the names for which the
 * unit may have local symbols. NONE if it has none.
 */
static struct error *match_file_group(const struct join *j, size_t u, int *group)
{
	const char *path = j->source->units.v[u].path;
	_cleanup_vec_ VEC(const char *) names = { 0 };

	vec_for_each(f, &j->source->funcs)
		if ((*f)->is_static && (*f)->at.file->boundary && (*f)->units & 1UL << u)
			vec_push(&names, (*f)->name);
	vec_for_each(v, &j->source->vars)
		if ((*v)->is_static && (*v)->is_definition && (*v)->at.file->boundary &&
		    (*v)->units & 1UL << u)
			vec_push(&names, (*v)->name);
	*group = kernel_match_unit(j->kernel, path, names.v, names.n);
	if (*group != NONE || defines_global(j, u))
		return NULL;
	return error_note(error_at(j->kernel->path, 0, 0, "no symbols of %s in this vmlinux", path),
			  "remove the unit from boundary.units if this configuration does not build it, or name the vmlinux of this kernel with --vmlinux");
}

static struct error *match_units(struct join *j)
{
	struct facts *facts = j->facts;

	facts->has_dwarf = true;
	for (size_t u = 0; u < j->source->units.n; u++) {
		const struct src_unit *src = &j->source->units.v[u];
		struct fact_unit unit = { .name = src->name, .path = src->path };
		struct dwarf_unit *dwarf = NULL;

		TRY(match_file_group(j, u, &unit.file_group));
		TRY(kernel_dwarf_unit(j->kernel, src->path, &dwarf));
		unit.dwarf = dwarf;
		facts->has_dwarf &= dwarf != NULL;
		vec_push(&facts->units, unit);
	}
	return NULL;
}

/* --- references of the source */

/* Functions that the initialisers of file-scope variables point to. */
static void collect_initialisers(struct join *j)
{
	struct facts *facts = j->facts;

	for (size_t i = 0; i < j->source->vars.n; i++)
		vec_push(&facts->var_of_src, NONE);
	for (size_t i = 0; i < facts->vars.n; i++)
		vec_for_each(decl, &facts->vars.v[i].decls)
			facts->var_of_src.v[(*decl)->index] = i;
	vec_for_each(ref, &j->source->refs) {
		int var = facts_src_var(facts, ref->from_var);
		int to = var != NONE && ref->kind != SRC_REF_VAR ? facts_ref_func(facts, ref) : NONE;

		if (to != NONE)
			facts_add_unique(&facts->vars.v[var].addresses, to);
	}
}

static void collect_source_graph(struct join *j)
{
	struct facts *facts = j->facts;

	vec_for_each(ref, &j->source->refs) {
		int from = facts_src_func(facts, ref->from), to;

		if (from == NONE || ref->kind == SRC_REF_VAR)
			continue;
		to = facts_ref_func(facts, ref);
		if (to == NONE) {
			if (ref->kind == SRC_REF_CALL)
				vec_push(&facts->funcs.v[from].externals, ref->name);
		} else if (ref->kind == SRC_REF_CALL) {
			facts_add_unique(&facts->funcs.v[from].callees, to);
		} else {
			facts_add_unique(&facts->funcs.v[from].addresses, to);
			facts->funcs.v[to].address_used = true;
		}
	}
	vec_for_each(icall, &j->source->icalls) {
		int from = facts_src_func(facts, icall->from);

		if (from != NONE)
			vec_push(&facts->funcs.v[from].icalls, icall->type);
	}
}

struct error *facts_join(const struct source *source, struct kernel *kernel, const char *class_type,
			 bool use_relocs, struct facts **result)
{
	struct facts *facts = xcalloc(1, sizeof(*facts));
	struct join j = { .facts = facts, .kernel = kernel, .source = source, .class_type = class_type };
	struct error *err;

	facts->source = source;
	facts->kernel = kernel;
	facts->use_relocs = use_relocs;
	err = match_units(&j);
	if (!err) {
		collect_funcs(&j);
		join_vars(&j);
		join_symbols(&j);
		err = join_refs(&j, use_relocs);
	}
	if (!err) {
		join_inlining(&j);
		collect_source_graph(&j);
		collect_initialisers(&j);
		*result = facts;
	}
	vec_free(&j.by_addr);
	if (err)
		facts_free(facts);
	return err;
}

void facts_free(struct facts *facts)
{
	if (!facts)
		return;
	vec_for_each(f, &facts->funcs) {
		vec_free(&f->symbols);
		vec_free(&f->callees);
		vec_free(&f->addresses);
		vec_free(&f->icalls);
		vec_free(&f->externals);
	}
	vec_for_each(s, &facts->symbols) {
		vec_free(&s->callees);
		vec_free(&s->inlined);
	}
	vec_for_each(var, &facts->vars) {
		vec_free(&var->decls);
		vec_free(&var->copies);
		vec_free(&var->addresses);
	}
	vec_free(&facts->units);
	vec_free(&facts->funcs);
	vec_free(&facts->func_of_src);
	vec_free(&facts->var_of_src);
	vec_free(&facts->symbols);
	vec_free(&facts->outside);
	vec_free(&facts->vars);
	strmap_free(&facts->globals);
	for (size_t u = 0; u < FACTS_MAX_UNITS; u++)
		strmap_free(&facts->statics[u]);
	arena_free(&facts->arena);
	free(facts);
}
