// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_check.c - what a check needs: the manifest, cached facts, comparison of
 * tokens, disabled blocks, what happens to an address and where one is given away,
 * copies of variables.
 */
#include <unistd.h>

#include "tree/check_address.h"
#include "tree/check_disabled.h"
#include "tree/check_source.h"
#include "base/os.h"
#include "source/source_cache.h"
#include "test.h"

static char *scratch; /* a temporary directory */

static void put(const char *path, const char *text, size_t len)
{
	_cleanup_free_ char *full = xasprintf("%s/%s", scratch, path);
	char *slash = strrchr(full, '/');

	*slash = '\0';
	error_free(os_make_dirs(full));
	*slash = '/';

	_cleanup_fclose_ FILE *f = fopen(full, "w");

	fwrite(text, 1, len, f);
}

/* --- tokens */

static void tokens(void)
{
	static const struct {
		const char *a, *b;
		bool same;
		size_t where;
	} cases[] = {
		{ "", "", true, 0 },
		{ "a b", "a\n\tb", true, 4 },
		{ "a b", "a /* c */ b // d\n", true, 17 },
		{ "a b", "ab", false, 0 },
		{ "a", "a b", false, 2 },
		{ "a b", "a", false, 1 },
		{ "f(\"x y\")", "f(\"x  y\")", false, 2 },
		{ "x = 1;", "x = 2;", false, 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t where;

		CHECK(check_same_tokens(cases[i].a, strlen(cases[i].a), cases[i].b,
					strlen(cases[i].b), &where) == cases[i].same);
		CHECK(where == cases[i].where);
	}
}

/* --- manifest */

#define HEAD                                                         \
	"format\t5\nrelease\t6.1.0\nbuild-id\tab\nname\tscheduler\n" \
	"class-type\tsched_class\ndirectory\tkernel/sched\n"         \
	"unit\tcore\tkernel/sched/core.c\nunit\tfair\tkernel/sched/fair.c\n"

static struct manifest *read_manifest(const char *text, unsigned int *line)
{
	struct manifest *m = NULL;

	put("generated/manifest", text, strlen(text));
	struct error *err = manifest_read(scratch, &m);

	*line = err ? err->line : 0;
	CHECK(!err == !!m);
	CHECK(!err || err->note);
	error_free(err);
	return m;
}

/* A manifest with @decisions, and without files. */
static char *sealed(const char *decisions)
{
	return manifest_seal(decisions, "c0ffee", "a4c", NULL, 0);
}

static void manifest_good(void)
{
	unsigned int line;
	_cleanup_free_ char *text = sealed(
		"# comment\n" HEAD "function\tf\tstatic\t1\tinsider\tkernel/sched/core.c\twhy\tg, h\n"
		"function\tf\tstatic\t2\tcallback\tkernel/sched/fair.c\twhy\n"
		"function\tw\tglobal\t1\toutsider\tkernel/sched/core.c\tweak\n"
		"function\tw\tglobal\t2\tinsider\tkernel/sched/fair.c\twhy\n"
		"variable\tv\tglobal\t1\tshared\tkernel/sched/core.c\n"
		"variable\tv\tstatic\t1\tprivate\tkernel/sched/core.c\tf\n"
		"transient\trq\tkernel/sched/sched.h\ninternal\trq\tclock\n");
	struct manifest *m = read_manifest(text, &line);

	CHECK(m);
	if (!m)
		return;
	CHECK(m->units.n == 2 && m->funcs.n == 4 && m->vars.n == 2);
	CHECK_STR(m->cut, "c0ffee");
	CHECK_STR(m->archive, "a4c");
	CHECK_STR(manifest_func(m, "f", 1)->old_code, "g, h");
	CHECK(manifest_func(m, "f", 2)->class == FUNC_CALLBACK);
	CHECK(func_class_redirected(manifest_func(m, "f", 2)->class));
	CHECK(!manifest_func(m, "f", 4) && !manifest_func(m, "g", ~0UL));
	CHECK(!manifest_global_func(m, "f"));
	CHECK(manifest_global_func(m, "w")->class == FUNC_INSIDER);
	CHECK(manifest_var(m, "v", 1, NULL)->class == VAR_SHARED);
	CHECK(manifest_var(m, "v", 1, "f")->class == VAR_PRIVATE);
	CHECK(!manifest_var(m, "v", 1, "g") && !manifest_var(m, "v", 2, NULL));
	CHECK(manifest_global_var(m, "v")->class == VAR_SHARED && !manifest_global_var(m, "w"));
	CHECK(manifest_record(m, "internal", "rq", "clock") &&
	      !manifest_record(m, "internal", "rq", "lock") &&
	      !manifest_record(m, "reserved", "rq", "clock"));
	CHECK(manifest_record(m, "transient", "rq", "kernel/sched/sched.h") &&
	      !manifest_record(m, "transient", "rq", "kernel/sched/core.c"));
	manifest_free(m);
}

static void manifest_bad(void)
{
	static const struct {
		const char *text;
		unsigned int line;
	} cases[] = {
		{ "", 0 },
		{ "format\t3\n", 1 },
		{ HEAD "what\tis\tthis\n", 9 },
		{ HEAD "function\tf\tglobal\t1\tinsider\n", 9 },
		{ HEAD "function\tf\tglobal\t1\tnobody\tfile\twhy\n", 9 },
		{ HEAD "function\tf\tglobal\t\tinsider\tfile\twhy\n", 9 },
		{ HEAD "function\tf\t1\t1\tinsider\tfile\twhy\n", 9 },
		{ HEAD "variable\tv\tglobal\tx\tshared\tfile\n", 9 },
		{ HEAD "a\tb\tc\td\te\tf\tg\th\ti\n", 9 },
		{ "unit\tcore\tkernel/sched/core.c\n", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned int line;

		CHECK(!read_manifest(cases[i].text, &line));
		CHECK(line == cases[i].line);
	}
}

/* Each edit of it is found, even if it looks complete afterwards. */
static void manifest_edited(void)
{
	_cleanup_free_ char *good = sealed(HEAD), *other = sealed(HEAD "transient\trq\tfile\n");
	_cleanup_free_ char *longer = xasprintf("%slasting\trq\tfile\n", good);
	_cleanup_free_ char *twice = xasprintf("%s%s", good, other);
	_cleanup_free_ char *shorter = xstrndup(good, strstr(good, "end\t") - good);
	_cleanup_free_ char *mixed = xstrdup(good);
	unsigned int line;

	memcpy(strstr(mixed, "\tab\n"), "\tac\n", 4);
	CHECK(!read_manifest(mixed, &line) && line == 11);
	CHECK(!read_manifest(longer, &line) && line == 11);
	CHECK(!read_manifest(twice, &line) && line == 11);
	CHECK(!read_manifest(shorter, &line) && line == 0);
}

static void manifest_with_dos_lines(void)
{
	_cleanup_free_ char *good = sealed(HEAD), *dos = NULL;
	size_t len;
	unsigned int line;
	FILE *f = open_memstream(&dos, &len);

	for (const char *p = good; *p; p++)
		fprintf(f, "%s%c", *p == '\n' ? "\r" : "", *p);
	fclose(f);
	struct manifest *m = read_manifest(dos, &line);
	CHECK(m);
	CHECK_STR(m ? m->units.v[1].path : NULL, "kernel/sched/fair.c");
	manifest_free(m);
}

/* --- what happens to an address, and cached facts */

static const char unit[] = "typedef int fn(int);\n"
			   "struct s { fn *f; } shared;\n"
			   "int in_tree(fn *f); int f1(int a) { return a; }\n"
			   "static struct s table = { .f = f1 };\n"
			   "#define KEEP(to, fun) do { fn *kept = (fun); (to)->f = kept; } while (0)\n"
			   "fn *use(struct s *p)\n{\n"
			   "\tfn *local = f1;\n"
			   "\tlocal = &f1;\n"
			   "\tstruct s copy = { f1 };\n"
			   "\tin_tree(f1);\n"
			   "\tif (p->f == f1 || !local || !copy.f)\n\t\treturn (fn *)f1;\n"
			   "\tp->f = f1;\n"
			   "\tshared = (struct s){ f1 };\n"
			   "\tKEEP(p, f1);\n"
			   "\treturn table.f;\n"
			   "}\n";

static struct source *load_unit(void)
{
	const char *const units[] = { "unit.c" }, *const directories[] = { "kernel" };
	const struct source_options options = {
		.root = scratch,
		.units = units,
		.n_units = 1,
		.directories = directories,
		.n_directories = 1,
	};
	struct source *source = NULL;

	put("unit.c", unit, strlen(unit));
	struct error *err = source_load(&options, &source);

	if (err) {
		error_print(stdout, err);
		exit(1);
	}
	return source;
}

static void uses(void)
{
	static const struct {
		unsigned int line;
		enum src_use use;
		const char *callee;
	} expected[] = {
		{ 4, SRC_USE_INITIALISER, NULL },    { 8, SRC_USE_LOCAL, NULL },
		{ 9, SRC_USE_LOCAL, NULL },	     { 10, SRC_USE_LOCAL, NULL },
		{ 11, SRC_USE_ARGUMENT, "in_tree" }, { 12, SRC_USE_OTHER, NULL },
		{ 13, SRC_USE_STORED, NULL },	     { 14, SRC_USE_STORED, NULL },
		{ 15, SRC_USE_STORED, NULL },	     { 16, SRC_USE_LOCAL, NULL },
	};
	struct source *source = load_unit();
	size_t n = 0;

	vec_for_each(ref, &source->refs) {
		unsigned int line = source_position(ref->file, ref->start).line;

		if (ref->kind != SRC_REF_ADDR)
			continue;
		CHECK(n < ARRAY_SIZE(expected) && line == expected[n].line &&
		      ref->use == expected[n].use);
		if (n < ARRAY_SIZE(expected))
			CHECK_STR(ref->callee, expected[n].callee);
		n++;
	}
	CHECK(n == ARRAY_SIZE(expected));
	source_free(source);
}

static void kept_facts(void)
{
	_cleanup_free_ char *path = xasprintf("%s/facts", scratch);
	struct source *source = load_unit(), *kept;

	/* the unit is outside the boundary: no members are recorded */
	vec_push(&source->records.v[0].members, ((struct src_member){ .name = "f",
								      .type = "fn *",
								      .canonical = "int (*)(int)",
								      .offset = 8,
								      .size = 1,
								      .is_bitfield = true }));
	source_cache_write(path, "key", source);
	CHECK(!source_cache_read(path, "another", scratch));
	kept = source_cache_read(path, "key", scratch);
	CHECK(kept);
	if (kept) {
		CHECK(kept->funcs.n == source->funcs.n && kept->vars.n == source->vars.n);
		CHECK(kept->records.n == source->records.n &&
		      kept->records.v[0].members.n == source->records.v[0].members.n);
		CHECK_STR(kept->records.v[0].members.v[0].canonical, "int (*)(int)");
		CHECK(kept->records.v[0].members.v[0].offset == 8 &&
		      kept->records.v[0].members.v[0].is_bitfield);
		CHECK_STR(kept->funcs.v[0]->type, source->funcs.v[0]->type);
		CHECK(kept->funcs.v[0]->at.end == source->funcs.v[0]->at.end);
		CHECK(!strcmp(kept->funcs.v[0]->at.file->text, unit));
	}
	source_free(kept);
	source_free(source);
}

/* A file that a full disk has truncated is never accepted. */
static void kept_facts_cut_short(void)
{
	_cleanup_free_ char *path = xasprintf("%s/facts", scratch);
	_cleanup_free_ char *text = os_read_file(path);
	size_t len = text ? strlen(text) : 0;

	CHECK(len > 100);
	for (size_t n = 0; n + 1 < len; n++) {
		put("facts", text, n);
		CHECK(!source_cache_read(path, "key", scratch));
	}
	/* Nor is one with offsets outside the source. */
	static const char *const outside[] = {
		"key\nfile\tunit.c\t1\nuse\tf\t\t\t1\t0\t999999\nend\n",
		"key\nfunction\tf\tint ()\t1\t0\t7\t0\t0\t0\nend\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		put("facts", outside[i], strlen(outside[i]));
		CHECK(!source_cache_read(path, "key", scratch));
	}
}

/* --- one unit, edited */

/* Where @look finds something, "line name, line name", when fair.c was @before
 * and is @now. It is the second unit of @manifest; no edit reaches the first. */
static char *find_in_unit(const char *before, const char *now, struct manifest *manifest,
			  void (*look)(struct check *c))
{
	const char *const units[] = { "fair.c" }, *const directories[] = { "kernel" };
	_cleanup_free_ char *include = xasprintf("-I%s/include", scratch);
	const char *const cflags[] = { include };
	struct source_options options = { .root = scratch,
					  .units = units,
					  .n_units = 1,
					  .directories = directories,
					  .n_directories = 1,
					  .cflags = cflags,
					  .n_cflags = 1 };
	struct tree tree = { .dir = scratch, .manifest = manifest };
	struct check c = { .tree = &tree };
	char *lines = xstrdup("");

	put("fair.c", before, strlen(before));
	CHECK(!source_load(&options, &tree.base));
	put("fair.c", now, strlen(now));
	CHECK(!source_load(&options, &tree.work));
	vec_push(&tree.units, 1);
	if (tree.base && tree.work)
		look(&c);
	vec_for_each(f, &c.findings) {
		const char *name = strchr(f->text->message, '\'');
		char *longer = xasprintf("%s%s%u %.*s", lines, *lines ? ", " : "", f->text->line,
					 name ? (int)strcspn(name + 1, "'") : 0,
					 name ? name + 1 : "");

		free(lines);
		lines = longer;
		error_free(f->text);
	}
	vec_free(&c.findings);
	vec_free(&tree.units);
	source_free(tree.base);
	source_free(tree.work);
	arena_free(&tree.arena);
	return lines;
}

#define DECLARATIONS                                                             \
	"typedef int fn(int); fn *kept; fn wake, mine, helper, hook, kernels;\n" \
	"void module_walk(fn *f); void kernel_walk(fn *f); void outer(fn *f);\n"

/* Also for functions of a unit that no edit reaches. */
static void addresses(void)
{
	static const struct {
		const char *text;
		const char *found;
	} cases[] = {
		{ "void f(void) { kept = wake; }", "3 wake" },
		{ "void f(void) { kept = helper; }", "3 helper" },
		/* vmlinux's: in no unit, or an outsider of a unit; and static elsewhere. */
		{ "void f(void) { kept = kernels; }", "" },
		{ "void f(void) { kept = hook; }", "" },
		{ "fn scale; void f(void) { kept = scale; }", "" },
		{ "static int scale(int i) { return i; } void f(void) { kept = scale; }", "3 scale" },
		/* Functions of the tree forget addresses that they are passed; others may not. */
		{ "static int g(int i) { return i; } void f(void) { module_walk(g); }", "" },
		{ "static int g(int i) { return i; } void f(void) { kernel_walk(g); }", "3 g" },
		{ "static int g(int i) { return i; } void f(void) { outer(g); }", "3 g" },
		/* It was static before. */
		{ "int mine(int i) { return i; } void f(void) { kept = mine; }", "3 mine" },
	};
	unsigned int line;
	_cleanup_free_ char *text = sealed(
		HEAD "function\twake\tglobal\t1\tcallback\tkernel/sched/core.c\twhy\n"
		     "function\thelper\tglobal\t1\tinsider\tkernel/sched/core.c\twhy\n"
		     "function\thook\tglobal\t1\toutsider\tkernel/sched/core.c\twhy\n"
		     "function\tscale\tstatic\t1\tcallback\tkernel/sched/core.c\twhy\n"
		     "function\tscale\tstatic\t2\tcallback\tfair.c\twhy\n"
		     "function\tmine\tstatic\t2\tcallback\tfair.c\twhy\n"
		     "function\tmodule_walk\tglobal\t1\tinsider\tkernel/sched/core.c\twhy\n"
		     "function\touter\tglobal\t1\toutsider\tkernel/sched/core.c\twhy\n");
	struct manifest *m = read_manifest(text, &line);

	CHECK(m);
	for (size_t i = 0; m && i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *now = xasprintf(DECLARATIONS "%s\n", cases[i].text);
		_cleanup_free_ char *found = find_in_unit(DECLARATIONS, now, m, check_addresses);

		CHECK_STR(found, cases[i].found);
		if (strcmp(found, cases[i].found))
			printf("# %s\n", cases[i].text);
	}
	manifest_free(m);
}

/* Inline functions of a kernel header: it depends on what they do with a function. */
static const char inlines[] =
	"typedef int fn(int); extern fn *kept; void kernel_keeps(fn *f);\n"
	"static inline int calls(int a, fn *f) { return f ? f(a) : (*f)(a); }\n"
	"static inline void ignores(fn *f) { }\n"
	"static inline void stores(int a, fn *f) { kept = f; }\n"
	"static inline fn *returns(fn *f) { return f; }\n"
	"static inline void by_local(fn *f) { fn *g = f; kept = g; }\n"
	"static inline int passes_on(fn *f, int a) { return calls(a, f); }\n"
	"static inline void to_store(fn *f) { stores(1, f); }\n"
	"static inline void to_kernel(fn *f) { kernel_keeps(f); }\n"
	"static inline int again(int a, fn *f) { return a ? again(a - 1, f) : f(a); }\n"
	"static inline int two(fn *f, fn *g) { kept = g; return f(1); }\n"
	"static inline void untyped(void *f) { kept = f; }\n"
	"static inline int by_pointer(fn *f, int (*to)(fn *f)) { return to(f); }\n";

static void inline_functions(void)
{
	static const struct {
		const char *use;
		bool found;
	} cases[] = {
		{ "calls(1, mine)", false },	 { "ignores(mine)", false },
		{ "stores(1, mine)", true },	 { "returns(mine)", true },
		{ "by_local(mine)", true },	 { "passes_on(mine, 1)", false },
		{ "to_store(mine)", true },	 { "to_kernel(mine)", true },
		{ "again(3, mine)", false },	 { "two(mine, kept)", false },
		{ "two(kept, mine)", true },	 { "untyped(mine)", true },
		{ "by_pointer(mine, 0)", true }, { "kernel_keeps(mine)", true },
	};
	unsigned int line;
	struct manifest *m = read_manifest(HEAD, &line);

	put("include/inlines.h", inlines, strlen(inlines));
	for (size_t i = 0; m && i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *now =
			xasprintf("#include <inlines.h>\n"
				  "static int mine(int i) { return i; }\nvoid f(void) { %s; }\n",
				  cases[i].use);
		_cleanup_free_ char *found = find_in_unit("#include <inlines.h>\n", now, m,
							  check_addresses);

		CHECK_STR(found, cases[i].found ? "3 mine" : "");
		if (strcmp(found, cases[i].found ? "3 mine" : ""))
			printf("# %s\n", cases[i].use);
	}
	manifest_free(m);
}

static void look_at_variables(struct check *c)
{
	CHECK(!check_variables(c));
}

/* Copies of variables that another unit defines. There is no vmlinux here. */
static void variables(void)
{
	static const struct {
		const char *before, *now;
		const char *found;
	} cases[] = {
		{ "extern int count;", "extern int count; int count = 3;", "1 count" },
		{ "extern int count;", "extern int count; int count;", "1 count" },
		{ "", "int count;", "1 count" },
		{ "extern int count;", "extern long count;", "1 count" },
		{ "extern int nr;", "int nr;", "1 nr" },
		{ "extern const int class;", "const int class = 1;", "1 class" },
		/* Variables that only the module has, or that have this name in another unit. */
		{ "extern int own;", "int own = 3;", "" },
		{ "", "int limit;", "" },
		{ "", "static int count;", "" },
		{ "", "int f(void) { static int count; return count++; }", "" },
	};
	unsigned int line;
	_cleanup_free_ char *text = sealed(
		HEAD "variable\tcount\tglobal\t1\tshared\tkernel/sched/core.c\n"
		     "variable\tlimit\tstatic\t1\tshared\tkernel/sched/core.c\n"
		     "variable\tclass\tglobal\t1\tclass\tkernel/sched/core.c\n"
		     "variable\town\tglobal\t1\tprivate\tkernel/sched/core.c\n"
		     "variable\tnr\tstatic\t2\tshared\tfair.c\n");
	struct manifest *m = read_manifest(text, &line);

	CHECK(m);
	for (size_t i = 0; m && i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *found = find_in_unit(cases[i].before, cases[i].now, m,
							  look_at_variables);

		CHECK_STR(found, cases[i].found);
		if (strcmp(found, cases[i].found))
			printf("# %s\n", cases[i].now);
	}
	manifest_free(m);
}

/* --- disabled blocks */

#define BLOCK(marker, text) "#if 0 /* schedcut " marker " */\n" text "#endif\n"
#define A BLOCK("a outsider: sleeps", "void a(void)\n{\n\tone();\n}\n")
#define B BLOCK("b init: freed after boot", "void b(void)\n{\n\ttwo();\n}\n")
#define C BLOCK("c shared: state", "int c = 3;\n")

static void blocks(void)
{
	static const struct {
		const char *now;
		const char *found; /* "line: message's start, ..." */
	} cases[] = {
		{ A "int x;\n" B C, "" },
		{ "int x;\n\n" A B C, "" },
		{ A "int x;\n" B BLOCK("c shared: state", "int c = 4;\n"), "15" },
		{ BLOCK("a outsider: sleeps",
			"void a(void)\n{\n\tzero();\n\tone();\n}\n") "int x;\n" B C,
		  "4" },
		/* a comment */
		{ BLOCK("a outsider: sleeps", "void a(void)\n{\n\t/* 1 */ one();\n}\n") B C, "" },
		/* removed: reported after the previous one */
		{ A C, "7" },
		{ "int x;\n", "1 1 1" },
		/* two neighbours edited */
		{ BLOCK("a outsider: sleeps", "void a(int i)\n{\n\tone();\n}\n")
			  BLOCK("b init: freed after boot", "void b(void)\n{\n}\n") C,
		  "2 10" },
		/* one of the author's own */
		{ A BLOCK("d outsider: mine", "void d(void)\n{\n}\n") B C, "" },
		/* conditionals inside, and no end */
		{ A B "#if 0 /* schedcut c shared: state */\n#if 1\nint c = 3;\n", "13" },
	};
	struct manifest manifest = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *base = xasprintf("%s/base", scratch);
		_cleanup_free_ char *dir = xasprintf("%s/now", scratch);
		_cleanup_free_ char *lines = xstrdup("");
		struct tree tree = { .dir = dir, .base_dir = base, .manifest = &manifest };
		struct check c = { .tree = &tree };

		put("base/f.c", A B C, strlen(A B C));
		put("now/f.c", cases[i].now, strlen(cases[i].now));
		vec_push(&tree.changed, "f.c");
		CHECK(!check_blocks(&c));
		vec_for_each(f, &c.findings) {
			char *longer = xasprintf("%s%s%u", lines, *lines ? " " : "", f->text->line);

			free(lines);
			lines = longer;
			error_free(f->text);
		}
		CHECK_STR(lines, cases[i].found);
		vec_free(&c.findings);
		vec_free(&tree.changed);
		arena_free(&tree.arena);
	}
}

int main(void)
{
	struct error *err = os_temp_dir(&scratch);

	if (err)
		return 1;
	RUN(tokens);
	RUN(manifest_good);
	RUN(manifest_bad);
	RUN(manifest_edited);
	RUN(manifest_with_dos_lines);
	RUN(uses);
	RUN(kept_facts);
	RUN(kept_facts_cut_short);
	RUN(addresses);
	RUN(inline_functions);
	RUN(variables);
	RUN(blocks);
	os_remove_tree(scratch);
	free(scratch);
	return TEST_STATUS;
}
