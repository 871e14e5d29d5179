// SPDX-License-Identifier: GPL-2.0-only
/*
 * file_groups.c - which local symbols are those of a unit, and which file a symbol
 * was compiled from.
 *
 * The symbol table says it by STT_FILE symbols. eu-unstrip makes one of all that
 * have the same name: of the kernel's many core.c one keeps its mark, and the local
 * symbols of the others seem to be those of the file before them. Then DWARF says
 * where the symbols of a unit begin and end.
 *
 * DWARF says which file code is from. An object's file is that of the code in its group
 * of local symbols; global objects are in no group.
 */
#include "vmlinux/file_groups.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/kernel_internal.h"
#include "vmlinux/dwarf_path.h"

/* Where DWARF says that the function @sym is from; NULL: it is none. */
static const char *code_path(const struct kernel *k, const struct ksym *sym)
{
	return sym->is_func && sym->is_text ? dwarf_path_at(k, sym->addr) : NULL;
}

/* The group called @base that has most of @names, see kernel_match_unit(). */
static int best_group(const struct kernel *k, const char *base, const char *const *names, size_t n)
{
	size_t best_hits = 0;
	int best = -1;

	for (size_t g = 0; g < k->file_groups.n; g++) {
		const struct kfile_group *group = &k->file_groups.v[g];
		_cleanup_arena_ struct arena arena = { 0 };
		_cleanup_strmap_ struct strmap stems = { 0 };
		size_t hits = 0;

		if (strcmp(group->name, base))
			continue;
		for (size_t i = group->first; i < group->last; i++) {
			const char *name = k->syms.v[i].name;

			/* without .isra.0, .cold, .123 */
			strmap_put(&stems, arena_strndup(&arena, name, strcspn(name, ".")), &arena);
		}
		for (size_t i = 0; i < n; i++)
			hits += strmap_get(&stems, names[i]) != NULL;
		if (hits > best_hits) {
			best_hits = hits;
			best = (int)g;
		}
	}
	return best;
}

/* In a kernel some files have the same name; if none has, a tool has merged them. */
static bool groups_are_merged(const struct kernel *k)
{
	struct kernel_private *priv = k->priv;
	_cleanup_strmap_ struct strmap names = { 0 };

	if (priv->groups_checked)
		return priv->groups_merged;
	priv->groups_checked = priv->groups_merged = true;
	vec_for_each(group, &k->file_groups)
		priv->groups_merged &= !strmap_put(&names, group->name, group);
	return priv->groups_merged;
}

/* Addresses at which DWARF has something of one unit. */
typedef VEC(uint64_t) addresses;

static addresses addresses_of(const struct dwarf_unit *unit)
{
	addresses found = { 0 };

	vec_for_each(f, &unit->funcs)
		if (f->low_pc)
			vec_push(&found, f->low_pc);
	vec_for_each(v, &unit->vars)
		vec_push(&found, v->addr);
	vec_sort(&found, compare_addresses);
	return found;
}

/*
 * The local symbols from the first to the last one of the unit @path. What is
 * between them and not in DWARF, as tables that the compiler has made, is the
 * unit's, too. False: there are none, or code of another unit is between them.
 */
static bool find_range(const struct kernel *k, const char *path, const struct dwarf_unit *unit,
		       size_t *first, size_t *last)
{
	_cleanup_vec_ addresses known = addresses_of(unit);
	size_t foreign = 0, inside = 0;

	*last = 0;
	for (size_t i = 0; i < k->syms.n && !k->syms.v[i].is_global; i++) {
		const struct ksym *sym = &k->syms.v[i];
		const char *from = code_path(k, sym);
		bool ours = from ? !strcmp(from, path) :
				   sym->is_object &&
					    vec_search(&known, &sym->addr, compare_addresses);

		if (ours) {
			if (!*last)
				*first = i;
			*last = i + 1;
			inside = foreign;
		} else if (*last && from) {
			foreign++;
		}
	}
	return *last && !inside;
}

/* Does group @index of the symbol table hold all of @range, and no other unit's code? */
static bool is_whole(const struct kernel *k, int index, const struct kfile_group *range,
		     const char *path)
{
	if (index < 0)
		return false;
	const struct kfile_group *group = &k->file_groups.v[index];

	for (size_t i = group->first; i < group->last; i++) {
		const char *from = code_path(k, &k->syms.v[i]);

		if (from && strcmp(from, path))
			return false;
	}
	return group->first <= range->first && group->last >= range->last;
}

/* The group of the unit @path by DWARF, or @best, that of the symbol table. */
static int group_by_dwarf(struct kernel *k, const char *path, const char *base, int best)
{
	struct dwarf_unit *unit = NULL;
	struct kfile_group group = { .name = base };
	struct error *err = kernel_dwarf_unit(k, path, &unit);

	/* what needs DWARF reports the error */
	error_free(err);
	if (err || !unit || !find_range(k, path, unit, &group.first, &group.last) ||
	    is_whole(k, best, &group, path))
		return best;
	group.name = arena_strdup(&k->arena, base);
	for (size_t i = group.first; i < group.last; i++)
		k->syms.v[i].file = (int)k->file_groups.n;
	vec_push(&k->file_groups, group);
	return (int)k->file_groups.n - 1;
}

/* The same, found once. */
static int known_group(struct kernel *k, const char *path, const char *base, int best)
{
	struct strmap *known = &k->priv->dwarf_groups;
	uintptr_t group = (uintptr_t)strmap_get(known, path);

	if (!group) {
		/* a value is never NULL: -1 becomes 1 */
		group = (uintptr_t)group_by_dwarf(k, path, base, best) + 2;
		strmap_put(known, arena_strdup(&k->arena, path), (void *)group);
	}
	return (int)group - 2;
}

int kernel_match_unit(const struct kernel *k, const char *path, const char *const *names, size_t n)
{
	const char *base = base_name(path);
	int best = best_group(k, base, names, n);

	if (!groups_are_merged(k))
		return best;
	/* the symbols stay what they are: only their files become known */
	return known_group((struct kernel *)k, path, base, best);
}

/* --- files */

/* Path of the code that the group's local functions are from, or the group's
 * own name, which has no directory. */
static const char *group_path(const struct kernel *k, const struct kfile_group *group)
{
	for (size_t i = group->first; i < group->last; i++) {
		const char *path = code_path(k, &k->syms.v[i]);

		if (path && !strcmp(base_name(path), group->name))
			return path;
	}
	return group->name;
}

/* Has a tool put symbols of several files into @group? */
static bool is_mixed(const struct kernel *k, const struct kfile_group *group)
{
	const char *first = NULL;

	for (size_t i = group->first; i < group->last; i++) {
		const char *path = code_path(k, &k->syms.v[i]);

		if (path && first && strcmp(path, first))
			return true;
		first = path ? path : first;
	}
	return false;
}

const char *kernel_source_path(const struct kernel *k, const struct ksym *sym)
{
	const char *path = sym->is_text ? dwarf_path_at(k, sym->addr) : NULL;
	struct kernel_private *priv = k->priv;

	if (path || sym->file < 0)
		return path;
	while (priv->group_paths.n < k->file_groups.n)
		vec_push(&priv->group_paths, NULL);
	const struct kfile_group *group = &k->file_groups.v[sym->file];
	if (!priv->group_paths.v[sym->file])
		priv->group_paths.v[sym->file] = groups_are_merged(k) && is_mixed(k, group) ?
							 "" :
							 group_path(k, group);
	path = priv->group_paths.v[sym->file];
	return *path ? path : NULL;
}
