// SPDX-License-Identifier: GPL-2.0-only
#include "tree/check_address.h"

#include <ctype.h>

/* The macros of include/schedcut/unit.h that say what is done about an address. */
#define ORIG "SCHEDCUT_ORIG"
#define OWN "SCHEDCUT_OWN"

/* How many inline functions may hand an address on to one another. */
#define MAX_INLINES 16

/* Outside functions that forget the address before they return; single_open()
 * keeps it as long as the file is open, which keeps the module. */
/* clang-format off */
static const char *const forgetful[] = {
	"bsearch", "list_sort", "single_open", "single_open_size", "sort", "sort_r",
	"stop_machine", "stop_machine_cpuslocked", "stop_one_cpu", "stop_two_cpus",
};
/* clang-format on */

/* The hooks where an address can be taken back. */
/* clang-format off */
static const char *const undo_hooks[] = {
	"schedcut_before_deactivate", "schedcut_in_stop_deactivate", "schedcut_after_deactivate",
	"schedcut_remove_files",
};
/* clang-format on */

struct addresses {
	struct check *c;
	struct strmap then;    /* uses in the cut */
	struct strmap holders; /* variables whose initialisers hold new functions */
	bool has_hook;	       /* one of undo_hooks[] is defined */
	bool removes_files;    /* schedcut_remove_files() is */
};

/* --- what is new */

/* The user of @ref, what it uses, and its line without blanks around it. */
static char *use_key(struct arena *arena, const struct src_ref *ref)
{
	const char *text = ref->file->text;
	size_t start = ref->start, end = ref->start;

	while (start && text[start - 1] != '\n')
		start--;
	while (isspace((unsigned char)text[start]) && start < ref->start)
		start++;
	while (end < ref->file->len && text[end] != '\n')
		end++;
	return arena_printf(arena, "%s %s %s %.*s", ref->from ? ref->from->name : "",
			    ref->from_var ? ref->from_var->name : "", ref->name, (int)(end - start),
			    text + start);
}

static void note_uses(struct addresses *a)
{
	vec_for_each(ref, &a->c->tree->base->refs) {
		if (ref->kind == SRC_REF_CALL || !check_is_source(ref->file))
			continue;
		char *key = use_key(&a->c->tree->arena, ref);

		strmap_put(&a->then, key, key);
	}
}

static bool is_new(struct addresses *a, const struct src_ref *ref)
{
	return !strmap_get(&a->then, use_key(&a->c->tree->arena, ref));
}

/* --- what is meant */

/* The definition of function @name that is not static, or NULL. */
static const struct src_func *global_func(const struct source *source, const char *name)
{
	vec_for_each(f, &source->funcs)
		if (!(*f)->is_static && !strcmp((*f)->name, name) && (*f)->at.file->emitted)
			return *f;
	return NULL;
}

/*
 * Has the module a function called @name, as @unit of the edited source sees it?
 * Units that no edit reaches are not parsed: what they define is in the manifest.
 */
static bool in_module(const struct addresses *a, const char *name, unsigned int unit)
{
	const struct source *work = a->c->tree->work;
	const struct manifest_func *known = manifest_global_func(a->c->tree->manifest, name);

	return check_func(work, name, 1UL << unit) || global_func(work, name) ||
	       (known && func_class_in_module(known->class));
}

/* The function that @ref uses, as the cut left it; NULL: it is new. */
static const struct manifest_func *known_func(const struct addresses *a, const struct src_ref *ref)
{
	const struct tree *tree = a->c->tree;
	const struct manifest_func *known;
	const struct src_func *func;

	if (ref->is_static)
		return manifest_func(tree->manifest, ref->name, tree_units(tree, 1UL << ref->unit));
	known = manifest_global_func(tree->manifest, ref->name);
	if (known)
		return known;
	/* It may have been static. */
	func = global_func(tree->work, ref->name);
	return func ? manifest_func(tree->manifest, ref->name, tree_units(tree, func->units)) : NULL;
}

/* --- how it is written */

static size_t skip_blanks_back(const char *text, size_t p)
{
	while (p && isspace((unsigned char)text[p - 1]))
		p--;
	return p;
}

/* Is @ref the f of "MACRO(f)"? It may be the argument of another macro. */
static bool is_wrapped(const struct src_ref *ref, const char *macro)
{
	const char *text = ref->file->text;
	size_t p = skip_blanks_back(text, ref->start), len = strlen(macro);

	if (ref->in_macro && !strcmp(ref->in_macro, macro))
		return true;
	if (!p || text[--p] != '(')
		return false;
	p = skip_blanks_back(text, p);
	return p >= len && !memcmp(text + p - len, macro, len);
}

/* A macro of the prelude that uses vmlinux's address: DEFINE_WAIT. */
static bool is_original(const struct addresses *a, const struct src_ref *ref)
{
	if (is_wrapped(ref, ORIG))
		return true;
	if (!ref->in_macro || ref->in_arg)
		return false;
	vec_for_each(other, &a->c->tree->work->refs)
		if (other->file == ref->file && other->start == ref->start &&
		    str_starts(other->name, "schedcut_orig_") &&
		    !strcmp(other->name + strlen("schedcut_orig_"), ref->name))
			return true;
	return false;
}

/* An object of the class type: its contents come and go with the scheduler. */
static bool in_class_object(const struct addresses *a, const struct src_ref *ref)
{
	_cleanup_free_ char *type = xasprintf("struct %s", a->c->tree->manifest->class_type);

	return ref->from_var && strstr(ref->from_var->canonical, type);
}

static bool is_forgetful(const struct addresses *a, const char *callee, unsigned int argument,
			 unsigned int unit, unsigned int depth);

/*
 * The inline function @callee of a kernel header only calls or compares the
 * function that is its @argument, or passes it on to a function that forgets it.
 * rb_add_cached() does, init_irq_work() stores it. What is not known is kept.
 */
static bool inline_forgets(const struct addresses *a, const char *callee, unsigned int argument,
			   unsigned int unit, unsigned int depth)
{
	bool known = false;

	vec_for_each(use, &a->c->tree->work->param_uses) {
		if (use->param != argument || !(use->func->units & 1UL << unit) ||
		    strcmp(use->func->name, callee))
			continue;
		known = true;
		if (use->use == SRC_USE_OTHER)
			continue;
		if (use->use != SRC_USE_ARGUMENT || !use->callee || depth == MAX_INLINES)
			return false;
		/* One that calls itself is judged by its other uses. */
		if ((strcmp(use->callee, callee) || use->argument != argument) &&
		    !is_forgetful(a, use->callee, use->argument, unit, depth + 1))
			return false;
	}
	return known;
}

/* @callee, which @unit calls, does not keep what it is passed as @argument. */
static bool is_forgetful(const struct addresses *a, const char *callee, unsigned int argument,
			 unsigned int unit, unsigned int depth)
{
	/* The runtime knows when the module goes. */
	return str_find(callee, forgetful, str_equals) || str_starts(callee, "schedcut_") ||
	       in_module(a, callee, unit) || inline_forgets(a, callee, argument, unit, depth);
}

/* May the address outlive the call that @ref is in? Says how. */
static char *outlives(struct addresses *a, const struct src_ref *ref)
{
	struct arena *arena = &a->c->tree->arena;

	switch (ref->use) {
	case SRC_USE_LOCAL:
		/* The macro's own variable, on its way to somewhere. */
		if (ref->in_macro && !is_wrapped(ref, OWN))
			return arena_printf(arena, "given to %s()", ref->in_macro);
		return NULL;
	case SRC_USE_ARGUMENT:
		if (!ref->callee || !*ref->callee)
			return arena_printf(arena, "passed on through a pointer");
		if (is_forgetful(a, ref->callee, ref->argument, ref->unit, 0))
			return NULL;
		return arena_printf(arena, "passed to %s(), which is the kernel's", ref->callee);
	case SRC_USE_STORED: return arena_printf(arena, "stored");
	default: return NULL;
	}
}

/* --- findings */

static void found_escape(struct addresses *a, const struct src_ref *ref)
{
	struct error *err =
		check_found_at(a->c, SEVERITY_ERROR, ref->file, ref->start,
			       "the address of '%s' that is used here is the module's; the kernel knows the function by vmlinux's",
			       ref->name);

	if (ref->from)
		error_note(err, "write " ORIG "(%s): it stays valid when the module goes", ref->name);
	else
		error_note(err,
			   "an initialiser cannot name it: set this member in schedcut_before_activate(), to " ORIG
			   "(%s)",
			   ref->name);
}

/* Is @ref in a hook that takes back, or in the one whose counterpart
 * does? hooks.h makes a pair of the two that add and remove files. */
static bool in_hook(const struct addresses *a, const struct src_ref *ref)
{
	if (!ref->from)
		return false;
	return str_find(ref->from->name, undo_hooks, str_equals) ||
	       (a->removes_files && !strcmp(ref->from->name, "schedcut_add_files"));
}

/* @what, a function or an object that holds one, outlives its use. */
static void found_loan(struct addresses *a, const struct src_ref *ref, const char *what,
		       const char *how, bool insider)
{
	if (in_hook(a, ref))
		return;
	if (is_wrapped(ref, OWN)) {
		if (!a->has_hook)
			error_note(check_found_at(a->c, SEVERITY_WARNING, ref->file, ref->start,
						  "'%s' is " OWN ", but no hook takes it back",
						  ref->name),
				   "define schedcut_before_deactivate() or another hook of schedcut/hooks.h");
		return;
	}
	error_note(check_found_at(a->c, SEVERITY_WARNING, ref->file, ref->start,
				  "%s is %s: it must be gone before the module is", what, how),
		   "take it back in schedcut_before_deactivate() and write " OWN "(%s) here%s",
		   ref->name,
		   insider ? "; or give the function vmlinux's address with 'interface: add' in the rules" :
			     "");
}

static void check_function_use(struct addresses *a, const struct src_ref *ref)
{
	const struct manifest_func *known;
	char *how;

	/* Defined outside: there is but one address. */
	if (!in_module(a, ref->name, ref->unit) || is_original(a, ref) || in_class_object(a, ref))
		return;
	known = known_func(a, ref);
	if (known && func_class_redirected(known->class)) {
		found_escape(a, ref);
		return;
	}
	if (ref->use == SRC_USE_INITIALISER && ref->from_var) {
		strmap_put(&a->holders, ref->from_var->name, (void *)ref->name);
		return;
	}
	how = outlives(a, ref);
	if (how)
		found_loan(a, ref,
			   arena_printf(&a->c->tree->arena,
					"the address of '%s', which only the module has,", ref->name),
			   how, known);
}

static void check_object_use(struct addresses *a, const struct src_ref *ref)
{
	const char *held = strmap_get(&a->holders, ref->name);
	char *how = held ? outlives(a, ref) : NULL;

	if (how)
		found_loan(a, ref,
			   arena_printf(&a->c->tree->arena,
					"'%s', which holds the address of '%s',", ref->name, held),
			   how, false);
}

void check_addresses(struct check *c)
{
	struct addresses a = { .c = c };

	note_uses(&a);
	for (size_t i = 0; i < ARRAY_SIZE(undo_hooks); i++)
		a.has_hook |= check_func(c->tree->work, undo_hooks[i], ~0UL) != NULL;
	a.removes_files = check_func(c->tree->work, "schedcut_remove_files", ~0UL);
	vec_for_each(ref, &c->tree->work->refs)
		if (ref->kind == SRC_REF_ADDR && check_is_source(ref->file) && is_new(&a, ref))
			check_function_use(&a, ref);
	vec_for_each(ref, &c->tree->work->refs)
		if (ref->kind == SRC_REF_VAR && check_is_source(ref->file) && is_new(&a, ref))
			check_object_use(&a, ref);
	strmap_free(&a.then);
	strmap_free(&a.holders);
}
