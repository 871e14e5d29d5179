// SPDX-License-Identifier: GPL-2.0-only
#include "decide/lost_funcs.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/refs.h"

#include "decide/names.h"

struct lost_search {
	const struct facts *facts;
	const struct decisions *decisions;
	const struct rules *rules;
	struct kernel *kernel;
	lost_func_vec *lost;
	struct arena arena;
};

/* By place, then by name. */
int lost_func_order(const struct dw_func *a, const struct dw_func *b)
{
	int order = strcmp(a->file, b->file);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	return order ? order : strcmp(a->name, b->name);
}

static int compare_lost(const void *a, const void *b)
{
	return lost_func_order(((const struct lost_func *)a)->dw, ((const struct lost_func *)b)->dw);
}

static struct lost_func *lost_at(struct lost_search *c, uint64_t addr)
{
	vec_for_each(l, c->lost)
		if (l->dw->low_pc && l->dw->low_pc == addr)
			return l;
	return NULL;
}

static bool is_lost(const struct ksym *sym, void *arg)
{
	return sym->is_text && lost_at(arg, sym->addr);
}

/* Is the code or data at @from replaced with the scheduler? */
static bool is_replaced(struct lost_search *c, const struct ksym *from)
{
	if (from->is_boot_only || lost_at(c, from->addr))
		return true;
	vec_for_each(s, &c->facts->symbols)
		if (s->addr == from->addr)
			return c->decisions->funcs.v[s->func].class != FUNC_OUTSIDER;
	vec_for_each(var, &c->facts->vars)
		if (var->class_object && var->has_addr && var->addr == from->addr)
			return true;
	return false;
}

static void note_entry(struct lost_search *c, const struct kref *ref)
{
	struct lost_func *lost = lost_at(c, ref->target);

	if (!lost || lost->entered || !ref->from || is_replaced(c, ref->from))
		return;
	lost->entered = true;
	lost->by = ref->from->name;
}

static struct error *find_entries(struct lost_search *c)
{
	_cleanup_vec_ kref_vec refs = { 0 };

	TRY(kernel_refs(c->kernel, c->facts->use_relocs, is_lost, c, &refs));
	vec_for_each(ref, &refs)
		note_entry(c, ref);
	vec_for_each(lost, c->lost) {
		const struct ksym *sym = kernel_global(c->kernel, lost->dw->name);

		if (!sym || !sym->is_exported || sym->addr != lost->dw->low_pc)
			continue;
		lost->entered = true;
		lost->by = "modules: it is exported";
	}
	return NULL;
}

static struct error *lost_error(const struct lost_func *lost)
{
	return error_note(error_at(lost->dw->file, 0, 0,
				   "this source has no '%s', which vmlinux has from line %u of this file and enters (%s)",
				   lost->dw->name, lost->dw->line, lost->by),
			  "take the source of this vmlinux's package, with the distribution's patches; if a patch of yours removes the function, let it call what replaces it instead");
}

static struct error *missing_file(const struct lost_func *lost)
{
	return error_note(error_at(lost->dw->file, 0, 0,
				   "this source lacks the file, from which vmlinux has '%s'",
				   lost->dw->name),
			  "take the source of this vmlinux's package, with the distribution's patches");
}

static bool is_removed(const struct lost_search *c, const struct lost_func *lost)
{
	vec_for_each(name, &c->rules->removed_by_patch)
		if (!strcmp(name->name, lost->dw->name))
			return true;
	return false;
}

/* Lost functions that nothing enters and that the rules do not name. */
static struct error *refuse_others(struct lost_search *c)
{
	const struct lost_func *first = NULL;
	const char *list = "";
	size_t n = 0;

	vec_for_each(lost, c->lost) {
		if (is_removed(c, lost) || (lost > c->lost->v && !compare_lost(lost - 1, lost)))
			continue;
		first = first ? first : lost;
		if (n++ < 5)
			list = arena_printf(&c->arena, "%s%s'%s'", list, n > 1 ? ", " : "",
					    lost->dw->name);
	}
	if (!n)
		return NULL;
	return error_note(error_at(first->dw->file, 0, 0,
				   "this source lacks %zu function%s that vmlinux has from such files: %s%s",
				   n, n == 1 ? "" : "s", list, n > 5 ? " ..." : ""),
			  "take the source of this vmlinux's package, with the distribution's patches; if patches of yours remove them, say so with 'removed_by_patch' in the rules");
}

/* A name in the rules that is not a lost function is a mistake. */
static struct error *check_removed(const struct lost_search *c)
{
	vec_for_each(name, &c->rules->removed_by_patch) {
		bool found = false;

		vec_for_each(lost, c->lost)
			found |= !strcmp(name->name, lost->dw->name);
		if (!found)
			return error_note(error_at_rule(c->rules, name,
							"'%s' is not removed: the source has it, or vmlinux does not",
							name->name),
					  "take it out of 'removed_by_patch'");
	}
	return NULL;
}

static struct error *check_lost(struct lost_search *c)
{
	TRY(check_removed(c));
	if (!c->lost->n)
		return NULL;
	/* Copies, which units have of a header's functions, become neighbours. */
	vec_sort(c->lost, compare_lost);
	vec_for_each(lost, c->lost)
		if (lost->no_file && !is_removed(c, lost))
			return missing_file(lost);
	TRY(find_entries(c));
	vec_for_each(lost, c->lost)
		if (lost->entered)
			return lost_error(lost);
	return refuse_others(c);
}

struct error *lost_funcs_check(const struct facts *facts, const struct decisions *decisions,
			       const struct rules *rules, struct kernel *kernel, lost_func_vec *lost)
{
	struct lost_search c = { facts, decisions, rules, kernel, lost, { 0 } };
	struct error *err = check_lost(&c);

	arena_free(&c.arena);
	return err;
}
