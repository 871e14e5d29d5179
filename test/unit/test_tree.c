// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_tree.c - small trees: what has changed since the cut, whatever git says, and
 * what is read from the tree.
 */
#include "emit/generate.h"
#include "base/os.h"
#include "room.h"
#include "tree/tree_parse.h"

static struct arena arena; /* names in it, and what commands said */

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

static const char decisions[] = "format\t5\nrelease\t9.8.0-7-toy\nbuild-id\tab\nname\tscheduler\n"
				"class-type\tsched_class\ndirectory\tkernel/sched\n"
				"unit\tcore\tkernel/sched/core.c\n";

static const char git_init[] = "git init -q -b main . && git config user.name t && git config user.email t@t\n"
			       "git config commit.gpgsign false\n"
			       "git add -A -f . && git commit -q -m cut && git rev-parse HEAD\n";

/* Make the contents of @name the cut: write its archive and its manifest. */
static void seal(const char *name)
{
	const char *archive = in_room(arena_printf(&arena, "%s/" ARCHIVE_PATH, name));
	struct generated files = { 0 };
	const struct generated *const lists[] = { &files };
	char digest[DIGEST_TEXT_LEN + 1];
	size_t len;

	sh(name, "rm -f generated/manifest generated/cut.tar.gz\n"
		 "find * -type f ! -name local.mk >../list && mkdir -p generated\n"
		 "tar -czf generated/cut.tar.gz -T ../list");
	_cleanup_free_ char *list = os_read_file(in_room("list"));
	char *rest = list, *line;
	while (list && (line = strsep(&rest, "\n")) && *line) {
		struct generated_file *file = arena_alloc(&arena, sizeof(*file));

		file->path = arena_strdup(&arena, line);
		file->text = os_read_bytes(in_room(arena_printf(&arena, "%s/%s", name, line)),
					   &file->len);
		vec_push(&files.files, file);
	}
	_cleanup_free_ char *bytes = os_read_bytes(archive, &len);
	digest_bytes(bytes, len, digest);
	_cleanup_free_ char *manifest = manifest_seal(decisions, "c0ffee", digest, lists, 1);
	put(arena_printf(&arena, "%s/" MANIFEST_PATH, name), manifest);
	vec_for_each(file, &files.files)
		free((*file)->text);
	vec_free(&files.files);
}

/* Make a tree as a cut leaves it; return its commit. */
static const char *make_tree(const char *name)
{
	put(arena_printf(&arena, "%s/generated/unit/core.c", name),
	    "#include \"../../kernel/sched/core.c\"\n");
	put(arena_printf(&arena, "%s/kernel/sched/core.c", name), "int core;\nint more;\n");
	seal(name);
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

/* Is @name refused with this message? */
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

/* --- what has changed */

/* "path path", sorted; NULL: the tree is refused. */
static const char *changes(const char *name)
{
	struct tree *tree = open_tree(name);
	const char *text = "";

	if (!tree)
		return NULL;
	vec_for_each(path, &tree->changed)
		text = arena_printf(&arena, "%s%s%s", text, *text ? " " : "", *path);
	tree_free(tree);
	return text;
}

/* An edit is found even if it is in the first commit, or if there is no commit any more. */
static void history_does_not_matter(void)
{
	static const char *const ways[] = {
		"git commit -q -a --amend -m cut",
		"git commit -q -a -m edit && git reset -q --soft $(git commit-tree -m all HEAD^{tree})",
		"rm -rf .git && git init -q . && git add -A -f .",
		"git checkout -q --orphan other && git commit -q -a -m other",
		"rm -rf .git",
	};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		make_tree("history");
		CHECK_STR(changes("history"), "");
		put("history/kernel/sched/core.c", "int edited;\n");
		CHECK_STR(changes("history"), "kernel/sched/core.c");
		sh("history", arena_printf(&arena,
					   "export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t "
					   "GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t\n%s",
					   ways[i]));
		CHECK_STR(changes("history"), "kernel/sched/core.c");
		sh("", "rm -rf history");
	}
}

static void shallow_clone_is_a_tree(void)
{
	make_tree("tree");
	put("tree/kernel/sched/core.c", "int edited;\n");
	sh("tree", "git commit -q -a -m edit");
	sh("", "git clone -q --depth 1 \"file://$PWD/tree\" shallow");
	CHECK_STR(changes("shallow"), "kernel/sched/core.c");
}

/* Line ends as git's autocrlf or an editor makes them. */
static void line_ends_are_no_edit(void)
{
	make_tree("lines");
	sh("", "git clone -q -c core.autocrlf=true lines dos\n"
	       "grep -q \"$(printf '\\r')\" dos/kernel/sched/core.c");
	CHECK_STR(changes("dos"), "");
	put("dos/kernel/sched/core.c", "int core;\r\nint other;\r\n");
	CHECK_STR(changes("dos"), "kernel/sched/core.c");
}

/* Files that people write, not what a build or git leaves. */
static void files_come_and_go(void)
{
	/* clang-format off */
	static const char *const ours[] = {
		"Kbuild", "kernel/sched/Makefile", "kernel/sched/Kconfig.mine", "mine.c",
		"sub/dir/mine.h", "sub/entry.S",
	};
	/* clang-format on */
	/* clang-format off */
	static const char *const others[] = {
		"core.o", "scheduler.mod.c", "notes.txt", ".pc/old/mine.c", ".core.o.cmd",
		"modules.order", "local.mk", "README.md", BUILD_PATH,
	};
	/* clang-format on */

	make_tree("files");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		put(arena_printf(&arena, "files/%s", others[i]), "");
	CHECK_STR(changes("files"), "");
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		put(arena_printf(&arena, "files/%s", ours[i]), "");
	sh("files", "rm generated/unit/core.c && ln -s /none dead && ln -s . loop");
	CHECK_STR(changes("files"), "Kbuild generated/unit/core.c kernel/sched/Kconfig.mine "
				    "kernel/sched/Makefile mine.c sub/dir/mine.h sub/entry.S");
}

static void reference_is_guarded(void)
{
	make_tree("guarded");
	put("guarded/" ARCHIVE_PATH, "another");
	CHECK(refused("guarded", "not the archive of cut c0ffee", "git checkout"));
	sh("guarded", "rm " ARCHIVE_PATH);
	CHECK(refused("guarded", "cannot read the archive", "git checkout"));
	sh("guarded", "git checkout -q . && sed -i 's/^name.*/name\tother/' " MANIFEST_PATH);
	CHECK(refused("guarded", "not those that the cut wrote", "git checkout"));
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
		/* For this release there is nothing where distributions put kernels. */
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
	err = tree_parse(tree, &broken); /* there are no headers */
	CHECK(err && !tree->work);
	error_free(err);
	CHECK(tree->own_units.n == 3);
	for (size_t i = 0; i < tree->own_units.n && i < 3; i++)
		CHECK_STR(tree->own_units.v[i], ((const char *[]){ "a.c", "sub/b.c", "c.c" })[i]);
	tree_free(tree);
}

/*
 * A headers package with a make of a few lines: it writes an object's command with the
 * include path and flags that Kbuild gives it.
 */
static void make_headers(void)
{
	put("headers/include/linux/x.h", "#include <uapi/linux/x.h>\n");
	put("headers/include/uapi/linux/x.h", "struct x { int a, kernel; };\n");
	put("headers/arch/x86/include/asm/y.h", "struct y { int a, kernel; };\n");
	put("headers/Makefile",
	    "src := $(M)\nobj := $(M)\n"
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
	seal(name);
	sh(name, "echo local.mk >.gitignore && git add -A -f . && git rm -q --cached local.mk && "
		 "git commit -q --amend -m cut");
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

/* Both states are parsed with their own headers, whether the tree was built or not. */
static void headers_of_the_tree_are_compared(void)
{
	make_headers();
	make_tree_with_headers("edited");
	put("edited/include/uapi/linux/x.h", "struct x { int a, b, c; };\n");
	CHECK_STR(sizes("edited"), "4, 4; 12, 4");
	sh("edited", "git checkout -q .");
	put("edited/arch/x86/include/asm/y.h", "struct y { int a, b, c, d; };\n");
	CHECK_STR(sizes("edited"), "4, 4; 4, 16");

	/* A tree that was built in another place. */
	put("edited/generated/unit/.core.o.cmd",
	    arena_printf(&arena,
			 "cmd_%1$s/built/generated/unit/core.o := gcc "
			 "-I%1$s/built/arch/x86/include -I%1$s/built/include "
			 "-I%1$s/headers/arch/x86/include -I%1$s/headers/include "
			 "-I%1$s/built/include/uapi -I%1$s/headers/include/uapi -I%1$s/built/include -c\n",
			 room));
	CHECK_STR(sizes("edited"), "4, 4; 4, 16");
	sh("", "mv edited moved");
	CHECK_STR(sizes("moved"), "4, 4; 4, 16");
	/* A copy of a tree that was built. */
	make_tree_with_headers("built");
	put("built/arch/x86/include/asm/y.h", "struct y { int another[9]; };\n");
	CHECK_STR(sizes("moved"), "4, 4; 4, 16");
}

/* Flags from the commands that Kbuild wrote in the tree. */
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
	RUN(history_does_not_matter);
	RUN(shallow_clone_is_a_tree);
	RUN(line_ends_are_no_edit);
	RUN(files_come_and_go);
	RUN(reference_is_guarded);
	RUN(local_settings_are_read);
	RUN(own_units_are_found);
	RUN(headers_of_the_tree_are_compared);
	RUN(broken_command_is_named);
	room_close();
	arena_free(&arena);
	return TEST_STATUS;
}
