// SPDX-License-Identifier: GPL-2.0-only
/*
 * origin.c - which source file a symbol of vmlinux was compiled from.
 *
 * DWARF says it of code. An object's file is that of the code in its group of
 * local symbols; global objects are in no group.
 */
#include "vmlinux/origin.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/file_groups.h"
#include "vmlinux/kernel_internal.h"

/* Where DWARF says that the local function @sym is from; NULL: it is none. */
static const char *code_path(const struct kernel *k, const struct ksym *sym)
{
	return sym->is_func && sym->is_text ? dwarf_path_at(k, sym->addr) : NULL;
}

/* Path of the code that the group's local functions are from, or the group's
 * own name, which has no directory. */
static const char *group_path(const struct kernel *k, const struct kfile_group *group)
{
	for (size_t i = group->first; i < group->last; i++) {
		const char *path = code_path(k, &k->syms.v[i]);
		const char *slash = path ? strrchr(path, '/') : NULL;

		if (path && !strcmp(slash ? slash + 1 : path, group->name))
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
