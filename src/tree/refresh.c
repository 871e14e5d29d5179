// SPDX-License-Identifier: GPL-2.0-only
/*
 * refresh.c - let the provider offer what the edited tree needs.
 *
 *   undefined symbols ──▶ vmlinux's addresses ──▶ generated/{symbols.h,vmlinux.symvers}
 *   functions that moved ─────────────────────▶ generated/redirect/NAME.h
 *
 * The tables are written as the cut wrote them, from what the manifest has and what
 * was added. Files are replaced when all of them are written.
 */
#include "tree/refresh.h"

#include <unistd.h>

#include "base/os.h"
#include "emit/template.h"
#include "tree/find_symbol.h"
#include "tree/object.h"

/* --- files */

/* A file below the tree and what it is to hold. */
struct new_file {
	const char *path;
	char *text;
	bool changed; /* set by write_files() */
};

/* Does the file @path of the tree have another text than @text? */
static bool differs(const char *path, const char *text)
{
	_cleanup_free_ char *now = os_read_file(path);

	return !now || strcmp(now, text) != 0;
}

/*
 * Replace those of the @n files that have another text. All are written beside their places
 * first, so that a full disk changes nothing. A file that cannot be replaced after
 * that ends it: those before it are new, it and those after it are as they were.
 */
static struct error *write_files(const struct tree *tree, struct new_file *files, size_t n)
{
	struct error *err = NULL;

	for (size_t i = 0; i < n && !err; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", tree->dir, files[i].path);
		_cleanup_free_ char *new = xasprintf("%s.new", path);

		files[i].changed = differs(path, files[i].text);
		if (files[i].changed)
			err = os_write_file(new, files[i].text, strlen(files[i].text), true);
	}
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", tree->dir, files[i].path);
		_cleanup_free_ char *new = xasprintf("%s.new", path);

		if (!err && files[i].changed && rename(new, path))
			err = error_errno(path, "cannot replace the file");
		if (err && files[i].changed)
			unlink(new);
	}
	return err;
}

/* --- redirects of functions that have moved to another unit */

/* The linker finds a global one wherever it is. A static one that the kernel enters needs
 * its redirect in its own unit's table. */

/* The text of the table of @unit, the caller's; NULL: it cannot be read. */
static char *read_table(const struct tree *tree, size_t unit)
{
	_cleanup_free_ char *path = xasprintf("%s/" REDIRECT_PATH, tree->dir,
					      tree->manifest->units.v[unit].name);

	return os_read_file(path);
}

static bool table_lists(const char *text, const char *function)
{
	_cleanup_free_ char *field = xasprintf(", %s, ", function);

	return text && strstr(text, field);
}

bool redirect_listed(const struct tree *tree, const char *function, unsigned long units)
{
	bool listed = false;

	for (size_t i = 0; i < tree->manifest->units.n; i++) {
		_cleanup_free_ char *text = units & 1UL << i ? read_table(tree, i) : NULL;

		listed |= table_lists(text, function);
	}
	return listed;
}

/* The unit that now defines @function, which unit @at defined in the cut. */
static int unit_now(const struct tree *tree, const char *function, int at)
{
	for (size_t i = 0; i < tree->units.n; i++)
		if (tree->units.v[i] == at && check_func(tree->work, function, 1UL << i))
			return at;
	for (size_t i = 0; i < tree->units.n; i++) {
		const struct src_func *func = check_func(tree->work, function, 1UL << i);

		/* A header's copy is every unit's: nothing has moved. */
		if (func && func->is_static && !(func->units & (func->units - 1)))
			return tree->units.v[i];
	}
	return at;
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
	_cleanup_free_ char **tables = xcalloc(m->units.n, sizeof(*tables));

	for (size_t i = 0; i < m->units.n; i++)
		tables[i] = read_table(tree, i);
	vec_for_each(r, &m->redirects) {
		struct redirect moved = *r;
		size_t from = 0;

		if (r->function && !is_ambiguous(m, r))
			moved.unit = unit_now(tree, r->function, r->unit);
		vec_push(now, moved);
		if (!r->function || table_lists(tables[moved.unit], r->function))
			continue;
		/* An earlier run may have moved it. */
		while (from < m->units.n && !table_lists(tables[from], r->function))
			from++;
		printf("moved: %s from %s to %s\n", r->function,
		       from < m->units.n ? m->units.v[from].name : "no table",
		       m->units.v[moved.unit].name);
		++*n_moved;
	}
	for (size_t i = 0; i < m->units.n; i++)
		free(tables[i]);
}

/* Put the redirects of functions into the tables of the units that define them now. */
static struct error *refresh_redirects(const struct tree *tree, size_t *n_moved)
{
	size_t n = tree->manifest->units.n, len;
	_cleanup_free_ struct new_file *files = xcalloc(n, sizeof(*files));
	_cleanup_vec_ redirect_vec redirects = { 0 };
	_cleanup_arena_ struct arena arena = { 0 };

	*n_moved = 0;
	if (!tree->work)
		return NULL;
	find_moved(tree, &redirects, n_moved);
	for (size_t i = 0; i < n; i++) {
		FILE *f = text_open(&files[i].text, &len);

		print_redirects(f, &redirects, i);
		fclose(f);
		files[i].path = arena_printf(&arena, REDIRECT_PATH, tree->manifest->units.v[i].name);
	}

	struct error *err = write_files(tree, files, n);

	for (size_t i = 0; i < n; i++)
		free(files[i].text);
	return err;
}

/* --- symbols */

static void print_refusal(const struct tree *tree, const struct missing *m,
			  const struct symbol_answer *answer)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", tree->dir, m->path);
	_cleanup_error_ struct error *err = error_note(error_at(path, m->at.line, m->at.col,
								"'%s' cannot be provided: %s",
								m->name, answer->refusal),
						       "%s", answer->remedy);

	error_print(stderr, err);
}

static bool is_provided(const provided_vec *symbols, const char *name)
{
	vec_for_each(s, symbols)
		if (!strcmp(s->name, name))
			return true;
	return false;
}

/* Add what earlier runs have added to the symbols of the cut. What this one would refuse is no
 * longer offered, and *@failed. */
static struct error *add_earlier(struct tree *tree, const struct kernel *kernel,
				 provided_vec *symbols, bool *failed)
{
	_cleanup_free_ char *path = xasprintf("%s/" SYMVERS_PATH, tree->dir);
	_cleanup_strmap_ struct strmap offered = { 0 };

	TRY(object_read_symvers(path, &tree->arena, &offered));
	for (size_t i = 0; i < offered.base.cap; i++) {
		const char *name = offered.base.slots[i].key;
		struct symbol_answer answer;

		if (!name || is_provided(&tree->manifest->symbols, name))
			continue;
		answer = find_symbol(kernel, tree->manifest, name, &tree->arena);
		if (!answer.refusal) {
			vec_push(symbols, ((struct provided){ name, answer.addr }));
			continue;
		}
		print_refusal(tree, &(struct missing){ .name = name, .path = SYMVERS_PATH }, &answer);
		*failed = true;
	}
	return NULL;
}

/* Write the tables of @symbols, which are not in order. */
static struct error *write_tables(const struct tree *tree, provided_vec *symbols)
{
	struct new_file files[] = { { .path = SYMBOLS_PATH }, { .path = SYMVERS_PATH } };
	struct error *err;
	size_t len;
	FILE *f;

	sort_provided(symbols);
	f = text_open(&files[0].text, &len);
	print_symbols(f, symbols);
	fclose(f);
	f = text_open(&files[1].text, &len);
	print_symvers(f, symbols, tree->manifest->name);
	fclose(f);
	err = write_files(tree, files, ARRAY_SIZE(files));
	free(files[0].text);
	free(files[1].text);
	return err;
}

static struct error *add_missing(struct tree *tree, const struct kernel *kernel,
				 const missing_vec *missing, provided_vec *symbols, bool *failed)
{
	_cleanup_vec_ VEC(const char *) added = { 0 };

	vec_for_each(s, &tree->manifest->symbols)
		vec_push(symbols, *s);
	TRY(add_earlier(tree, kernel, symbols, failed));
	vec_for_each(m, missing) {
		struct symbol_answer answer = find_symbol(kernel, tree->manifest, m->name,
							  &tree->arena);

		if (answer.refusal) {
			print_refusal(tree, m, &answer);
			*failed = true;
		} else if (!is_provided(symbols, m->name)) {
			vec_push(symbols, ((struct provided){ m->name, answer.addr }));
			vec_push(&added, m->name);
		}
	}
	vec_sort(&added, str_compare);
	if (added.n)
		TRY(write_tables(tree, symbols));
	vec_for_each(name, &added)
		printf("added: %s\n", *name);
	return NULL;
}

static struct error *refresh_tree(struct tree *tree, const struct kernel *kernel, bool *failed)
{
	_cleanup_error_ struct error *broken = NULL;
	_cleanup_vec_ missing_vec missing = { 0 };
	_cleanup_vec_ provided_vec symbols = { 0 };
	size_t n_moved;
	bool stale;

	if (tree->sources_changed)
		TRY(tree_parse(tree, &broken));
	TRY(refresh_redirects(tree, &n_moved));
	TRY(find_missing(tree, &missing, &stale));
	if (stale && n_moved)
		return NULL;
	if (stale)
		return error_note(error_at(tree->dir, 0, 0, "not built since the last edit"),
				  "run make first: what is undefined is seen in its objects");
	return add_missing(tree, kernel, &missing, &symbols, failed);
}

struct error *refresh(const struct check_options *options, bool *failed)
{
	_cleanup_kernel_ struct kernel *kernel = NULL;
	_cleanup_edited_tree_ struct tree *tree = NULL;

	*failed = false;
	TRY(tree_open(&options->tree, &tree));
	TRY(tree_compare_headers(tree));
	TRY(tree_open_kernel(tree, &kernel));
	if (!kernel)
		return error_note(error_at(tree->dir, 0, 0, "no vmlinux of %s found",
					   tree->manifest->release),
				  "install its debug package or say --vmlinux FILE");
	return refresh_tree(tree, kernel, failed);
}
