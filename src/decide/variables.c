// SPDX-License-Identifier: GPL-2.0-only
/*
 * variables.c - which variables the module shares with vmlinux.
 *
 * Most are shared: there is one state of the scheduler, and it outlives the module. A
 * variable is private if vmlinux has no symbol for it, or if a copy makes no difference.
 */
#include "decide/variables.h"

#include "decide/names.h"

/*
 * "extern" within a function means the same object everywhere in the unit. So a static in
 * a function can only be shared if nothing else has its name: GCC gives the second
 * declaration of a name the asm label of the first one, with a warning.
 */
static bool name_is_unique(const struct facts *facts, const struct fact_var *var)
{
	vec_for_each(other, &facts->vars)
		if (other != var && !strcmp(other->name, var->name) &&
		    (other->link == VAR_GLOBAL || other->src->units & var->src->units))
			return false;
	vec_for_each(func, &facts->funcs)
		if (!strcmp(func->name, var->name))
			return false;
	return true;
}

static bool is_static_call(const struct fact_var *var)
{
	return var->src->at.macro && str_starts(var->src->at.macro, "DEFINE_STATIC_CALL");
}

/* What the rules ask for one variable. */
struct asked {
	const struct rule_private *private;
	const struct rule_name *shared;
};

static enum var_class because(const char **reason, enum var_class class, const char *why)
{
	*reason = why;
	return class;
}

static enum var_class decide_var(const struct facts *facts, const struct fact_var *var,
				 const struct asked *asked, const char **reason)
{
	const struct src_var *src = var->src;

	if (var->class_object)
		return because(reason, VAR_CLASS, "its contents replace vmlinux's");
	if (is_static_call(var) && var->sym)
		return because(reason, VAR_SHARED, "static call of vmlinux");
	if (var->glue)
		return because(reason, VAR_GLUE, "metadata made by a macro");
	if (src->is_boot_only)
		return because(reason, VAR_INIT, "freed after boot");
	if (asked->private)
		return because(reason, VAR_PRIVATE, "rule: private");
	if (asked->shared)
		return because(reason, VAR_SHARED, "rule: shared");
	if (!var->sym)
		return because(reason, VAR_PRIVATE, "no symbol in vmlinux");
	if (!src->size)
		return because(reason, VAR_PRIVATE, "empty");
	if (src->is_const && !src->has_pointers)
		return because(reason, VAR_PRIVATE, "read-only, without pointers");
	if (var->link == VAR_IN_FUNCTION && src->at.macro && strstr(src->at.macro, "_once"))
		return because(reason, VAR_PRIVATE, "once-flag");
	if (var->link == VAR_IN_FUNCTION && src->units & (src->units - 1))
		return because(reason, VAR_PRIVATE, "local of a header, each unit has its own");
	if (var->link == VAR_IN_FUNCTION && !name_is_unique(facts, var))
		return because(reason, VAR_PRIVATE, "local, and its name is not unique");
	if (src->is_const)
		return because(reason, VAR_SHARED, "its address may stay in the kernel");
	return because(reason, VAR_SHARED, "state of the running kernel");
}

static struct error *refuse_var(const struct rules *rules, const struct rule_name *name,
				const char *what, const char *why, const char *remedy)
{
	return error_note(error_at_rule(rules, name, "'%s' cannot be %s: %s", name->name, what, why),
			  "%s", remedy);
}

/* What no rule can change. @what: "private" or "shared". */
static struct error *check_fixed(const struct rules *rules, const struct rule_name *name,
				 const struct fact_var *var, const char *what)
{
	if (var->class_object)
		return refuse_var(rules, name, what,
				  "it is a scheduling class, whose contents a switch replaces",
				  "take it out of the list: vmlinux's object stays, with the module's methods in it");
	if (is_static_call(var))
		return refuse_var(rules, name, what, "it belongs to a static call",
				  "take it out of the list: its callers are patched through vmlinux's key");
	if (var->glue)
		return refuse_var(rules, name, what, "a macro makes it, which the prelude empties",
				  "name a variable that the source declares itself");
	if (var->src->is_boot_only)
		return refuse_var(rules, name, what, "it is gone after boot",
				  "take it out of the list: the module does not have it anyway");
	return NULL;
}

static struct error *check_private(const struct rules *rules, const struct rule_private *p,
				   const struct fact_var *var)
{
	const struct rule_name *name = &p->var;
	const struct src_var *src = var->src;

	TRY(check_fixed(rules, name, var, "private"));
	if (var->link == VAR_IN_FUNCTION)
		return refuse_var(rules, name, "private", "it is a static of a function",
				  "no table can name it; a patch may move it out of the function");
	if (src->has_static_key && !src->is_static_key && p->init != PRIVATE_REBUILD)
		return refuse_var(rules, name, "private",
				  "a static key inside it cannot be set by its bytes",
				  "use 'init: rebuild' and set it in a hook");
	if (p->init != PRIVATE_COPY)
		return NULL;
	if (!var->sym)
		return refuse_var(rules, name, "copied", "vmlinux has no symbol for it",
				  "the compiler removed it; use 'init: keep'");
	if (src->is_const || var->read_only)
		return refuse_var(rules, name, "copied back", "vmlinux's is read-only",
				  "use 'init: keep'");
	if (var->partly)
		return refuse_var(rules, name, "copied", "vmlinux has no symbol for it in some unit",
				  "it is defined in a header; use 'init: keep'");
	return NULL;
}

static struct error *check_shared(const struct facts *facts, const struct rules *rules,
				  const struct rule_name *name, const struct fact_var *var)
{
	TRY(check_fixed(rules, name, var, "shared"));
	if (!var->sym)
		return refuse_var(rules, name, "shared", "vmlinux has no symbol for it",
				  "the compiler removed it; leave it private");
	if (var->link == VAR_IN_FUNCTION && var->src->units & (var->src->units - 1))
		return refuse_var(rules, name, "shared",
				  "it is in a function of a header, and each unit has its own",
				  "leave it private, or move it to a file in a patch of the kernel");
	if (var->link == VAR_IN_FUNCTION && !name_is_unique(facts, var))
		return refuse_var(rules, name, "shared",
				  "it is a static of a function, and its name is not unique in the unit",
				  "leave it private, or give it another name in a patch of the kernel");
	return NULL;
}

/* What the rules ask for each variable, into @asked. */
static struct error *read_variable_rules(const struct facts *facts, const struct rules *rules,
					 struct asked *asked)
{
	int var;

	vec_for_each(p, &rules->private) {
		TRY(name_var(facts, rules, &p->var, &var));
		TRY(check_private(rules, p, &facts->vars.v[var]));
		if (asked[var].private)
			return error_note(error_at_rule(rules, &p->var, "'%s' is private twice",
							p->var.name),
					  "remove it here, or in line %u",
					  asked[var].private->var.line);
		asked[var].private = p;
	}
	vec_for_each(name, &rules->shared) {
		TRY(name_var(facts, rules, name, &var));
		TRY(check_shared(facts, rules, name, &facts->vars.v[var]));
		if (asked[var].private)
			return error_note(error_at_rule(rules, name, "'%s' is both private and shared",
							name->name),
					  "remove it here, or from private in line %u",
					  asked[var].private->var.line);
		asked[var].shared = name;
	}
	return NULL;
}

struct error *classify_vars(const struct facts *facts, const struct rules *rules,
			    struct decisions *decisions)
{
	_cleanup_free_ struct asked *asked = xcalloc(facts->vars.n, sizeof(*asked));

	TRY(read_variable_rules(facts, rules, asked));
	for (size_t i = 0; i < facts->vars.n; i++) {
		struct var_decision d = { .rule = asked[i].private };

		d.class = decide_var(facts, &facts->vars.v[i], &asked[i], &d.reason);
		vec_push(&decisions->vars, d);
	}
	return NULL;
}

/* --- sizes */

/*
 * The elements of a shorter array may have other numbers; with a longer one the module
 * would use what is after vmlinux's object. A record that ends in a flexible array is
 * shorter than its object, and has not changed.
 */
static bool is_resized_var(const struct fact_var *var)
{
	unsigned long now = var->src->size, then = var->sym ? var->sym->size : 0;

	return now && then && now != then && (now > then || str_ends(var->src->canonical, "]"));
}

static struct error *size_error(const struct fact_var *var)
{
	const struct src_file *file = var->src->at.file;
	struct src_position at = source_position(file, var->src->at.name);

	return error_note(error_at(file->path, at.line, at.col,
				   "'%s' now has %lu bytes, but vmlinux's object has %lu",
				   var->name, var->src->size, (unsigned long)var->sym->size),
			  "keep its size, or say 'private: [{name: %s, init: copy}]' in the rules and cut again",
			  var->name);
}

struct error *stock_vars_check(const struct facts *facts, const struct decisions *decisions)
{
	for (size_t i = 0; i < facts->vars.n; i++)
		if (decisions->vars.v[i].class == VAR_SHARED && is_resized_var(&facts->vars.v[i]))
			return size_error(&facts->vars.v[i]);
	return NULL;
}
