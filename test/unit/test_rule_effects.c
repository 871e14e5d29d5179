// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_rule_effects.c - what each rule does to the decisions, and the error for a rule
 * that cannot be applied.
 */
#include "world.h"

/* --- rules */

static void rules_keep_out(void)
{
	int by_name = coded("by_name"), by_file = coded("by_file"), removed = coded("removed");
	int called = coded("called");
	static struct src_file wait_c = { .path = "kernel/sched/wait.c" };

	facts->funcs.v[by_file].src->at.file = &wait_c;
	calls(by_name, called);
	calls(schedule, called);
	outside(removed, OUTSIDE_CODE, "x");
	vec_push(&rules.keep_in_vmlinux, named("by_name"));
	vec_push(&rules.keep_in_vmlinux, named("kernel/sched/wait.c"));
	vec_push(&rules.interface_remove, named("removed"));
	decide();
	EXPECT({ "by_name", FUNC_OUTSIDER, "rule: keep_in_vmlinux" },
	       { "by_file", FUNC_OUTSIDER, "rule: keep_in_vmlinux, with its file" },
	       { "removed", FUNC_OUTSIDER, "rule: interface.remove" },
	       { "called", FUNC_INTERFACE, "called by by_name" });
}

static void rules_add_interfaces(void)
{
	int insider = coded("insider"), alone = coded("alone"), helper = func("helper");
	int reached = coded("reached");

	calls(schedule, insider);
	calls(alone, helper);
	outside(reached, OUTSIDE_CODE, "x");
	vec_push(&rules.interface_add, named("insider"));
	vec_push(&rules.interface_add, named("alone"));
	vec_push(&rules.interface_add, named("reached"));
	decide();
	EXPECT({ "insider", FUNC_INTERFACE, "rule: interface.add" },
	       { "alone", FUNC_INTERFACE, "rule: interface.add" }, { "helper", FUNC_INSIDER, NULL },
	       { "reached", FUNC_INTERFACE, "called by x" });
}

static void unknown_names(void)
{
	rule_names *const lists[] = {
		&rules.keep_in_vmlinux,
		&rules.interface_add,
		&rules.interface_remove,
		&rules.count_calls,
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		vec_push(lists[i], named("nonsense"));
		decide();
		expect_error("no function 'nonsense' in the boundary");
		vec_free(lists[i]);
	}
	vec_push(&rules.keep_in_vmlinux, named("kernel/sched/nonsense.c"));
	decide();
	expect_error("no file 'kernel/sched/nonsense.c' in the boundary");
	vec_free(&rules.keep_in_vmlinux);

	vec_push(&rules.shared, named("nonsense"));
	decide();
	expect_error("no variable 'nonsense' in the boundary");
	vec_free(&rules.shared);

	vec_push(&rules.private, ((struct rule_private){ named("nonsense"), PRIVATE_KEEP }));
	decide();
	expect_error("no variable 'nonsense' in the boundary");
	vec_free(&rules.private);

	rules.finish = named("nonsense");
	decide();
	expect_error("no function 'nonsense' in the boundary");
}

/* A class type without an object. */
static void unknown_class_type(void)
{
	without_class = true;
	rules.class_type = named("sched_clas");
	decide();
	expect_note("no object of type 'struct sched_clas' that vmlinux has in the boundary",
		    "switch.class_type");
	/* The default is not in the file, so it has no place there. */
	rules.class_type = (struct rule_name){ .name = "sched_class" };
	decide();
	CHECK(err && !err->line && !err->col && err->note);
	if (err)
		CHECK_STR(err->path, "rules.yaml");
	without_class = false;
}

static void impossible_interfaces(void)
{
	int sleeper = coded("sleeper"), tiny = coded("tiny"), init = coded("init");
	int weak = coded("weak");
	static const char *const wanted[][2] = {
		{ "sleeper", "'sleeper' cannot be an interface: sleeps: calls __schedule" },
		{ "tiny", "'tiny' cannot be an interface: too small (4 bytes)" },
		{ "init", "'init' cannot be an interface: it is gone after boot" },
		{ "inlined",
		  "'inlined' cannot be an interface: vmlinux has no symbol for it under its own name" },
		{ "weak", "'weak' cannot be an interface: weak, and vmlinux uses a stronger one" },
	};

	func("inlined");
	calls(sleeper, schedule);
	facts->symbols.v[entry_of(tiny)].obstacle = "too small (4 bytes)";
	facts->funcs.v[init].is_boot_only = true;
	facts->funcs.v[weak].overridden = true;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		vec_push(&rules.interface_add, named(wanted[i][0]));
		decide();
		expect_error(wanted[i][1]);
		vec_free(&rules.interface_add);
	}
}

static struct fact_unit units[] = {
	{ .name = "core", .path = "kernel/sched/core.c" },
	{ .name = "fair", .path = "kernel/sched/fair.c" },
};

/* The same static name in two units. */
static void ambiguous_names(void)
{
	int core = coded("scale"), fair = coded("scale");
	static const char *const sayings[][2] = {
		{ "core:scale", "kernel/sched/core.c:scale" },
		{ "fair:scale", "kernel/sched/fair.c:scale" },
	};
	static struct src_file core_c = { .path = "kernel/sched/core.c" };
	static struct src_file fair_c = { .path = "kernel/sched/fair.c" };
	rule_names *const lists[] = {
		&rules.keep_in_vmlinux,
		&rules.interface_add,
		&rules.interface_remove,
		&rules.count_calls,
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		vec_push(&facts->units, units[i]);
	facts->funcs.v[core].src->at.file = &core_c;
	facts->funcs.v[fair].src->at.file = &fair_c;
	facts->funcs.v[fair].src->units = 2;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		vec_push(lists[i], named("scale"));
		decide();
		expect_note("'scale' is more than one function",
			    "write 'core:scale' or 'fair:scale'");
		vec_free(lists[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		const int chosen = i / 2 ? fair : core;

		vec_push(&rules.keep_in_vmlinux, named(sayings[i / 2][i % 2]));
		decide();
		CHECK(!err && decisions);
		CHECK(decisions && decisions->funcs.v[chosen].class == FUNC_OUTSIDER);
		CHECK(decisions && decisions->funcs.v[core + fair - chosen].class != FUNC_OUTSIDER);
		vec_free(&rules.keep_in_vmlinux);
	}
	vec_push(&rules.keep_in_vmlinux, named("fair:nonsense"));
	decide();
	expect_error("no function 'fair:nonsense' in the boundary");
	vec_free(&rules.keep_in_vmlinux);

	/* A weak definition does not count beside the one that vmlinux uses. */
	facts->funcs.v[core].is_static = facts->funcs.v[fair].is_static = false;
	facts->funcs.v[core].overridden = true;
	vec_push(&rules.keep_in_vmlinux, named("scale"));
	decide();
	CHECK(decisions && decisions->funcs.v[fair].class == FUNC_OUTSIDER);
}

static void ambiguous_variables(void)
{
	static struct src_func one = { .name = "one" }, two = { .name = "two" };

	for (int i = 0; i < 2; i++) {
		struct fact_var *v = var("total");

		vec_push(&facts->units, units[i]);
		v->unit = i;
		v->src->units = 1UL << i;
		v = var("mutex");
		v->link = VAR_IN_FUNCTION;
		v->src->owner = i ? &two : &one;
		v->src->units = 1;
	}
	vec_push(&rules.shared, named("total"));
	decide();
	expect_note("'total' is more than one variable", "write 'core:total' or 'fair:total'");
	vec_free(&rules.shared);
	vec_push(&rules.private, ((struct rule_private){ named("fair:total"), PRIVATE_KEEP }));
	decide();
	CHECK(decisions && decisions->vars.v[0].class == VAR_SHARED);
	CHECK(decisions && decisions->vars.v[2].class == VAR_PRIVATE);
	vec_free(&rules.private);

	vec_push(&rules.shared, named("mutex"));
	decide();
	expect_note("'mutex' is more than one variable", "write 'one:mutex' or 'two:mutex'");
	vec_free(&rules.shared);
	vec_push(&rules.shared, named("two:mutex"));
	decide();
	expect_note("'two:mutex' cannot be shared: it is a static of a function, and its name is not unique in the unit",
		    "another name");
}

static void impossible_outsiders(void)
{
	int inlined = func("inlined"), caller = coded("caller"), clone = func("clone");
	int header = coded("header"), init = coded("init"), weak = func("weak");
	static struct src_file wait_c = { .path = "kernel/sched/wait.c" };

	symbol("clone.isra.0", clone);
	calls(caller, inlined);
	facts->funcs.v[header].in_header = true;
	facts->funcs.v[init].is_boot_only = true;
	facts->funcs.v[weak].overridden = true;
	calls(caller, header);
	vec_push(&rules.keep_in_vmlinux, named("inlined"));
	decide();
	expect_note("'inlined' cannot stay in vmlinux: vmlinux has no symbol for it under its own name",
		    "call it: caller");
	rules.keep_in_vmlinux.v[0] = named("clone");
	decide();
	expect_note("'clone' cannot stay in vmlinux: vmlinux has only 'clone.isra.0' of it, which may take other arguments",
		    "its callers");
	rules.keep_in_vmlinux.v[0] = named("header");
	decide();
	expect_note("'header' cannot stay in vmlinux: a header defines it, and each unit has its own",
		    "caller");
	rules.keep_in_vmlinux.v[0] = named("init");
	decide();
	expect_note("'init' cannot stay in vmlinux: it is gone after boot", "take it out");
	rules.keep_in_vmlinux.v[0] = named("weak");
	decide();
	EXPECT({ "weak", FUNC_OUTSIDER, NULL });

	/* A whole file: functions that cannot stay remain in the module for their users. */
	facts->funcs.v[inlined].src->at.file = facts->funcs.v[caller].src->at.file =
		facts->funcs.v[clone].src->at.file = &wait_c;
	calls(schedule, inlined);
	rules.keep_in_vmlinux.v[0] = named("kernel/sched/wait.c");
	decide();
	EXPECT({ "caller", FUNC_OUTSIDER, "rule: keep_in_vmlinux, with its file" },
	       { "inlined", FUNC_INSIDER, NULL }, { "clone", FUNC_UNUSED, NULL });
}

/* --- sidecars */

static struct src_file cpuset_c = { .path = "kernel/cgroup/cpuset.c",
				    .boundary = true,
				    .sidecar = true };

static int beside(int func)
{
	facts->funcs.v[func].in_sidecar = true;
	facts->funcs.v[func].src->at.file = &cpuset_c;
	return func;
}

static void take_from_sidecar(const char *name)
{
	struct rule_sidecar sidecar = { .file = named("kernel/cgroup/cpuset.c") };

	vec_push(&sidecar.functions, named(name));
	vec_push(&rules.sidecars, sidecar);
}

static void sidecars_free(void)
{
	vec_for_each(sidecar, &rules.sidecars)
		vec_free(&sidecar->functions);
	vec_free(&rules.sidecars);
}

static void sidecars(void)
{
	int taken = beside(coded("taken")), alone = beside(coded("alone"));
	int helper = beside(func("helper")), left = beside(coded("left"));
	int inlined = beside(func("only_left_uses_it")), wanted = coded("wanted");

	outside(taken, OUTSIDE_CODE, "fork");
	outside(left, OUTSIDE_CODE, "fork");
	calls(taken, helper);
	calls(taken, left);
	calls(left, inlined);
	calls(left, wanted);
	facts->funcs.v[alone].is_static = false;
	take_from_sidecar("taken");
	take_from_sidecar("alone");
	decide();
	EXPECT({ "taken", FUNC_INTERFACE, "called by fork" },
	       { "alone", FUNC_INTERFACE, "rule: sidecar" }, { "helper", FUNC_INSIDER, NULL },
	       { "left", FUNC_OUTSIDER, "not taken from the sidecar" },
	       { "only_left_uses_it", FUNC_UNUSED, NULL },
	       { "wanted", FUNC_INTERFACE, "called by left" });
	sidecars_free();
}

static void impossible_sidecars(void)
{
	int sleeper = beside(coded("sleeper")), tiny = beside(coded("tiny"));
	int clone = beside(func("clone")), init = beside(coded("init"));
	static const char *const wanted[][3] = {
		{ "sleeper", "'sleeper' cannot be an interface: sleeps: calls __schedule",
		  "what it calls" },
		{ "tiny", "'tiny' cannot be an interface: too small (4 bytes)", "its callers" },
		{ "clone",
		  "'clone' cannot be an interface: vmlinux has only 'clone.isra.0' of it, which may take other arguments",
		  "its callers" },
		{ "init", "'init' cannot be an interface: it is gone after boot", "module" },
		{ "nonsense", "no function 'nonsense' in kernel/cgroup/cpuset.c", "the file defines" },
	};

	symbol("clone.isra.0", clone);
	calls(sleeper, schedule);
	facts->symbols.v[entry_of(tiny)].obstacle = "too small (4 bytes)";
	facts->funcs.v[init].is_boot_only = true;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		take_from_sidecar(wanted[i][0]);
		decide();
		expect_note(wanted[i][1], wanted[i][2]);
		sidecars_free();
	}
	/* A name in another rule counts, too. */
	beside(coded("left"));
	vec_push(&rules.interface_add, named("left"));
	decide();
	EXPECT({ "left", FUNC_INTERFACE, "rule: interface.add" });
}

static void impossible_privates(void)
{
	static const struct {
		const char *name;
		enum private_init init;
		const char *message, *note;
	} cases[] = {
		{ "class", PRIVATE_KEEP,
		  "'class' cannot be private: it is a scheduling class, whose contents a switch replaces",
		  "take it out" },
		{ "glue", PRIVATE_KEEP,
		  "'glue' cannot be private: a macro makes it, which the prelude empties",
		  "declares" },
		{ "call", PRIVATE_COPY, "'call' cannot be private: it belongs to a static call",
		  "vmlinux's key" },
		{ "boot", PRIVATE_KEEP, "'boot' cannot be private: it is gone after boot",
		  "take it out" },
		{ "local", PRIVATE_KEEP, "'local' cannot be private: it is a static of a function",
		  "move it" },
		{ "gone", PRIVATE_COPY, "'gone' cannot be copied: vmlinux has no symbol for it",
		  "init: keep" },
		{ "fixed", PRIVATE_COPY, "'fixed' cannot be copied back: vmlinux's is read-only",
		  "init: keep" },
		{ "after_init", PRIVATE_COPY,
		  "'after_init' cannot be copied back: vmlinux's is read-only", "init: keep" },
		{ "deep_key", PRIVATE_KEEP,
		  "'deep_key' cannot be private: a static key inside it cannot be set by its bytes",
		  "init: rebuild" },
	};

	var("class")->class_object = true;
	var("glue")->glue = true;
	var("call")->src->at.macro = "DEFINE_STATIC_CALL";
	var("boot")->src->is_boot_only = true;
	var("local")->link = VAR_IN_FUNCTION;
	var("gone")->sym = NULL;
	var("fixed")->src->is_const = true;
	var("after_init")->read_only = true;
	var("deep_key")->src->has_static_key = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		vec_push(&rules.private,
			 ((struct rule_private){ named(cases[i].name), cases[i].init }));
		decide();
		expect_note(cases[i].message, cases[i].note);
		vec_free(&rules.private);
		if (i < 4) {
			vec_push(&rules.shared, named(cases[i].name));
			decide();
			CHECK(err && strstr(err->message, "cannot be shared"));
			vec_free(&rules.shared);
			error_free(err);
			err = NULL;
		}
	}
	/* The other values are allowed. */
	vec_push(&rules.private, ((struct rule_private){ named("gone"), PRIVATE_KEEP }));
	vec_push(&rules.private, ((struct rule_private){ named("fixed"), PRIVATE_KEEP }));
	vec_push(&rules.private, ((struct rule_private){ named("deep_key"), PRIVATE_REBUILD }));
	decide();
	CHECK(!err && decisions);
}

static void both_private_and_shared(void)
{
	vec_push(&facts->units, units[0]);
	var("state")->src->units = 1;
	vec_push(&rules.private, ((struct rule_private){ named("core:state"), PRIVATE_KEEP }));
	vec_push(&rules.shared, named("state"));
	decide();
	expect_note("'state' is both private and shared", "from private in line 7");
	vec_free(&rules.shared);
	vec_push(&rules.private, ((struct rule_private){ named("state"), PRIVATE_KEEP }));
	decide();
	expect_error("'state' is private twice");
}

/* A static variable of a header is an object in each unit that reads it and uses it. */
static void statics_of_headers(void)
{
	static const enum private_init inits[] = { PRIVATE_KEEP, PRIVATE_COPY };
	struct fact_var *v = var("part");

	v->src->units = 3;
	v->partly = true;
	v = var("local");
	v->src->units = 3;
	v->link = VAR_IN_FUNCTION;
	decide();
	CHECK(decisions && decisions->vars.v[0].class == VAR_SHARED);
	CHECK(decisions && decisions->vars.v[1].class == VAR_PRIVATE);
	for (size_t i = 0; i < ARRAY_SIZE(inits); i++) {
		vec_push(&rules.private, ((struct rule_private){ named("part"), inits[i] }));
		decide();
		if (inits[i] == PRIVATE_COPY)
			expect_note("'part' cannot be copied: vmlinux has no symbol for it in some unit",
				    "init: keep");
		else
			CHECK(decisions && decisions->vars.v[0].class == VAR_PRIVATE);
		vec_free(&rules.private);
	}
	vec_push(&rules.shared, named("local"));
	decide();
	expect_note("'local' cannot be shared: it is in a function of a header, and each unit has its own",
		    "leave it private");
}

int main(void)
{
	CASE(rules_keep_out);
	CASE(rules_add_interfaces);
	CASE(unknown_names);
	CASE(unknown_class_type);
	CASE(impossible_interfaces);
	CASE(ambiguous_names);
	CASE(ambiguous_variables);
	CASE(impossible_outsiders);
	CASE(sidecars);
	CASE(impossible_sidecars);
	CASE(impossible_privates);
	CASE(both_private_and_shared);
	CASE(statics_of_headers);
	return TEST_STATUS;
}
