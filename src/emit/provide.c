// SPDX-License-Identifier: GPL-2.0-only
/*
 * provide.c - which symbols the provider module offers.
 *
 * Plain names are found by walking the references from the functions in the
 * module through the inline functions of the kernel's headers. That is a
 * superset of what the linker will ask for: the compiler drops dead code, and
 * a name too many costs 24 bytes.
 */
#include "emit/provide.h"

#include <schedcut/kernel_symbols.h>

#include "facts/transitive_uses.h"

struct provider {
	const struct facts *facts;
	const struct decisions *decisions;
	struct provision *out;
	struct transitive_uses uses;
};

/* What the runtime needs, as "vml.runtime.NAME". */
#define NEEDED(name, type) { #name, true },
#define WANTED(name, type) { #name, false },
#define BY_CUT(name, type)
static const struct runtime_name {
	const char *name;
	bool needed;
} runtime_names[] = { SCHEDCUT_KERNEL_SYMBOLS(NEEDED, WANTED, BY_CUT) };

/* For authors: what adds files to a cgroup controller; hooks.h, add_files. */
static const char *const author_names[] = {
	"cgroup_add_dfl_cftypes",
	"cgroup_add_legacy_cftypes",
	"cgroup_rm_cftypes",
};

static struct error *add_symbol(struct provider *p, const char *name, uint64_t addr)
{
	struct provided symbol = { .name = arena_strdup(&p->out->arena, name), .addr = addr };

	if (strmap_get(&p->out->by_name, name))
		return NULL;
	if (strlen(name) > SYMBOL_NAME_MAX)
		return error_note(error_new("symbol name '%s' is longer than %d bytes", name,
					    SYMBOL_NAME_MAX),
				  "keep it out of the module with 'keep_in_vmlinux' or 'private'");
	strmap_put(&p->out->by_name, symbol.name, (void *)symbol.name);
	vec_push(&p->out->symbols, symbol);
	return NULL;
}

/* As above, as @unit sees it; "runtime" for the runtime. */
static struct error *add_vml(struct provider *p, const char *unit, const char *name, uint64_t addr)
{
	_cleanup_free_ char *label = xasprintf(VML_PREFIX "%s.%s", unit, name);

	return add_symbol(p, label, addr);
}

/* A plain name, if vmlinux has it and does not export it. */
static struct error *add_plain(struct provider *p, const char *name)
{
	const struct ksym *sym = kernel_global(p->facts->kernel, name);

	if (!sym || sym->is_exported || sym->is_boot_only)
		return NULL;
	return add_symbol(p, name, sym->addr);
}

/* @func as every unit that sees it may name it: the text that uses it may be a
 * header's. */
static struct error *add_func(struct provider *p, int func)
{
	const struct fact_func *f = &p->facts->funcs.v[func];
	uint64_t addr = p->facts->symbols.v[p->decisions->funcs.v[func].symbol].addr;

	vec_for_each(u, &p->facts->units)
		if (!f->is_static || f->src->units & 1UL << (u - p->facts->units.v))
			TRY(add_vml(p, u->name, f->name, addr));
	return NULL;
}

static void mark(bool *used, const int_vec *funcs)
{
	vec_for_each(func, funcs)
		used[*func] = true;
}

/* Functions that the emitted text uses: others are only declared. */
static bool *find_used(const struct provider *p)
{
	const struct facts *facts = p->facts;
	bool *used = xcalloc(facts->funcs.n, sizeof(*used));

	for (size_t i = 0; i < facts->funcs.n; i++) {
		if (!func_in_module(&p->decisions->funcs.v[i]))
			continue;
		mark(used, &facts->funcs.v[i].callees);
		mark(used, &facts->funcs.v[i].addresses);
	}
	for (size_t i = 0; i < facts->vars.n; i++)
		mark(used, &facts->vars.v[i].addresses);
	return used;
}

static struct error *add_funcs(struct provider *p)
{
	_cleanup_free_ bool *used = find_used(p);

	for (size_t i = 0; i < p->facts->funcs.n; i++) {
		const struct func_decision *d = &p->decisions->funcs.v[i];

		/* Static outsiders are declared under such a name. */
		if (d->symbol != NONE &&
		    (d->needs_orig ||
		     (d->class == FUNC_OUTSIDER && p->facts->funcs.v[i].is_static && used[i])))
			TRY(add_func(p, i));
	}
	/* Replaced code, for the redirect tables. */
	for (size_t i = 0; i < p->facts->symbols.n; i++) {
		const struct fact_symbol *sym = &p->facts->symbols.v[i];
		char label[SYMBOL_NAME_MAX + 1];

		if (!func_in_module(&p->decisions->funcs.v[sym->func]))
			continue;
		snprintf(label, sizeof(label), VML_TEXT "%lx", (unsigned long)sym->addr);
		TRY(add_symbol(p, label, sym->addr));
	}
	return NULL;
}

static struct error *add_vars(struct provider *p)
{
	const struct fact_unit *units = p->facts->units.v;

	for (size_t i = 0; i < p->facts->vars.n; i++) {
		const struct fact_var *var = &p->facts->vars.v[i];
		const struct var_decision *d = &p->decisions->vars.v[i];
		bool copied = d->rule && d->rule->init == PRIVATE_COPY;

		if (d->class != VAR_SHARED && d->class != VAR_CLASS && !copied)
			continue;
		/* A static of a header is another object in each unit. */
		if (var->link == VAR_STATIC)
			vec_for_each(copy, &var->copies)
				TRY(add_vml(p, units[copy->unit].name, var->name, copy->addr));
		else if (d->class == VAR_CLASS || copied)
			TRY(add_vml(p, units[var->unit].name, var->name, var->addr));
		if (var->link == VAR_GLOBAL && !copied)
			TRY(add_plain(p, var->name));
		else if (var->link == VAR_IN_FUNCTION && var->owner != NONE)
			TRY(add_vml(p, units[var->unit].name, var->name, var->addr));
	}
	return NULL;
}

/* --- plain names, through the headers' inline functions */

static struct error *add_externals(struct provider *p)
{
	const struct transitive_use *use;

	for (size_t i = 0; i < p->facts->funcs.n; i++)
		if (func_in_module(&p->decisions->funcs.v[i]))
			transitive_uses_start(&p->uses, p->facts->funcs.v[i].src);
	/* Initialisers of file-scope variables. */
	transitive_uses_start(&p->uses, NULL);
	while ((use = transitive_uses_next(&p->uses)))
		if (!use->ref->is_static && !use->ref->is_local &&
		    (use->func == NONE || !func_in_module(&p->decisions->funcs.v[use->func])))
			TRY(add_plain(p, use->ref->name));
	return NULL;
}

static struct error *add_runtime_names(struct provider *p)
{
	const struct fact_symbol *symbols = p->facts->symbols.v;
	const struct decisions *d = p->decisions;

	for (size_t i = 0; i < ARRAY_SIZE(runtime_names); i++) {
		const struct runtime_name *r = &runtime_names[i];
		const struct ksym *sym = kernel_global(p->facts->kernel, r->name);

		/* A local symbol will do if its name is the only one. */
		if (!sym && !r->needed && kernel_count(p->facts->kernel, r->name, false, &sym) != 1)
			sym = NULL;
		if (!sym && r->needed)
			return error_note(error_at(p->facts->kernel->path, 0, 0,
						   "no symbol '%s', which the runtime needs", r->name),
					  "schedcut does not know how to switch schedulers on this kernel");
		if (sym)
			TRY(add_vml(p, "runtime", r->name, sym->addr));
	}
	TRY(add_vml(p, "runtime", "__schedule", symbols[d->funcs.v[d->schedule].symbol].addr));
	return add_vml(p, "runtime", "finish_task_switch", symbols[d->finish_symbol].addr);
}

static struct error *add_all(struct provider *p)
{
	TRY(add_funcs(p));
	TRY(add_vars(p));
	TRY(add_externals(p));
	for (size_t i = 0; i < ARRAY_SIZE(author_names); i++)
		TRY(add_plain(p, author_names[i]));
	return add_runtime_names(p);
}

struct error *provide(const struct facts *facts, const struct decisions *decisions,
		      const char *name, struct provision **provision)
{
	struct provider p = { .facts = facts,
			      .decisions = decisions,
			      .out = xcalloc(1, sizeof(*p.out)) };
	struct error *err;

	transitive_uses_find(facts, &p.uses);
	err = add_all(&p);
	if (!err)
		err = add_symbol(&p, arena_printf(&p.out->arena, VML_LAYOUT "%s", name), 0);
	sort_provided(&p.out->symbols);
	transitive_uses_free(&p.uses);
	if (err)
		provision_free(p.out);
	else
		*provision = p.out;
	return err;
}

void provision_free(struct provision *provision)
{
	if (!provision)
		return;
	vec_free(&provision->symbols);
	strmap_free(&provision->by_name);
	arena_free(&provision->arena);
	free(provision);
}
