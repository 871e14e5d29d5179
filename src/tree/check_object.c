// SPDX-License-Identifier: GPL-2.0-only
#include "tree/check_object.h"

#include "tree/find_symbol.h"
#include "tree/object.h"

/* A function of the module that is gone: said already, where it was. */
static bool is_known_gone(const struct tree *tree, const char *name)
{
	const struct manifest_func *func = manifest_global_func(tree->manifest, name);

	return tree->work && func && func_class_redirected(func->class);
}

static void found_missing(struct check *c, const struct missing *m)
{
	struct tree *tree = c->tree;
	struct symbol_answer answer = { .refusal = "no vmlinux to look for it in",
					.remedy = "say --vmlinux FILE" };
	struct error *err;

	if (c->kernel)
		answer = find_symbol(c->kernel, tree->manifest, m->name, &tree->arena);
	err = check_found_in(c, SEVERITY_ERROR, m->path, m->at,
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
	_cleanup_vec_ missing_vec missing = { 0 };
	bool stale;

	TRY(find_missing(c->tree, &missing, &stale));
	if (stale && !quiet && c->tree->changed.n)
		error_note(check_found(c, SEVERITY_NOTE, "Kbuild", 0,
				       "undefined symbols were not looked for: the tree is not built"),
			   "run make, which checks, too");
	if (missing.n)
		TRY(check_kernel(c));
	vec_for_each(m, &missing)
		if (!is_known_gone(c->tree, m->name))
			found_missing(c, m);
	return NULL;
}
