// SPDX-License-Identifier: GPL-2.0-only
/*
 * find_symbol.c - which symbol of vmlinux a name of the edited tree means.
 */
#include "tree/find_symbol.h"

#include "emit/provide.h"
#include "vmlinux/file_groups.h"

#define refuse(arena, how, ...) \
	((struct symbol_answer){ .refusal = arena_printf((arena), __VA_ARGS__), .remedy = (how) })

/* The unit of "vml.UNIT.NAME" in @m, or -1. */
static int unit_of(const struct manifest *m, const char *label)
{
	size_t len = strcspn(label, ".");

	for (size_t i = 0; i < m->units.n; i++)
		if (strlen(m->units.v[i].name) == len && !memcmp(m->units.v[i].name, label, len))
			return i;
	return -1;
}

/* vmlinux's local symbols of unit @unit of @m, matched as the cut did; -1: none. */
static int unit_group(const struct kernel *kernel, const struct manifest *m, int unit)
{
	const char *path = m->units.v[unit].path;
	VEC(const char *) names = { 0 };

	vec_for_each(f, &m->funcs)
		if (f->is_static && f->units & 1UL << unit)
			vec_push(&names, f->name);
	vec_for_each(v, &m->vars)
		if (v->is_static && v->units & 1UL << unit)
			vec_push(&names, v->name);

	int group = kernel_match_unit(kernel, path, names.v, names.n);

	vec_free(&names);
	return group;
}

/*
 * What "vml.UNIT.NAME" is: the unit's static one if there is one, else the global
 * one. What has come here from another unit since the cut is static there. *@n: how
 * many there are, of which one is returned.
 */
static const struct ksym *find_vml(const struct kernel *kernel, const struct manifest *m, int unit,
				   const char *name, size_t *n)
{
	const struct ksym *sym = kernel_local(kernel, unit_group(kernel, m, unit), name, n);

	if (sym)
		return sym;
	sym = kernel_global(kernel, name);
	*n = sym != NULL;
	for (size_t i = 0; i < m->units.n && (!sym || !sym->is_global); i++) {
		size_t count;
		const struct ksym *other = kernel_local(kernel, unit_group(kernel, m, i), name,
							&count);

		sym = other ? other : sym;
		*n += count;
	}
	return sym;
}

/* The function of the cut that @name is for @unit (-1: for the linker), or NULL; in
 * the order of find_vml(). */
static const struct manifest_func *find_known(const struct kernel *kernel, const struct manifest *m,
					      int unit, const char *name)
{
	const struct manifest_func *func = unit < 0 ? NULL : manifest_func(m, name, 1UL << unit);

	if (!func)
		func = manifest_global_func(m, name);
	if (!func && !kernel_global(kernel, name))
		func = manifest_func(m, name, ~0UL);
	return func;
}

struct symbol_answer find_symbol(const struct kernel *kernel, const struct manifest *m,
				 const char *label, struct arena *arena)
{
	const char *name = label;
	const struct manifest_func *func;
	const struct ksym *sym;
	int unit = -1;
	size_t n;

	if (str_starts(label, VML_PREFIX)) {
		const char *rest = label + strlen(VML_PREFIX);

		unit = unit_of(m, rest);
		name = strchr(rest, '.') ? strchr(rest, '.') + 1 : rest;
	}
	if (strlen(label) > SYMBOL_NAME_MAX)
		return refuse(arena,
			      "modpost takes no longer names: reach it through another function",
			      "the name has more than %d bytes", SYMBOL_NAME_MAX);
	func = find_known(kernel, m, unit, name);
	if (func && unit < 0 && func_class_in_module(func->class))
		return refuse(arena, "keep the function, if only to call what replaces it",
			      "the module's own '%s' is gone", name);
	if (func && func->class == FUNC_INSIDER)
		return refuse(arena, "say 'interface: add' in the rules and cut again",
			      "vmlinux's '%s' is the old code, which nothing leads into the module",
			      name);
	if (func && func->class == FUNC_INIT)
		return refuse(arena, "do without it", "'%s' was freed after boot", name);

	if (unit < 0) {
		sym = kernel_global(kernel, name);
		n = sym ? 1 : kernel_count(kernel, name, false, &sym);
	} else {
		sym = find_vml(kernel, m, unit, name, &n);
	}
	if (!n)
		return refuse(arena, "define it, or correct its name",
			      unit < 0 ?
				      "vmlinux has no symbol '%s'" :
				      "vmlinux has no global symbol '%s', nor one in the scheduler's files",
			      name);
	if (n > 1)
		return refuse(arena, "which one is meant cannot be said: use another function",
			      "vmlinux has %zu symbols '%s'", n, name);
	if (sym->is_boot_only)
		return refuse(arena, "do without it", "'%s' was freed after boot", name);
	return (struct symbol_answer){ .addr = sym->addr };
}
