// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c - the check of an edited tree, top to bottom:
 *
 *   digests: what changed ──▶ disabled text ──▶ facts then and now ──▶ built objects
 *
 * Both states of the source are read by the same code, so that only what the
 * author changed can differ. A tree without edits is not parsed at all.
 */
#include "tree/check.h"

#include "base/os.h"
#include "source/source_text.h"
#include "tree/check_address.h"
#include "tree/check_build.h"
#include "tree/check_condition.h"
#include "tree/check_disabled.h"
#include "tree/check_object.h"
#include "tree/check_record.h"
#include "tree/check_register.h"
#include "tree/check_source.h"

/* --- findings */

/* @path, below the tree, as a message names it. */
static char *path_in_tree(const struct tree *tree, const char *path)
{
	const char *dir = tree->dir;
	bool here = !strcmp(dir, ".");

	return xasprintf("%s%s%s", here ? "" : dir, here || str_ends(dir, "/") ? "" : "/", path);
}

struct error *check_found_in(struct check *c, enum severity severity, const char *path,
			     struct src_position at, const char *fmt, ...)
{
	_cleanup_free_ char *full = path_in_tree(c->tree, path);
	struct finding f = { .severity = severity };
	va_list ap;

	va_start(ap, fmt);
	_cleanup_free_ char *message = xvasprintf(fmt, ap);
	va_end(ap);
	f.text = error_at(full, at.line, at.col, "%s", message);
	vec_push(&c->findings, f);
	return f.text;
}

static int compare_findings(const void *a, const void *b)
{
	const struct error *x = ((const struct finding *)a)->text;
	const struct error *y = ((const struct finding *)b)->text;
	int order = strcmp(x->path ? x->path : "", y->path ? y->path : "");

	order = order ? order : compare_values(x->line, y->line);
	return order ? order : strcmp(x->message, y->message);
}

/* Print what was found, each once; were there errors? */
static bool print_findings(struct check *c, bool quiet)
{
	static const char *const severity_name[] = {
		[SEVERITY_ERROR] = "error",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_NOTE] = "note",
	};
	bool failed = false;

	vec_sort(&c->findings, compare_findings);
	vec_for_each(f, &c->findings) {
		if ((f > c->findings.v && !compare_findings(f - 1, f)) ||
		    (quiet && f->severity == SEVERITY_NOTE))
			continue;
		error_print_as(stderr, f->text, severity_name[f->severity]);
		failed |= f->severity == SEVERITY_ERROR;
	}
	return failed;
}

/* --- what the files of the check share */

struct error *check_kernel(struct check *c)
{
	return c->kernel ? NULL : tree_open_kernel(c->tree, &c->kernel);
}

struct error *check_symbol(struct check *c, const char *name, const struct ksym **sym)
{
	TRY(check_kernel(c));
	*sym = c->kernel ? kernel_global(c->kernel, name) : NULL;
	return NULL;
}

struct error *check_config(struct check *c)
{
	TRY(tree_need_headers(c->tree));
	return c->config ? NULL : kconfig_read(c->tree->headers, &c->config);
}

/* The text of @path below @root without comments; NULL: there is no such file. */
static char *read_code(const char *root, const char *path)
{
	_cleanup_free_ char *full = xasprintf("%s/%s", root, path);
	char *text = os_read_file(full);

	if (!text)
		return NULL;
	if (tree_is_c(path) || str_ends(path, ".S"))
		text_blank_comments(text, strlen(text));
	else
		line_blank_hash_comments(text);
	return text;
}

const struct edited *check_edited(struct check *c, const char *path)
{
	struct edited *e;

	vec_for_each(known, &c->edited)
		if (!strcmp((*known)->path, path))
			return *known;
	e = xcalloc(1, sizeof(*e));
	e->path = path;
	e->then = read_code(c->tree->base_dir, path);
	e->now = read_code(c->tree->dir, path);
	e->is_new = !e->then;
	e->then = e->then ? e->then : xstrdup("");
	e->now = e->now ? e->now : xstrdup("");
	line_diff(e->then, e->now, &e->diff);
	vec_push(&c->edited, e);
	return e;
}

static void free_edited(struct check *c)
{
	vec_for_each(p, &c->edited) {
		free((*p)->then);
		free((*p)->now);
		line_diff_free(&(*p)->diff);
		free(*p);
	}
	vec_free(&c->edited);
}

bool check_is_source(const struct src_file *file)
{
	return file->emitted && !str_starts(file->path, "generated/") &&
	       !str_starts(file->path, "include/schedcut/") && !str_starts(file->path, "runtime/");
}

bool check_is_edited(const struct check *c, const struct src_file *file)
{
	return file->text && check_is_source(file) && tree_changed(c->tree, file->path);
}

const struct src_func *check_func(const struct source *source, const char *name, unsigned long units)
{
	vec_for_each(f, &source->funcs)
		if (((*f)->units & units) && !strcmp((*f)->name, name) && (*f)->at.file->emitted)
			return *f;
	return NULL;
}

bool check_same_tokens(const char *a, size_t a_len, const char *b, size_t b_len, size_t *where)
{
	const struct src_file first = { .text = a, .len = a_len };
	const struct src_file second = { .text = b, .len = b_len };
	struct text_token x, y;
	size_t i = 0, j = 0;

	for (;;) {
		bool more = text_next(&first, &i, a_len, &x);
		bool also = text_next(&second, &j, b_len, &y);

		*where = also ? y.start : b_len;
		if (!more || !also)
			return more == also;
		if (x.end - x.start != y.end - y.start ||
		    memcmp(a + x.start, b + y.start, x.end - x.start))
			return false;
	}
}

/* --- the check */

/* What the compiler says of the edited source. */
static void found_broken(struct check *c, struct error *broken)
{
	_cleanup_free_ char *path = broken->path ? tree_relative(c->tree, broken->path) : NULL;
	struct finding f = { SEVERITY_ERROR, broken };

	if (path) {
		free(broken->path);
		broken->path = path_in_tree(c->tree, path);
	}
	if (!broken->note)
		error_note(broken, "not everything can be checked before it compiles");
	vec_push(&c->findings, f);
}

static struct error *compare_states(struct check *c)
{
	struct tree *tree = c->tree;
	struct error *broken = NULL;

	TRY(tree_parse(tree, &broken));
	c->unread = broken;
	if (broken)
		found_broken(c, broken);
	if (!tree->work || !tree->base)
		return NULL;
	TRY(check_conditions(c));
	check_registrations(c);
	TRY(check_functions(c));
	TRY(check_variables(c));
	check_initialisers(c);
	if (tree->work->broken) {
		found_broken(c, tree->work->broken);
		tree->work->broken = NULL;
		return NULL;
	}
	check_records(c);
	check_addresses(c);
	return NULL;
}

static struct error *find_all(struct check *c, bool quiet)
{
	TRY(tree_compare_headers(c->tree));
	if (c->tree->sources_changed) {
		TRY(check_blocks(c));
		TRY(compare_states(c));
	}
	if (c->tree->changed.n)
		TRY(check_builds(c));
	return check_objects(c, quiet);
}

struct error *check(const struct check_options *options, bool *failed)
{
	struct check c = { 0 };

	*failed = false;
	TRY(tree_open(&options->tree, &c.tree));

	struct error *err = find_all(&c, options->quiet);

	*failed = print_findings(&c, options->quiet);
	vec_for_each(f, &c.findings)
		error_free(f->text);
	vec_free(&c.findings);
	free_edited(&c);
	kconfig_free(c.config);
	kernel_close(c.kernel);
	tree_free(c.tree);
	return err;
}
