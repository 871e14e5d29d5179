// SPDX-License-Identifier: GPL-2.0-only
/*
 * sleepers.c - walk up the calls, from the functions that are known to sleep.
 *
 * The full call graph of vmlinux does not help: nearly everything reaches
 * preempt_schedule(). Under full preemption any function may be preempted, so
 * the stack check at run time makes a switch safe; this set only says which
 * functions are always or often on a stack.
 */
#include "decide/sleepers.h"

static const char *external_sleeper(const struct fact_func *f, const struct rules *rules)
{
	vec_for_each(external, &f->externals)
		vec_for_each(s, &rules->sleepers)
			if (!strcmp(*external, s->name))
				return s->name;
	return NULL;
}

/* A function of this type that sleeps and whose address is used. */
static int sleeper_by_type(const struct facts *facts, const struct reason *why, const char *type)
{
	for (size_t i = 0; i < facts->funcs.n; i++)
		if (why[i].kind && facts->funcs.v[i].address_used && facts->funcs.v[i].type &&
		    !strcmp(facts->funcs.v[i].type, type))
			return i;
	return NONE;
}

static struct reason find_reason(const struct facts *facts, const struct rules *rules, int func,
				 int schedule, const struct reason *why, struct arena *arena)
{
	const struct fact_func *f = &facts->funcs.v[func];
	const char *external = external_sleeper(f, rules);

	vec_for_each(s, &rules->sleepers)
		if (!strcmp(s->name, f->name))
			return reason_make(arena, REASON_SLEEPS_BY_RULE, NONE, NULL);
	vec_for_each(callee, &f->callees)
		if (*callee == schedule || why[*callee].kind)
			return reason_make(arena, REASON_SLEEPS, *callee,
					   facts->funcs.v[*callee].name);
	if (external)
		return reason_make(arena, REASON_SLEEPS, NONE, external);
	vec_for_each(type, &f->icalls) {
		int callee = sleeper_by_type(facts, why, *type);

		if (callee != NONE)
			return reason_make(arena, REASON_SLEEPS_BY_POINTER, callee,
					   facts->funcs.v[callee].name);
	}
	return (struct reason){ .kind = REASON_NONE };
}

void find_sleepers(const struct facts *facts, const struct rules *rules, int schedule,
		   struct reason *why, struct arena *arena)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < facts->funcs.n; i++) {
			if (why[i].kind || (int)i == schedule)
				continue;
			why[i] = find_reason(facts, rules, i, schedule, why, arena);
			changed |= why[i].kind != REASON_NONE;
		}
	} while (changed);
}
