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
#include "emit/provide.h"
#include "emit/template.h"
#include "tree/check_object.h"
#include "tree/find_symbol.h"
#include "tree/object.h"
#include "tree/refresh_redirect.h"

/* Does the file @path of the tree have another text than @text? */
static bool differs(const char *path, const char *text)
{
	_cleanup_free_ char *now = os_read_file(path);

	return !now || strcmp(now, text) != 0;
}

struct error *refresh_write(const struct tree *tree, struct refresh_file *files, size_t n)
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

static void print_refusal(const struct tree *tree, const struct missing *m,
			  const struct symbol_answer *answer)
{
	struct src_position at = { 0 };
	_cleanup_free_ char *path = xasprintf("%s/%s", tree->dir,
					      m->ref ? m->ref->file->path : "Kbuild");

	if (m->ref)
		at = source_position(m->ref->file, m->ref->start);

	_cleanup_error_ struct error *err = error_note(error_at(path, at.line, at.col,
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

/* Add what earlier runs have added to the symbols of the cut. */
static struct error *add_earlier(struct tree *tree, const struct kernel *kernel, provided_vec *symbols)
{
	_cleanup_free_ char *path = xasprintf("%s/" SYMVERS_PATH, tree->dir);
	struct strmap offered = { 0 };
	struct error *err = object_read_symvers(path, &tree->arena, &offered);

	for (size_t i = 0; i < offered.base.cap; i++) {
		const char *name = offered.base.slots[i].key;
		struct symbol_answer answer;

		if (!name || is_provided(&tree->manifest->symbols, name))
			continue;
		answer = find_symbol(kernel, tree->manifest, name, &tree->arena);
		if (!answer.refusal)
			vec_push(symbols, ((struct provided){ name, answer.addr }));
	}
	strmap_free(&offered);
	return err;
}

/* Write the tables of @symbols, which are not in order. */
static struct error *write_tables(const struct tree *tree, provided_vec *symbols)
{
	struct refresh_file files[] = { { .path = SYMBOLS_PATH }, { .path = SYMVERS_PATH } };
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
	err = refresh_write(tree, files, ARRAY_SIZE(files));
	free(files[0].text);
	free(files[1].text);
	return err;
}

static struct error *add_missing(struct tree *tree, const struct kernel *kernel,
				 const missing_vec *missing, provided_vec *symbols, bool *failed)
{
	VEC(const char *) added = { 0 };
	struct error *err = NULL;

	vec_for_each(s, &tree->manifest->symbols)
		vec_push(symbols, *s);
	TRY(add_earlier(tree, kernel, symbols));
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
	if (added.n) {
		vec_sort(&added, str_compare);
		err = write_tables(tree, symbols);
	}
	vec_for_each(name, &added)
		if (!err)
			printf("added: %s\n", *name);
	vec_free(&added);
	return err;
}

static struct error *refresh_tree(struct tree *tree, const struct kernel *kernel, bool *failed)
{
	_cleanup_error_ struct error *broken = NULL;
	missing_vec missing = { 0 };
	provided_vec symbols = { 0 };
	struct error *err;
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
	err = add_missing(tree, kernel, &missing, &symbols, failed);
	vec_free(&missing);
	vec_free(&symbols);
	return err;
}

struct error *refresh(const struct check_options *options, bool *failed)
{
	struct kernel *kernel = NULL;
	struct tree *tree;

	*failed = false;
	TRY(tree_open(&options->tree, &tree));

	struct error *err = tree_compare_headers(tree);

	if (!err)
		err = tree_open_kernel(tree, &kernel);
	if (!err && !kernel)
		err = error_note(error_at(tree->dir, 0, 0, "no vmlinux of %s found",
					  tree->manifest->release),
				 "install its debug package or say --vmlinux FILE");
	if (!err)
		err = refresh_tree(tree, kernel, failed);
	kernel_close(kernel);
	tree_free(tree);
	return err;
}
