// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/dwarf_line.h"

#include <limits.h>

#include "vmlinux/dwarf_internal.h"
#include "vmlinux/dwarf_path.h"

/* A file of the line tables and its lines with code, sorted when asked for: twice
 * the number, plus 1 if the code begins in the first column. */
struct line_file {
	VEC(size_t) lines;
	bool sorted;
};

#define MAX_LINE (INT_MAX / 2)

static struct line_file *file_at(struct kernel *k, const char *path)
{
	struct line_file *file = strmap_get(&k->priv->line_files, path);

	if (!file) {
		file = arena_alloc(&k->arena, sizeof(*file));
		strmap_put(&k->priv->line_files, arena_strdup(&k->arena, path), file);
		vec_push(&k->priv->all_line_files, file);
	}
	return file;
}

static void read_lines(struct kernel *k, struct unit *unit)
{
	struct line_file *file = NULL;
	const char *last = NULL;
	Dwarf_Lines *lines;
	Dwarf_Die cu;
	size_t n;

	if (!dwarf_offdie(k->priv->dwarf, unit->cu, &cu) || dwarf_getsrclines(&cu, &lines, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);
		const char *path = dwarf_linesrc(line, NULL, NULL);
		int number, column;
		size_t entry;
		bool end;

		if (!path || dwarf_lineno(line, &number) || number <= 0 || number > MAX_LINE ||
		    dwarf_linecol(line, &column) || dwarf_lineendsequence(line, &end) || end)
			continue;
		entry = 2 * (size_t)number + (column == 1);
		/* the same string as long as the file is the same */
		if (path != last)
			file = file_at(k, dwarf_source_path(k, unit, path));
		last = path;
		if (file->lines.n && file->lines.v[file->lines.n - 1] == entry)
			continue;
		vec_push(&file->lines, entry);
		file->sorted = false;
	}
}

unsigned int kernel_last_line(struct kernel *k, const char *path, unsigned int from,
			      unsigned int to, bool *closes)
{
	struct kernel_private *priv = k->priv;
	struct line_file *file;

	for (; priv->n_lined < priv->units.n; priv->n_lined++)
		read_lines(k, (struct unit *)priv->units.v[priv->n_lined]);
	*closes = false;
	file = strmap_get(&priv->line_files, path);
	if (!file || !file->lines.n)
		return 0;
	if (!file->sorted)
		vec_sort(&file->lines, compare_sizes);
	file->sorted = true;
	size_t n = vec_bisect(line, &file->lines, *line / 2 < to);
	if (!n || file->lines.v[n - 1] / 2 < from)
		return 0;
	*closes = file->lines.v[n - 1] & 1;
	return file->lines.v[n - 1] / 2;
}

void dwarf_free_lines(struct kernel_private *priv)
{
	vec_for_each(file, &priv->all_line_files)
		vec_free(&(*file)->lines);
	vec_free(&priv->all_line_files);
	strmap_free(&priv->line_files);
}
