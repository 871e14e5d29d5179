// SPDX-License-Identifier: GPL-2.0-only
#include "decide/names.h"

char *name_identifier(struct arena *arena, const char *name)
{
	char *identifier = arena_strdup(arena, name);

	str_identify(identifier);
	return identifier;
}

/* A function or variable that a name may mean. */
struct candidate {
	const char *name, *file;
	const struct src_func *owner; /* the function that a variable is in, or NULL */
	unsigned long units;
	bool overridden, is_global;
};

static struct candidate func_candidate(const struct facts *facts, size_t i)
{
	const struct fact_func *f = &facts->funcs.v[i];

	return (struct candidate){ .name = f->name,
				   .file = f->src->at.file->path,
				   .units = f->src->units,
				   .overridden = f->overridden,
				   .is_global = !f->is_static };
}

static struct candidate var_candidate(const struct facts *facts, size_t i)
{
	const struct fact_var *v = &facts->vars.v[i];

	return (struct candidate){ .name = v->name,
				   .file = v->src->at.file->path,
				   .owner = v->src->owner,
				   .units = v->src->units };
}

static bool unit_is(const struct facts *facts, const char *where, unsigned long units)
{
	for (size_t u = 0; u < facts->units.n; u++)
		if (units & 1UL << u && (!strcmp(facts->units.v[u].name, where) ||
					 !strcmp(facts->units.v[u].path, where)))
			return true;
	return false;
}

/* Does @name, "NAME" or "WHERE:NAME", mean @c? */
static bool is_meant(const struct facts *facts, const char *name, const struct candidate *c)
{
	const char *colon = strrchr(name, ':');
	_cleanup_free_ char *where = colon ? xstrndup(name, colon - name) : NULL;

	return !strcmp(c->name, colon ? colon + 1 : name) &&
	       (!where || !strcmp(c->file, where) || unit_is(facts, where, c->units) ||
		(c->owner && !strcmp(c->owner->name, where)));
}

/* Does @b replace @a wherever vmlinux uses it? */
static bool overrides(const struct candidate *a, const struct candidate *b)
{
	return a->overridden && !b->overridden && a->is_global && b->is_global;
}

/* The WHERE that means @c, and not @other. */
static const char *where_is(const struct facts *facts, const struct candidate *c,
			    const struct candidate *other)
{
	size_t u = __builtin_ctzl(c->units | 1UL << 63);
	const char *unit = u < facts->units.n ? facts->units.v[u].name : "unit";

	if (c->owner)
		return c->owner->name;
	return unit_is(facts, unit, other->units) ? c->file : unit;
}

/* Several things have the name. */
static struct error *ambiguous(const struct facts *facts, const struct rules *rules,
			       const struct rule_name *name, const char *what,
			       const struct candidate *a, const struct candidate *b)
{
	if (a->owner && a->owner == b->owner)
		return error_note(error_at_rule(rules, name, "%s() has two variables '%s'",
						a->owner->name, a->name),
				  "no rule can tell them apart: take the name out of the rules");
	return error_note(error_at_rule(rules, name, "'%s' is more than one %s", name->name, what),
			  "write '%s:%s' or '%s:%s'", where_is(facts, a, b), a->name,
			  where_is(facts, b, a), b->name);
}

static struct error *find_meant(const struct facts *facts, const struct rules *rules,
				const struct rule_name *name, const char *what, size_t n,
				struct candidate (*candidate)(const struct facts *, size_t),
				int *result)
{
	struct candidate found, c;

	*result = NONE;
	for (size_t i = 0; i < n; i++) {
		c = candidate(facts, i);
		if (!is_meant(facts, name->name, &c))
			continue;
		if (*result == NONE || overrides(&found, &c)) {
			found = c;
			*result = i;
		} else if (!overrides(&c, &found)) {
			return ambiguous(facts, rules, name, what, &found, &c);
		}
	}
	if (*result != NONE)
		return NULL;
	return error_note(error_at_rule(rules, name, "no %s '%s' in the boundary", what, name->name),
			  "name a %s that the boundary's files define", what);
}

struct error *name_func(const struct facts *facts, const struct rules *rules,
			const struct rule_name *name, int *func)
{
	return find_meant(facts, rules, name, "function", facts->funcs.n, func_candidate, func);
}

struct error *name_var(const struct facts *facts, const struct rules *rules,
		       const struct rule_name *name, int *var)
{
	return find_meant(facts, rules, name, "variable", facts->vars.n, var_candidate, var);
}
