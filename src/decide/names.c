// SPDX-License-Identifier: GPL-2.0-only
/*
 * names.c - which function or variable a name in the rules means.
 */
#include "decide/names.h"

/* A rule's name, taken apart. */
struct wanted {
	const char *where; /* NULL: the name alone */
	const char *name;
};

static struct wanted take_apart(struct arena *arena, const char *text)
{
	const char *colon = strrchr(text, ':');

	if (!colon)
		return (struct wanted){ NULL, text };
	return (struct wanted){ arena_strndup(arena, text, colon - text), colon + 1 };
}

bool name_is_qualified(const char *name)
{
	return strchr(name, ':');
}

char *name_identifier(struct arena *arena, const char *name)
{
	char *identifier = arena_strdup(arena, name);

	str_identify(identifier);
	return identifier;
}

static bool unit_is(const struct facts *facts, const char *where, unsigned long units)
{
	for (size_t u = 0; u < facts->units.n; u++)
		if (units & 1UL << u && (!strcmp(facts->units.v[u].name, where) ||
					 !strcmp(facts->units.v[u].path, where)))
			return true;
	return false;
}

static bool func_fits(const struct facts *facts, const struct wanted *w, const struct fact_func *f)
{
	return !strcmp(f->name, w->name) && (!w->where || !strcmp(f->src->at.file->path, w->where) ||
					     unit_is(facts, w->where, f->src->units));
}

static bool var_fits(const struct facts *facts, const struct wanted *w, const struct fact_var *v)
{
	return !strcmp(v->name, w->name) &&
	       (!w->where || !strcmp(v->src->at.file->path, w->where) ||
		unit_is(facts, w->where, v->src->units) ||
		(v->src->owner && !strcmp(v->src->owner->name, w->where)));
}

/* Does @b replace @a wherever vmlinux uses it? */
static bool overrides(const struct fact_func *a, const struct fact_func *b)
{
	return a->overridden && !b->overridden && !a->is_static && !b->is_static;
}

static struct error *unknown(const struct rules *rules, const struct rule_name *name,
			     const char *what, const char *note)
{
	return error_note(error_at(rules->path, name->line, name->col, "no %s '%s' in the boundary",
				   what, name->name),
			  "%s", note);
}

static struct error *ambiguous(const struct rules *rules, const struct rule_name *name,
			       const char *what, const char *a, const char *b)
{
	return error_note(error_at(rules->path, name->line, name->col, "'%s' is more than one %s",
				   name->name, what),
			  "write '%s' or '%s'", a, b);
}

static const char *rule_unit_name(const struct facts *facts, unsigned int unit)
{
	return unit < facts->units.n ? facts->units.v[unit].name : "unit";
}

/* How a rule has to call @f so that only it fits. */
static char *call_func(struct arena *arena, const struct facts *facts, const struct fact_func *f,
		       const struct fact_func *other)
{
	const char *unit = rule_unit_name(facts, __builtin_ctzl(f->src->units | 1UL << 63));

	return arena_printf(arena, "%s:%s",
			    unit_is(facts, unit, other->src->units) ? f->src->at.file->path : unit,
			    f->name);
}

static char *call_var(struct arena *arena, const struct facts *facts, const struct fact_var *v,
		      const struct fact_var *other)
{
	const char *unit = rule_unit_name(facts, v->unit);

	if (v->src->owner)
		return arena_printf(arena, "%s:%s", v->src->owner->name, v->name);
	return arena_printf(arena, "%s:%s",
			    unit_is(facts, unit, other->src->units) ? v->src->at.file->path : unit,
			    v->name);
}

struct error *name_func(const struct facts *facts, const struct rules *rules,
			const struct rule_name *name, int *func)
{
	struct arena arena = { 0 };
	struct wanted w = take_apart(&arena, name->name);
	struct error *err = NULL;

	*func = NONE;
	for (size_t i = 0; i < facts->funcs.n && !err; i++) {
		const struct fact_func *f = &facts->funcs.v[i], *found;

		if (!func_fits(facts, &w, f))
			continue;
		found = *func == NONE ? NULL : &facts->funcs.v[*func];
		if (!found || overrides(found, f))
			*func = i;
		else if (!overrides(f, found))
			err = ambiguous(rules, name, "function", call_func(&arena, facts, found, f),
					call_func(&arena, facts, f, found));
	}
	if (!err && *func == NONE)
		err = unknown(rules, name, "function",
			      "name a function that the boundary's files define");
	arena_free(&arena);
	return err;
}

struct error *name_var(const struct facts *facts, const struct rules *rules,
		       const struct rule_name *name, int *var)
{
	struct arena arena = { 0 };
	struct wanted w = take_apart(&arena, name->name);
	struct error *err = NULL;

	*var = NONE;
	for (size_t i = 0; i < facts->vars.n && !err; i++) {
		const struct fact_var *v = &facts->vars.v[i];

		if (!var_fits(facts, &w, v))
			continue;
		if (*var == NONE)
			*var = i;
		else if (v->src->owner && v->src->owner == facts->vars.v[*var].src->owner)
			err = error_note(error_at(rules->path, name->line, name->col,
						  "%s() has two variables '%s'",
						  v->src->owner->name, w.name),
					 "no rule can tell them apart: take the name out of the rules");
		else
			err = ambiguous(rules, name, "variable",
					call_var(&arena, facts, &facts->vars.v[*var], v),
					call_var(&arena, facts, v, &facts->vars.v[*var]));
	}
	if (!err && *var == NONE)
		err = unknown(rules, name, "variable",
			      "name a variable that the boundary's files define");
	arena_free(&arena);
	return err;
}
