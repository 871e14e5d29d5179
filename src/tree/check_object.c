// SPDX-License-Identifier: GPL-2.0-only
/*
 * check_object.c - symbols that the built scheduler needs and nothing offers.
 *
 * The object before modpost is looked at: modpost refuses such a module, and
 * says neither where nor what to do.
 */
#include "tree/check_object.h"

#include <sys/stat.h>

#include "emit/provide.h"
#include "tree/find_symbol.h"
#include "tree/object.h"

/* --- what is missing */

static bool is_newer(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* Has the scheduler's object been linked after the last edit? */
static bool is_current(const struct tree *tree, const char *object)
{
	struct stat built, source;

	if (stat(object, &built))
		return false;
	vec_for_each(path, &tree->changed) {
		_cleanup_free_ char *full = xasprintf("%s/%s", tree->dir, *path);

		if ((str_ends(*path, ".c") || str_ends(*path, ".h") || !strcmp(*path, "Kbuild")) &&
		    strcmp(*path, SYMBOLS_PATH) && !stat(full, &source) && is_newer(&source, &built))
			return false;
	}
	return true;
}

/* Everything that a module of this tree may link to. */
static struct error *read_offers(struct tree *tree, struct strmap *offers)
{
	_cleanup_free_ char *kernel = xasprintf("%s/Module.symvers", tree->headers);
	_cleanup_free_ char *provider = xasprintf("%s/generated/vmlinux.symvers", tree->dir);
	_cleanup_free_ char *runtime = xasprintf("%s/schedcut.o", tree->dir);
	object_names exported = { 0 };

	TRY(object_read_symvers(kernel, &tree->arena, offers));
	TRY(object_read_symvers(provider, &tree->arena, offers));

	struct error *err = object_names_of(runtime, &tree->arena, NULL, &exported);

	vec_for_each(name, &exported)
		strmap_put(offers, *name, (void *)*name);
	vec_free(&exported);
	return err;
}

/* The first place that uses @name: "foo", or "vml.UNIT.foo" by SCHEDCUT_ORIG(foo). */
static const struct src_ref *find_use(const struct tree *tree, const char *name)
{
	const char *plain = name;

	if (!tree->work)
		return NULL;
	if (str_starts(name, VML_PREFIX) && strchr(name + strlen(VML_PREFIX), '.'))
		plain = strchr(name + strlen(VML_PREFIX), '.') + 1;
	vec_for_each(ref, &tree->work->refs)
		if (!strcmp(ref->name, plain) && check_is_source(ref->file))
			return ref;
	return NULL;
}

static struct error *list_missing(struct tree *tree, const char *object, missing_vec *missing)
{
	struct strmap offers = { 0 };
	object_names undefined = { 0 };
	struct error *err = read_offers(tree, &offers);

	/* The linker's and the module loader's own. */
	strmap_put(&offers, "_GLOBAL_OFFSET_TABLE_", "");
	strmap_put(&offers, "__this_module", "");
	if (!err)
		err = object_names_of(object, &tree->arena, &undefined, NULL);
	vec_for_each(name, &undefined)
		if (!err && !strmap_get(&offers, *name))
			vec_push(missing, ((struct missing){ *name, find_use(tree, *name) }));
	vec_free(&undefined);
	strmap_free(&offers);
	return err;
}

struct error *find_missing(struct tree *tree, missing_vec *missing, bool *stale)
{
	_cleanup_free_ char *object = xasprintf("%s/%s.o", tree->dir, tree->manifest->name);

	*stale = !tree->headers || !is_current(tree, object);
	return *stale ? NULL : list_missing(tree, object, missing);
}

/* --- findings */

/* A function of the module that is gone: said already, where it stood. */
static bool is_known_gone(const struct tree *tree, const char *name)
{
	const struct manifest_func *func = manifest_global_func(tree->manifest, name);

	return tree->work && func && func_class_redirected(func->class);
}

static void found_missing(struct check *c, const struct missing *m, const struct kernel *kernel)
{
	struct tree *tree = c->tree;
	struct symbol_answer answer = { .refusal = "no vmlinux to look for it in",
					.remedy = "say --vmlinux FILE" };
	struct error *err;

	if (kernel)
		answer = find_symbol(kernel, tree->manifest, m->name, &tree->arena);
	if (m->ref)
		err = check_found_at(c, SEVERITY_ERROR, m->ref->file, m->ref->start,
				     "'%s' is neither exported by the kernel nor provided%s%s",
				     m->name, answer.refusal ? ": " : "",
				     answer.refusal ? answer.refusal : "");
	else
		err = check_found(c, SEVERITY_ERROR, "Kbuild", 0,
				  "'%s' is neither exported by the kernel nor provided%s%s", m->name,
				  answer.refusal ? ": " : "", answer.refusal ? answer.refusal : "");
	if (answer.refusal)
		error_note(err, "%s", answer.remedy);
	else
		error_note(err, "vmlinux has it: run 'schedcut refresh %s', then make again",
			   tree->dir);
}

struct error *check_objects(struct check *c, bool quiet)
{
	const struct kernel *kernel = NULL;
	missing_vec missing = { 0 };
	struct error *err;
	bool stale;

	err = find_missing(c->tree, &missing, &stale);
	if (!err && stale && !quiet && c->tree->changed.n)
		error_note(check_found(c, SEVERITY_NOTE, "Kbuild", 0,
				       "undefined symbols were not looked for: the tree is not built"),
			   "run make, which checks, too");
	if (!err && missing.n)
		err = check_kernel(c, &kernel);
	vec_for_each(m, &missing)
		if (!err && !is_known_gone(c->tree, m->name))
			found_missing(c, m, kernel);
	vec_free(&missing);
	return err;
}
