// SPDX-License-Identifier: GPL-2.0-only
#include "tree/check_register.h"

#include "source/source_text.h"

/* Macros that register in one way. */
struct registry {
	const char *names;	/* separated by blanks; "NAME*": whatever begins with it */
	bool needs_prelude;	/* a file that does not include prelude.h may use it */
	bool by_first_argument; /* what follows is parameters and a body */
	const char *why, *remedy;
};

static const char no_link[] =
	"no other module can link to it: leave the line out, or hand a pointer over when the scheduler becomes active";
static const char no_bpf[] = "BPF programs know vmlinux's functions only: leave it out";

static const struct registry registries[] = {
	{ "early_initcall pure_initcall core_initcall core_initcall_sync postcore_initcall "
	  "postcore_initcall_sync arch_initcall arch_initcall_sync subsys_initcall "
	  "subsys_initcall_sync fs_initcall fs_initcall_sync rootfs_initcall device_initcall "
	  "device_initcall_sync late_initcall late_initcall_sync console_initcall "
	  "security_initcall __initcall module_init",
	  true, false, "it would have been called at boot",
	  "do it in schedcut_before_activate(), and undo it in schedcut_after_deactivate()" },
	{ "module_exit __exitcall", true, false, "nothing calls it",
	  "undo things in schedcut_after_deactivate()" },
	{ "__setup __setup_param early_param early_param_on_off", true, false,
	  "the kernel's command line has been read at boot",
	  "make it a module_param(): scheduler.ko has it then" },
	{ "core_param", true, false, "the parameters of the kernel are vmlinux's",
	  "make it a module_param(): scheduler.ko has it then" },
	{ "EXPORT_SYMBOL* EXPORT_PER_CPU_SYMBOL* EXPORT_TRACEPOINT_SYMBOL* EXPORT_STATIC_CALL*",
	  true, false, "the scheduler exports nothing", no_link },
	{ "SYSCALL_DEFINE* COMPAT_SYSCALL_DEFINE*", false, true,
	  "the table of system calls is vmlinux's",
	  "nothing calls it: offer a file instead, made in schedcut_add_files()" },
	{ "ALLOW_ERROR_INJECTION", true, false, "the list of such functions is vmlinux's",
	  "errors cannot be injected into functions of the module: leave the line out" },
	{ "NOKPROBE_SYMBOL", true, false, "the list of such functions is vmlinux's",
	  "kprobes can be set on functions of the module: leave the line out" },
	{ "BTF_SET_START* BTF_SET8_START* BTF_KFUNCS_START BTF_ID_LIST*", false, false,
	  "the module has no BTF identifiers", no_bpf },
	{ "cpufreq_governor_init", true, false, "it would have been called at boot",
	  "call cpufreq_register_governor() in schedcut_after_activate(), and undo it in schedcut_before_deactivate()" },
	{ "cpufreq_governor_exit", true, false, "nothing calls it",
	  "call cpufreq_unregister_governor() in schedcut_before_deactivate()" },
};

struct registrations {
	struct check *c;
	struct strmap then;  /* uses in the cut, "MACRO(ARGUMENTS)" */
	struct strmap named; /* functions that a use which was found has as argument */
};

/* --- uses in a text */

struct use {
	const struct registry *registry;
	size_t start, end;    /* the name of the macro */
	size_t arguments_end; /* of what tells one use from another */
};

/* Is @name, of @len bytes, among @names? */
static bool is_among(const char *names, const char *name, size_t len)
{
	for (size_t n; *names; names += n, names += *names == ' ') {
		n = strcspn(names, " ");
		if (names[n - 1] == '*' ? len >= n - 1 && !memcmp(names, name, n - 1) :
					  len == n && !memcmp(names, name, n))
			return true;
	}
	return false;
}

/* The registry whose macro is called @name, of @len bytes, or NULL. */
static const struct registry *find_registry(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(registries); i++)
		if (is_among(registries[i].names, name, len))
			return &registries[i];
	return NULL;
}

/* The next use in @file at or after *@pos, which is left after the macro's name. */
static bool next_use(const struct src_file *file, size_t *pos, struct use *use)
{
	struct text_token name, tok;

	while (text_next(file, pos, file->len, &name)) {
		size_t p = name.end;
		int depth = 0;

		if (name.kind != 'i')
			continue;
		use->registry = find_registry(file->text + name.start, name.end - name.start);
		if (!use->registry || !text_next(file, &p, file->len, &tok) || tok.kind != '(')
			continue;
		use->start = name.start;
		use->end = name.end;
		do {
			use->arguments_end = tok.end;
			depth += (tok.kind == '(') - (tok.kind == ')');
			if (tok.kind == ',' && use->registry->by_first_argument)
				break;
		} while (depth && text_next(file, &p, file->len, &tok));
		return true;
	}
	return false;
}

/* The tokens of @use. */
static char *use_key(struct arena *arena, const struct src_file *file, const struct use *use)
{
	char *key = arena_strndup(arena, file->text + use->start, use->arguments_end - use->start);
	size_t pos = use->start, n = 0;
	struct text_token tok;

	while (pos < use->arguments_end && text_next(file, &pos, use->arguments_end, &tok)) {
		memmove(key + n, file->text + tok.start, tok.end - tok.start);
		n += tok.end - tok.start;
	}
	key[n] = '\0';
	return key;
}

/* Uses that the cut's version of a changed file has, wherever they are now. */
static void note_uses(struct registrations *r, const char *path)
{
	const struct edited *edited = check_edited(r->c, path);
	const struct src_file file = { .text = edited->then, .len = strlen(edited->then) };
	struct use use;
	size_t pos = 0;

	while (next_use(&file, &pos, &use)) {
		char *key = use_key(&r->c->tree->arena, &file, &use);

		strmap_put(&r->then, key, key);
	}
}

/* --- findings */

static void note_named(struct registrations *r, const struct src_file *file, const struct use *use)
{
	size_t pos = use->end;
	struct text_token tok;

	while (text_next(file, &pos, use->arguments_end, &tok))
		if (tok.kind == 'i') {
			char *name = arena_strndup(&r->c->tree->arena, file->text + tok.start,
						   tok.end - tok.start);

			strmap_put(&r->named, name, name);
		}
}

static bool is_new(struct registrations *r, const struct src_file *file, const struct use *use)
{
	const struct edited *edited = check_edited(r->c, file->path);

	return line_diff_is_new(&edited->diff, source_position(file, use->start).line) &&
	       !strmap_get(&r->then, use_key(&r->c->tree->arena, file, use));
}

static void check_uses(struct registrations *r, const struct src_file *file)
{
	/* What only prelude.h makes empty works in a file that does without. */
	bool prelude = true;
	struct use use;
	size_t pos = 0;

	vec_for_each(own, &r->c->tree->own_units)
		if (!strcmp(*own, file->path))
			prelude = strstr(file->text, "schedcut/prelude.h");
	while (next_use(file, &pos, &use)) {
		if ((use.registry->needs_prelude && !prelude) || !is_new(r, file, &use))
			continue;
		note_named(r, file, &use);
		error_note(check_found_at(r->c, SEVERITY_WARNING, file, use.start,
					  "%.*s() has no effect: %s", (int)(use.end - use.start),
					  file->text + use.start, use.registry->why),
			   "%s", use.registry->remedy);
	}
}

/* --- functions that only ran at boot */

/* A user of @func: a function that is there after the module's start, or NULL. *@any:
 * there is a user. */
static const struct src_func *late_user(const struct source *source, const struct src_func *func,
					bool *any)
{
	*any = false;
	vec_for_each(ref, &source->refs) {
		if (ref->kind == SRC_REF_VAR || strcmp(ref->name, func->name))
			continue;
		*any = true;
		if (ref->from && !ref->from->is_boot_only)
			return ref->from;
	}
	return NULL;
}

static void check_init_function(struct registrations *r, const struct src_func *func)
{
	bool any;
	const struct src_func *user = late_user(r->c->tree->work, func, &any);

	if (user)
		error_note(check_found_at(r->c, SEVERITY_ERROR, func->at.file, func->at.name,
					  "'%s' is __init: its code is freed once the module is loaded, but '%s' uses it",
					  func->name, user->name),
			   "leave __init out");
	else if (!any && !strmap_get(&r->named, func->name))
		error_note(check_found_at(r->c, SEVERITY_WARNING, func->at.file, func->at.name,
					  "'%s' is __init, and nothing calls it", func->name),
			   "boot is over: leave __init out, and call it in schedcut_before_activate()");
}

static void check_init_functions(struct registrations *r)
{
	vec_for_each(p, &r->c->tree->work->funcs)
		if ((*p)->is_boot_only && check_is_source((*p)->at.file) &&
		    !check_func(r->c->tree->base, (*p)->name, ~0UL))
			check_init_function(r, *p);
}

/* --- classes */

static bool has_var(const struct source *source, const char *name)
{
	vec_for_each(v, &source->vars)
		if (!strcmp((*v)->name, name))
			return true;
	return false;
}

/* The order of classes is that of their addresses in vmlinux, or a list of vmlinux's. */
static void check_classes(struct check *c)
{
	const char *class = c->tree->manifest->class_type;
	_cleanup_free_ char *type = xasprintf("const struct %s", class);

	vec_for_each(p, &c->tree->work->vars)
		if ((*p)->is_definition && check_is_source((*p)->at.file) &&
		    (!strcmp((*p)->canonical, type) ||
		     !strcmp((*p)->canonical, type + strlen("const "))) &&
		    !has_var(c->tree->base, (*p)->name))
			error_note(check_found_at(c, SEVERITY_ERROR, (*p)->at.file, (*p)->at.name,
						  "'%s' is a new struct %s: the kernel's order of classes is vmlinux's and does not have it",
						  (*p)->name, class),
				   "tasks of this class would never be picked: let functions of a class that is there tell the tasks apart");
}

void check_registrations(struct check *c)
{
	struct registrations r = { .c = c };

	vec_for_each(path, &c->tree->changed)
		if (tree_is_c(*path))
			note_uses(&r, *path);
	vec_for_each(file, &c->tree->work->files)
		if (check_is_edited(c, *file))
			check_uses(&r, *file);
	check_init_functions(&r);
	check_classes(c);
	strmap_free(&r.then);
	strmap_free(&r.named);
}
