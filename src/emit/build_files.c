// SPDX-License-Identifier: GPL-2.0-only
/*
 * build_files.c - what makes the emitted tree build: Kbuild, Makefile,
 * README.md, .gitignore, .gitattributes.
 */
#include "emit/generate.h"

#include <ctype.h>
#include <errno.h>

#include "base/os.h"

/* What the rules' key 'config' defines. */
#define OPTIONS_PATH "generated/config.h"

/* --- where Kbuild can build */

/*
 * Characters in the path of a module's directory at which Kbuild, or the shell or
 * make below it, fails: found by trying all of ASCII. The same set for the shell of
 * the Makefile, as a pattern and between quotes.
 */
#define BUILD_PATH_ODD ":#$%'\"\\()&;|<>*?`,="
#define BUILD_PATH_PATTERN "*[[:space:][:cntrl:]:#$$%%\\'\\\"\\\\\\(\\)\\&\\;\\|\\<\\>\\*\\?\\`,=]*"
#define BUILD_PATH_ODD_SHELL ":#$$%'\\''\"\\()&;|<>*?`,="

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
		struct conditional c = { .pending = line };

		vec_push(&r->open, c);
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
	struct strmap seen = { 0 };
	struct arena arena = { 0 };
	struct error *err = NULL;

	vec_for_each(directory, &in->rules->directories) {
		if (!err)
			err = generate_flags(in, directory->name, false, f);
		strmap_put(&seen, directory->name, (void *)directory->name);
	}
	vec_for_each(u, &in->facts->units) {
		const char *slash = strrchr(u->path, '/');
		char *directory = arena_strndup(&arena, u->path, slash ? slash - u->path : 0);

		if (!err && slash && !strmap_put(&seen, directory, directory))
			err = generate_flags(in, directory, true, f);
	}
	strmap_free(&seen);
	arena_free(&arena);
	return err;
}

/* " -I$(src)/DIR" for each of those directories that the rules put headers into. */
static void print_include_dirs(const struct generate_input *in, bool arch, bool uapi, FILE *f)
{
	struct strmap seen = { 0 };
	struct arena arena = { 0 };

	vec_for_each(file, &in->rules->files) {
		size_t len = target_include_dir(file->name);
		char *dir = arena_strndup(&arena, file->name, len);

		if (!len || str_starts(dir, "arch/") != arch)
			continue;
		if (uapi && !str_starts(file->name + len, "/uapi/"))
			continue;
		if (!strmap_put(&seen, dir, dir))
			fprintf(f, " -I$(src)/%s%s", dir, uapi ? "/uapi" : "");
	}
	strmap_free(&seen);
	arena_free(&arena);
}

/*
 * Headers that the rules put into the tree go before those of the headers
 * package. The kernel searches its uapi/ directories behind all others, for
 * many a <linux/NAME.h> includes <uapi/linux/NAME.h>: so does the tree.
 */
static void print_include_path(const struct generate_input *in, FILE *f)
{
	bool any = false, uapi = false;

	vec_for_each(file, &in->rules->files) {
		size_t len = target_include_dir(file->name);

		any |= len;
		uapi |= len && str_starts(file->name + len, "/uapi/");
	}
	if (!any)
		return;
	fprintf(f, "# headers of the tree go before the kernel's, uapi/ before uapi/ only\n");
	if (uapi) {
		fprintf(f, "tree-uapi :=");
		print_include_dirs(in, true, true, f);
		print_include_dirs(in, false, true, f);
		fprintf(f,
			"\nkernel-uapi := $(firstword $(filter -I%%/uapi,$(LINUXINCLUDE)))\n"
			"LINUXINCLUDE := $(patsubst $(kernel-uapi),$(tree-uapi) $(kernel-uapi),$(LINUXINCLUDE))\n");
	}
	fprintf(f, "LINUXINCLUDE :=");
	print_include_dirs(in, true, false, f);
	print_include_dirs(in, false, false, f);
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
	FILE *f;

	if (!in->rules->config.n)
		return;
	f = generated_open(out, OPTIONS_PATH);
	fprintf(f, "/* SPDX-License-Identifier: GPL-2.0-only */\n"
		   "/* Options of the rules: vmlinux does not have them. */\n");
	vec_for_each(option, &in->rules->config)
		fprintf(f, "#define CONFIG_%s %s\n", option->name.name, option->value);
	fclose(f);
}

static void print_options(const struct generate_input *in, FILE *f)
{
	if (!in->rules->config.n)
		return;
	fprintf(f, "# options of the rules; C code has them from " OPTIONS_PATH "\n");
	vec_for_each(option, &in->rules->config) {
		fprintf(f, "CONFIG_%s := ", option->name.name);
		print_make_value(option->is_yes ? "y" : option->value, f);
		fputc('\n', f);
	}
	fputc('\n', f);
}

static struct error *generate_kbuild(const struct generate_input *in, struct generated *out)
{
	FILE *f = generated_open(out, "Kbuild");

	fprintf(f,
		"# SPDX-License-Identifier: GPL-2.0-only\n"
		"# Read by the kernel's build system; see Makefile for what people call.\n\n"
		"obj-m := schedcut.o %1$s_vmlinux.o %1$s.o\n\n",
		in->name);
	print_options(in, f);
	fprintf(f, "# the resident runtime\nschedcut-y :=");
	for (size_t i = 0; i < in->n_runtime_objects; i++)
		fprintf(f, " runtime/%s.o", in->runtime_objects[i]);
	fprintf(f,
		"\n\n# vmlinux's symbols\n"
		"%1$s_vmlinux-y := runtime/provider.o generated/symbols.o\n\n"
		"# the scheduler; files of your own go here\n"
		"%1$s-y := runtime/scheduler.o generated/tables.o\n",
		in->name);
	vec_for_each(u, &in->facts->units)
		fprintf(f, "%s-y += generated/unit/%s.o\n", in->name, u->name);
	fprintf(f, "\n");
	print_include_path(in, f);
	fprintf(f, "ccflags-y := -I$(src)/include\n"
		   "# warnings name the file as the kernel does\n"
		   "ccflags-y += -fmacro-prefix-map=$(src)/= -fmacro-prefix-map=$(src)/generated/unit/../../=\n"
		   "# who has not left a function must be seen on the stack\n"
		   "ccflags-y += -fno-optimize-sibling-calls\n"
		   "asflags-y := -I$(src)/include\n");
	if (in->rules->config.n)
		fprintf(f, "ccflags-y += -include $(src)/" OPTIONS_PATH "\n"
			   "asflags-y += -include $(src)/" OPTIONS_PATH "\n");
	fprintf(f,
		"\n# what the modules are built from: asked at each build, written if it has changed\n"
		"$(obj)/generated/tables.o $(obj)/runtime/core/identity.o: $(obj)/generated/build.h\n"
		"$(obj)/generated/build.h: FORCE\n"
		"\t$(Q)$(CONFIG_SHELL) $(src)/runtime/identity.sh $(src) >$@.new\n"
		"\t$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi\n"
		"clean-files := generated/build.h\n");

	struct error *err = generate_all_flags(in, f);

	fclose(f);
	return err;
}

/*
 * In the finished module, because one symbol table holds all of it: labels in
 * the sources would miss the clones that the compiler makes.
 */
static void generate_suffix(const char *name, FILE *f)
{
	fprintf(f,
		"# vmlinux has functions of the same names: those of %1$s.ko are called\n"
		"# FUNCTION.%1$s, so that tracers can tell them apart. Does nothing twice.\n"
		"NM ?= nm\n"
		"OBJCOPY ?= objcopy\n"
		"suffixes = generated/suffixes\n"
		"add-suffix = $(NM) %1$s.ko | awk '$$2 ~ /^[tT]$$/ && $$3 !~ /\\.%1$s$$/ && \\\n"
		"\t$$3 !~ /^(init|cleanup)_module$$/ { print $$3, $$3 \".%1$s\" }' | sort -u >$(suffixes) && \\\n"
		"\t{ [ ! -s $(suffixes) ] || $(OBJCOPY) --redefine-syms=$(suffixes) %1$s.ko; } && \\\n"
		"\trm -f $(suffixes)\n\n",
		name);
}

/* What the Makefile knows: where kernel and tool are, and who said so. */
static void generate_settings(const struct generate_input *in, FILE *f)
{
	fprintf(f,
		"# SPDX-License-Identifier: GPL-2.0-only\n"
		"# The scheduler of %1$s as modules.\n\n"
		"KREL := %1$s\n"
		"# The version of the headers package, if it has one.\n"
		"KPKG := %2$s\n"
		"# What this machine has where; not in git.\n"
		"-include local.mk\n"
		"from = $(if $(filter file,$(origin $(1))),local.mk,$(origin $(1)))\n"
		"kdir-from := $(call from,KDIR)\n"
		"schedcut-from := $(call from,SCHEDCUT)\n"
		"# The kernel's build directory (headers package).\n"
		"KDIR ?= $(firstword $(wildcard /lib/modules/$(KREL)/build \\\n"
		"\t/usr/src/linux-headers-$(KREL) /usr/src/kernels/$(KREL)))\n"
		"# Checks the tree after a build; see docs/check.md of schedcut. Only the command\n"
		"# line can do without: make CHECK=no\n"
		"SCHEDCUT ?= schedcut\n"
		"unchecked := $(if $(filter command line,$(origin CHECK)),$(filter no,$(CHECK)))\n\n"
		"# '+' before it: make would not see that it is make, and build one by one.\n"
		"kbuild = $(MAKE) -C '$(KDIR)' M='$(CURDIR)' \\\n"
		"\tKBUILD_EXTRA_SYMBOLS='$(CURDIR)/generated/vmlinux.symvers'\n"
		"run-check = '$(SCHEDCUT)' check $(1) --headers '$(KDIR)' $(if $(VMLINUX),--vmlinux '$(VMLINUX)') .\n"
		"after-build = $(if $(unchecked),echo 'Makefile: warning: the tree was NOT CHECKED (CHECK=no): an edit may break the running kernel' >&2,$(call run-check,-q) || status=1)\n\n",
		in->target->release, in->target->package);
}

/*
 * What would fail later, and less clearly: said before anything is compiled. Each
 * recipe is lines of shell.
 */
static void generate_preconditions(FILE *f)
{
	fprintf(f,
		"# Kbuild can build neither in such a directory nor for another kernel.\n"
		"check-kdir:\n"
		"\t@case \"$$(pwd -P)\" in " BUILD_PATH_PATTERN ") \\\n"
		"\t\techo 'Makefile: error: Kbuild cannot build in a directory of this name: a blank or one of %s is in its path' >&2; \\\n"
		"\t\techo 'note: move the tree to a directory without it' >&2; exit 1;; esac\n",
		BUILD_PATH_ODD_SHELL);
	fprintf(f,
		"\t@test -d '$(KDIR)' || { \\\n"
		"\t\tif [ '$(kdir-from)' = undefined ]; then echo 'Makefile: error: no headers of $(KREL) found'; \\\n"
		"\t\telse echo \"$(kdir-from): error: KDIR is '$(KDIR)', which is no directory\"; fi >&2; \\\n"
		"\t\techo 'note: install its headers package or say make KDIR=DIR' >&2; exit 1; }\n"
		"\t@release=$$(sed -n 's/^#define UTS_RELEASE \"\\(.*\\)\"/\\1/p' '$(KDIR)/include/generated/utsrelease.h' 2>/dev/null); \\\n"
		"\t[ -n \"$$release\" ] || release=$$(cat '$(KDIR)/include/config/kernel.release' 2>/dev/null); \\\n"
		"\t[ \"$$release\" = '$(KREL)' ] || { \\\n"
		"\t\techo \"$(KDIR): error: headers of release '$$release', the tree was cut from $(KREL)\" >&2; \\\n"
		"\t\techo 'note: say make KDIR=DIR with those of $(KREL), or cut the other kernel' >&2; exit 1; }\n"
		"\t@package=$$(sed -n 's/^#define LINUX_PACKAGE_ID \" *\\(.*\\)\"/\\1/p' '$(KDIR)/include/generated/package.h' 2>/dev/null); \\\n"
		"\t[ -z '$(KPKG)' ] || [ \"$$package\" = '$(KPKG)' ] || { \\\n"
		"\t\techo \"$(KDIR): error: headers of package '$$package', the tree was cut from '$(KPKG)'\" >&2; \\\n"
		"\t\techo 'note: install the headers of that version, or cut again from these' >&2; exit 1; }\n\n");
	fprintf(f,
		"# A tool that was named is the one that is meant.\n"
		"check-tool:\n"
		"\t@said=$$('$(SCHEDCUT)' --version 2>&1) || { \\\n"
		"\t\tif [ '$(schedcut-from)' = undefined ]; then echo \"Makefile: error: schedcut, which checks the tree, cannot be run: $$said\"; \\\n"
		"\t\telse echo \"$(schedcut-from): error: SCHEDCUT is '$(SCHEDCUT)', which cannot be run: $$said\"; fi >&2; \\\n"
		"\t\techo 'note: install schedcut, or say make SCHEDCUT=PATH; make CHECK=no builds without a check' >&2; exit 1; }\n\n");
}

static void generate_makefile(const struct generate_input *in, struct generated *out)
{
	FILE *f = generated_open(out, "Makefile");

	generate_settings(in, f);
	generate_suffix(in->name, f);
	fprintf(f, ".PHONY: modules modules_install check clean help check-kdir check-tool\n\n"
		   "# modpost refuses unknown symbols; the check says where and what to do.\n"
		   "modules: check-kdir $(if $(unchecked),,check-tool)\n"
		   "\t+@status=0; { $(kbuild) modules && $(add-suffix); } || status=$$?; \\\n"
		   "\t$(after-build); exit $$status\n\n"
		   "modules_install: check-kdir\n\t+$(kbuild) modules_install\n\n"
		   "check: check-kdir check-tool\n\t@$(run-check)\n\n"
		   "clean: check-kdir\n\t+$(kbuild) clean\n\n");
	generate_preconditions(f);
	fprintf(f,
		"help:\n"
		"\t@echo 'modules          build schedcut.ko, %1$s_vmlinux.ko and %1$s.ko, and check (default)'\n"
		"\t@echo 'modules_install  install them below INSTALL_MOD_PATH/lib/modules/$(KREL)'\n"
		"\t@echo 'check            only check what was edited'\n"
		"\t@echo 'clean            remove what the build made'\n"
		"\t@echo 'variables: KDIR (headers of $(KREL)), VMLINUX, SCHEDCUT, CHECK=no, INSTALL_MOD_PATH, V=1'\n",
		in->name);
	fclose(f);
}

static char *describe_options(const struct generate_input *in)
{
	char *text = xstrdup(in->rules->config.n ? "Those of this tree are" :
						   "This tree was cut without any.");

	vec_for_each(option, &in->rules->config) {
		char *longer = xasprintf("%s `CONFIG_%s=%s`%s", text, option->name.name,
					 option->is_yes ? "y" : option->value,
					 option + 1 == in->rules->config.v + in->rules->config.n ?
						 ", in `" OPTIONS_PATH "` and `Kbuild`." :
						 ",");

		free(text);
		text = longer;
	}
	return text;
}

static void generate_readme(const struct generate_input *in, struct generated *out)
{
	FILE *f = generated_open(out, "README.md");
	_cleanup_free_ char *options = describe_options(in);

	fprintf(f,
		"# The CPU scheduler of %1$s, as a module\n\n"
		"Cut out of the kernel's source by schedcut " SCHEDCUT_VERSION ". "
		"`kernel/` has the files at the kernel's own paths: a patch against the kernel's "
		"source applies with `git am`. What the cut removed stands between `#if 0 /* "
		"schedcut: reason */` and `#endif`.\n\n"
		"## Build, load, switch, roll back\n\n"
		"```\nmake -j$(nproc)\n"
		"insmod schedcut.ko && insmod %2$s_vmlinux.ko && insmod %2$s.ko\n"
		"echo %2$s > /sys/kernel/schedcut/active      # switch\n"
		"dmesg | grep schedcut:\n"
		"echo vmlinux > /sys/kernel/schedcut/active      # roll back\n"
		"rmmod %2$s %2$s_vmlinux\n```\n\n"
		"Of an installed tree (`make modules_install`, `depmod`):\n\n"
		"```\nmodprobe %2$s && echo %2$s > /sys/kernel/schedcut/active\n"
		"modprobe --first-time %2$s activate=1      # fails if it is loaded already\n```\n\n"
		"Without `--first-time`, modprobe ignores the parameters of a module that is loaded, "
		"and reports success.\n\n"
		"## Which build is it?\n\n"
		"`modinfo %2$s.ko` and, on a machine where it is loaded, "
		"`/sys/kernel/schedcut/schedulers/%2$s/version` and the log of each switch name the "
		"commit (as `git describe --tags --long --match cut` does; `-dirty` if a source "
		"differs from it), a digest of the sources and the cut. `git checkout` takes the "
		"commit as it is printed, without `-dirty`.\n\n"
		"## What may be changed\n\n"
		"Every function of class interface, callback or insider (see `boundary.html`) may be "
		"changed, and new ones added. Three things to know:\n\n"
		"- Where the address of a function is stored or passed on, write "
		"`SCHEDCUT_ORIG(function)`: the kernel keeps vmlinux's address, which stays valid "
		"after a rollback and leads into the module while it is active. Functions that "
		"vmlinux does not have must not be left behind anywhere.\n"
		"- The layout of records and the size of shared variables is the running kernel's. "
		"Do not change them; use reserved members or padding. If `boundary.yaml` calls a "
		"member internal, only the module accesses it: it may get a new meaning or name, but "
		"neither another place nor another type. A record that is free and not lasting may "
		"change wholly.\n"
		"- Outsiders run in vmlinux. Changing them here has no effect, which is why their "
		"text is disabled.\n\n"
		"`make` checks all that after the build (`make check` alone): `schedcut check` names "
		"line and remedy. If it says that vmlinux has a symbol that nobody provides: "
		"`schedcut refresh .`, then `make` again. Where the address of something that only "
		"the module has is given away, and a hook takes it back, write `SCHEDCUT_OWN(it)`.\n\n"
		"## For a feature\n\n"
		"- Hooks, `include/schedcut/hooks.h`: functions such as `schedcut_before_activate()` "
		"(process context, may refuse) and `schedcut_in_stop_activate()` (inside the stop) "
		"are called if some source defines them.\n"
		"- Storage, `include/schedcut/storage.h`: a structure of yours for every task, task "
		"group or cfs_rq, allocated before the stop, freed after the rollback.\n"
		"- Files, `schedcut_add_files()` and `schedcut_remove_files()`: sysctl, debugfs and "
		"cgroup files that are there while the scheduler is active.\n"
		"- Tracers know the module's functions as `FUNCTION.%2$s`; without the suffix they "
		"are vmlinux's.\n"
		"- New sources are included by one of the kernel's own (`#include \"mine.c\"` in "
		"`kernel/sched/build_utility.c`, say) or listed in `Kbuild`.\n"
		"- Code below `#ifdef CONFIG_MINE` is left out unless the rules say `config: {MINE: "
		"y}`. %3$s\n\n"
		"schedcut's docs/writing-a-scheduler.md has contexts, order and errors, and "
		"sample-patches/storage an example.\n\n"
		"## Files\n\n"
		"| path | what |\n|---|---|\n"
		"| `kernel/`, other kernel directories | the scheduler's sources, with the cut's edits |\n"
		"| `runtime/`, `include/schedcut/` | schedcut's runtime |\n"
		"| `generated/` | wrapper units and tables of this cut; for the check `manifest` and the cut itself, `cut.tar.gz`; `layout/`, which the compiler compares; `build.h`, made at each build |\n"
		"| `boundary.html` | the boundary to look at in a browser: a picture, lists to search |\n"
		"| `boundary.yaml` | the same for programs: class and reason of every function and "
		"variable, who accesses the members of records |\n"
		"| `local.mk` | where this machine has kernel and tool; your make variables; not in git |\n",
		in->target->release, in->name, options);
	fclose(f);
}

static void generate_git_files(struct generated *out)
{
	FILE *f = generated_open(out, ".gitignore");

	fprintf(f, "*.o\n*.o.d\n*.ko\n*.mod\n*.mod.c\n*.cmd\n*.symvers\n!generated/vmlinux.symvers\n"
		   "modules.order\n.tmp_versions/\ngenerated/build.h*\nlocal.mk\n");
	fclose(f);
	/* Whatever the user's git converts elsewhere, these files stay as they are. */
	f = generated_open(out, ".gitattributes");
	fprintf(f, "* -text -ident -filter -working-tree-encoding\n");
	fclose(f);
}

struct error *generate_build_files(const struct generate_input *in, struct generated *out)
{
	TRY(generate_kbuild(in, out));
	generate_options(in, out);
	generate_makefile(in, out);
	generate_readme(in, out);
	generate_git_files(out);
	return NULL;
}
