// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_report.c - the reports, from facts and decisions that are written here by hand:
 * quoting, references across the boundary, and names that look like markup.
 */
#include "base/quote.h"
#include "emit/report.h"
#include "test.h"

static struct facts facts;
static struct decisions decisions;
static struct source source;
static struct kernel kernel;
static struct member_search search;
static struct record_decisions records = { .search = &search };
static struct src_file file_c = { .path = "kernel/sched/core.c", .text = "" };
static struct src_file file_odd = { .path = "kernel/sched/x: <y>.c", .text = "" };

/* --- quoting */

static const char *printed(void (*print)(FILE *, const char *), const char *s)
{
	static char *text;
	size_t len;

	free(text);

	FILE *f = open_memstream(&text, &len);

	print(f, s);
	fclose(f);
	return text;
}

static void strings_are_quoted(void)
{
	static const char *const cases[][2] = {
		{ "", "\"\"" },
		{ "plain", "\"plain\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "</script>", "\"\\u003c/script\\u003e\"" },
		{ "a&b\n\t\x7f", "\"a\\u0026b\\u000a\\u0009\\u007f\"" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
		/* line separators, byte order mark, a control character */
		{ "\xe2\x80\xa8\xef\xbb\xbf\xc2\x85", "\"\\u2028\\ufeff\\u0085\"" },
		/* no UTF-8: a lone byte, cut short, too long a form, a surrogate */
		{ "\xe4", "\"\\u00e4\"" },
		{ "\xe2\x82", "\"\\u00e2\\u0082\"" },
		{ "\xc0\xaf", "\"\\u00c0\\u00af\"" },
		{ "\xed\xa0\x80", "\"\\u00ed\\u00a0\\u0080\"" },
		{ "\xf4\x90\x80\x80", "\"\\u00f4\\u0090\\u0080\\u0080\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK_STR(printed(print_quoted, cases[i][0]), cases[i][1]);
}

static void scalars_stay_strings(void)
{
	static const char *const plain[] = {
		"schedule",
		"__wake_up",
		"finish_task_switch.isra.0",
		"kernel/sched/core.c:12",
	};
	static const char *const quoted[] = {
		"",	      "on",  "No", "null", "y", "12", "0.1.0",
		".init.data", "a b", "a:", "a, b", "~", "-a",
	};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		CHECK_STR(printed(print_scalar, plain[i]), plain[i]);
	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++)
		CHECK(*printed(print_scalar, quoted[i]) == '"');
}

/* --- a little world: a() is an interface, b() an outsider that calls it */

enum { A, B };

static void add_func(const char *name, struct src_file *file, enum func_class class, bool live)
{
	struct src_func *src = arena_alloc(&facts.arena, sizeof(*src));
	int func = facts.funcs.n;

	src->at.file = file;
	src->name = name;
	src->index = func;
	vec_push(&source.funcs, src);
	vec_push(&facts.func_of_src, func);
	vec_push(&facts.funcs, ((struct fact_func){ .name = name, .src = src }));
	vec_push(&facts.symbols, ((struct fact_symbol){ .name = name, .func = func }));
	vec_push(&decisions.funcs,
		 ((struct func_decision){
			 .class = class, .reason = { .text = "why" }, .symbol = func }));
	vec_push(&decisions.old_code,
		 ((struct reason){ .kind = live ? REASON_CALLED : REASON_NONE }));
}

/* Made private by a rule. */
static void add_private(const char *name, const char *reason)
{
	static const struct rule_private rule = { .init = PRIVATE_COPY };
	struct src_var *src = arena_alloc(&facts.arena, sizeof(*src));

	src->at.file = &file_c;
	vec_push(&facts.vars, ((struct fact_var){ .name = name, .src = src, .link = VAR_STATIC }));
	vec_push(&decisions.vars, ((struct var_decision){ VAR_PRIVATE, reason, &rule }));
}

static void refer(int symbol, enum outside_kind kind, const char *from, const char *path, bool init)
{
	vec_push(&facts.outside, ((struct fact_outside){ .symbol = symbol,
							 .kind = kind,
							 .from = from,
							 .path = path,
							 .is_boot_only = init }));
}

static void begin(const char *name, const char *referrer)
{
	facts.source = &source;
	facts.kernel = &kernel;
	add_func(name, &file_odd, FUNC_INTERFACE, false);
	add_func("b", &file_c, FUNC_OUTSIDER, true);
	vec_push(&facts.symbols.v[B].callees, A);
	vec_push(&decisions.funcs.v[A].old_code, B);
	add_private("odd", "on");
	refer(A, OUTSIDE_CODE, referrer, "fs/read.c", true);
	refer(A, OUTSIDE_CODE, referrer, "fs/read.c", false);
	refer(A, OUTSIDE_DATA, referrer, NULL, false);
	refer(A, OUTSIDE_EXPORT, "EXPORT_SYMBOL", NULL, false);
}

static void end(void)
{
	vec_free(&facts.symbols.v[B].callees);
	vec_free(&decisions.funcs.v[A].old_code);
	vec_free(&source.funcs);
	vec_free(&facts.func_of_src);
	vec_free(&facts.funcs);
	vec_free(&facts.symbols);
	vec_free(&facts.outside);
	vec_free(&facts.vars);
	vec_free(&decisions.vars);
	vec_free(&decisions.funcs);
	vec_free(&decisions.old_code);
	arena_free(&facts.arena);
}

static void referrers_are_listed_once(void)
{
	struct edges edges;

	begin("a", "reader");
	edges_find(&facts, &decisions, &edges);

	const struct func_edges *a = &edges.funcs.v[A];

	CHECK(edges.funcs.n == 2 && a->in.n == 4 && !edges.funcs.v[B].in.n);
	if (a->in.n == 4) {
		/* called at boot, and later, too */
		CHECK_STR(a->in.v[0].name, "reader");
		CHECK_STR(a->in.v[0].path, "fs/read.c");
		CHECK(a->in.v[0].kind == REF_CODE && !a->in.v[0].is_boot_only &&
		      !a->in.v[0].stays_in_vmlinux);
		CHECK(a->in.v[1].kind == REF_DATA && !a->in.v[1].path);
		CHECK(a->in.v[2].kind == REF_EXPORT);
		/* old code that stays */
		CHECK_STR(a->in.v[3].name, "b");
		CHECK_STR(a->in.v[3].path, "kernel/sched/core.c");
		CHECK(a->in.v[3].stays_in_vmlinux);
	}
	edges_free(&edges);
	end();
}

/* --- both reports */

static size_t occurrences(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, word)); p += strlen(word))
		n++;
	return n;
}

static const char *file_text(const struct generated *generated, const char *path)
{
	vec_for_each(file, &generated->files)
		if (!strcmp((*file)->path, path))
			return (*file)->text;
	return NULL;
}

static struct generated report(const char *name, const char *referrer)
{
	struct generated generated = { 0 };
	struct target target = { .release = "6.1.0-test" };
	struct rules rules = { 0 };
	struct generate_input in = { .name = "scheduler",
				     .target = &target,
				     .facts = &facts,
				     .decisions = &decisions,
				     .records = &records,
				     .rules = &rules };

	vec_push(&rules.config,
		 ((struct rule_option){ .name = { .name = "MINE" }, .value = "1", .is_yes = true }));
	vec_push(&rules.config,
		 ((struct rule_option){ .name = { .name = "MINE_SHIFT" }, .value = "3" }));

	begin(name, referrer);
	CHECK(!generate_report(&in, &generated));
	end();
	vec_free(&rules.config);
	return generated;
}

static void release(struct generated *generated)
{
	vec_for_each(file, &generated->files)
		free((*file)->text);
	vec_free(&generated->files);
	arena_free(&generated->arena);
}

static void yaml_names_everything(void)
{
	struct generated generated = report("a", ".init.data");
	const char *yaml = file_text(&generated, "boundary.yaml");

	CHECK(yaml &&
	      strstr(yaml, "  - name: a\n"
			   "    at: \"kernel/sched/x: \\u003cy\\u003e.c:1\"\n"
			   "    class: interface\n"
			   "    reason: why\n"
			   "    referrers:\n"
			   "      - {from: \".init.data\", in: fs/read.c, by: code}\n"
			   "      - {from: \".init.data\", by: data}\n"
			   "      - {from: EXPORT_SYMBOL, by: export}\n"
			   "      - {from: b, in: kernel/sched/core.c, by: code, stays_in_vmlinux: true}\n"
			   "    old_code_in: [b]\n"));
	CHECK(yaml && strstr(yaml, "  - name: odd\n"
				   "    at: kernel/sched/core.c:1\n"
				   "    link: static\n"
				   "    class: private\n"
				   "    reason: \"on\"\n"
				   "    init: copy\n"));
	/* Options have the values that they would have in .config. */
	CHECK(yaml && strstr(yaml, "config:\n  MINE: \"y\"\n  MINE_SHIFT: \"3\"\n"));
	release(&generated);
}

static void markup_in_names_is_data(void)
{
	struct generated plain = report("a", "reader");
	struct generated hostile = report("</script><script>x", "<!--<script>\xff");
	const char *before = file_text(&plain, "boundary.html");
	const char *after = file_text(&hostile, "boundary.html");

	CHECK(before && strstr(before, "\"reader\""));
	CHECK(before && after && occurrences(before, "</script") == occurrences(after, "</script"));
	CHECK(before && after && occurrences(before, "<script") == occurrences(after, "<script"));
	CHECK(before && after && occurrences(before, "<!--") == occurrences(after, "<!--"));
	CHECK(after && strstr(after, "\"\\u003c/script\\u003e\\u003cscript\\u003ex\""));
	release(&plain);
	release(&hostile);
}

int main(void)
{
	RUN(strings_are_quoted);
	RUN(scalars_stay_strings);
	RUN(referrers_are_listed_once);
	RUN(yaml_names_everything);
	RUN(markup_in_names_is_data);
	return TEST_STATUS;
}
