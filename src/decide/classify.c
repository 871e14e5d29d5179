// SPDX-License-Identifier: GPL-2.0-only
/*
 * classify.c - what becomes of every function, and why.
 *
 * A function is redirected when old code that stays alive would otherwise
 * enter it. Old code stays alive outside the boundary, in the functions kept
 * out of the module, and in whatever these still reach without passing a
 * redirected entry. Which entries can be redirected decides what is kept out,
 * so this is a fixpoint.
 */
#include "decide/classify.h"
#include "decide/names.h"

/* Functions that a note names, at most. */
#define MAX_NAMED 3

const char *const func_class_name[FUNC_NR_CLASSES] = {
	[FUNC_INIT] = "init",	    [FUNC_INTERFACE] = "interface", [FUNC_CALLBACK] = "callback",
	[FUNC_INSIDER] = "insider", [FUNC_OUTSIDER] = "outsider",   [FUNC_UNUSED] = "unused",
};

const char *const var_class_name[VAR_NR_CLASSES] = {
	[VAR_SHARED] = "shared", [VAR_PRIVATE] = "private", [VAR_CLASS] = "class",
	[VAR_INIT] = "init",	 [VAR_GLUE] = "glue",
};

/* What is known of one function while the fixpoint runs. */
struct state {
	const char *keep;     /* why it stays in vmlinux; NULL: it does not */
	int entry;	      /* its only unmangled symbol, or NONE */
	const char *obstacle; /* why its entry cannot be redirected */
	const char *reached;  /* first live code or data that enters it */
	bool by_address;      /* entered through an address that somebody holds */
	unsigned int n_reached;
	bool sleeps;	   /* @keep says so */
	const char *added; /* the rule that wants an interface, or NULL */
	bool unused;
};

struct classifier {
	const struct facts *facts;
	const struct rules *rules;
	struct decisions *out;
	struct state *state;
	const struct fact_func *funcs;
};

static bool is_candidate(const struct classifier *c, int func)
{
	const struct state *s = &c->state[func];

	return !s->keep && !c->funcs[func].is_boot_only && s->entry != NONE && !s->obstacle;
}

/* --- rules */

static struct error *refuse_func(const struct classifier *c, const struct rule_name *name,
				 const char *what, const char *why)
{
	return error_at(c->rules->path, name->line, name->col, "'%s' %s: %s", name->name, what, why);
}

/* Some of the functions that call @func, "a, b", or "its callers". */
static const char *callers_of(const struct classifier *c, int func)
{
	const char *text = "";
	int n = 0;

	for (size_t i = 0; i < c->facts->funcs.n; i++)
		vec_for_each(callee, &c->funcs[i].callees)
			if (*callee == func && (int)i != func && n++ < MAX_NAMED)
				text = arena_printf(&c->out->arena, "%s%s%s", text,
						    *text ? ", " : "", c->funcs[i].name);
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

/* Can vmlinux's @func be called in place of the module's? */
static struct error *check_stays(const struct classifier *c, const struct rule_name *name, int func)
{
	static const char what[] = "cannot stay outside";
	const struct fact_func *f = &c->funcs[func];

	if (f->overridden)
		return NULL;
	if (f->is_boot_only)
		return error_note(refuse_func(c, name, what, "it is gone after boot"),
				  "take it out of the list: the module has none of it anyway");
	if (f->in_header)
		return error_note(refuse_func(c, name, what,
					      "it is defined in a header, for each unit anew"),
				  "name the functions that call it: %s", callers_of(c, func));
	if (c->state[func].entry == NONE)
		return error_note(refuse_func(c, name, what, no_entry(c, func)),
				  "name the functions that call it: %s", callers_of(c, func));
	return NULL;
}

/*
 * A file that stays: what vmlinux has no entry for remains in the module, as
 * a helper of those who use it, or goes unused.
 */
static bool keep_file(struct classifier *c, const char *path)
{
	bool found = false;

	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		if (!c->funcs[i].src || strcmp(c->funcs[i].src->at.file->path, path))
			continue;
		found = true;
		if (!c->state[i].keep && c->state[i].entry != NONE)
			c->state[i].keep = "rule: outside, with its file";
	}
	return found;
}

static struct error *apply_outside(struct classifier *c)
{
	vec_for_each(name, &c->rules->outside) {
		int func;

		if (strchr(name->name, '/') && !name_is_qualified(name->name)) {
			if (!keep_file(c, name->name))
				return error_note(error_at(c->rules->path, name->line, name->col,
							   "no file '%s' in the boundary", name->name),
						  "write its path below the kernel source, as in kernel/sched/wait.c");
			continue;
		}
		TRY(name_func(c->facts, c->rules, name, &func));
		TRY(check_stays(c, name, func));
		c->state[func].keep = "rule: outside";
	}
	return NULL;
}

static struct error *apply_interface_remove(struct classifier *c)
{
	vec_for_each(name, &c->rules->interface_remove) {
		int func;

		TRY(name_func(c->facts, c->rules, name, &func));
		TRY(check_stays(c, name, func));
		c->state[func].keep = "rule: interface.remove";
	}
	return NULL;
}

static struct error *find_counted(struct classifier *c)
{
	vec_for_each(name, &c->rules->count) {
		int func;

		TRY(name_func(c->facts, c->rules, name, &func));
		vec_push(&c->out->counted, func);
	}
	return NULL;
}

/* The function that @name asks for of @sidecar's file. */
static struct error *sidecar_func(const struct classifier *c, const struct rule_sidecar *sidecar,
				  const struct rule_name *name, int *func)
{
	struct rule_name full = *name;

	full.name = arena_printf(&c->out->arena, "%s:%s", sidecar->file.name, name->name);

	_cleanup_error_ struct error *err = name_func(c->facts, c->rules, &full, func);

	if (!err)
		return NULL;
	return error_note(error_at(c->rules->path, name->line, name->col, "no function '%s' in %s",
				   name->name, sidecar->file.name),
			  "name a function that the file defines and this configuration compiles");
}

/* Of a sidecar only what is named comes into the module, with the helpers that
 * vmlinux has inlined or cloned. */
static struct error *apply_sidecars(struct classifier *c)
{
	vec_for_each(sidecar, &c->rules->sidecars)
		vec_for_each(name, &sidecar->functions) {
			int func;

			TRY(sidecar_func(c, sidecar, name, &func));
			c->state[func].added = "rule: sidecar";
		}
	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		struct state *s = &c->state[i];

		if (c->funcs[i].in_sidecar && !s->keep && !s->added && s->entry != NONE)
			s->keep = "not taken from the sidecar";
	}
	return NULL;
}

static struct error *apply_interface_add(struct classifier *c)
{
	vec_for_each(name, &c->rules->interface_add) {
		int func;

		TRY(name_func(c->facts, c->rules, name, &func));
		c->state[func].added = "rule: interface.add";
	}
	return NULL;
}

/* A function that the rules want redirected can be; if not, why, and what
 * would make it possible. */
static struct error *check_added(const struct classifier *c, const struct rule_name *name, int func)
{
	static const char what[] = "cannot be an interface";
	const struct fact_func *f = &c->funcs[func];
	const struct state *s = &c->state[func];

	if (is_candidate(c, func))
		return NULL;
	if (f->is_boot_only)
		return error_note(refuse_func(c, name, what, "it is gone after boot"),
				  "no module can be loaded before it has run for the last time");
	if (f->overridden)
		return error_note(refuse_func(c, name, what, s->keep),
				  "make the file that defines the stronger one a sidecar");
	if (s->obstacle)
		return error_note(refuse_func(c, name, what, s->obstacle),
				  "redirect the functions that call it: %s", callers_of(c, func));
	if (s->sleeps)
		return error_note(refuse_func(c, name, what, s->keep),
				  "a task would sleep in the module for long: redirect what it calls, or take what does not sleep out of 'sleepers'");
	if (s->keep)
		return error_note(refuse_func(c, name, what, s->keep),
				  "take it, or its file, out of 'outside' and 'interface.remove'");
	return error_note(refuse_func(c, name, what, no_entry(c, func)),
			  "redirect the functions that call it: %s", callers_of(c, func));
}

static struct error *check_all_added(const struct classifier *c)
{
	int func;

	vec_for_each(name, &c->rules->interface_add) {
		TRY(name_func(c->facts, c->rules, name, &func));
		TRY(check_added(c, name, func));
	}
	vec_for_each(sidecar, &c->rules->sidecars)
		vec_for_each(name, &sidecar->functions) {
			TRY(sidecar_func(c, sidecar, name, &func));
			TRY(check_added(c, name, func));
		}
	return NULL;
}

/* --- the state before the fixpoint */

static void find_entry_symbol(struct classifier *c, int func)
{
	const struct fact_func *f = &c->funcs[func];
	struct state *s = &c->state[func];
	unsigned int n = 0;

	s->entry = NONE;
	vec_for_each(i, &f->symbols) {
		const struct fact_symbol *sym = &c->facts->symbols.v[*i];

		if (!sym->entry)
			continue;
		if (!n++)
			s->entry = *i;
	}
	if (n > 1) {
		/* A header's inline, emitted by several units: nobody calls it
		 * from another unit. */
		s->entry = NONE;
	} else if (s->entry != NONE) {
		s->obstacle = c->facts->symbols.v[s->entry].obstacle;
	}
}

static void find_kept_out(struct classifier *c, int schedule)
{
	size_t n = c->facts->funcs.n;
	_cleanup_free_ bool *sleeper = xcalloc(n, sizeof(*sleeper));
	_cleanup_free_ const char **why = xcalloc(n, sizeof(*why));

	find_sleepers(c->facts, c->rules, schedule, sleeper, why, &c->out->arena);
	for (size_t i = 0; i < n; i++) {
		struct state *s = &c->state[i];

		if (c->funcs[i].overridden) {
			s->keep = "weak, and vmlinux uses a stronger one";
		} else if (sleeper[i] && !s->keep && (s->entry != NONE || !c->funcs[i].in_header)) {
			s->keep = why[i];
			s->sleeps = true;
		}
	}
}

/* What one macro call defines stands or falls together. */
static bool spread_over_groups(struct classifier *c)
{
	bool changed = false;

	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		struct state *first = &c->state[c->funcs[i].group], *s = &c->state[i];

		if (!first->keep != !s->keep) {
			if (!first->keep)
				first->keep = s->keep;
			else
				s->keep = first->keep;
			changed = true;
		}
	}
	return changed;
}

/* --- one round: which old code is alive, and what does it enter */

static void visit(struct classifier *c, int symbol, const char *from, bool by_address)
{
	const struct fact_symbol *sym = &c->facts->symbols.v[symbol];
	struct state *s = &c->state[sym->func];

	if (sym->entry && is_candidate(c, sym->func)) {
		if (!s->reached)
			s->reached = from;
		s->by_address |= by_address;
		s->n_reached++;
		return;
	}
	if (sym->entry && !s->reached) {
		s->reached = from;
		s->n_reached++;
	}
	if (c->out->is_old_code.v[symbol])
		return;
	c->out->is_old_code.v[symbol] = true;
	vec_for_each(callee, &sym->callees)
		visit(c, *callee, sym->name, false);
}

static void visit_addresses(struct classifier *c, const int_vec *addresses, const char *from)
{
	vec_for_each(to, addresses)
		if (c->state[*to].entry != NONE)
			visit(c, c->state[*to].entry, from, true);
}

static bool stays_in_module(const struct classifier *c, int func)
{
	return !c->state[func].keep && !c->funcs[func].is_boot_only && !c->state[func].unused;
}

static void find_reached(struct classifier *c, int schedule)
{
	const struct facts *facts = c->facts;

	for (size_t i = 0; i < facts->symbols.n; i++)
		c->out->is_old_code.v[i] = false;
	for (size_t i = 0; i < facts->funcs.n; i++) {
		c->state[i].reached = NULL;
		c->state[i].by_address = false;
		c->state[i].n_reached = 0;
	}

	vec_for_each(ref, &facts->outside)
		if (!ref->is_boot_only && !ref->class_object)
			visit(c, ref->symbol, ref->kind == OUTSIDE_EXPORT ? "modules" : ref->from,
			      ref->kind == OUTSIDE_DATA || ref->kind == OUTSIDE_ADDRESS);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		if (c->state[i].keep && !c->funcs[i].is_boot_only)
			vec_for_each(symbol, &c->funcs[i].symbols)
				visit(c, *symbol, c->funcs[i].name, false);
		if (stays_in_module(c, i))
			visit_addresses(c, &c->funcs[i].addresses, c->funcs[i].name);
	}
	for (size_t i = 0; i < facts->vars.n; i++)
		if (c->out->vars.v[i].class == VAR_PRIVATE)
			visit_addresses(c, &facts->vars.v[i].addresses, facts->vars.v[i].name);
	if (c->state[schedule].entry != NONE)
		visit(c, c->state[schedule].entry, "schedule()", false);
}

/*
 * An entry that is in use but cannot be redirected: its code has to stay the
 * only one, so the function stays in vmlinux. Only where vmlinux has it under
 * its own name; of mangled copies the module has its own version and the old
 * one lives on beside it.
 */
static bool keep_obstructed(struct classifier *c)
{
	bool changed = false;

	for (size_t i = 0; i < c->facts->funcs.n; i++) {
		struct state *s = &c->state[i];

		if (s->keep || c->funcs[i].is_boot_only || s->entry == NONE || !s->obstacle ||
		    !s->n_reached || c->funcs[i].in_header)
			continue;
		s->keep = arena_printf(&c->out->arena, "cannot be redirected: %s", s->obstacle);
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
		if (!stays_in_module(c, i))
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
		struct state *s = &c->state[i];

		if (!stays_in_module(c, i) || is_used[i] || !f->is_static || f->is_inline ||
		    f->in_header || s->added || (is_candidate(c, i) && s->reached) ||
		    (int)i == c->out->schedule || (int)i == c->out->finish)
			continue;
		s->unused = true;
		changed = true;
	}
	return changed;
}

/* --- the result */

static struct func_decision decide_func(struct classifier *c, int func)
{
	const struct fact_func *f = &c->funcs[func];
	const struct state *s = &c->state[func];
	struct arena *arena = &c->out->arena;
	struct func_decision d = { .symbol = s->entry };

	if (f->is_boot_only) {
		d.class = FUNC_INIT;
		d.reason = "freed after boot";
	} else if (s->keep) {
		d.class = FUNC_OUTSIDER;
		d.reason = s->keep;
	} else if (s->unused) {
		d.class = FUNC_UNUSED;
		d.reason = "only functions outside the module use it";
	} else if (func == c->out->schedule) {
		d.class = FUNC_INTERFACE;
		d.reason = "entered through the tail switch";
	} else if (is_candidate(c, func) && s->reached) {
		d.class = s->by_address ? FUNC_CALLBACK : FUNC_INTERFACE;
		d.reason = arena_printf(arena,
					s->by_address ? "its address is held by %s%s" :
							"called by %s%s",
					s->reached, s->n_reached > 1 ? " and others" : "");
	} else if (s->added) {
		d.class = FUNC_INTERFACE;
		d.reason = s->added;
	} else {
		d.class = FUNC_INSIDER;
		d.reason = f->symbols.n ? "entered from the module only" :
					  "vmlinux has it only inlined";
	}
	return d;
}

static void find_old_code(struct classifier *c)
{
	const struct facts *facts = c->facts;

	for (size_t i = 0; i < facts->symbols.n; i++) {
		const struct fact_symbol *sym = &facts->symbols.v[i];
		struct func_decision *own = &c->out->funcs.v[sym->func];

		if (!c->out->is_old_code.v[i])
			continue;
		/* A redirected entry is not alive. */
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
 * vmlinux's finish_task_switch(), through which tasks continue that went to
 * sleep in the module and wake up after rollback. The runtime calls it with
 * prev in the first argument register, so of a mangled copy we have to know
 * that it takes it there.
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
			return error_note(error_at(c->rules->path, rule->line, rule->col,
						   "'%s' of vmlinux %s its first argument in the first register",
						   sym->name,
						   sym->first_param ? "may not take" :
								      "does not take"),
					  "a rollback could not continue sleeping tasks; this kernel needs DWARF or another switch.finish");
		c->out->finish_symbol = *i;
	}
	if (c->out->finish_symbol == NONE)
		return error_note(error_at(c->rules->path, rule->line, rule->col,
					   "vmlinux has no symbol '%s'", rule->name),
				  "name the function that finishes a task switch in switch.finish");
	return NULL;
}

/* The tail switch exists only in the module's copy. */
static struct error *check_schedule(const struct classifier *c)
{
	const struct rule_name *rule = &c->rules->schedule;
	const char *keep = c->state[c->out->schedule].keep;

	if (!keep)
		return NULL;
	return error_note(error_at(c->rules->path, rule->line, rule->col,
				   "'%s' cannot be in the module: %s", rule->name, keep),
			  "no scheduler can be cut without it; take it out of 'outside' and 'interface.remove'");
}

/* Without an object of that type a switch replaces no methods, and whoever enters
 * them through vmlinux's objects is not seen. */
static struct error *check_class_type(const struct classifier *c)
{
	const struct rule_name *rule = &c->rules->class_type;

	vec_for_each(var, &c->facts->vars)
		if (var->class_object)
			return NULL;
	return error_note(error_at(c->rules->path, rule->line, rule->col,
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
	TRY(apply_outside(c));
	TRY(apply_interface_remove(c));
	TRY(find_counted(c));
	TRY(apply_interface_add(c));
	TRY(apply_sidecars(c));
	find_kept_out(c, out->schedule);
	TRY(classify_vars(c->facts, c->rules, out));
	/*
	 * __schedule is entered by a jump at its very start if it has no
	 * fentry site, so only its size could be an obstacle.
	 */
	if (c->state[out->schedule].entry == NONE)
		return error_note(error_at(c->rules->path, c->rules->schedule.line,
					   c->rules->schedule.col,
					   "vmlinux has no symbol '%s' to redirect",
					   c->rules->schedule.name),
				  "name the function that switches tasks in switch.schedule");
	TRY(find_finish(c));

	bool changed;

	do {
		find_reached(c, out->schedule);
		changed = keep_obstructed(c);
		changed |= spread_over_groups(c);
		if (!changed)
			changed = drop_unused(c);
	} while (changed);
	TRY(check_all_added(c));
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
		vec_push(&out->is_old_code, false);

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
	vec_free(&decisions->is_old_code);
	vec_free(&decisions->counted);
	arena_free(&decisions->arena);
	free(decisions);
}
