// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_tree.c - small trees in git repositories: which commit is the cut,
 * and what is read of the tree.
 */
#include "os.h"
#include "room.h"
#include "tree.h"

static struct arena arena;	/* names in it, and what commands said */

static char *in_room(const char *name)
{
	return arena_printf(&arena, "%s/%s", room, name);
}

/* Run a script in the directory @name of the room; the first line that it prints. */
static const char *sh(const char *name, const char *script)
{
	const char *text = arena_printf(&arena, "set -e\ncd '%s'\n%s", in_room(name), script);
	const char *const argv[] = { "sh", "-c", text, NULL };
	_cleanup_free_ char *output = NULL;
	struct error *err = os_run(argv, &output);

	CHECK(!err);
	if (err)
		error_print(stdout, err);
	error_free(err);
	return output ? arena_strndup(&arena, output, strcspn(output, "\n")) : NULL;
}

#define MANIFEST(extra)							\
	"format\t2\nrelease\t9.8.0-7-toy\nbuild-id\tab\nname\tscheduler\n" \
	"class-type\tsched_class\ndirectory\tkernel/sched\n"		\
	"unit\tcore\tkernel/sched/core.c\n" extra

static const char git_init[] =
	"git init -q -b main . && git config user.name t && git config user.email t@t\n"
	"git config commit.gpgsign false\n"
	"git add -A -f . && git commit -q -m cut && git rev-parse HEAD\n";

/* A tree as a cut leaves it; its commit. */
static const char *make_tree(const char *name)
{
	put(arena_printf(&arena, "%s/generated/manifest", name), MANIFEST(""));
	put(arena_printf(&arena, "%s/generated/unit/core.c", name),
	    "#include \"../../kernel/sched/core.c\"\n");
	put(arena_printf(&arena, "%s/kernel/sched/core.c", name), "int core;\n");
	return sh(name, git_init);
}

/* tree_open() of @name; prints an error. */
static struct tree *open_tree(const char *name)
{
	struct tree_options options = { .dir = in_room(name) };
	struct tree *tree = NULL;
	struct error *err = tree_open(&options, &tree);

	CHECK(!err);
	if (err)
		error_print(stdout, err);
	error_free(err);
	return tree;
}

/* Is @name refused with these words? */
static bool refused(const char *name, const char *message, const char *note)
{
	struct tree_options options = { .dir = in_room(name) };
	struct tree *tree = NULL;
	struct error *err = tree_open(&options, &tree);
	bool right = err && strstr(err->message, message) && err->note && strstr(err->note, note);

	if (err && !right)
		error_print(stdout, err);
	error_free(err);
	tree_free(tree);
	return right;
}

/* --- the commit of the cut */

static const char *first_of(const char *name)
{
	struct tree *tree = open_tree(name);
	const char *first = tree ? arena_strdup(&arena, tree->first) : NULL;

	tree_free(tree);
	return first;
}

static void shallow_clone_is_refused(void)
{
	make_tree("tree");
	put("tree/kernel/sched/core.c", "int edited;\n");
	sh("tree", "git commit -q -a -m edit");
	sh("", "git clone -q --depth 1 \"file://$PWD/tree\" shallow");
	CHECK(refused("shallow", "shallow", "git fetch --unshallow"));
	sh("shallow", "git fetch -q --unshallow");
	struct tree *tree = open_tree("shallow");
	CHECK(tree && tree_changed(tree, "kernel/sched/core.c"));
	tree_free(tree);
}

/* A root of its own, dated before the cut, without a trace of one. */
static const char merge_notes[] =
	"git checkout -q --orphan notes && git rm -q -r -f . && echo >text\n"
	"git add text && GIT_COMMITTER_DATE='2001-01-01 00:00 +0000' git commit -q -m notes\n"
	"git checkout -q main && git merge -q --allow-unrelated-histories -m merge notes\n";

static void merged_root_is_no_cut(void)
{
	const char *cut = make_tree("merged");

	sh("merged", merge_notes);
	CHECK_STR(first_of("merged"), cut);
	sh("merged", "git reset -q --hard notes");
	put("merged/generated/manifest", MANIFEST(""));
	CHECK(refused("merged", "is no cut", "keep the one"));
}

/* Another cut, merged: the manifest says which one the tree goes back to. */
static void manifest_tells_two_cuts_apart(void)
{
	const char *cut = make_tree("twice"), *other;

	sh("twice", "git checkout -q --orphan other");
	put("twice/generated/manifest", MANIFEST("lasting\trq\tkernel/sched/sched.h\n"));
	other = sh("twice", "git add -A && GIT_COMMITTER_DATE='2001-01-01 00:00 +0000' "
		   "git commit -q -m other && git rev-parse HEAD");
	sh("twice", "git checkout -q main && git merge -q --allow-unrelated-histories -s ours "
	   "-m merge other");
	CHECK_STR(first_of("twice"), cut);
	sh("twice", "git checkout -q other -- generated");
	CHECK_STR(first_of("twice"), other);
	put("twice/generated/manifest", MANIFEST("# mine\n"));
	CHECK(refused("twice", "several cuts", "git checkout"));
}

/* --- where the kernel is */

static void local_settings_are_read(void)
{
	static const struct {
		const char *text, *headers;
	} cases[] = {
		{ "KDIR ?= /a/b\n", "/a/b" },
		{ "KDIR=/a\nVMLINUX = /v\n", "/a" },
		{ "KDIR := /a \t\r\n", "/a" },
		{ "KDIR = /a b # or /c\n", "/a b" },
		{ "KDIR ?= /a\nKDIR\n", "/a" },
		{ "KDIR ?= /a\nKDIR\t/b\nKDIR: /c\n", "/a" },
		{ "KDIR ?= /a\nKDIRS = /b\n", "/a" },
		{ "KDIR", NULL },
		{ "KDIR =\n", NULL },
	};

	make_tree("local");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put("local/local.mk", cases[i].text);
		struct tree *tree = open_tree("local");
		/* Of this release there is nothing where distributions put it. */
		CHECK_STR(tree ? tree->headers : "no tree", cases[i].headers);
		tree_free(tree);
	}
}

/* --- what is parsed */

/* The author's own units, as Kbuild lists them. */
static void own_units_are_found(void)
{
	struct error *broken = NULL, *err;

	make_tree("own");
	put("own/a.c", "int a;\n");
	put("own/sub/b.c", "int b;\n");
	put("own/c.c", "int c;\n");
	put("own/other.c", "int other;\n");
	put("own/generated/tables.c", "int tables;\n");
	put("own/local.mk", "KDIR ?= /none\n");
	put("own/Kbuild", "obj-m := scheduler.o\n"
	    "scheduler-y := generated/tables.o generated/unit/core.o\n"
	    "scheduler-y += a.o \\\n\tsub/b.o gone.o\n"
	    "scheduler-y+=c.o # other.o\n"
	    "scheduler-yx := other.o\nscheduler-y\n");
	struct tree *tree = open_tree("own");
	if (!tree)
		return;
	err = tree_parse(tree, &broken);	/* there are no headers */
	CHECK(err && !tree->work);
	error_free(err);
	CHECK(tree->own_units.n == 3);
	for (size_t i = 0; i < tree->own_units.n && i < 3; i++)
		CHECK_STR(tree->own_units.v[i],
			  ((const char *[]){ "a.c", "sub/b.c", "c.c" })[i]);
	tree_free(tree);
}

/*
 * A headers package whose make is a few lines: it writes the command of an
 * object with the include path and flags that Kbuild leaves.
 */
static void make_headers(void)
{
	put("headers/include/linux/x.h", "#include <uapi/linux/x.h>\n");
	put("headers/include/uapi/linux/x.h", "struct x { int a, kernel; };\n");
	put("headers/arch/x86/include/asm/y.h", "struct y { int a, kernel; };\n");
	put("headers/Makefile", "src := $(M)\nobj := $(M)\n"
	    "LINUXINCLUDE := -I./arch/x86/include -I./include -I./include/uapi\n"
	    "include $(M)/Kbuild\n"
	    "probe.o:\n\ttest '$(obj-y)$(obj-m) $(src) $(obj)' = 'probe.o $(M) $(M)'\n"
	    "\techo 'cmd_$(M)/$@ := gcc $(LINUXINCLUDE) $(ccflags-y) -c' >$(M)/.$@.cmd\n");
}

/* A tree with headers that the rules put there; core.c includes them by <...>. */
static void make_tree_with_headers(const char *name)
{
	make_tree(name);
	put(arena_printf(&arena, "%s/kernel/sched/core.c", name),
	    "#include <linux/x.h>\n#include <asm/y.h>\nstruct x x;\nstruct y y;\n");
	put(arena_printf(&arena, "%s/include/uapi/linux/x.h", name), "struct x { int a; };\n");
	put(arena_printf(&arena, "%s/arch/x86/include/asm/y.h", name), "struct y { int a; };\n");
	put(arena_printf(&arena, "%s/Kbuild", name),
	    "obj-m := scheduler.o\nscheduler-y := generated/unit/core.o\n"
	    "LINUXINCLUDE := $(patsubst -I./include/uapi,-I$(src)/include/uapi -I./include/uapi,$(LINUXINCLUDE))\n"
	    "LINUXINCLUDE := -I$(src)/arch/x86/include -I$(src)/include $(LINUXINCLUDE)\n"
	    "ccflags-y := -I$(src)/include\n");
	put(arena_printf(&arena, "%s/local.mk", name),
	    arena_printf(&arena, "KDIR ?= %s/headers\n", room));
	sh(name, "echo local.mk >.gitignore && git add -A && git commit -q --amend -m cut");
}

static unsigned long size_of(const struct source *source, const char *record)
{
	if (source)
		vec_for_each(r, &source->records)
			if (!strcmp(r->name, record))
				return r->size;
	return 0;
}

/* The sizes of "struct x, struct y; then and now" in @name. */
static const char *sizes(const char *name)
{
	struct error *broken = NULL, *err;
	struct tree *tree = open_tree(name);
	const char *text;

	if (!tree)
		return NULL;
	err = tree_parse(tree, &broken);
	CHECK(!err && !broken);
	if (err)
		error_print(stdout, err);
	if (broken)
		error_print(stdout, broken);
	error_free(err);
	error_free(broken);
	text = arena_printf(&arena, "%lu, %lu; %lu, %lu", size_of(tree->base, "x"),
			    size_of(tree->base, "y"), size_of(tree->work, "x"),
			    size_of(tree->work, "y"));
	tree_free(tree);
	return text;
}

/* Both states with their own, whether the tree was built or not. */
static void headers_of_the_tree_are_compared(void)
{
	make_headers();
	make_tree_with_headers("edited");
	put("edited/include/uapi/linux/x.h", "struct x { int a, b, c; };\n");
	CHECK_STR(sizes("edited"), "4, 4; 12, 4");
	sh("edited", "git checkout -q .");
	put("edited/arch/x86/include/asm/y.h", "struct y { int a, b, c, d; };\n");
	CHECK_STR(sizes("edited"), "4, 4; 4, 16");

	/* Built where it no longer is. */
	put("edited/generated/unit/.core.o.cmd",
	    arena_printf(&arena, "cmd_%1$s/built/generated/unit/core.o := gcc "
			 "-I%1$s/built/arch/x86/include -I%1$s/built/include "
			 "-I%1$s/headers/arch/x86/include -I%1$s/headers/include "
			 "-I%1$s/built/include/uapi -I%1$s/headers/include/uapi -I%1$s/built/include -c\n",
			 room));
	CHECK_STR(sizes("edited"), "4, 4; 4, 16");
	sh("", "mv edited moved");
	CHECK_STR(sizes("moved"), "4, 4; 4, 16");
	/* Or where the tree is that it is a copy of. */
	make_tree_with_headers("built");
	put("built/arch/x86/include/asm/y.h", "struct y { int another[9]; };\n");
	CHECK_STR(sizes("moved"), "4, 4; 4, 16");
}

/* Of what Kbuild wrote in the tree. */
static void broken_command_is_named(void)
{
	struct error *broken = NULL, *err;

	make_tree("broken");
	put("broken/kernel/sched/core.c", "int edited;\n");
	put("broken/local.mk", "KDIR ?= /none\n");
	put("broken/generated/unit/.core.o.cmd", "cmd_x :=\n");
	struct tree *tree = open_tree("broken");
	if (!tree)
		return;
	err = tree_parse(tree, &broken);
	CHECK(err && err->path && str_ends(err->path, "/broken/generated/unit/.core.o.cmd"));
	error_free(err);
	tree_free(tree);
}

int main(void)
{
	room_open();
	RUN(shallow_clone_is_refused);
	RUN(merged_root_is_no_cut);
	RUN(manifest_tells_two_cuts_apart);
	RUN(local_settings_are_read);
	RUN(own_units_are_found);
	RUN(headers_of_the_tree_are_compared);
	RUN(broken_command_is_named);
	room_close();
	arena_free(&arena);
	return TEST_STATUS;
}
