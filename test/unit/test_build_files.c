// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_build_files.c - the Kbuild of a made-up cut: flags, and the include path; its
 * Makefile: what is refused before anything is built.
 */
#include "emit/build_files.h"
#include "emit/template.h"
#include "base/os.h"
#include "room.h"

static struct arena arena;

/* The parts of a cut that matter for its build files. */
struct toy {
	struct rules rules;
	struct facts facts;
};

static void add_unit(struct toy *toy, const char *name, const char *path)
{
	vec_push(&toy->facts.units, ((struct fact_unit){ .name = name, .path = path }));
}

static void add_name(rule_names *names, const char *name)
{
	vec_push(names, ((struct rule_name){ .name = name }));
}

static void free_toy(struct toy *toy)
{
	vec_free(&toy->rules.config);
	vec_free(&toy->rules.directories);
	vec_free(&toy->rules.extra_files);
	vec_free(&toy->facts.units);
}

/* The generated file @path, or NULL; with *@err there is no file at all. */
static const char *file_of(const struct toy *toy, const char *path, struct error **err)
{
	struct generated *generated = xcalloc(1, sizeof(*generated));
	struct target target = { .release = "9.8.0-7-toy", .package = "Toy 9.8-1", .source = room };
	const struct generate_input in = {
		.name = "toy", .target = &target, .facts = &toy->facts, .rules = &toy->rules
	};
	const char *text = NULL;

	*err = generate_build_files(&in, generated);
	vec_for_each(file, &generated->files)
		if (!*err && !strcmp((*file)->path, path))
			text = arena_strdup(&arena, (*file)->text);
	generated_free(generated);
	return text;
}

static const char *kbuild_of(const struct toy *toy, struct error **err)
{
	return file_of(toy, "Kbuild", err);
}

static const char *good_kbuild(const struct toy *toy)
{
	struct error *err;
	const char *text = kbuild_of(toy, &err);

	CHECK(text);
	if (err)
		error_print(stdout, err);
	error_free(err);
	return text ? text : "";
}

/* A Makefile may be missing, but must be readable: else its flags would be lost. */
static void makefile_must_be_readable(void)
{
	struct toy toy = { 0 };
	struct error *err;

	add_unit(&toy, "core", "kernel/sched/core.c");
	add_name(&toy.rules.directories, "kernel/none");
	CHECK(strstr(good_kbuild(&toy), "toy-y += generated/unit/core.o\n"));
	put("kernel/odd/Makefile/file", "");
	add_name(&toy.rules.directories, "kernel/odd");
	CHECK(!kbuild_of(&toy, &err));
	CHECK(err && strstr(err->path, "kernel/odd/Makefile") && strstr(err->message, "cannot read"));
	error_free(err);
	free_toy(&toy);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* Flags of the wrappers' objects; also for sidecars and for a second core.c. */
static void flags_follow_the_units(void)
{
	struct toy toy = { 0 };

	put("kernel/sched/Makefile",
	    "ccflags-y += -Wno-a\nifdef B\nCFLAGS_core.o := \\\n\t-fb.o\n"
	    "else\nCFLAGS_none.o := -fc\nendif\n"
	    "ccflags-remove-$(CONFIG_D) += -fd\nccflags-remove-y += -fe\n"
	    "KCOV_INSTRUMENT := n\nKCSAN_SANITIZE:= n\nKCSAN_INSTRUMENT_BARRIERS := y\n"
	    "KCOV_INSTRUMENT_ALL := n\n");
	put("kernel/Makefile",
	    "ccflags-y += -fall\nifdef CONFIG_FUNCTION_TRACER\n"
	    "CFLAGS_REMOVE_irq_work.o = $(CC_FLAGS_FTRACE)\nendif\nCFLAGS_kcov.o := -fkcov\n"
	    "KCOV_INSTRUMENT := never\nKCSAN_SANITIZE_softirq.o = n\nKCSAN_SANITIZE_kcov.o := n\n");
	put("kernel/events/Makefile", "CFLAGS_core.o := -fevents\n");
	put("kernel/cgroup/Makefile", "ccflags-y += -fall\nobj-y := cpuset.o\n");
	add_name(&toy.rules.directories, "kernel/sched");
	add_unit(&toy, "core", "kernel/sched/core.c");
	add_unit(&toy, "irq_work", "kernel/irq_work.c");
	add_unit(&toy, "events_core", "kernel/events/core.c");
	add_unit(&toy, "cpuset", "kernel/cgroup/cpuset.c");
	add_unit(&toy, "softirq", "kernel/softirq.c");

	const char *text = good_kbuild(&toy);

	CHECK(strstr(text,
		     "\n# as in the kernel's own kernel/sched/Makefile\nccflags-y += -Wno-a\n"
		     "ifdef B\nCFLAGS_generated/unit/core.o :=   \t-fb.o\nendif\n"
		     "ccflags-remove-$(CONFIG_D) += -fd\nccflags-remove-y += -fe\n"
		     "KCOV_INSTRUMENT := n\nKCSAN_SANITIZE:= n\nKCSAN_INSTRUMENT_BARRIERS := y\n"));
	CHECK(strstr(text, "\n# as in the kernel's own kernel/Makefile\nifdef CONFIG_FUNCTION_TRACER\n"
			   "CFLAGS_REMOVE_generated/unit/irq_work.o = $(CC_FLAGS_FTRACE)\nendif\n"
			   "KCSAN_SANITIZE_generated/unit/softirq.o = n\n"
			   "KCSAN_SANITIZE_softirq.o = n\n"));
	CHECK(strstr(text, "CFLAGS_generated/unit/events_core.o := -fevents\n"));
	CHECK(count(text, "CFLAGS_generated/unit/core.o") == 1);
	CHECK(count(text, "own kernel/Makefile") == 1);
	CHECK(!strstr(text, "-fall") && !strstr(text, "-fkcov") && !strstr(text, "-fc\n"));
	CHECK(!strstr(text, "never") && !strstr(text, "SANITIZE_kcov") &&
	      !strstr(text, "INSTRUMENT_ALL"));
	CHECK(!strstr(text, "kernel/cgroup/Makefile"));
	free_toy(&toy);
}

/* --- the include path */

#define KERNEL "-Ik/arch/x86/include -I./arch/x86/include/generated -Ik/include -I./include"
#define UAPI                                                             \
	"-Ik/arch/x86/include/uapi -I./arch/x86/include/generated/uapi " \
	"-Ik/include/uapi -I./include/generated/uapi -include k/include/linux/kconfig.h"

/* The value of LINUXINCLUDE in make, if the kernel's is KERNEL and UAPI. */
static const char *include_path(const struct toy *toy)
{
	const char *path = arena_printf(&arena, "%s/include.mk", room);
	const char *const argv[] = { "make", "-s", "-f", path, NULL };
	_cleanup_free_ char *output = NULL;

	put("include.mk", arena_printf(&arena,
				       "all:\nsrc := T\nLINUXINCLUDE := " KERNEL " " UAPI "\n%s\n"
				       "all:\n\t@echo $(LINUXINCLUDE)\n",
				       good_kbuild(toy)));
	struct error *err = os_run(argv, &output);
	CHECK(!err);
	if (err)
		error_print(stdout, err);
	error_free(err);
	return output ? arena_strndup(&arena, output, strcspn(output, "\n")) : NULL;
}

/* <linux/NAME.h> must not find the uapi header of that name. */
static void uapi_stands_behind_include(void)
{
	struct toy toy = { 0 };

	CHECK_STR(include_path(&toy), KERNEL " " UAPI);
	add_name(&toy.rules.extra_files, "init/Kconfig");
	add_name(&toy.rules.extra_files, "arch/x86/kvm/include/x.h");
	CHECK_STR(include_path(&toy), KERNEL " " UAPI);
	CHECK(!strstr(good_kbuild(&toy), "LINUXINCLUDE"));

	add_name(&toy.rules.extra_files, "include/linux/sched.h");
	add_name(&toy.rules.extra_files, "arch/x86/include/asm/smp.h");
	add_name(&toy.rules.extra_files, "include/linux/cpuset.h");
	CHECK_STR(include_path(&toy), "-IT/arch/x86/include -IT/include " KERNEL " " UAPI);
	add_name(&toy.rules.extra_files, "include/uapi/linux/sched/types.h");
	CHECK_STR(include_path(&toy),
		  "-IT/arch/x86/include -IT/include " KERNEL " -IT/include/uapi " UAPI);
	add_name(&toy.rules.extra_files, "arch/x86/include/uapi/asm/stat.h");
	CHECK_STR(include_path(&toy), "-IT/arch/x86/include -IT/include " KERNEL
				      " -IT/arch/x86/include/uapi -IT/include/uapi " UAPI);
	free_toy(&toy);

	/* If it is the only one, it is found as <uapi/linux/sched/types.h>, too. */
	add_name(&toy.rules.extra_files, "include/uapi/linux/sched/types.h");
	CHECK_STR(include_path(&toy), "-IT/include " KERNEL " -IT/include/uapi " UAPI);
	free_toy(&toy);
}

/* --- options of the rules */

static void add_option(struct toy *toy, const char *name, const char *value, bool is_yes)
{
	vec_push(&toy->rules.config, ((struct rule_option){ { .name = name }, value, is_yes }));
}

/* C and make get the same values. */
static void options_are_defined(void)
{
	struct toy toy = { 0 };
	struct error *err;
	const char *path = arena_printf(&arena, "%s/options.mk", room);
	const char *const argv[] = { "make", "-s", "-f", path, NULL };
	_cleanup_free_ char *output = NULL;

	CHECK(!file_of(&toy, "generated/config.h", &err));
	CHECK(!strstr(good_kbuild(&toy), "config"));
	CHECK(strstr(file_of(&toy, "README.md", &err), "was cut without options."));
	add_option(&toy, "MINE", "1", true);
	add_option(&toy, "SHIFT", "0x3", false);
	add_option(&toy, "TEXT", "\"a $b # c\"", false);
	CHECK_STR(file_of(&toy, "generated/config.h", &err),
		  "/* SPDX-License-Identifier: GPL-2.0-only */\n"
		  "/* Options of the rules: vmlinux does not have them. */\n"
		  "#define CONFIG_MINE 1\n#define CONFIG_SHIFT 0x3\n"
		  "#define CONFIG_TEXT \"a $b # c\"\n");
	CHECK(strstr(file_of(&toy, "README.md", &err),
		     "are `CONFIG_MINE=y`, `CONFIG_SHIFT=0x3`, `CONFIG_TEXT=\"a $b # c\"`, in"));
	put("options.mk",
	    arena_printf(&arena,
			 "all:\nsrc := T\n%s\n"
			 "obj-$(CONFIG_MINE) += mine.o\n"
			 "all:\n\t@echo '$(obj-y) $(CONFIG_SHIFT) $(CONFIG_TEXT) $(ccflags-y)'\n",
			 good_kbuild(&toy)));
	CHECK(!os_run(argv, &output));
	CHECK(output && str_starts(output, "mine.o 0x3 \"a $b # c\" -IT/include"));
	CHECK(output && str_ends(output, "-include T/generated/config.h\n"));
	free_toy(&toy);
}

/* --- the Makefile */

/*
 * Headers in the directory @name, whose make prints that it builds. They are of @release
 * and @package.
 */
static void put_headers(const char *name, const char *release, const char *package)
{
	put(arena_printf(&arena, "%s/include/generated/utsrelease.h", name),
	    arena_printf(&arena, "#define UTS_RELEASE \"%s\"\n", release));
	put(arena_printf(&arena, "%s/include/generated/package.h", name),
	    arena_printf(&arena, "#define LINUX_PACKAGE_ID \" %s\"\n", package));
	/* In Debian's headers this file names another release. */
	put(arena_printf(&arena, "%s/include/config/kernel.release", name), "9.8.0\n");
	put(arena_printf(&arena, "%s/Makefile", name),
	    "%:\n\t@echo built: $@ in $(notdir $(M)) && touch $(M)/toy.ko\n");
}

/* A tree in the directory @name with a Makefile, and little else. */
static void put_tree(const char *name, const char *local)
{
	struct toy toy = { 0 };
	struct error *err;

	put(arena_printf(&arena, "%s/Makefile", name), file_of(&toy, "Makefile", &err));
	put(arena_printf(&arena, "%s/local.mk", name), local);
	put(arena_printf(&arena, "%s/generated/tables.c", name), "");
}

/* The output of @script, run in the room, with its exit status at the end. */
static const char *shell(const char *script)
{
	const char *text = arena_printf(&arena,
					"cd '%s'\n{ %s; } 2>&1\n"
					"echo \"status $?\"\n",
					room, script);
	const char *const argv[] = { "sh", "-c", text, NULL };
	char *output = NULL;
	struct error *err = os_run(argv, &output);

	CHECK(!err);
	error_free(err);
	text = arena_strdup(&arena, output ? output : "");
	free(output);
	return text;
}

/* Is make refused with @message, with nothing built? */
static void refused(const char *command, const char *message)
{
	const char *said = shell(command);

	CHECK(strstr(said, message));
	CHECK(strstr(said, "\nnote: "));
	CHECK(!strstr(said, "built:"));
	CHECK(!strstr(said, "status 0"));
	if (!strstr(said, message) || strstr(said, "built:"))
		printf("%s: %s", command, said);
}

static void put_room(void)
{
	put_headers("headers", "9.8.0-7-toy", "Toy 9.8-1");
	put("good", "#!/bin/sh\n[ \"$1\" = --version ] || echo checked: \"$@\"\n");
	put("bad", "#!/bin/sh\n[ \"$1\" = --version ] || { echo finding >&2; exit 1; }\n");
	shell("chmod +x good bad");
}

static void tool_is_wanted(void)
{
	put_room();
	put_tree("tree", "KDIR ?= ../headers\n");
	refused("make -C tree",
		"\nMakefile: error: schedcut, which checks the tree, cannot be run: ");
	refused("make -C tree check CHECK=no", "\nMakefile: error: schedcut, which ");
	refused("CHECK=no make -C tree", "\nMakefile: error: schedcut, which ");
	refused("make -C tree CHECK=maybe", "\nMakefile: error: schedcut, which ");
	refused("SCHEDCUT=/none make -C tree", "\nenvironment: error: SCHEDCUT is '/none', which ");
	refused("make -C tree SCHEDCUT=/none", "\ncommand line: error: SCHEDCUT is '/none', ");
	/* As if it lacked a library. */
	put("broken", "#!/bin/sh\necho no library >&2\nexit 127\n");
	refused("chmod +x broken; make -C tree SCHEDCUT=../broken", "cannot be run: no library\n");
	/* PATH has another one. */
	put_tree("tree", "KDIR ?= ../headers\nSCHEDCUT ?= /gone/schedcut\n");
	refused("cp good schedcut; PATH=$PWD:$PATH make -C tree",
		"\nlocal.mk: error: SCHEDCUT is '/gone/schedcut', which cannot be run: ");
}

static void checked_or_said_not_to_be(void)
{
	put_room();
	put_tree("tree", "KDIR ?= ../headers\nSCHEDCUT ?= ../good\n");
	const char *said = shell("make -s -C tree");
	CHECK(strstr(said,
		     "built: modules in tree\nchecked: check -q --headers ../headers .\nstatus 0"));
	said = shell("make -s -C tree SCHEDCUT=../bad");
	CHECK(strstr(said, "built: modules in tree\nfinding\n") && !strstr(said, "status 0"));
	said = shell("make -s -C tree CHECK=no SCHEDCUT=/none");
	CHECK(strstr(said, "built: modules in tree\nMakefile: warning: the tree was NOT CHECKED") &&
	      str_ends(said, "\nstatus 0\n"));
	/* To standard error. */
	CHECK(!strstr(shell("make -s -C tree CHECK=no 2>/dev/null"), "NOT CHECKED"));
}

static void headers_are_compared(void)
{
	static const char *const targets[] = { "modules", "modules_install", "check",
					       "modules CHECK=no" };

	put_room();
	put_tree("tree", "KDIR ?= /gone\nSCHEDCUT ?= ../good\n");
	put_headers("release", "9.8.0-8-toy", "Toy 9.8-1");
	put_headers("package", "9.8.0-7-toy", "Toy 9.8-2");
	put("none/Makefile", "");
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		const char *make = arena_printf(&arena, "make -C tree %s KDIR=../", targets[i]);

		refused(arena_printf(&arena, "%srelease", make),
			"\n../release: error: headers of release '9.8.0-8-toy', the tree was cut from 9.8.0-7-toy\n");
		refused(arena_printf(&arena, "%spackage", make),
			"\n../package: error: headers of package 'Toy 9.8-2', the tree was cut from 'Toy 9.8-1'\n");
		refused(arena_printf(&arena, "%snone", make),
			"\n../none: error: headers of release ''");
	}
	refused("make -C tree", "\nlocal.mk: error: KDIR is '/gone', which is no directory\n");
	put_tree("tree", "");
	refused("make -C tree", "\nMakefile: error: no headers of 9.8.0-7-toy found\n");
}

/* The cut and the Makefile refuse the same directories. */
static void path_is_one_for_kbuild(void)
{
	put_room();
	for (char c = 1; c < 127; c++) {
		char name[] = { 'a', c, 'b', '\0' };
		struct error *err;

		if (c == '/' || c == '\n')
			continue;
		put_tree(name, "SCHEDCUT ?= ../good\n");
		_cleanup_free_ char *dir = xasprintf("%s/%s", room, name);
		err = build_files_check_path(dir);
		const char *const argv[] = { "make", "-s", "-C", dir, "KDIR=../headers", NULL };
		struct error *said = os_run(argv, NULL);
		bool odd = said && strstr(said->message, "Kbuild cannot build in a directory");
		CHECK(!said || odd);
		CHECK(!err == !odd);
		if (!err != !odd || (said && !odd))
			printf("'%c': %s, %s\n", c, err ? err->message : "-",
			       said ? said->message : "-");
		error_free(err);
		error_free(said);
	}
}

/* A template has no gap that nothing fills. */
static void gaps_are_known(void)
{
	const struct template_value values[] = { { "name", "toy" }, {} };
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *f = text_open(&text, &len);
	struct error *err = template_print(f, "Makefile", values);

	fclose(f);
	CHECK(err && strstr(err->message, "{{release}}"));
	error_free(err);
}

int main(void)
{
	/* Variables of the Makefile: from the environment they would override local.mk. */
	static const char *const variables[] = { "KDIR", "VMLINUX", "SCHEDCUT", "CHECK" };

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		unsetenv(variables[i]);
	room_open();
	RUN(gaps_are_known);
	RUN(flags_follow_the_units);
	RUN(uapi_stands_behind_include);
	RUN(makefile_must_be_readable);
	RUN(options_are_defined);
	RUN(tool_is_wanted);
	RUN(checked_or_said_not_to_be);
	RUN(headers_are_compared);
	RUN(path_is_one_for_kbuild);
	room_close();
	arena_free(&arena);
	return TEST_STATUS;
}
