// SPDX-License-Identifier: GPL-2.0-only
#include "emit/build_files.h"

#include <ctype.h>
#include <errno.h>

#include "input/cflags.h"
#include "base/os.h"
#include "emit/template.h"

/* What the rules' key 'config' defines. */
#define OPTIONS_PATH "generated/config.h"

/* --- where Kbuild can build */

/*
 * Characters in the path of a module's directory with which Kbuild, or the shell or
 * make that it calls, fails: found by trying all of ASCII. templates/Makefile has the
 * same set.
 */
#define BUILD_PATH_ODD ":#$%'\"\\()&;|<>*?`,="

struct error *build_files_check_path(const char *path)
{
	for (const char *p = path; *p; p++) {
		if (!isspace((unsigned char)*p) && !iscntrl((unsigned char)*p) &&
		    !strchr(BUILD_PATH_ODD, *p))
			continue;
		return error_note(error_at(path, 0, 0,
					   "Kbuild cannot build in a directory of this name: a blank or one of %s is in its path",
					   BUILD_PATH_ODD),
				  "give another -o DIR");
	}
	return NULL;
}

/* --- flags that the kernel's own Makefile gives to single objects */

/* A conditional of the Makefile; printed when something inside it is. */
struct conditional {
	const char *pending; /* "if..." and "else..." lines not printed yet, or NULL */
	bool printed;
};

struct flags_reader {
	const struct facts *facts;
	const char *directory;
	bool objects_only; /* what is said of all objects is not meant for ours */
	bool begun;	   /* something was printed */
	FILE *out;
	struct arena arena;
	VEC(struct conditional) open;
};

/* The unit that the Makefile's "@name.o" is the object of, or NULL. */
static const struct fact_unit *find_unit(const struct flags_reader *r, const char *name, size_t len)
{
	_cleanup_free_ char *path = xasprintf("%s/%.*s.c", r->directory, (int)len, name);

	vec_for_each(u, &r->facts->units)
		if (!strcmp(u->path, path))
			return u;
	return NULL;
}

static void print_flags(struct flags_reader *r, const char *prefix, const char *rest)
{
	if (!r->begun)
		fprintf(r->out, "\n# as in the kernel's own %s/Makefile\n", r->directory);
	r->begun = true;
	vec_for_each(c, &r->open) {
		if (c->pending)
			fprintf(r->out, "%s\n", c->pending);
		c->pending = NULL;
		c->printed = true;
	}
	fprintf(r->out, "%s%s\n", prefix, rest);
}

/* What a Makefile sets for one object, as NAME_core.o, or as NAME for all of them. */
/* clang-format off */
static const char *const instrumentation[] = {
	"GCOV_PROFILE", "KASAN_SANITIZE", "KCOV_INSTRUMENT", "KCSAN_INSTRUMENT_BARRIERS",
	"KCSAN_SANITIZE", "KMSAN_SANITIZE", "UBSAN_SANITIZE", "UBSAN_SIGNED_WRAP",
};
/* clang-format on */

/*
 * "CFLAGS_core.o := ..." is about a unit: the object of its wrapper, which has
 * another name if two units are called core. @prefix: what comes before the
 * object in @line; @by_name: kernels before 6.10 leave out its directory.
 */
static void read_object_line(struct flags_reader *r, const char *line, const char *prefix,
			     bool by_name)
{
	const char *name = line + strlen(prefix), *end = strstr(name, ".o");
	const struct fact_unit *unit = end ? find_unit(r, name, end - name) : NULL;

	if (!unit)
		return;
	_cleanup_free_ char *path = xasprintf("%sgenerated/unit/%s", prefix, unit->name);

	print_flags(r, path, end);
	if (by_name) {
		_cleanup_free_ char *bare = xasprintf("%s%s", prefix, unit->name);

		print_flags(r, bare, end);
	}
}

static void read_variable(struct flags_reader *r, const char *line)
{
	if (str_starts(line, "ccflags-")) {
		if (!r->objects_only)
			print_flags(r, "", line);
	} else if (str_starts(line, "CFLAGS_REMOVE_")) {
		read_object_line(r, line, "CFLAGS_REMOVE_", false);
	} else if (str_starts(line, "CFLAGS_")) {
		read_object_line(r, line, "CFLAGS_", false);
	}
	for (size_t i = 0; i < ARRAY_SIZE(instrumentation); i++) {
		size_t len = strlen(instrumentation[i]);
		_cleanup_free_ char *prefix = xasprintf("%s_", instrumentation[i]);

		if (str_starts(line, prefix))
			read_object_line(r, line, prefix, true);
		else if (str_starts(line, instrumentation[i]) && !r->objects_only &&
			 line[len + strspn(line + len, " \t:+?")] == '=')
			print_flags(r, "", line);
	}
}

static void read_flags_line(struct flags_reader *r, const char *line)
{
	struct conditional *last = r->open.n ? &r->open.v[r->open.n - 1] : NULL;

	if (str_starts(line, "if")) {
		vec_push(&r->open, (struct conditional){ .pending = line });
	} else if (str_starts(line, "else") && last) {
		last->pending = last->pending ?
					arena_printf(&r->arena, "%s\n%s", last->pending, line) :
					line;
	} else if (str_starts(line, "endif") && last) {
		if (last->printed)
			fprintf(r->out, "%s\n", line);
		r->open.n--;
	} else {
		read_variable(r, line);
	}
}

/* Warnings, frame pointers, no tracing of what tracing itself needs, sanitizers ... */
static struct error *generate_flags(const struct generate_input *in, const char *directory,
				    bool objects_only, FILE *f)
{
	_cleanup_free_ char *path = xasprintf("%s/%s/Makefile", in->target->source, directory);
	_cleanup_free_ char *text = os_read_file(path);
	struct flags_reader r = {
		.facts = in->facts, .directory = directory, .objects_only = objects_only, .out = f
	};
	char *state;

	if (!text)
		return errno == ENOENT ? NULL : error_errno(path, "cannot read the file");
	join_continued(text);
	for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
		read_flags_line(&r, line);
	vec_free(&r.open);
	arena_free(&r.arena);
	return NULL;
}

/*
 * Of the boundary's directories, and of those that sidecars are in: flags for
 * all objects of such a directory would become flags of the whole module.
 */
static struct error *generate_all_flags(const struct generate_input *in, FILE *f)
{
	_cleanup_strmap_ struct strmap seen = { 0 };
	_cleanup_arena_ struct arena arena = { 0 };

	vec_for_each(directory, &in->rules->directories) {
		TRY(generate_flags(in, directory->name, false, f));
		strmap_put(&seen, directory->name, (void *)directory->name);
	}
	vec_for_each(u, &in->facts->units) {
		const char *slash = strrchr(u->path, '/');
		char *directory = arena_strndup(&arena, u->path, slash ? slash - u->path : 0);

		if (slash && !strmap_put(&seen, directory, directory))
			TRY(generate_flags(in, directory, true, f));
	}
	return NULL;
}

/* " -I$(src)/DIR" for each of those directories that the rules put headers into, the
 * architecture's first. */
static void print_include_dirs(const struct generate_input *in, bool uapi, FILE *f)
{
	_cleanup_strmap_ struct strmap seen = { 0 };
	_cleanup_arena_ struct arena arena = { 0 };

	for (int arch = 1; arch >= 0; arch--)
		vec_for_each(file, &in->rules->extra_files) {
			size_t len = target_include_dir(file->name);
			char *dir = arena_strndup(&arena, file->name, len);

			if (!len || str_starts(dir, "arch/") != arch ||
			    (uapi && !str_starts(file->name + len, "/uapi/")))
				continue;
			if (!strmap_put(&seen, dir, dir))
				fprintf(f, " -I$(src)/%s%s", dir, uapi ? "/uapi" : "");
		}
}

/*
 * Headers that the rules put into the tree go before those of the headers
 * package. The kernel searches its uapi/ directories after all others, for
 * many a <linux/NAME.h> includes <uapi/linux/NAME.h>: so does the tree.
 */
static void print_include_path(const struct generate_input *in, FILE *f)
{
	bool any = false, uapi = false;

	vec_for_each(file, &in->rules->extra_files) {
		size_t len = target_include_dir(file->name);

		any |= len;
		uapi |= len && str_starts(file->name + len, "/uapi/");
	}
	if (!any)
		return;
	fprintf(f, "# the tree's headers come before the kernel's; uapi/ only before uapi/\n");
	if (uapi) {
		fprintf(f, "tree-uapi :=");
		print_include_dirs(in, true, f);
		fprintf(f,
			"\nkernel-uapi := $(firstword $(filter -I%%/uapi,$(LINUXINCLUDE)))\n"
			"LINUXINCLUDE := $(patsubst $(kernel-uapi),$(tree-uapi) $(kernel-uapi),$(LINUXINCLUDE))\n");
	}
	fprintf(f, "LINUXINCLUDE :=");
	print_include_dirs(in, false, f);
	fprintf(f, " $(LINUXINCLUDE)\n");
}

/* @value for make, which expands '$' and takes '#' for a comment. */
static void print_make_value(const char *value, FILE *f)
{
	for (; *value; value++) {
		if (*value == '$')
			fputc('$', f);
		if (*value == '#')
			fputc('\\', f);
		fputc(*value, f);
	}
}

/* Options of the rules, for the C code and for make: obj-$(CONFIG_MINE). */
static void generate_options(const struct generate_input *in, struct generated *out)
{
	if (!in->rules->config.n)
		return;

	_cleanup_fclose_ FILE *f = generated_open(out, OPTIONS_PATH);

	fprintf(f, "/* SPDX-License-Identifier: GPL-2.0-only */\n"
		   "/* Options of the rules: vmlinux does not have them. */\n");
	vec_for_each(option, &in->rules->config)
		fprintf(f, "#define CONFIG_%s %s\n", option->name.name, option->value);
}

static void print_options(const struct generate_input *in, FILE *f)
{
	if (!in->rules->config.n)
		return;
	fprintf(f, "# options of the rules; for C code they are in " OPTIONS_PATH "\n");
	vec_for_each(option, &in->rules->config) {
		fprintf(f, "CONFIG_%s := ", option->name.name);
		print_make_value(option->is_yes ? "y" : option->value, f);
		fputc('\n', f);
	}
	fputc('\n', f);
}

static void print_runtime_objects(const struct generate_input *in, FILE *f)
{
	(void)in;
	/* What is beside the rooms is part of the other two modules. */
	for (const struct embedded_file *file = embedded_files; file->name; file++)
		if (str_starts(file->name, "runtime/") && strchr(strchr(file->name, '/') + 1, '/') &&
		    (str_ends(file->name, ".c") || str_ends(file->name, ".S")))
			fprintf(f, " %.*s.o", (int)strlen(file->name) - 2, file->name);
}

static void print_units(const struct generate_input *in, FILE *f)
{
	vec_for_each(u, &in->facts->units)
		fprintf(f, "%s-y += generated/unit/%s.o\n", in->name, u->name);
}

static void print_include_options(const struct generate_input *in, FILE *f)
{
	if (in->rules->config.n)
		fprintf(f, "ccflags-y += -include $(src)/" OPTIONS_PATH "\n"
			   "asflags-y += -include $(src)/" OPTIONS_PATH "\n");
}

/* For README.md. */
static void describe_options(const struct generate_input *in, FILE *f)
{
	const struct rules *rules = in->rules;

	fputs(rules->config.n ? "The options of this tree are" : "This tree was cut without options.",
	      f);
	vec_for_each(option, &rules->config)
		fprintf(f, " `CONFIG_%s=%s`%s", option->name.name,
			option->is_yes ? "y" : option->value,
			option + 1 == rules->config.v + rules->config.n ? ", in `" OPTIONS_PATH
									  "` and `Kbuild`." :
									  ",");
}

/* --- the templates */

/* Files of the tree, and their templates. */
static const struct {
	const char *path, *template;
} build_files[] = {
	{ "Kbuild", "Kbuild" },
	{ "Makefile", "Makefile" },
	{ "README.md", "README.md" },
	{ ".gitignore", "gitignore" },
	{ ".gitattributes", "gitattributes" },
};

/* Gaps of theirs that the cut has to write more than a name into. */
static const struct {
	const char *gap;
	void (*print)(const struct generate_input *in, FILE *f);
} gaps[] = {
	{ "options", print_options },
	{ "options_described", describe_options },
	{ "runtime_objects", print_runtime_objects },
	{ "units", print_units },
	{ "include_path", print_include_path },
	{ "include_options", print_include_options },
};

static const char *text_for_gap(size_t gap, const struct generate_input *in, struct arena *arena)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *f = text_open(&text, &len);

	gaps[gap].print(in, f);
	fclose(f);
	return arena_strdup(arena, text);
}

struct error *generate_build_files(const struct generate_input *in, struct generated *out)
{
	_cleanup_free_ char *flags = NULL;
	size_t len;
	FILE *f = text_open(&flags, &len);
	struct error *err = generate_all_flags(in, f);

	fclose(f);
	struct template_value values[ARRAY_SIZE(gaps) + 6] = {
		{ "name", in->name },
		{ "release", in->target->release },
		{ "package", in->target->package },
		{ "version", SCHEDCUT_VERSION },
		{ "object_flags", flags },
	};
	for (size_t i = 0; i < ARRAY_SIZE(gaps); i++)
		values[i + 5] = (struct template_value){ gaps[i].gap,
							 text_for_gap(i, in, &out->arena) };
	for (size_t i = 0; i < ARRAY_SIZE(build_files) && !err; i++) {
		f = generated_open(out, build_files[i].path);
		err = template_print(f, build_files[i].template, values);
		fclose(f);
	}
	generate_options(in, out);
	return err;
}
