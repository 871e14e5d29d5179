// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_member_search.c - the search for members by name, in small trees written here:
 * what counts as a use, and which files see the boundary's headers.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/member_search.h"
#include "base/os.h"
#include "test.h"

static struct source source;
static struct arena arena;
static struct member_search *search;
static char *root;

static void begin(void)
{
	struct error *err = os_temp_dir(&root);

	if (err) {
		error_print(stdout, err);
		exit(1);
	}
	source = (struct source){ .root = root };
}

static void write_text(const char *path, const char *text, size_t len)
{
	char *full = arena_printf(&arena, "%s/%s", root, path);
	char *dir = arena_strndup(&arena, full, strrchr(full, '/') - full);
	struct error *err = os_make_dirs(dir);
	FILE *f = err ? NULL : fopen(full, "w");

	CHECK(f);
	if (f) {
		fwrite(text, 1, len, f);
		fclose(f);
	}
	error_free(err);
}

static void write_file(const char *path, const char *text)
{
	write_text(path, text, strlen(text));
}

/* A file that the units of the boundary read. */
static void boundary_file(const char *path, const char *text)
{
	struct src_file *file = arena_alloc(&arena, sizeof(*file));

	*file = (struct src_file){ .path = path,
				   .real = arena_printf(&arena, "%s/%s", root, path),
				   .text = text,
				   .len = strlen(text),
				   .boundary = true };
	vec_push(&source.files, file);
	write_file(path, text);
}

static struct error *try_search(void)
{
	static const char *const names[] = { "member", "other", "member" };

	return member_search_run(&source, names, 3, &search);
}

static void run_search(void)
{
	_cleanup_error_ struct error *err = try_search();

	CHECK(!err);
	if (err)
		error_print(stdout, err);
}

static void end(void)
{
	member_search_free(search);
	search = NULL;
	vec_free(&source.files);
	os_remove_tree(root);
	free(root);
}

static size_t files_with(const char *name)
{
	const struct member_hits *m = search ? strmap_get(&search->by_name, name) : NULL;

	return m ? m->n_files : 0;
}

static void what_counts(void)
{
	static const struct {
		const char *text;
		size_t n;
	} cases[] = {
		{ "a.member = 1;", 1 },
		{ "a->member++;", 1 },
		{ "a->\n\t\tmember", 1 },
		{ "a . member", 1 },
		{ "struct t a = { .member = 1 };", 1 },
		{ "offsetof(struct t, member)", 1 },
		{ "offsetof(struct t, member.first)", 1 },
		{ "list_for_each_entry(p, &head, member)", 1 },
		{ "list_for_each_entry_rcu(p, &head(a), member, lockdep_is_held(&x))", 1 },
		{ "struct_size (p, member, n)", 1 },
		{ "f(a, member, b)", 0 },
		{ "int a_entry; f(a, member, b)", 0 },
		{ "a[1].member", 1 },
		{ "#define get(a) (a)->member", 1 },
		{ "a.member a.member b->member", 1 },
		{ "member = 1;", 0 },
		{ "int member;", 0 },
		{ "f(member)", 0 },
		{ "int a, member;", 0 },
		{ "a.members a->member2 a->xmember", 0 },
		{ "a - member", 0 },
		{ "/* a->member */", 0 },
		{ "// a->member\n", 0 },
		{ "\"a->member\"", 0 },
		{ "\"\\\"a->member\"", 0 },
		/* A quote that begins no literal hides at most its line. */
		{ "#error don't\na->member", 1 },
		{ "'\"' a->member", 1 },
		{ "'\\'' a->member", 1 },
		{ "\" open\na->member", 1 },
		{ "/* open a->member", 0 },
		{ "", 0 },
		{ "a->", 0 },
		{ "a,", 0 },
		{ "#include", 0 },
		{ "#include \"", 0 },
		{ "'\\", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin();
		write_file("kernel/fork.c", cases[i].text);
		run_search();
		if (files_with("member") != cases[i].n)
			printf("# %s\n", cases[i].text);
		CHECK(files_with("member") == cases[i].n);
		end();
	}
}

static void a_nul_does_not_end_a_file(void)
{
	static const char text[] = "int a;\0 a->member";

	begin();
	write_text("kernel/fork.c", text, sizeof(text) - 1);
	run_search();
	CHECK(files_with("member") == 1);
	end();
}

static void which_files(void)
{
	static const char *const yes[] = {
		"kernel/a.c", "kernel/sub/deep/b.h", "rust/c.rs", "arch/own/d.c", "drivers/e.c",
	};
	/* clang-format off */
	static const char *const no[] = {
		"tools/a.c", "samples/b.c", "Documentation/c.c", "arch/foreign/d.c",
		"kernel/e.S", "kernel/.f.c", "kernel/sched/core.c",
	};
	/* clang-format on */
	/* An architecture is searched if a unit reads its headers, wherever they are. */
	struct src_file header = {
		.path = "/headers/arch/own/include/asm.h",
		.real = "/headers/arch/own/include/asm.h",
	};
	const struct member_hits *m;

	begin();
	boundary_file("kernel/sched/core.c", "");
	vec_push(&source.files, &header);
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		write_file(yes[i], "a->member");
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		write_file(no[i], "a->member");
	run_search();
	CHECK(files_with("member") == ARRAY_SIZE(yes));
	CHECK(search && search->n_files == ARRAY_SIZE(yes));
	m = strmap_get(&search->by_name, "member");
	if (m) {
		CHECK_STR(m->files[0], "arch/own/d.c");
		CHECK_STR(m->files[1], "drivers/e.c");
		CHECK_STR(m->files[2], "kernel/a.c");
	}
	CHECK(search->missing.n);
	vec_for_each(dir, &search->missing)
		CHECK(strcmp(*dir, "kernel") && strcmp(*dir, "drivers"));
	end();
}

static void who_sees_headers(void)
{
	static const struct {
		const char *file, *text;
		const char *sees; /* with a blank before each path */
	} cases[] = {
		{ "kernel/a.c", "#include \"sched/stats.h\"", " kernel/sched/stats.h" },
		{ "kernel/time/a.c", "# include \"../sched/stats.h\"", " kernel/sched/stats.h" },
		{ "kernel/a.c", "#include \"sched/sched.h\"",
		  " kernel/sched/sched.h kernel/sched/stats.h" },
		{ "init/a.c", "#include <kernel/sched/stats.h>", " kernel/sched/stats.h" },
		/* Through an include path that is not known here. */
		{ "init/a.c", "#include \"sched/stats.h\"", " kernel/sched/stats.h" },
		{ "init/a.c", "#include <linux/sched.h>", "" },
		{ "init/a.c", "#include \"stats.h\"", "" },
		{ "own/a.c", "#include \"stats.h\"", "" },
		{ "own/a.c", "#include \"below/stats.h\"", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *sees = "";

		begin();
		boundary_file("kernel/sched/core.c", "#include \"sched.h\"\n");
		boundary_file("kernel/sched/sched.h", "#include \"stats.h\"\n");
		boundary_file("kernel/sched/stats.h", "");
		write_file("own/stats.h", "");
		write_file("own/below/stats.h", "");
		write_file(cases[i].file, cases[i].text);
		run_search();
		CHECK(search && search->includers.n == (size_t) !!*cases[i].sees);
		for (size_t j = 0; search && search->includers.n && j < source.files.n; j++)
			if (strmap_get(&search->includers.v[0].headers, source.files.v[j]->path))
				sees = arena_printf(&arena, "%s %s", sees, source.files.v[j]->path);
		CHECK_STR(sees, cases[i].sees);
		CHECK(search && !search->carried.base.n);
		end();
	}
}

static void what_viewers_use(void)
{
	begin();
	boundary_file("kernel/sched/sched.h", "");
	write_file("kernel/a.c", "#include \"sched/sched.h\"\na->member");
	write_file("kernel/b.c", "a->other");
	run_search();
	CHECK(search->includers.n == 1);
	CHECK_STR(search->includers.v[0].path, "kernel/a.c");
	CHECK(strmap_get(&search->includers.v[0].names, "member"));
	CHECK(!strmap_get(&search->includers.v[0].names, "other"));
	end();

	/* Through a header every file may see it. */
	begin();
	boundary_file("kernel/sched/sched.h", "");
	write_file("include/a.h", "#include \"../kernel/sched/sched.h\"");
	run_search();
	CHECK(strmap_get(&search->carried, "kernel/sched/sched.h"));
	end();
}

/* --- symbolic links, and what cannot be read */

static void link_to(const char *target, const char *path)
{
	CHECK(!symlink(target, arena_printf(&arena, "%s/%s", root, path)));
}

static void links_are_followed(void)
{
	char *other;

	/* Another source. */
	begin();
	other = root;
	write_file("kernel/fork.c", "a->member");
	write_file("drivers/e.c", "a->member");
	write_file("drivers/deep/f.h", "a->member");
	write_file("tools/g.c", "a->member");
	link_to("..", "drivers/deep/up");

	begin();
	write_file("kernel/own.c", "a->member");
	write_file("lib/table.inc", "a->member");
	/* A file, a directory, and one that is not searched. */
	link_to(arena_printf(&arena, "%s/kernel/fork.c", other), "kernel/fork.c");
	link_to(arena_printf(&arena, "%s/drivers", other), "drivers");
	link_to(arena_printf(&arena, "%s/tools", other), "tools");
	/* Into the source: to files that are searched anyway, and to one that is a source
	 * only by the link's name. */
	link_to("../kernel/own.c", "lib/again.c");
	link_to("kernel", "kernel_too");
	link_to("table.inc", "lib/table.c");
	/* Out of it, around it, and nowhere. */
	link_to(".", "self");
	link_to("..", "up");
	link_to("gone.c", "lib/nowhere.c");
	link_to("gone", "scripts"); /* not searched anyway */
	run_search();
	CHECK(search && search->n_files == 5);
	CHECK(files_with("member") == 5);
	CHECK(search && search->missing.n &&
	      !strcmp(search->missing.v[search->missing.n - 1], "lib/nowhere.c"));
	end();
	root = other;
	end();
}

static void expect_unread(const char *path)
{
	_cleanup_error_ struct error *err = try_search();

	CHECK(err && !search && err->note);
	if (err)
		CHECK_STR(err->path, path);
}

static void what_cannot_be_read(void)
{
	struct rlimit limit, few;
	int next = dup(0);

	close(next);
	begin();
	link_to("b.c", "a.c");
	link_to("a.c", "b.c");
	expect_unread("a.c");
	end();

	/* A directory that no user, not even root, can open. */
	begin();
	write_file("kernel/time/deep/tick.c", "a->member");
	getrlimit(RLIMIT_NOFILE, &limit);
	few = (struct rlimit){ next + 3, limit.rlim_max };
	setrlimit(RLIMIT_NOFILE, &few);
	expect_unread("kernel/time");
	setrlimit(RLIMIT_NOFILE, &limit);
	end();
}

int main(void)
{
	RUN(what_counts);
	RUN(a_nul_does_not_end_a_file);
	RUN(which_files);
	RUN(who_sees_headers);
	RUN(what_viewers_use);
	RUN(links_are_followed);
	RUN(what_cannot_be_read);
	arena_free(&arena);
	return TEST_STATUS;
}
