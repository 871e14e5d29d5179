// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/dwarf_path.h"

#include "vmlinux/dwarf_internal.h"

void dwarf_clean_path(char *path)
{
	bool absolute = path[0] == '/';
	char *out = path + absolute, *in = path + absolute;

	while (*in) {
		size_t len = strcspn(in, "/");
		char *next = in + len + (in[len] == '/');

		if (len == 2 && in[0] == '.' && in[1] == '.' && out > path + absolute &&
		    !(out - path >= 3 && !strncmp(out - 3, "../", 3))) {
			out--;
			while (out > path + absolute && out[-1] != '/')
				out--;
		} else if (len && !(len == 1 && in[0] == '.')) {
			memmove(out, in, len);
			out += len;
			if (*next)
				*out++ = '/';
		}
		in = next;
	}
	*out = '\0';
}

/* @path without the directory @dir in front; @path itself if it is not below. */
static const char *below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	while (len && dir[len - 1] == '/')
		len--;
	if (!len || strncmp(path, dir, len) || path[len] != '/')
		return path;
	return path + len + 1;
}

const char *dwarf_source_path(struct kernel *k, struct unit *unit, const char *path)
{
	const char *known = strmap_get(&unit->files, path);
	const char *result;
	char *clean;

	if (known)
		return known;
	clean = arena_strdup(&k->arena, path);
	dwarf_clean_path(clean);
	result = below(below(clean, unit->comp_dir), unit->root);
	strmap_put(&unit->files, arena_strdup(&k->arena, path), (char *)result);
	return result;
}

/* How many bytes of directories, the last '/' included, @a and @b begin with. */
static size_t common_dirs(const char *a, const char *b)
{
	size_t n = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			n = i + 1;
	return n;
}

/*
 * The path of the unit @cu, called @name, below the source root. Kbuild names C files relative
 * to the root, or to its build directory; assembler files are absolute.
 */
static char *unit_path(const struct kernel *k, Dwarf_Die *cu, const char *name)
{
	const char *dir = dwarf_die_string(k, cu, DW_AT_comp_dir);
	char *path = arena_strdup(&k->priv->arena, name);

	dwarf_clean_path(path);
	if (path[0] == '/' && k->priv->units.n) {
		const struct unit *known = (const struct unit *)k->priv->units.v[0];

		path = (char *)below(path, known->root);
	}
	if (path[0] == '/' && dir)
		path += common_dirs(path, dir);
	while (str_starts(path, "../"))
		path += strlen("../");
	return path;
}

const char *dwarf_path_at(const struct kernel *k, uint64_t addr)
{
	struct kernel_private *priv = k->priv;
	Dwarf_Die cu;

	if (!priv->dwarf || !dwarf_addrdie(priv->dwarf, addr, &cu))
		return NULL;

	const char *name = dwarf_die_string(k, &cu, DW_AT_name);

	if (!name)
		return NULL;

	char *path = nummap_get(&priv->paths, dwarf_dieoffset(&cu));

	if (!path) {
		path = unit_path(k, &cu, name);
		nummap_put(&priv->paths, dwarf_dieoffset(&cu), path);
	}
	return path;
}
