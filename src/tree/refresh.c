// SPDX-License-Identifier: GPL-2.0-only
/*
 * refresh.c - let the provider offer what the edited tree asks for.
 *
 *   undefined symbols ──▶ vmlinux's addresses ──▶ generated/{symbols.c,vmlinux.symvers}
 *   functions that moved ─────────────────────▶ generated/unit/NAME.c
 *
 * Lines are added to the generated tables, or moved; everything else in them
 * stays as it is, and files are replaced when all of them are written.
 */
#include "tree/refresh.h"

#include <unistd.h>

#include "base/os.h"
#include "emit/provide.h"
#include "vmlinux/file_groups.h"

#define SYMBOLS_PATH "generated/symbols.c"
#define SYMVERS_PATH "generated/vmlinux.symvers"

/* --- what vmlinux has */

static struct symbol_answer __printf(3, 4)
	refuse(struct arena *arena, const char *remedy, const char *fmt, ...)
{
	struct symbol_answer answer = { .remedy = remedy };
	va_list ap;

	va_start(ap, fmt);
	_cleanup_free_ char *text = xvasprintf(fmt, ap);
	va_end(ap);
	answer.refusal = arena_strdup(arena, text);
	return answer;
}

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

/* --- the tables */

struct addition {
	const char *name;
	uint64_t addr;
};
typedef VEC(struct addition) additions;

static int compare_additions(const void *a, const void *b)
{
	return strcmp(((const struct addition *)a)->name, ((const struct addition *)b)->name);
}

/* One table: how its lines begin and how one is written. */
struct table_form {
	const char *path;
	const char *before_name, *after_name;
};

static const struct table_form forms[] = {
	{ SYMBOLS_PATH, "\tS(\"", "\"" },
	{ SYMVERS_PATH, "0x00000000\t", "\t" },
};

static void print_addition(FILE *f, const struct table_form *form, const struct addition *a,
			   const char *module)
{
	if (form == &forms[0])
		print_provided(f, a->name, a->addr);
	else
		print_symver(f, a->name, module);
}

/* The name in @line, a line of the table, or NULL. */
static char *line_name(const struct table_form *form, const char *line)
{
	size_t len = strlen(form->before_name);
	const char *end;

	if (strncmp(line, form->before_name, len))
		return NULL;
	end = strstr(line + len, form->after_name);
	return end ? xstrndup(line + len, end - line - len) : NULL;
}

/* @text with the additions, each before the first larger name. */
static void merge_table(FILE *f, const struct table_form *form, const char *text,
			const additions *add, const char *module)
{
	size_t next = 0;
	bool in_table = false;

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n');
		_cleanup_free_ char *name = line_name(form, p);

		in_table |= name != NULL;
		while (in_table && next < add->n && (!name || strcmp(add->v[next].name, name) < 0))
			print_addition(f, form, &add->v[next++], module);
		fwrite(p, 1, len, f);
		p += len;
	}
	while (next < add->n)
		print_addition(f, form, &add->v[next++], module);
}

static struct error *fill_table(const struct tree *tree, const struct table_form *form,
				const additions *add, struct refresh_file *file)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", tree->dir, form->path);
	_cleanup_free_ char *text = os_read_file(path);
	size_t len;

	if (!text)
		return error_errno(path, "cannot read");
	file->path = xstrdup(form->path);
	file->changed = true;

	FILE *f = open_memstream(&file->text, &len);

	if (!f)
		return error_errno(path, "no memory for the new text");
	merge_table(f, form, text, add, tree->manifest->name);
	fclose(f);
	return NULL;
}

static struct error *write_tables(const struct tree *tree, const additions *add)
{
	struct refresh_file files[ARRAY_SIZE(forms)] = { 0 };
	struct error *err = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(forms) && !err; i++)
		err = fill_table(tree, &forms[i], add, &files[i]);
	if (!err)
		err = refresh_write(tree, files, ARRAY_SIZE(forms));
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		free(files[i].path);
		free(files[i].text);
	}
	return err;
}

/* --- writing */

struct error *refresh_write(const struct tree *tree, const struct refresh_file *files, size_t n)
{
	struct error *err = NULL;

	for (size_t i = 0; i < n && !err; i++) {
		_cleanup_free_ char *new = xasprintf("%s/%s.new", tree->dir, files[i].path);

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

/* --- the command */

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

static struct error *resolve(struct tree *tree, const struct kernel *kernel,
			     const missing_vec *missing, additions *add, bool *failed)
{
	vec_for_each(m, missing) {
		struct symbol_answer answer = find_symbol(kernel, tree->manifest, m->name,
							  &tree->arena);

		if (answer.refusal) {
			print_refusal(tree, m, &answer);
			*failed = true;
		} else {
			vec_push(add, ((struct addition){ m->name, answer.addr }));
		}
	}
	if (!add->n)
		return NULL;
	qsort(add->v, add->n, sizeof(*add->v), compare_additions);
	TRY(write_tables(tree, add));
	vec_for_each(a, add)
		printf("added: %s\n", a->name);
	return NULL;
}

static struct error *refresh_tree(struct tree *tree, const struct kernel *kernel, bool *failed)
{
	_cleanup_error_ struct error *broken = NULL;
	missing_vec missing = { 0 };
	additions add = { 0 };
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
	err = resolve(tree, kernel, &missing, &add, failed);
	vec_free(&missing);
	vec_free(&add);
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
