// SPDX-License-Identifier: GPL-2.0-only
#include "decide/entry_rules.h"

#include "decide/names.h"

/* Functions that a note names, at most. */
#define MAX_NAMED 3

bool classifier_can_redirect(const struct classifier *c, int func)
{
	const struct func_state *s = &c->state[func];

	return !s->stays.kind && !c->funcs[func].is_boot_only && s->entry != NONE && !s->obstacle;
}

/* @remedy is a format; what it prints follows. */
static __printf(5, 6) struct error *refuse_func(const struct classifier *c,
						const struct rule_name *name, const char *what,
						const char *why, const char *remedy, ...)
{
	_cleanup_free_ char *note = NULL;
	va_list ap;

	va_start(ap, remedy);
	note = xvasprintf(remedy, ap);
	va_end(ap);
	return error_note(error_at_rule(c->rules, name, "'%s' %s: %s", name->name, what, why), "%s",
			  note);
}

/* Some of the functions that call @func, "a, b", or "its callers". */
static const char *callers_of(const struct classifier *c, int func)
{
	const char *text = "";
	int n = 0;

	for (size_t i = 0; i < c->facts->funcs.n; i++)
		if ((int)i != func && facts_has(&c->funcs[i].callees, func) && n++ < MAX_NAMED)
			text = arena_printf(&c->out->arena, "%s%s%s", text, *text ? ", " : "",
					    c->funcs[i].name);
	return *text ? text : "its callers";
}

/* Why vmlinux has no entry of @func that the module could call or redirect. */
static const char *no_entry(const struct classifier *c, int func)
{
	const struct fact_func *f = &c->funcs[func];
	const char *symbol = f->symbols.n ? c->facts->symbols.v[f->symbols.v[0]].name : NULL;

	if (f->symbols.n > 1 && f->in_header)
		return "it is an inline function of a header, with a copy in each unit";
	if (symbol)
		return arena_printf(&c->out->arena,
				    "vmlinux has only '%s' of it, which may take other arguments",
				    symbol);
	return "vmlinux has no symbol for it under its own name";
}

/* --- functions that stay in vmlinux */

/* Can vmlinux's @func be called in place of the module's? */
static struct error *check_stays(const struct classifier *c, const struct rule_name *name, int func)
{
	static const char what[] = "cannot stay in vmlinux";
	const struct fact_func *f = &c->funcs[func];

	if (f->overridden)
		return NULL;
	if (f->is_boot_only)
		return refuse_func(c, name, what, "it is gone after boot",
				   "take it out of the list: the module does not have it anyway");
	if (f->in_header)
		return refuse_func(c, name, what, "a header defines it, and each unit has its own",
				   "name the functions that call it: %s", callers_of(c, func));
	if (c->state[func].entry == NONE)
		return refuse_func(c, name, what, no_entry(c, func),
				   "name the functions that call it: %s", callers_of(c, func));
	return NULL;
}

/*
 * A file that stays in vmlinux. Functions without an entry in vmlinux remain in the
 * module for those that use them there, or go unused.
 */
static struct error *leave_file(struct classifier *c, const struct rule_name *name)
{
	bool found = false;

	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		struct func_state *s = &c->state[i];

		if (!c->funcs[i].src || strcmp(c->funcs[i].src->at.file->path, name->name))
			continue;
		found = true;
		if (!s->stays.kind && s->entry != NONE)
			s->stays = reason_make(&c->out->arena, REASON_RULE, NONE,
					       "keep_in_vmlinux, with its file");
	}
	if (found)
		return NULL;
	return error_note(error_at_rule(c->rules, name, "no file '%s' in the boundary", name->name),
			  "write its path below the kernel source, as in kernel/sched/wait.c");
}

static struct error *leave_func(struct classifier *c, const struct rule_name *name, const char *rule)
{
	int func;

	TRY(name_func(c->facts, c->rules, name, &func));
	TRY(check_stays(c, name, func));
	c->state[func].stays = reason_make(&c->out->arena, REASON_RULE, NONE, rule);
	return NULL;
}

/* --- functions of sidecars */

/* The function that @name wants from @sidecar's file. */
static struct error *sidecar_func(const struct classifier *c, const struct rule_sidecar *sidecar,
				  const struct rule_name *name, int *func)
{
	struct rule_name full = *name;

	full.name = arena_printf(&c->out->arena, "%s:%s", sidecar->file.name, name->name);

	_cleanup_error_ struct error *err = name_func(c->facts, c->rules, &full, func);

	if (!err)
		return NULL;
	return error_note(error_at_rule(c->rules, name, "no function '%s' in %s", name->name,
					sidecar->file.name),
			  "name a function that the file defines and this configuration compiles");
}

/* From a sidecar only the named functions come into the module, with the helpers that
 * vmlinux has inlined or cloned. */
static struct error *apply_sidecars(struct classifier *c)
{
	int func;

	vec_for_each(sidecar, &c->rules->sidecars)
		vec_for_each(name, &sidecar->functions) {
			TRY(sidecar_func(c, sidecar, name, &func));
			c->state[func].wanted_by = "sidecar";
		}
	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		struct func_state *s = &c->state[i];

		if (c->funcs[i].in_sidecar && !s->stays.kind && !s->wanted_by && s->entry != NONE)
			s->stays = reason_make(&c->out->arena, REASON_SIDECAR, NONE, NULL);
	}
	return NULL;
}

struct error *entry_rules_apply(struct classifier *c)
{
	int func;

	vec_for_each(name, &c->rules->keep_in_vmlinux) {
		if (strchr(name->name, '/') && !strchr(name->name, ':'))
			TRY(leave_file(c, name));
		else
			TRY(leave_func(c, name, "keep_in_vmlinux"));
	}
	vec_for_each(name, &c->rules->interface_remove)
		TRY(leave_func(c, name, "interface.remove"));
	vec_for_each(name, &c->rules->count_calls) {
		TRY(name_func(c->facts, c->rules, name, &func));
		vec_push(&c->out->counted, func);
	}
	vec_for_each(name, &c->rules->interface_add) {
		TRY(name_func(c->facts, c->rules, name, &func));
		c->state[func].wanted_by = "interface.add";
	}
	return apply_sidecars(c);
}

/* --- functions that the rules want redirected */

/* Why @func cannot be redirected, and what would make it possible. */
static struct error *check_wanted(const struct classifier *c, const struct rule_name *name, int func)
{
	static const char what[] = "cannot be an interface";
	const struct func_state *s = &c->state[func];

	if (classifier_can_redirect(c, func))
		return NULL;
	if (c->funcs[func].is_boot_only)
		return refuse_func(c, name, what, "it is gone after boot",
				   "no module can be loaded before it has run for the last time");
	if (c->funcs[func].overridden)
		return refuse_func(c, name, what, s->stays.text,
				   "make the file that defines the stronger one a sidecar");
	if (s->obstacle)
		return refuse_func(c, name, what, s->obstacle,
				   "redirect the functions that call it: %s", callers_of(c, func));
	if (reason_is_sleep(s->stays.kind))
		return refuse_func(c, name, what, s->stays.text,
				   "a task would sleep in the module for long: redirect what it calls, or take what does not sleep out of 'sleepers'");
	if (s->stays.kind)
		return refuse_func(c, name, what, s->stays.text,
				   "take it, or its file, out of 'keep_in_vmlinux' and 'interface.remove'");
	return refuse_func(c, name, what, no_entry(c, func),
			   "redirect the functions that call it: %s", callers_of(c, func));
}

struct error *entry_rules_check(const struct classifier *c)
{
	int func;

	vec_for_each(name, &c->rules->interface_add) {
		TRY(name_func(c->facts, c->rules, name, &func));
		TRY(check_wanted(c, name, func));
	}
	vec_for_each(sidecar, &c->rules->sidecars)
		vec_for_each(name, &sidecar->functions) {
			TRY(sidecar_func(c, sidecar, name, &func));
			TRY(check_wanted(c, name, func));
		}
	return NULL;
}

/* --- functions that sleep */

/*
 * Walk up the calls, from the functions that are known to sleep.
 *
 * The full call graph of vmlinux does not help: nearly everything reaches
 * preempt_schedule(). Under full preemption any function may be preempted, so
 * the stack check at run time makes a switch safe; this set only says which
 * functions are always or often on a stack.
 */

static const char *external_sleeper(const struct classifier *c, const struct fact_func *f)
{
	vec_for_each(external, &f->externals)
		vec_for_each(s, &c->rules->sleepers)
			if (!strcmp(*external, s->name))
				return s->name;
	return NULL;
}

/* A function of this type that sleeps and whose address is used. */
static int sleeper_by_type(const struct classifier *c, const struct reason *why, const char *type)
{
	for (size_t i = 0; i < c->facts->funcs.n; i++)
		if (why[i].kind && c->funcs[i].address_used && c->funcs[i].type &&
		    !strcmp(c->funcs[i].type, type))
			return i;
	return NONE;
}

static struct reason find_reason(const struct classifier *c, int func, const struct reason *why)
{
	struct arena *arena = &c->out->arena;
	const struct fact_func *f = &c->funcs[func];
	const char *external = external_sleeper(c, f);

	vec_for_each(s, &c->rules->sleepers)
		if (!strcmp(s->name, f->name))
			return reason_make(arena, REASON_SLEEPS_BY_RULE, NONE, NULL);
	vec_for_each(callee, &f->callees)
		if (*callee == c->out->schedule || why[*callee].kind)
			return reason_make(arena, REASON_SLEEPS, *callee, c->funcs[*callee].name);
	if (external)
		return reason_make(arena, REASON_SLEEPS, NONE, external);
	vec_for_each(type, &f->icalls) {
		int callee = sleeper_by_type(c, why, *type);

		if (callee != NONE)
			return reason_make(arena, REASON_SLEEPS_BY_POINTER, callee,
					   c->funcs[callee].name);
	}
	return (struct reason){ .kind = REASON_NONE };
}

void find_sleepers(const struct classifier *c, struct reason *why)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < c->facts->funcs.n; i++) {
			if (why[i].kind || (int)i == c->out->schedule)
				continue;
			why[i] = find_reason(c, i, why);
			changed |= why[i].kind != REASON_NONE;
		}
	} while (changed);
}
