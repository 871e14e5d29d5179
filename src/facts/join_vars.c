// SPDX-License-Identifier: GPL-2.0-only
#include "facts/join_vars.h"

#include <ctype.h>

typedef VEC(struct fact_var) fact_var_vec;

static int first_unit(unsigned long units)
{
	return units ? __builtin_ctzl(units) : 0;
}

/* Static variables belong to a unit, others to the whole kernel. */
static char *var_key(struct arena *arena, const struct src_var *v)
{
	if (v->kind == SRC_VAR_LOCAL)
		return arena_printf(arena, "%s@%s:%zu", v->name, v->at.file->path, v->at.start);
	if (v->is_static)
		return arena_printf(arena, "%s@%d", v->name, first_unit(v->units));
	return arena_strdup(arena, v->name);
}

static bool pasted_name(const struct src_var *v)
{
	const char *text = v->at.file->text;
	size_t len = strlen(v->name);

	if (!v->at.macro || !text)
		return false;
	return v->at.name + len > v->at.file->len || strncmp(text + v->at.name, v->name, len) ||
	       isalnum((unsigned char)text[v->at.name + len]) || text[v->at.name + len] == '_';
}

/* Find the objects of static @var, in each unit that defines it. */
static void locate_static(struct join *j, struct fact_var *var)
{
	for (size_t u = 0; u < j->facts->units.n; u++) {
		const struct ksym *sym;
		size_t count;

		if (!(var->src->units & 1UL << u))
			continue;
		sym = kernel_local(j->kernel, j->facts->units.v[u].file_group, var->name, &count);
		if (!sym || count != 1 || sym->is_text || !sym->is_object) {
			var->partly = true;
			continue;
		}
		if (!var->sym)
			var->sym = sym;
		vec_push(&var->copies, ((struct var_copy){ u, sym->addr }));
	}
}

static bool is_read_only(const struct kernel *k, uint64_t addr)
{
	const struct ksym *start = kernel_global(k, "__start_rodata");
	const struct ksym *end = kernel_global(k, "__end_rodata");

	return start && end && addr >= start->addr && addr < end->addr;
}

static void locate_var(struct join *j, struct fact_var *var)
{
	struct kernel *k = j->kernel;
	const struct fact_unit *unit = &j->facts->units.v[var->unit];

	if (var->link == VAR_GLOBAL) {
		var->sym = kernel_global(k, var->name);
	} else if (var->link == VAR_STATIC) {
		locate_static(j, var);
	} else if (unit->dwarf && var->src->owner) {
		vec_for_each(dw, &unit->dwarf->vars)
			if (dw->func && dw->addr && !strcmp(dw->name, var->name) &&
			    !strcmp(dw->func, var->src->owner->name)) {
				var->sym = kernel_at(k, dw->addr);
				if (var->sym && var->sym->addr != dw->addr)
					var->sym = NULL;
				break;
			}
	}
	if (var->sym && (var->sym->is_text || !var->sym->is_object))
		var->sym = NULL;
	if (var->sym) {
		var->addr = var->sym->addr;
		var->has_addr = true;
		var->read_only = !var->sym->is_percpu && is_read_only(k, var->addr);
	}
}

static bool better_definition(const struct src_var *a, const struct src_var *b)
{
	if (!a->is_definition || !b->is_definition)
		return a->is_definition;
	return a->initializer_offset && !b->initializer_offset;
}

/*
 * A macro that registers something gives it a name with "__", and what else it makes
 * belongs to it. Other macros (ATTRIBUTE_GROUPS) paste a name that their user writes.
 */
static void spread_glue(struct facts *facts)
{
	vec_for_each(var, &facts->vars) {
		if (var->glue || !pasted_name(var->src))
			continue;
		vec_for_each(other, &facts->vars)
			if (other->src->at.file == var->src->at.file &&
			    other->src->at.start == var->src->at.start)
				var->glue |= str_starts(other->name, "__");
	}
}

static bool is_class_type(const char *canonical, const char *class_type)
{
	if (str_starts(canonical, "const "))
		canonical += strlen("const ");
	return str_starts(canonical, "struct ") && !strcmp(canonical + strlen("struct "), class_type);
}

/* All variables, each with its declarations. */
static void join_declarations(struct join *j, fact_var_vec *vars)
{
	_cleanup_strmap_ struct strmap by_key = { 0 };

	vec_for_each(p, &j->source->vars) {
		struct src_var *v = *p;
		char *key = var_key(&j->facts->arena, v);
		int known = stored_index(&by_key, key);

		if (!v->at.file->boundary)
			continue;
		if (known == NONE) {
			known = vars->n;
			store_index(&by_key, key, known);
			vec_push(vars, ((struct fact_var){
					       .name = v->name,
					       .src = v,
					       .owner = NONE,
					       .link = v->kind == SRC_VAR_LOCAL ? VAR_IN_FUNCTION :
						       v->is_static		? VAR_STATIC :
										  VAR_GLOBAL,
				       }));
		}
		vec_push(&vars->v[known].decls, v);
		if (better_definition(v, vars->v[known].src))
			vars->v[known].src = v;
	}
}

void join_vars(struct join *j)
{
	struct facts *facts = j->facts;
	_cleanup_vec_ fact_var_vec vars = { 0 };

	join_declarations(j, &vars);
	vec_for_each(var, &vars) {
		if (!var->src->is_definition) {
			vec_free(&var->decls);
			continue;
		}
		var->unit = first_unit(var->src->units);
		var->glue = str_starts(var->name, "__") && pasted_name(var->src);
		var->owner = facts_src_func(facts, var->src->owner);
		locate_var(j, var);
		var->class_object = var->sym && is_class_type(var->src->canonical, j->class_type);
		vec_push(&facts->vars, *var);
	}
	spread_glue(facts);
}
