/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * world.h - facts written by hand, and the classifier's decisions on them, for tests of
 * decisions. They need no vmlinux and no compiler.
 */
#pragma once

#include "decide/classify.h"
#include "test.h"

#define __maybe_unused __attribute__((__unused__))

static struct facts *facts;
static struct rules rules;
static struct decisions *decisions;
static struct error *err;
static struct src_file file_c, file_h;
static struct ksym object; /* any object that vmlinux has */

/* --- writing facts */

static int func(const char *name)
{
	struct src_func *src = arena_alloc(&facts->arena, sizeof(*src));
	struct fact_func f = { .name = name, .src = src, .is_static = true };

	src->at.file = &file_c;
	src->units = 1;
	f.group = facts->funcs.n;
	src->index = facts->func_of_src.n;
	vec_push(&facts->func_of_src, f.group);
	vec_push(&facts->funcs, f);
	return f.group;
}

/* A symbol with code of @func; mangled if its name has a dot. */
static int symbol(const char *name, int func)
{
	struct fact_symbol s = {
		.name = name, .func = func, .entry = !strchr(name, '.'), .first_param = -1
	};

	vec_push(&facts->funcs.v[func].symbols, (int)facts->symbols.n);
	vec_push(&facts->symbols, s);
	return facts->symbols.n - 1;
}

/* A function with one symbol of its own name. */
static int coded(const char *name)
{
	int f = func(name);

	symbol(name, f);
	return f;
}

static int entry_of(int func)
{
	return facts->funcs.v[func].symbols.v[0];
}

/* @from calls @to, in the source and in vmlinux. */
static void calls(int from, int to)
{
	vec_push(&facts->funcs.v[from].callees, to);
	if (facts->funcs.v[from].symbols.n && facts->funcs.v[to].symbols.n)
		vec_push(&facts->symbols.v[entry_of(from)].callees, entry_of(to));
}

static __maybe_unused void takes_address(int from, int to)
{
	vec_push(&facts->funcs.v[from].addresses, to);
	facts->funcs.v[to].address_used = true;
}

static struct fact_outside *outside(int func, enum outside_kind kind, const char *from)
{
	struct fact_outside out = {
		.symbol = entry_of(func), .kind = kind, .from = from, .from_func = NONE
	};

	vec_push(&facts->outside, out);
	return &facts->outside.v[facts->outside.n - 1];
}

static struct fact_var *var(const char *name)
{
	struct src_var *src = arena_alloc(&facts->arena, sizeof(*src));
	struct fact_var v = {
		.name = name, .src = src, .link = VAR_STATIC, .owner = NONE, .sym = &object
	};

	src->at.file = &file_c;
	src->size = 8;
	vec_push(&facts->vars, v);
	return &facts->vars.v[facts->vars.n - 1];
}

static struct rule_name named(const char *name)
{
	return (struct rule_name){ name, 7, 9 };
}

/* --- reading decisions */

struct verdict {
	const char *name;
	enum func_class class;
	const char *reason; /* NULL: any */
};

static void expect(const struct verdict *verdicts, size_t n)
{
	CHECK(!err && decisions);
	if (err)
		printf("# %s\n", err->message);
	for (size_t i = 0; decisions && i < n; i++) {
		const struct verdict *v = &verdicts[i];
		const struct func_decision *d = &decisions->funcs.v[facts_func(facts, v->name, 0)];

		if (d->class != v->class)
			printf("# %s: %s, %s\n", v->name, func_class_name[d->class], d->reason.text);
		CHECK(d->class == v->class);
		if (v->reason)
			CHECK_STR(d->reason.text, v->reason);
	}
}
#define EXPECT(...)                                                       \
	do {                                                              \
		static const struct verdict verdicts[] = { __VA_ARGS__ }; \
		expect(verdicts, ARRAY_SIZE(verdicts));                   \
	} while (0)

/* Names of the symbols that contain old code of @name: "a b". */
static __maybe_unused const char *old_code_in(const char *name)
{
	const char *text = "";

	if (!decisions)
		return NULL;
	vec_for_each(s, &decisions->funcs.v[facts_func(facts, name, 0)].old_code)
		text = arena_printf(&facts->arena, "%s%s%s", text, *text ? " " : "",
				    facts->symbols.v[*s].name);
	return text;
}

static __maybe_unused bool needs_orig(const char *name)
{
	return decisions && decisions->funcs.v[facts_func(facts, name, 0)].needs_orig;
}

static void expect_note(const char *message, const char *note)
{
	CHECK(err && !decisions);
	if (err) {
		CHECK_STR(err->message, message);
		CHECK(err->note && strstr(err->note, note));
		if (!err->note || !strstr(err->note, note))
			printf("# note: %s\n", err->note ? err->note : "none");
		CHECK_STR(err->path, "rules.yaml");
		CHECK(err->line == 7 && err->col == 9);
	}
	decisions_free(decisions);
	decisions = NULL;
	error_free(err);
	err = NULL;
}

static void expect_error(const char *message)
{
	expect_note(message, "");
}

/* --- one world for each test: __schedule() and what finishes a switch */

static int schedule, finish;

static void begin(void)
{
	facts = xcalloc(1, sizeof(*facts));
	rules = (struct rules){ .path = "rules.yaml",
				.schedule = named("__schedule"),
				.finish = named("finish_task_switch"),
				.class_type = named("sched_class") };
	file_c.path = "kernel/sched/core.c";
	file_h.path = "kernel/sched/sched.h";
	schedule = coded("__schedule");
	finish = coded("finish_task_switch");
	calls(schedule, finish);
}

static bool without_class; /* no object of a scheduling class is added */

static void decide(void)
{
	bool has_class = without_class;

	vec_for_each(v, &facts->vars)
		has_class |= v->class_object;
	if (!has_class)
		var("fair_sched_class")->class_object = true;
	decisions_free(decisions);
	decisions = NULL;
	facts_index_funcs(facts);
	err = classify(facts, &rules, &decisions);
}

static void end(void)
{
	decisions_free(decisions);
	decisions = NULL;
	error_free(err);
	err = NULL;
	facts_free(facts);
	arena_free(&rules.arena);
	vec_free(&rules.sleepers);
	vec_free(&rules.keep_in_vmlinux);
	vec_free(&rules.interface_add);
	vec_free(&rules.interface_remove);
	vec_free(&rules.private);
	vec_free(&rules.shared);
	vec_free(&rules.count_calls);
}

#define CASE(fn)         \
	do {             \
		begin(); \
		RUN(fn); \
		end();   \
	} while (0)
