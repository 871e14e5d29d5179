// SPDX-License-Identifier: GPL-2.0-only
#include "tree/check_source.h"

#include "tree/check_record.h"
#include "tree/refresh.h"

/* --- functions */

/* The line after the last function that is before @gone and still there. */
static unsigned int line_of_gone(const struct tree *tree, const struct src_func *gone)
{
	const struct src_func *before = NULL;

	vec_for_each(f, &tree->base->funcs) {
		const struct src_func *now;

		if ((*f)->at.file != gone->at.file || (*f)->at.end > gone->at.start)
			continue;
		now = check_func(tree->work, (*f)->name, (*f)->units);
		if (now && !strcmp(now->at.file->path, gone->at.file->path) &&
		    (!before || now->at.end > before->at.end))
			before = now;
	}
	return before ? source_position(before->at.file, before->at.end).line : 1;
}

/* The definition in another unit than those of @base. A global one is found
 * there by the linker, a static one has to be in the table of its unit. */
static const struct src_func *find_moved(struct check *c, const struct src_func *base)
{
	const struct src_func *work = check_func(c->tree->work, base->name, ~0UL);

	if (work && work->is_static &&
	    !redirect_listed(c->tree, base->name, tree_units(c->tree, work->units)))
		error_note(check_found_at(c, SEVERITY_ERROR, work->at.file, work->at.name,
					  "'%s' has moved to another unit, whose redirect table does not list it",
					  work->name),
			   "run 'schedcut refresh %s', then make again", c->tree->dir);
	return work;
}

static void check_entry(struct check *c, const struct manifest_func *known,
			const struct src_func *base, const struct src_func *work)
{
	if (!work)
		error_note(check_found(c, SEVERITY_ERROR, base->at.file->path,
				       line_of_gone(c->tree, base),
				       "'%s' is gone, but the kernel enters it (%s)", base->name,
				       known->reason),
			   "keep it, if only as a function that calls what replaces it");
	else if (strcmp(base->type, work->type))
		error_note(check_found_at(c, SEVERITY_ERROR, work->at.file, work->at.name,
					  "the signature of '%s' has changed to '%s', but the kernel enters it as '%s'",
					  base->name, work->type, base->type),
			   "keep the signature and let a new function have the other one");
}

/* Old code of an edited function that is still run. */
static void check_old_code(struct check *c, const struct manifest_func *known,
			   const struct src_func *base, const struct src_func *work)
{
	const struct src_extent *a = &base->at, *b = &work->at;
	size_t where;

	if (check_same_tokens(a->file->text + a->start, a->end - a->start, b->file->text + b->start,
			      b->end - b->start, &where))
		return;
	error_note(check_found_at(c, SEVERITY_WARNING, b->file, b->start + where,
				  "'%s' is edited, but old code of it stays in use, in vmlinux's %s",
				  work->name, known->old_code),
		   "these functions stay in vmlinux and have it inlined (boundary.yaml says why); both versions must get along");
}

/* A new function that vmlinux has, too: patches for other files have come as well. */
static struct error *check_new_function(struct check *c, const struct src_func *func)
{
	const struct ksym *sym;

	if (func->is_static || !check_is_source(func->at.file) ||
	    check_func(c->tree->base, func->name, ~0UL) ||
	    manifest_global_func(c->tree->manifest, func->name))
		return NULL;
	TRY(check_symbol(c, func->name, &sym));
	if (sym && sym->is_text)
		error_note(check_found_at(c, SEVERITY_WARNING, func->at.file, func->at.name,
					  "'%s' is a function of vmlinux, which goes on calling its own",
					  func->name),
			   "only the scheduler calls this one: give it another name, or leave the hunk out; 'sidecar' in the rules replaces functions of other files");
	return NULL;
}

struct error *check_functions(struct check *c)
{
	const struct tree *tree = c->tree;

	vec_for_each(p, &tree->base->funcs) {
		const struct src_func *base = *p, *work;
		const struct manifest_func *known;

		if (!check_is_source(base->at.file))
			continue;
		known = manifest_func(tree->manifest, base->name, tree_units(tree, base->units));
		if (!known)
			continue;
		work = check_func(tree->work, base->name, base->units);
		if (func_class_redirected(known->class)) {
			work = work ? work : find_moved(c, base);
			check_entry(c, known, base, work);
		}
		if (work && known->old_code)
			check_old_code(c, known, base, work);
	}
	vec_for_each(p, &tree->work->funcs)
		TRY(check_new_function(c, *p));
	return NULL;
}

/* --- variables */

/* What the cut made of @var; one that is not static may be any unit's. */
static const struct manifest_var *known_var(const struct check *c, const struct src_var *var)
{
	const struct manifest *m = c->tree->manifest;
	const struct manifest_var *known = manifest_var(m, var->name, tree_units(c->tree, var->units),
							var->owner ? var->owner->name : NULL);

	return known || var->is_static ? known : manifest_global_var(m, var->name);
}

/* Is it an object of vmlinux that the module uses? */
static bool is_vmlinuxs(const struct manifest_var *known)
{
	return known && (known->class == VAR_SHARED || known->class == VAR_CLASS);
}

/* A declaration of the same variable in @source; definitions first if there is one. */
static const struct src_var *find_var(const struct source *source, const struct src_var *like)
{
	const struct src_var *found = NULL;

	vec_for_each(p, &source->vars) {
		const struct src_var *var = *p;

		if (!(var->units & like->units) || !var->owner != !like->owner ||
		    strcmp(var->name, like->name) ||
		    (var->owner && strcmp(var->owner->name, like->owner->name)))
			continue;
		if (!found || var->is_definition)
			found = var;
	}
	return found;
}

/* vmlinux's object gets a namesake in the module, with contents of its own. */
static void found_copy(struct check *c, const struct src_var *var, const char *whose)
{
	error_note(check_found_at(c, SEVERITY_ERROR, var->at.file, var->at.name,
				  "'%s' is %s, but this defines a copy of the module's own%s",
				  var->name, whose, var->initializer_offset ? "" : ", all zero"),
		   "declare it with 'extern'; for a copy that is meant, say so with 'private' in the rules and cut again");
}

static struct error *check_definition(struct check *c, const struct src_var *var,
				      const struct manifest_var *known)
{
	const struct src_var *before = find_var(c->tree->base, var);
	const struct ksym *sym;

	if (before && before->is_definition)
		return NULL;
	if (is_vmlinuxs(known)) {
		found_copy(c, var, "state of the running kernel");
		return NULL;
	}
	if (known || var->is_static || var->owner)
		return NULL;
	/* A name that is new to the tree may be known to the kernel. */
	TRY(check_symbol(c, var->name, &sym));
	if (sym && (sym->is_object || sym->is_percpu))
		found_copy(c, var, "a variable of vmlinux");
	return NULL;
}

/* Sizes of objects that vmlinux has laid out. */
static void check_size(struct check *c, const struct src_var *base)
{
	const struct src_var *work = find_var(c->tree->work, base);

	if (!base->size || !work || !work->size || work->size == base->size)
		return;
	/* Said already, where the record grew. */
	if (!strcmp(base->canonical, work->canonical) && check_record_resized(c, base->canonical))
		return;
	error_note(check_found_at(c, SEVERITY_ERROR, work->at.file, work->at.name,
				  "'%s' now has %lu bytes, but vmlinux's object has %lu",
				  work->name, work->size, base->size),
		   "keep its size, or say 'private: [{name: %s, init: copy}]' in the rules and cut again",
		   work->name);
}

struct error *check_variables(struct check *c)
{
	vec_for_each(p, &c->tree->base->vars)
		if (is_vmlinuxs(known_var(c, *p)))
			check_size(c, *p);
	vec_for_each(p, &c->tree->work->vars)
		if ((*p)->is_definition && check_is_source((*p)->at.file))
			TRY(check_definition(c, *p, known_var(c, *p)));
	return NULL;
}
