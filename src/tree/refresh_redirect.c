// SPDX-License-Identifier: GPL-2.0-only
/*
 * refresh_redirect.c - a static function that the kernel enters has moved to
 * another unit: its redirect goes to that unit's table. (The linker finds a global
 * one wherever it is.)
 */
#include "tree/refresh_redirect.h"

#include "base/os.h"
#include "emit/template.h"
#include "tree/check.h"
#include "tree/refresh.h"

static char *table_path(const struct tree *tree, int unit)
{
	return xasprintf(REDIRECT_PATH, tree->manifest->units.v[unit].name);
}

bool redirect_listed(const struct tree *tree, const char *function, unsigned long units)
{
	_cleanup_free_ char *field = xasprintf(", %s, ", function);
	bool listed = false;

	for (size_t i = 0; i < tree->manifest->units.n; i++) {
		_cleanup_free_ char *path = table_path(tree, i);
		_cleanup_free_ char *full = xasprintf("%s/%s", tree->dir, path);
		_cleanup_free_ char *text = units & 1UL << i ? os_read_file(full) : NULL;

		listed |= text && strstr(text, field);
	}
	return listed;
}

/* The unit that now defines @f though the table of unit @at lists it; -1: none. */
static int moved_to(const struct tree *tree, const char *function, int at)
{
	for (size_t i = 0; i < tree->units.n; i++)
		if (tree->units.v[i] == at && check_func(tree->work, function, 1UL << i))
			return -1;
	for (size_t i = 0; i < tree->units.n; i++) {
		const struct src_func *func = check_func(tree->work, function, 1UL << i);

		/* A header's copy is every unit's: nothing has moved. */
		if (func && func->is_static && !(func->units & (func->units - 1)))
			return tree->units.v[i];
	}
	return -1;
}

/* Does the cut redirect another function of this name, too? */
static bool is_ambiguous(const struct manifest *m, const struct redirect *redirect)
{
	vec_for_each(r, &m->redirects)
		if (r != redirect && r->function && !strcmp(r->function, redirect->function))
			return true;
	return false;
}

/* The redirects of the cut, in the units that define their functions now. */
static void find_moved(const struct tree *tree, redirect_vec *now, size_t *n_moved)
{
	const struct manifest *m = tree->manifest;

	vec_for_each(r, &m->redirects) {
		struct redirect moved = *r;
		int to = r->function && !is_ambiguous(m, r) ? moved_to(tree, r->function, r->unit) :
							      NONE;

		if (to != NONE)
			moved.unit = to;
		vec_push(now, moved);
		if (to == NONE || redirect_listed(tree, r->function, 1UL << to))
			continue;
		printf("moved: %s from %s to %s\n", r->function, m->units.v[r->unit].name,
		       m->units.v[to].name);
		++*n_moved;
	}
}

struct error *refresh_redirects(const struct tree *tree, size_t *n_moved)
{
	size_t n = tree->manifest->units.n, len;
	struct refresh_file *files = xcalloc(n, sizeof(*files));
	redirect_vec redirects = { 0 };
	struct arena arena = { 0 };

	*n_moved = 0;
	if (tree->work)
		find_moved(tree, &redirects, n_moved);
	for (size_t i = 0; i < n && tree->work; i++) {
		FILE *f = text_open(&files[i].text, &len);

		print_redirects(f, &redirects, i);
		fclose(f);
		files[i].path = arena_printf(&arena, REDIRECT_PATH, tree->manifest->units.v[i].name);
	}

	struct error *err = tree->work ? refresh_write(tree, files, n) : NULL;

	for (size_t i = 0; i < n; i++)
		free(files[i].text);
	free(files);
	vec_free(&redirects);
	arena_free(&arena);
	return err;
}
