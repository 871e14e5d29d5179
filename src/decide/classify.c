// SPDX-License-Identifier: GPL-2.0-only
/*
 * classify.c - what becomes of every function, and why.
 *
 * A function is redirected if old code that stays in use would otherwise enter
 * it. Old code stays in use outside the boundary, in the functions that stay in
 * vmlinux, and in everything that these reach without passing a redirected
 * entry. Which entries can be redirected decides which functions stay in vmlinux,
 * so this is a fixpoint.
 */
#include "decide/classify.h"

#include "decide/entry_rules.h"
#include "decide/names.h"
#include "decide/variables.h"

const char *const func_class_name[FUNC_NR_CLASSES] = {
	[FUNC_INIT] = "init",	    [FUNC_INTERFACE] = "interface", [FUNC_CALLBACK] = "callback",
	[FUNC_INSIDER] = "insider", [FUNC_OUTSIDER] = "outsider",   [FUNC_UNUSED] = "unused",
};

const char *const var_class_name[VAR_NR_CLASSES] = {
	[VAR_SHARED] = "shared", [VAR_PRIVATE] = "private", [VAR_CLASS] = "class",
	[VAR_INIT] = "init",	 [VAR_GLUE] = "glue",
};

/* --- the state before the fixpoint */

/* @func's only symbol under its own name. */
static void find_entry_symbol(struct classifier *c, int func)
{
	struct func_state *s = &c->state[func];

	s->entry = NONE;
	s->obstacle = NULL;
	vec_for_each(i, &c->funcs[func].symbols) {
		const struct fact_symbol *sym = &c->facts->symbols.v[*i];

		if (!sym->entry)
			continue;
		if (s->entry != NONE) {
			/* Several units emit a header's inline function: no other
			 * unit calls it. */
			s->entry = NONE;
			s->obstacle = NULL;
			return;
		}
		s->entry = *i;
		s->obstacle = sym->obstacle;
	}
}

static void find_what_stays(struct classifier *c)
{
	_cleanup_free_ struct reason *sleeps = xcalloc(c->facts->funcs.n, sizeof(*sleeps));

	find_sleepers(c, sleeps);
	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		struct func_state *s = &c->state[i];

		if (c->funcs[i].overridden)
			s->stays = reason_make(&c->out->arena, REASON_OVERRIDDEN, NONE, NULL);
		else if (!s->stays.kind && (s->entry != NONE || !c->funcs[i].in_header))
			s->stays = sleeps[i];
	}
}

/* The functions that one macro call defines go the same way. */
static bool spread_over_groups(struct classifier *c)
{
	bool changed = false;

	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		struct func_state *first = &c->state[c->funcs[i].group], *s = &c->state[i];

		if (!first->stays.kind == !s->stays.kind)
			continue;
		if (!first->stays.kind)
			first->stays = s->stays;
		else
			s->stays = first->stays;
		changed = true;
	}
	return changed;
}

/* --- one round: which old code is in use, and what does it enter */

static void visit(struct classifier *c, int symbol, struct reason how)
{
	const struct fact_symbol *sym = &c->facts->symbols.v[symbol];
	struct func_state *s = &c->state[sym->func];

	if (sym->entry && !s->reached.kind)
		s->reached = how;
	if (sym->entry && classifier_can_redirect(c, sym->func)) {
		s->by_address |= how.kind == REASON_ADDRESS;
		s->n_reached++;
		return;
	}
	s->n_reached += sym->entry;
	if (is_old_code(c->out, symbol))
		return;
	c->out->old_code.v[symbol] = how;
	vec_for_each(callee, &sym->callees)
		visit(c, *callee,
		      (struct reason){ REASON_CALLED, sym->func, symbol, sym->name, NULL });
}

/* @func (NONE: the variable @name) has the addresses of functions. */
static void visit_addresses(struct classifier *c, const int_vec *addresses, int func, const char *name)
{
	vec_for_each(to, addresses)
		if (c->state[*to].entry != NONE)
			visit(c, c->state[*to].entry,
			      (struct reason){ REASON_ADDRESS, func, NONE, name, NULL });
}

/* A reference from outside the boundary. */
static void visit_outside(struct classifier *c, const struct fact_outside *ref)
{
	bool by_address = ref->kind == OUTSIDE_DATA || ref->kind == OUTSIDE_ADDRESS;
	enum reason_kind kind = by_address ? REASON_ADDRESS : REASON_CALLED;
	const char *from = ref->kind == OUTSIDE_EXPORT ? "modules" : ref->from;

	if (!ref->is_boot_only && !ref->class_object)
		visit(c, ref->symbol, (struct reason){ kind, ref->from_func, NONE, from, NULL });
}

static bool is_in_module(const struct classifier *c, int func)
{
	return !c->state[func].stays.kind && !c->funcs[func].is_boot_only && !c->state[func].unused;
}

static void find_reached(struct classifier *c)
{
	const struct facts *facts = c->facts;

	for (size_t i = 0; i < facts->symbols.n; i++)
		c->out->old_code.v[i].kind = REASON_NONE;
	for (size_t i = 0; i < facts->funcs.n; i++) {
		c->state[i].reached.kind = REASON_NONE;
		c->state[i].by_address = false;
		c->state[i].n_reached = 0;
	}

	vec_for_each(ref, &facts->outside)
		visit_outside(c, ref);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		const struct reason own = { REASON_CALLED, i, NONE, c->funcs[i].name, NULL };

		if (c->state[i].stays.kind && !c->funcs[i].is_boot_only)
			vec_for_each(symbol, &c->funcs[i].symbols)
				visit(c, *symbol, own);
		if (is_in_module(c, i))
			visit_addresses(c, &c->funcs[i].addresses, i, own.name);
	}
	for (size_t i = 0; i < facts->vars.n; i++)
		if (c->out->vars.v[i].class == VAR_PRIVATE)
			visit_addresses(c, &facts->vars.v[i].addresses, NONE, facts->vars.v[i].name);
	if (c->state[c->out->schedule].entry != NONE)
		visit(c, c->state[c->out->schedule].entry,
		      (struct reason){ REASON_CALLED, NONE, NONE, "schedule()", NULL });
}

/*
 * An entry that is in use but cannot be redirected: its code must stay the only copy, so
 * the function stays in vmlinux. This is only for entries under the function's own name:
 * of mangled copies the module has its own version, and the old one stays in use beside it.
 */
static bool leave_obstructed(struct classifier *c)
{
	bool changed = false;

	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		struct func_state *s = &c->state[i];

		if (s->stays.kind || c->funcs[i].is_boot_only || s->entry == NONE || !s->obstacle ||
		    !s->n_reached || c->funcs[i].in_header)
			continue;
		s->stays = reason_make(&c->out->arena, REASON_OBSTACLE, NONE, s->obstacle);
		changed = true;
	}
	return changed;
}

/* --- what nothing in the module uses any more */

static void mark_users(const int_vec *used, bool *is_used, int user)
{
	vec_for_each(to, used)
		if (*to != user)
			is_used[*to] = true;
}

static bool drop_unused(struct classifier *c)
{
	const struct facts *facts = c->facts;
	_cleanup_free_ bool *is_used = xcalloc(facts->funcs.n, sizeof(*is_used));
	bool changed = false;

	for (size_t i = 0; i < facts->funcs.n; i++) {
		if (!is_in_module(c, i))
			continue;
		mark_users(&c->funcs[i].callees, is_used, i);
		mark_users(&c->funcs[i].addresses, is_used, i);
		/* The parts of a macro call use each other unseen. */
		if (c->funcs[i].group != (int)i)
			is_used[i] = is_used[c->funcs[i].group] = true;
	}
	for (size_t i = 0; i < facts->vars.n; i++)
		if (c->out->vars.v[i].class == VAR_PRIVATE || c->out->vars.v[i].class == VAR_CLASS)
			mark_users(&facts->vars.v[i].addresses, is_used, NONE);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		const struct fact_func *f = &c->funcs[i];
		struct func_state *s = &c->state[i];

		if (!is_in_module(c, i) || is_used[i] || !f->is_static || f->is_inline ||
		    f->in_header || s->wanted_by ||
		    (classifier_can_redirect(c, i) && s->reached.kind) ||
		    (int)i == c->out->schedule || (int)i == c->out->finish)
			continue;
		s->unused = true;
		changed = true;
	}
	return changed;
}

/* --- the result */

/* The first function that uses @func, NONE if there is none. */
static int first_user(const struct classifier *c, int func)
{
	for (size_t i = 0; i < c->facts->funcs.n; i++)
		if ((int)i != func && (facts_has(&c->funcs[i].callees, func) ||
				       facts_has(&c->funcs[i].addresses, func)))
			return i;
	return NONE;
}

static struct reason entered_reason(struct classifier *c, const struct func_state *s)
{
	struct reason reason = s->reached;

	reason.kind = s->by_address ? REASON_ADDRESS : REASON_CALLED;
	reason.text = reason_text(&c->out->arena, &reason);
	if (s->n_reached > 1)
		reason.text = arena_printf(&c->out->arena, "%s and others", reason.text);
	return reason;
}

static struct func_decision decide_func(struct classifier *c, int func)
{
	const struct fact_func *f = &c->funcs[func];
	const struct func_state *s = &c->state[func];
	struct arena *arena = &c->out->arena;
	struct func_decision d = { .symbol = s->entry };

	if (f->is_boot_only) {
		d.class = FUNC_INIT;
		d.reason = reason_make(arena, REASON_BOOT_ONLY, NONE, NULL);
	} else if (s->stays.kind) {
		d.class = FUNC_OUTSIDER;
		d.reason = s->stays;
	} else if (s->unused) {
		d.class = FUNC_UNUSED;
		d.reason = reason_make(arena, REASON_UNUSED, first_user(c, func), NULL);
	} else if (func == c->out->schedule) {
		d.class = FUNC_INTERFACE;
		d.reason = reason_make(arena, REASON_TAIL_SWITCH, NONE, NULL);
	} else if (classifier_can_redirect(c, func) && s->reached.kind) {
		d.class = s->by_address ? FUNC_CALLBACK : FUNC_INTERFACE;
		d.reason = entered_reason(c, s);
	} else if (s->wanted_by) {
		d.class = FUNC_INTERFACE;
		d.reason = reason_make(arena, REASON_RULE, NONE, s->wanted_by);
	} else {
		d.class = FUNC_INSIDER;
		d.reason = reason_make(arena, f->symbols.n ? REASON_MODULE : REASON_INLINED, NONE,
				       NULL);
	}
	return d;
}

static void find_old_code(struct classifier *c)
{
	for (size_t i = 0; i < c->facts->symbols.n; i++) {
		const struct fact_symbol *sym = &c->facts->symbols.v[i];
		struct func_decision *own = &c->out->funcs.v[sym->func];

		if (!is_old_code(c->out, i))
			continue;
		/* A redirected entry is not in use. */
		if (func_in_module(own))
			vec_push(&own->old_code, i);
		vec_for_each(func, &sym->inlined) {
			struct func_decision *d = &c->out->funcs.v[*func];

			if (func_in_module(d))
				vec_push(&d->old_code, i);
		}
	}
}

static void find_orig_uses(struct classifier *c)
{
	for (size_t i = 0; i < c->facts->funcs.n; i++)
		if (func_in_module(&c->out->funcs.v[i]))
			vec_for_each(to, &c->funcs[i].addresses)
				c->out->funcs.v[*to].needs_orig = true;
	for (size_t i = 0; i < c->facts->vars.n; i++)
		if (c->out->vars.v[i].class == VAR_PRIVATE)
			vec_for_each(to, &c->facts->vars.v[i].addresses)
				c->out->funcs.v[*to].needs_orig = true;
}

/*
 * vmlinux's finish_task_switch(): tasks that went to sleep in the module and wake up after
 * a rollback continue through it. The runtime passes prev in the first argument register,
 * so a mangled copy must be known to take it there.
 */
static struct error *find_finish(struct classifier *c)
{
	const struct fact_func *f = &c->funcs[c->out->finish];
	const struct rule_name *rule = &c->rules->finish;

	c->out->finish_symbol = c->state[c->out->finish].entry;
	if (c->out->finish_symbol != NONE)
		return NULL;
	vec_for_each(i, &f->symbols) {
		const struct fact_symbol *sym = &c->facts->symbols.v[*i];

		if (strstr(sym->name, ".cold") || strstr(sym->name, ".part"))
			continue;
		if (sym->first_param != 1)
			return error_note(error_at_rule(c->rules, rule,
							"'%s' of vmlinux %s its first argument in the first register",
							sym->name,
							sym->first_param ? "may not take" :
									   "does not take"),
					  "a rollback could not continue sleeping tasks; this kernel needs DWARF or another switch.finish");
		c->out->finish_symbol = *i;
	}
	if (c->out->finish_symbol == NONE)
		return error_note(error_at_rule(c->rules, rule, "vmlinux has no symbol '%s'",
						rule->name),
				  "name the function that finishes a task switch in switch.finish");
	return NULL;
}

/* The tail switch exists only in the module's copy. */
static struct error *check_schedule(const struct classifier *c)
{
	const struct rule_name *rule = &c->rules->schedule;
	const struct reason *stays = &c->state[c->out->schedule].stays;

	if (!stays->kind)
		return NULL;
	return error_note(error_at_rule(c->rules, rule, "'%s' cannot be in the module: %s",
					rule->name, stays->text),
			  "no scheduler can be cut without it; take it out of 'keep_in_vmlinux' and 'interface.remove'");
}

/* Without an object of that type a switch replaces no methods, and calls through vmlinux's
 * objects are not seen. */
static struct error *check_class_type(const struct classifier *c)
{
	const struct rule_name *rule = &c->rules->class_type;

	vec_for_each(var, &c->facts->vars)
		if (var->class_object)
			return NULL;
	return error_note(error_at_rule(c->rules, rule,
					"no object of type 'struct %s' that vmlinux has in the boundary",
					rule->name),
			  "name the struct type of the scheduling classes in switch.class_type, and the units that define them in boundary.units");
}

static struct error *run_classifier(struct classifier *c)
{
	struct decisions *out = c->out;

	TRY(check_class_type(c));
	TRY(name_func(c->facts, c->rules, &c->rules->schedule, &out->schedule));
	TRY(name_func(c->facts, c->rules, &c->rules->finish, &out->finish));
	for (size_t i = 0; i < c->facts->funcs.n; i++)
		find_entry_symbol(c, i);
	TRY(entry_rules_apply(c));
	find_what_stays(c);
	TRY(classify_vars(c->facts, c->rules, out));
	/* Without a fentry site, __schedule is entered by a jump at its very start. So only
	 * its size could be an obstacle. */
	if (c->state[out->schedule].entry == NONE)
		return error_note(error_at_rule(c->rules, &c->rules->schedule,
						"vmlinux has no symbol '%s' to redirect",
						c->rules->schedule.name),
				  "name the function that switches tasks in switch.schedule");
	TRY(find_finish(c));

	bool changed;

	do {
		find_reached(c);
		changed = leave_obstructed(c);
		changed |= spread_over_groups(c);
		if (!changed)
			changed = drop_unused(c);
	} while (changed);
	TRY(entry_rules_check(c));
	TRY(check_schedule(c));
	for (size_t i = 0; i < c->facts->funcs.n; i++)
		vec_push(&out->funcs, decide_func(c, i));
	find_old_code(c);
	find_orig_uses(c);
	return NULL;
}

struct error *classify(const struct facts *facts, const struct rules *rules,
		       struct decisions **decisions)
{
	struct decisions *out = xcalloc(1, sizeof(*out));
	struct classifier c = { .facts = facts,
				.rules = rules,
				.out = out,
				.funcs = facts->funcs.v,
				.state = xcalloc(facts->funcs.n, sizeof(*c.state)) };

	for (size_t i = 0; i < facts->symbols.n; i++)
		vec_push(&out->old_code, (struct reason){ 0 });

	struct error *err = run_classifier(&c);

	free(c.state);
	if (err)
		decisions_free(out);
	else
		*decisions = out;
	return err;
}

void decisions_free(struct decisions *decisions)
{
	if (!decisions)
		return;
	vec_for_each(f, &decisions->funcs)
		vec_free(&f->old_code);
	vec_free(&decisions->funcs);
	vec_free(&decisions->vars);
	vec_free(&decisions->old_code);
	vec_free(&decisions->counted);
	arena_free(&decisions->arena);
	free(decisions);
}
