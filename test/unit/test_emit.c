// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_emit.c - a tree of a made-up cut, written and committed.
 */
#include "emit/emit.h"
#include "emit/manifest.h"
#include "base/os.h"
#include "room.h"

static char *in_room(const char *name)
{
	return xasprintf("%s/%s", room, name);
}

static bool there(const char *name)
{
	_cleanup_free_ char *path = in_room(name);

	return os_is_file(path) || os_is_dir(path);
}

static const char binary[] = "\177ELF\0more\n";

/* The source, which was built in place. */
static void make_source(void)
{
	/* clang-format off */
	static const char *const files[] = {
		"source/kernel/sched/core.c", "source/kernel/sched/sched.h",
		"source/kernel/sched/entry.S", "source/kernel/sched/Makefile",
		"source/kernel/sched/Kconfig.sched", "source/kernel/sched/core.o",
		"source/kernel/sched/built-in.a", "source/kernel/sched/core.mod.c",
		"source/kernel/sched/modules.order", "source/kernel/sched/sub/far.c",
		"source/lib/table.bin",
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		put_bytes(files[i], binary, sizeof(binary) - 1);
}

/* A cut whose tree is @name; an error is printed. */
static bool emit(const char *name)
{
	_cleanup_free_ char *dir = in_room(name), *source = in_room("source");
	struct kernel kernel = { .banner = "#1 (2020-01-02)" };
	struct facts facts = { .kernel = &kernel };
	struct target target = {
		.release = "9.8.0-7-toy", .source = source, .headers = "/none", .vmlinux = "/none"
	};
	struct rules rules = { 0 };
	struct generated generated = { .cut = "c0ffee" }, *copied;
	struct rewritten rewritten = { 0 };
	const struct generate_input generate = {
		.name = "toy", .target = &target, .facts = &facts, .rules = &rules
	};
	struct emit_input in = {
		.dir = dir, .generate = &generate, .generated = &generated, .rewritten = &rewritten
	};

	strcpy(kernel.build_id_text, "ab");
	vec_push(&rules.directories, ((struct rule_name){ .name = "kernel/sched" }));
	vec_push(&rules.extra_files, ((struct rule_name){ .name = "lib/table.bin" }));
	FILE *f = generated_open(&generated, MANIFEST_PATH);
	fputs("name\ttoy\n", f);
	fclose(f);
	struct error *err = emit_gather(&in, &copied);
	in.copied = copied;
	if (!err)
		err = emit_tree(&in);
	generated_free(copied);
	vec_for_each(file, &generated.files)
		free((*file)->text);
	vec_free(&generated.files);
	arena_free(&generated.arena);
	vec_free(&rules.directories);
	vec_free(&rules.extra_files);
	if (err)
		error_print(stdout, err);
	error_free(err);
	return !err;
}

/* The output of "git -C @name @command", which must succeed. */
static char *git(const char *name, const char *command, const char *argument)
{
	_cleanup_free_ char *dir = in_room(name);
	const char *const argv[] = { "git", "-C", dir, command, argument, NULL };
	char *output = NULL;
	struct error *err = os_run(argv, &output);

	CHECK(!err);
	error_free(err);
	return output ? output : xstrdup("");
}

/* As in a hook or an alias of another repository. */
static void commits_where_the_tree_is(void)
{
	_cleanup_free_ char *init = NULL, *files = NULL, *others = NULL, *who = NULL;
	_cleanup_free_ char *git_dir = in_room("other/.git"), *work = in_room("other");
	_cleanup_free_ char *index = in_room("other/.git/index");

	put_bytes("other/file", "", 0);
	init = git("other", "init", "-q");
	setenv("GIT_DIR", git_dir, 1);
	setenv("GIT_WORK_TREE", work, 1);
	setenv("GIT_INDEX_FILE", index, 1);
	setenv("GIT_AUTHOR_NAME", "somebody", 1);
	setenv("GIT_COMMITTER_EMAIL", "somebody@else", 1);
	CHECK(emit("tree"));
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_INDEX_FILE");
	CHECK(there("tree/.git"));
	files = git("tree", "ls-tree", "HEAD");
	CHECK(strstr(files, "\tkernel\n") && strstr(files, "\truntime\n"));
	who = git("tree", "log", "--format=%an %ae %cn %ce");
	CHECK_STR(who, "schedcut schedcut@localhost schedcut schedcut@localhost\n");
	others = git("other", "rev-list", "--all");
	CHECK_STR(others, "");
}

/* The tree has all sources, and nothing that a build has left. */
static void source_is_copied(void)
{
	_cleanup_free_ char *files = NULL, *path = in_room("copied/lib/table.bin");
	size_t len = 0;

	CHECK(emit("copied"));
	files = git("copied", "ls-files", ":(exclude,glob)[ir]*/**");
	CHECK_STR(files,
		  ARCHIVE_PATH "\n" MANIFEST_PATH "\nkernel/sched/Kconfig.sched\n"
			       "kernel/sched/Makefile\nkernel/sched/core.c\nkernel/sched/entry.S\n"
			       "kernel/sched/sched.h\nlib/table.bin\n");
	CHECK(there("copied/runtime/core/switch.c") && there("copied/runtime/identity.sh"));
	CHECK(there("copied/include/schedcut/unit.h"));
	_cleanup_free_ char *bytes = os_read_bytes(path, &len);
	CHECK(bytes && len == sizeof(binary) - 1 && !memcmp(bytes, binary, len));
}

/* The archive is the same wherever it is made, and contains what the manifest lists. */
static void archive_is_the_cut(void)
{
	_cleanup_free_ char *one = in_room("copied/" ARCHIVE_PATH),
			    *other = in_room("again/" ARCHIVE_PATH);
	_cleanup_free_ char *path = in_room("copied/" MANIFEST_PATH);
	const char *const list[] = { "tar", "-tzf", one, "--exclude=runtime", "--exclude=include",
				     NULL };
	_cleanup_free_ char *names = NULL;
	char line[2 * DIGEST_TEXT_LEN], digest[DIGEST_TEXT_LEN + 1];
	size_t len = 0, other_len = 0;

	CHECK(emit("again"));
	_cleanup_free_ char *bytes = os_read_bytes(one, &len),
			    *same = os_read_bytes(other, &other_len);
	CHECK(bytes && same && len == other_len && !memcmp(bytes, same, len));
	error_free(os_run(list, &names));
	CHECK_STR(names, "kernel/sched/Kconfig.sched\nkernel/sched/Makefile\n"
			 "kernel/sched/core.c\nkernel/sched/entry.S\nkernel/sched/sched.h\n"
			 "lib/table.bin\n");

	_cleanup_free_ char *manifest = os_read_file(path);
	digest_bytes(bytes, len, digest);
	snprintf(line, sizeof(line), "\narchive\t%s\n", digest);
	CHECK(manifest && str_starts(manifest, "name\ttoy\ncut\tc0ffee\n") && strstr(manifest, line));
	digest_lines(binary, sizeof(binary) - 1, digest);
	snprintf(line, sizeof(line), "\nfile\tlib/table.bin\t%s\n", digest);
	CHECK(manifest && strstr(manifest, line));
}

int main(void)
{
	room_open();
	make_source();
	RUN(commits_where_the_tree_is);
	RUN(source_is_copied);
	RUN(archive_is_the_cut);
	room_close();
	return TEST_STATUS;
}
