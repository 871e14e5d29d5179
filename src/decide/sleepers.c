// SPDX-License-Identifier: GPL-2.0-only
/*
 * sleepers.c - which functions may be on the stack of a task that is off the
 * CPU, from the static call graph of the boundary.
 *
 * The full graph of vmlinux is of no use here: nearly everything reaches
 * preempt_schedule(). Under full preemption any function may be preempted, so
 * safety comes from the stack check at run time; this set only tells which
 * functions are always or often there.
 */
#include "decide/classify.h"

static bool calls_external_sleeper(const struct fact_func *f, const struct rules *rules,
				   const char **name)
{
	vec_for_each(external, &f->externals)
		vec_for_each(s, &rules->sleepers)
			if (!strcmp(*external, s->name)) {
				*name = s->name;
				return true;
			}
	return false;
}

/* A function of this type, known to sleep, whose address is in use. */
static int sleeper_by_type(const struct facts *facts, const bool *sleeper, const char *type)
{
	for (size_t i = 0; i < facts->funcs.n; i++)
		if (sleeper[i] && facts->funcs.v[i].address_used && facts->funcs.v[i].type &&
		    !strcmp(facts->funcs.v[i].type, type))
			return i;
	return NONE;
}

static const char *find_reason(const struct facts *facts, const struct rules *rules,
			       const struct fact_func *f, int schedule, const bool *sleeper,
			       struct arena *arena)
{
	const char *external;

	vec_for_each(s, &rules->sleepers)
		if (!strcmp(s->name, f->name))
			return "rule: sleepers";
	vec_for_each(callee, &f->callees)
		if (*callee == schedule || sleeper[*callee])
			return arena_printf(arena, "sleeps: calls %s", facts->funcs.v[*callee].name);
	if (calls_external_sleeper(f, rules, &external))
		return arena_printf(arena, "sleeps: calls %s", external);
	vec_for_each(type, &f->icalls) {
		int callee = sleeper_by_type(facts, sleeper, *type);

		if (callee != NONE)
			return arena_printf(arena, "sleeps: calls %s through a pointer",
					    facts->funcs.v[callee].name);
	}
	return NULL;
}

void find_sleepers(const struct facts *facts, const struct rules *rules, int schedule,
		   bool *sleeper, const char **why, struct arena *arena)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < facts->funcs.n; i++) {
			if (sleeper[i] || (int)i == schedule)
				continue;
			why[i] = find_reason(facts, rules, &facts->funcs.v[i], schedule, sleeper,
					     arena);
			sleeper[i] = why[i] != NULL;
			changed |= sleeper[i];
		}
	} while (changed);
}
