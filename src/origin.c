// SPDX-License-Identifier: GPL-2.0-only
/*
 * origin.c - which source file a symbol of vmlinux was compiled from.
 *
 * DWARF says it of code. An object's file is that of the code in its group of
 * local symbols; global objects are in no group.
 */
#include "kernel_internal.h"

/* Path of the code that the group's local functions are from, or the group's
 * own name, which has no directory. */
static const char *group_path(const struct kernel *k, const struct kfile_group *group)
{
	for (size_t i = group->first; i < group->last; i++) {
		const struct ksym *sym = &k->syms.v[i];
		const char *path = sym->is_func && sym->is_text ? dwarf_path_at(k, sym->addr)
								 : NULL;
		const char *slash = path ? strrchr(path, '/') : NULL;

		if (path && !strcmp(slash ? slash + 1 : path, group->name))
			return path;
	}
	return group->name;
}

const char *kernel_source_path(const struct kernel *k, const struct ksym *sym)
{
	const char *path = sym->is_text ? dwarf_path_at(k, sym->addr) : NULL;
	struct kernel_private *priv = k->priv;

	if (path || sym->file < 0)
		return path;
	if (!priv->group_paths)
		priv->group_paths = xcalloc(k->file_groups.n, sizeof(*priv->group_paths));
	if (!priv->group_paths[sym->file])
		priv->group_paths[sym->file] = group_path(k, &k->file_groups.v[sym->file]);
	return priv->group_paths[sym->file];
}
