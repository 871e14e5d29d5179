// SPDX-License-Identifier: GPL-2.0-only
/*
 * sleepers.c - walk up the calls, from the functions that are known to sleep.
 *
 * The full call graph of vmlinux does not help: nearly everything reaches
 * preempt_schedule(). Under full preemption any function may be preempted, so
 * the stack check at run time makes a switch safe; this set only says which
 * functions are always or often on a stack.
 */
#include "decide/entry_rules.h"

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
