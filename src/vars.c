// SPDX-License-Identifier: GPL-2.0-only
/*
 * vars.c - which variables the module shares with vmlinux.
 *
 * Shared is the rule: there is one scheduler state, and it outlives the
 * module. Private is what vmlinux has no symbol for, and what nobody can tell
 * apart from a copy.
 */
#include "classify.h"

static bool has_rule(const rule_names *names, const char *name)
{
	vec_for_each(n, names)
		if (!strcmp(n->name, name))
			return true;
	return false;
}

static const struct rule_private *private_rule(const struct rules *rules, const char *name)
{
	vec_for_each(p, &rules->private)
		if (!strcmp(p->var.name, name))
			return p;
	return NULL;
}

/*
 * "extern" within a function names the same object everywhere in the unit, so
 * a function-local static can only be shared if its name is its own.
 */
static bool name_is_unique(const struct facts *facts, const struct fact_var *var)
{
	vec_for_each(other, &facts->vars)
		if (other != var && !strcmp(other->name, var->name) &&
		    (other->link == VAR_GLOBAL || other->unit == var->unit))
			return false;
	return facts_func(facts, var->name, NONE) == NONE;
}

static struct var_decision decide_var(const struct facts *facts, const struct fact_var *var,
				      const struct rules *rules)
{
	const struct src_var *src = var->src;

	if (var->class_object)
		return (struct var_decision){ VAR_CLASS, "its contents replace vmlinux's", NULL };
	if (src->at.macro && str_starts(src->at.macro, "DEFINE_STATIC_CALL") && var->sym)
		return (struct var_decision){ VAR_SHARED, "static call of vmlinux", NULL };
	if (var->glue)
		return (struct var_decision){ VAR_GLUE, "metadata made by a macro", NULL };
	if (src->is_init)
		return (struct var_decision){ VAR_INIT, "freed after boot", NULL };
	if (private_rule(rules, var->name))
		return (struct var_decision){ VAR_PRIVATE, "rule: private",
					      private_rule(rules, var->name) };
	if (has_rule(&rules->shared, var->name))
		return (struct var_decision){ VAR_SHARED, "rule: shared", NULL };
	if (!var->sym)
		return (struct var_decision){ VAR_PRIVATE, "no symbol in vmlinux", NULL };
	if (!src->size)
		return (struct var_decision){ VAR_PRIVATE, "empty", NULL };
	if (src->is_const && !src->has_pointers)
		return (struct var_decision){ VAR_PRIVATE, "read-only, without pointers", NULL };
	if (var->link == VAR_IN_FUNCTION && src->at.macro && strstr(src->at.macro, "_once"))
		return (struct var_decision){ VAR_PRIVATE, "once-flag", NULL };
	if (var->link == VAR_IN_FUNCTION && src->units & (src->units - 1))
		return (struct var_decision){ VAR_PRIVATE,
					      "local of a header, each unit has its own", NULL };
	if (var->link == VAR_IN_FUNCTION && !name_is_unique(facts, var))
		return (struct var_decision){ VAR_PRIVATE, "local, and its name is not unique", NULL };
	if (src->is_const)
		return (struct var_decision){ VAR_SHARED, "its address may stay in the kernel", NULL };
	return (struct var_decision){ VAR_SHARED, "state of the running kernel", NULL };
}

static const struct fact_var *find_var(const struct facts *facts, const char *name)
{
	vec_for_each(var, &facts->vars)
		if (!strcmp(var->name, name))
			return var;
	return NULL;
}

static struct error *check_rules(const struct facts *facts, const struct rules *rules)
{
	vec_for_each(p, &rules->private) {
		const struct fact_var *var = find_var(facts, p->var.name);

		if (!var || var->link == VAR_IN_FUNCTION)
			return error_note(error_at(rules->path, p->var.line, p->var.col,
				"no variable '%s' in the boundary", p->var.name),
				"name a file-scope variable that the boundary's files define");
		if (p->init == PRIVATE_COPY && !var->sym)
			return error_note(error_at(rules->path, p->var.line, p->var.col,
				"'%s' cannot be copied: vmlinux has no symbol for it", p->var.name),
				"the compiler removed it; use 'init: keep'");
	}
	vec_for_each(name, &rules->shared) {
		const struct fact_var *var = find_var(facts, name->name);

		if (!var)
			return error_note(error_at(rules->path, name->line, name->col,
				"no variable '%s' in the boundary", name->name),
				"name a file-scope variable that the boundary's files define");
		if (!var->sym)
			return error_note(error_at(rules->path, name->line, name->col,
				"'%s' cannot be shared: vmlinux has no symbol for it", name->name),
				"the compiler removed it; leave it private");
	}
	return NULL;
}

struct error *classify_vars(const struct facts *facts, const struct rules *rules,
			    struct decisions *decisions)
{
	TRY(check_rules(facts, rules));
	vec_for_each(var, &facts->vars)
		vec_push(&decisions->vars, decide_var(facts, var, rules));
	return NULL;
}
