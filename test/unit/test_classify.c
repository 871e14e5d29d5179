// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_classify.c - decisions on facts that are written here by hand: no
 * vmlinux, no compiler.
 */
#include "world.h"

/* --- functions */

static void entered_from_outside(void)
{
	int tick = coded("tick"), helper = coded("helper"), inlined = func("inlined");
	int starts = coded("starts");

	calls(tick, helper);
	calls(tick, inlined);
	outside(tick, OUTSIDE_CODE, "timer");
	outside(tick, OUTSIDE_CODE, "idle");
	outside(starts, OUTSIDE_EXPORT, "EXPORT_SYMBOL");
	decide();
	EXPECT({ "__schedule", FUNC_INTERFACE, "entered through the tail switch" },
	       { "finish_task_switch", FUNC_INSIDER, "entered from the module only" },
	       { "tick", FUNC_INTERFACE, "called by timer and others" },
	       { "starts", FUNC_INTERFACE, "called by modules" },
	       { "helper", FUNC_INSIDER, "entered from the module only" },
	       { "inlined", FUNC_INSIDER, "vmlinux has it only inlined" });
	CHECK_STR(old_code_in("helper"), "");
	CHECK(decisions->finish_symbol == entry_of(finish));
	CHECK(decisions->funcs.v[inlined].symbol == NONE);
}

static void address_is_held(void)
{
	int data = coded("in_data"), code = coded("in_code"), armed = coded("armed_at_boot");
	int called_at_boot = coded("called_at_boot"), both = coded("both");
	int self = coded("used_here"), table = coded("in_table");

	calls(schedule, called_at_boot);
	outside(data, OUTSIDE_DATA, "sysctl_table");
	outside(code, OUTSIDE_ADDRESS, "rcu");
	/* A timer that boot code armed fires later: facts.c does not mark these as init. */
	outside(armed, OUTSIDE_ADDRESS, "sched_init");
	outside(called_at_boot, OUTSIDE_CODE, "start_kernel")->is_boot_only = true;
	outside(both, OUTSIDE_CODE, "fork");
	outside(both, OUTSIDE_DATA, "table");
	takes_address(schedule, self);
	struct fact_var *ops = var("ops");
	ops->sym = NULL;
	vec_push(&ops->addresses, table);
	decide();
	EXPECT({ "in_data", FUNC_CALLBACK, "its address is held by sysctl_table" },
	       { "in_code", FUNC_CALLBACK, "its address is held by rcu" },
	       { "armed_at_boot", FUNC_CALLBACK, "its address is held by sched_init" },
	       { "called_at_boot", FUNC_INSIDER, NULL },
	       { "both", FUNC_CALLBACK, "its address is held by fork and others" },
	       { "used_here", FUNC_CALLBACK, "its address is held by __schedule" },
	       { "in_table", FUNC_CALLBACK, "its address is held by ops" });
	CHECK(needs_orig("used_here") && needs_orig("in_table") && !needs_orig("in_data"));
}

static void class_objects_are_no_roots(void)
{
	int enqueue = coded("enqueue"), pick = coded("pick");
	struct fact_var *class = var("fair_sched_class");

	class->class_object = true;
	vec_push(&class->addresses, enqueue);
	vec_push(&class->addresses, pick);
	outside(enqueue, OUTSIDE_DATA, "fair_sched_class")->class_object = true;
	outside(pick, OUTSIDE_DATA, "fair_sched_class")->class_object = true;
	outside(pick, OUTSIDE_CODE, "somebody");
	decide();
	EXPECT({ "enqueue", FUNC_INSIDER, NULL }, { "pick", FUNC_INTERFACE, "called by somebody" });
	CHECK(!needs_orig("enqueue"));
}

static void boot_and_weak(void)
{
	int init = coded("sched_init"), weak = func("sched_clock"), helper = coded("helper");
	int clock = coded("clock");

	facts->funcs.v[init].is_boot_only = true;
	facts->funcs.v[weak].overridden = true;
	facts->funcs.v[weak].is_static = false;
	calls(init, helper);
	calls(clock, weak);
	outside(clock, OUTSIDE_CODE, "x");
	outside(init, OUTSIDE_CODE, "start_kernel")->is_boot_only = true;
	decide();
	EXPECT({ "sched_init", FUNC_INIT, "freed after boot" },
	       { "sched_clock", FUNC_OUTSIDER, "weak, and vmlinux uses a stronger one" },
	       { "helper", FUNC_UNUSED, NULL }, { "clock", FUNC_INTERFACE, NULL });
}

static void sleepers_stay(void)
{
	int direct = coded("schedule_user"), indirect = coded("yield_to");
	int timed = coded("wait_timeout"), pointer = coded("wait_common");
	int other = coded("other_pointer"), caller = coded("wait_all");
	int header = func("wait_in_header"), action = coded("action");

	facts->funcs.v[header].in_header = true;
	calls(direct, schedule);
	calls(indirect, direct);
	vec_push(&facts->funcs.v[timed].externals, "schedule_timeout");
	/* through a parameter of action's type, and action sleeps */
	calls(action, schedule);
	facts->funcs.v[action].type = "long (long)";
	vec_push(&facts->funcs.v[pointer].icalls, "long (long)");
	vec_push(&facts->funcs.v[other].icalls, "int (void)");
	takes_address(caller, action);
	calls(caller, pointer);
	calls(header, schedule);
	calls(other, header);
	vec_push(&rules.sleepers, named("schedule_timeout"));
	coded("named");
	vec_push(&rules.sleepers, named("named"));
	for (int f = 0; f < (int)facts->funcs.n; f++)
		if (facts->funcs.v[f].symbols.n)
			outside(f, OUTSIDE_CODE, "x");
	decide();
	EXPECT({ "__schedule", FUNC_INTERFACE, NULL },
	       { "schedule_user", FUNC_OUTSIDER, "sleeps: calls __schedule" },
	       { "yield_to", FUNC_OUTSIDER, "sleeps: calls schedule_user" },
	       { "wait_timeout", FUNC_OUTSIDER, "sleeps: calls schedule_timeout" },
	       { "action", FUNC_OUTSIDER, NULL },
	       { "wait_common", FUNC_OUTSIDER, "sleeps: calls action through a pointer" },
	       { "wait_all", FUNC_OUTSIDER, "sleeps: calls wait_common" },
	       { "wait_in_header", FUNC_INSIDER, NULL }, { "named", FUNC_OUTSIDER, "rule: sleepers" },
	       { "other_pointer", FUNC_OUTSIDER, NULL });
}

/* Two functions that only look like sleepers. */
static void pointers_that_do_not_sleep(void)
{
	int pointer = coded("apply"), action = coded("action"), sleeper = coded("sleeper");

	calls(sleeper, schedule);
	facts->funcs.v[sleeper].type = "void (void)"; /* its address: not used */
	facts->funcs.v[action].type = "int (int)";
	takes_address(schedule, action);
	vec_push(&facts->funcs.v[pointer].icalls, "void (void)");
	vec_push(&facts->funcs.v[pointer].icalls, "int (int)");
	outside(pointer, OUTSIDE_CODE, "x");
	decide();
	EXPECT({ "apply", FUNC_INTERFACE, NULL }, { "action", FUNC_CALLBACK, NULL },
	       { "sleeper", FUNC_OUTSIDER, NULL });
}

/* A function that cannot be redirected stays in vmlinux, and enters what it calls. */
static void obstacles_move_the_boundary(void)
{
	int tiny = coded("tiny"), next = coded("next"), last = coded("last");
	int unreached = coded("tiny_insider"), taken = coded("tiny_taken");

	facts->symbols.v[entry_of(tiny)].obstacle = "too small (4 bytes)";
	facts->symbols.v[entry_of(next)].obstacle = "a jump label site lies within";
	facts->symbols.v[entry_of(unreached)].obstacle = "too small (4 bytes)";
	facts->symbols.v[entry_of(taken)].obstacle = "too small (3 bytes)";
	calls(tiny, next);
	calls(next, last);
	calls(last, unreached);
	takes_address(schedule, taken);
	outside(tiny, OUTSIDE_CODE, "x");
	decide();
	EXPECT({ "tiny", FUNC_OUTSIDER, "cannot be redirected: too small (4 bytes)" },
	       { "next", FUNC_OUTSIDER, "cannot be redirected: a jump label site lies within" },
	       { "last", FUNC_INTERFACE, "called by next" }, { "tiny_insider", FUNC_INSIDER, NULL },
	       { "tiny_taken", FUNC_OUTSIDER, NULL });
	CHECK(is_old_code(decisions, entry_of(tiny)) && is_old_code(decisions, entry_of(next)));
	CHECK(!is_old_code(decisions, entry_of(last)));
}

/* Old code in a clone, or inlined into a function that stays, cannot be redirected. */
static void old_code_is_named(void)
{
	int sleeper = coded("sleeper"), update = func("update"), load = func("load");
	int clone = symbol("update.isra.0", update), deep = func("deep");

	calls(sleeper, schedule);
	calls(sleeper, update);
	calls(schedule, load);
	vec_push(&facts->symbols.v[entry_of(sleeper)].inlined, load);
	vec_push(&facts->symbols.v[entry_of(schedule)].inlined, load);
	vec_push(&facts->symbols.v[clone].inlined, deep);
	calls(schedule, update);
	calls(update, deep);
	outside(sleeper, OUTSIDE_CODE, "x");
	decide();
	EXPECT({ "sleeper", FUNC_OUTSIDER, NULL },
	       { "update", FUNC_INSIDER, "entered from the module only" },
	       { "load", FUNC_INSIDER, NULL });
	CHECK_STR(old_code_in("update"), "update.isra.0");
	CHECK_STR(old_code_in("load"), "sleeper");
	CHECK_STR(old_code_in("deep"), "update.isra.0");
	CHECK_STR(old_code_in("sleeper"), "");
}

/* A reason names functions as data: entered <- a clone in use <- sleeper <- schedule <-
 * __schedule. */
static void reasons_form_a_chain(void)
{
	int sleeper = coded("sleeper"), middle = func("middle"), entered = coded("entered");
	int clone = symbol("middle.isra.0", middle);
	const struct reason *why;

	calls(sleeper, schedule);
	calls(schedule, middle);
	vec_push(&facts->symbols.v[entry_of(sleeper)].callees, clone);
	vec_push(&facts->symbols.v[clone].callees, entry_of(entered));
	outside(sleeper, OUTSIDE_CODE, "x");
	decide();
	EXPECT({ "entered", FUNC_INTERFACE, "called by middle.isra.0" },
	       { "middle", FUNC_INSIDER, NULL });
	why = &decisions->funcs.v[entered].reason;
	CHECK(why->kind == REASON_CALLED && why->func == middle && why->symbol == clone);
	why = &decisions->old_code.v[why->symbol];
	CHECK(why->kind == REASON_CALLED && why->func == sleeper);
	why = &decisions->funcs.v[why->func].reason;
	CHECK(why->kind == REASON_SLEEPS && why->func == schedule);
	why = &decisions->funcs.v[why->func].reason;
	CHECK(why->kind == REASON_TAIL_SWITCH && why->func == NONE);
}

/* .cold belongs to its function: nothing else enters it. */
static void cold_parts_follow(void)
{
	int warm = coded("warm"), cold = symbol("warm.cold", warm);

	vec_push(&facts->symbols.v[entry_of(warm)].callees, cold);
	vec_push(&facts->symbols.v[cold].callees, entry_of(warm));
	outside(warm, OUTSIDE_CODE, "x");
	decide();
	EXPECT({ "warm", FUNC_INTERFACE, NULL });
	CHECK_STR(old_code_in("warm"), "");
	CHECK(!is_old_code(decisions, cold));
}

static void unused_chains_go(void)
{
	int sleeper = coded("sleeper"), a = coded("a"), b = func("b"), global = coded("global");
	int recursive = coded("recursive"), inl = func("inl"), kept = coded("kept");

	calls(sleeper, schedule);
	calls(sleeper, a);
	vec_free(&facts->symbols.v[entry_of(sleeper)].callees); /* vmlinux inlined a */
	calls(a, b);
	calls(recursive, recursive);
	facts->funcs.v[global].is_static = false;
	facts->funcs.v[inl].is_inline = true;
	calls(sleeper, kept); /* this one by a call */
	decide();
	EXPECT({ "a", FUNC_UNUSED, NULL }, { "b", FUNC_UNUSED, NULL },
	       { "recursive", FUNC_UNUSED, NULL }, { "global", FUNC_INSIDER, NULL },
	       { "inl", FUNC_INSIDER, NULL }, { "kept", FUNC_INTERFACE, "called by sleeper" });
}

/* SYSCALL_DEFINE: x64 entry, se, do. */
static void macro_groups_stand_or_fall(void)
{
	int se[2], do_[2];
	static const char *const names[2][3] = {
		{ "x64_yield", "se_yield", "do_yield" },
		{ "x64_sleep", "se_sleep", "do_sleep" },
	};

	for (int i = 0; i < 2; i++) {
		int x64 = coded(names[i][0]);

		se[i] = func(names[i][1]);
		do_[i] = func(names[i][2]);
		facts->funcs.v[se[i]].group = facts->funcs.v[do_[i]].group = x64;
		outside(x64, OUTSIDE_DATA, "sys_call_table");
	}
	calls(do_[1], schedule);
	decide();
	EXPECT({ "x64_yield", FUNC_CALLBACK, "its address is held by sys_call_table" },
	       { "se_yield", FUNC_INSIDER, NULL }, { "do_yield", FUNC_INSIDER, NULL },
	       { "x64_sleep", FUNC_OUTSIDER, "sleeps: calls __schedule" },
	       { "se_sleep", FUNC_OUTSIDER, NULL }, { "do_sleep", FUNC_OUTSIDER, NULL });
}

/* The text of a macro call is disabled as a whole, unless a part of it is needed. */
static void used_piece_keeps_its_group(void)
{
	int first = func("first_piece"), second = coded("second_piece");

	facts->funcs.v[second].group = first;
	outside(second, OUTSIDE_CODE, "x");
	decide();
	EXPECT({ "first_piece", FUNC_INSIDER, NULL }, { "second_piece", FUNC_INTERFACE, NULL });
}

/* An inline function of a header, emitted by two units, or by one. */
static void header_inlines(void)
{
	int twice = func("twice"), one = symbol("twice", twice), two = symbol("twice", twice);
	int tiny = coded("tiny"), sleeper = coded("sleeper");

	facts->funcs.v[twice].in_header = facts->funcs.v[tiny].in_header = true;
	facts->funcs.v[twice].is_inline = facts->funcs.v[tiny].is_inline = true;
	facts->funcs.v[twice].src->at.file = facts->funcs.v[tiny].src->at.file = &file_h;
	facts->symbols.v[entry_of(tiny)].obstacle = "too small (4 bytes)";
	calls(sleeper, schedule);
	calls(sleeper, twice);
	calls(sleeper, tiny);
	decide();
	EXPECT({ "twice", FUNC_INSIDER, NULL }, { "tiny", FUNC_INSIDER, NULL });
	CHECK_STR(old_code_in("twice"), "twice");
	CHECK(is_old_code(decisions, one) && !is_old_code(decisions, two));
	CHECK(decisions->funcs.v[twice].symbol == NONE);
	/* its entry is old code that stays in use */
	CHECK_STR(old_code_in("tiny"), "tiny");
}

/* --- the functions of the tail switch */

static void schedule_is_needed(void)
{
	vec_push(&rules.keep_in_vmlinux, named("__schedule"));
	decide();
	expect_error("'__schedule' cannot be in the module: rule: keep_in_vmlinux");
	vec_free(&rules.keep_in_vmlinux);
	facts->symbols.v[entry_of(schedule)].obstacle = "too small (4 bytes)";
	decide();
	expect_error(
		"'__schedule' cannot be in the module: cannot be redirected: too small (4 bytes)");
	facts->symbols.v[entry_of(schedule)].entry = false;
	decide();
	expect_error("vmlinux has no symbol '__schedule' to redirect");
}

static void finish_may_be_a_clone(void)
{
	struct fact_symbol *s = &facts->symbols.v[entry_of(finish)];
	int cold;

	s->name = "finish_task_switch.isra.0";
	s->entry = false;
	s->first_param = 1;
	cold = symbol("finish_task_switch.isra.0.cold", finish);
	facts->symbols.v[cold].first_param = 0;
	decide();
	EXPECT({ "finish_task_switch", FUNC_INSIDER, NULL });
	CHECK(decisions && decisions->finish_symbol == entry_of(finish));
}

static void finish_with_other_arguments(void)
{
	struct fact_symbol *s = &facts->symbols.v[entry_of(finish)];

	s->name = "finish_task_switch.isra.0";
	s->entry = false;
	s->first_param = 0;
	decide();
	expect_error(
		"'finish_task_switch.isra.0' of vmlinux does not take its first argument in the first register");
	s->first_param = -1;
	decide();
	expect_error(
		"'finish_task_switch.isra.0' of vmlinux may not take its first argument in the first register");
	vec_free(&facts->funcs.v[finish].symbols);
	decide();
	expect_error("vmlinux has no symbol 'finish_task_switch'");
}

/* --- variables */

struct var_case {
	const char *name;
	struct {
		enum var_link link;
		const char *macro;
		bool no_symbol, empty, is_const, has_pointers, is_boot_only, glue, class, both_units;
	} is;
	enum var_class class;
};

static const struct var_case var_cases[] = {
	{ "state", { .link = VAR_STATIC }, VAR_SHARED },
	{ "global", { .link = VAR_GLOBAL }, VAR_SHARED },
	{ "optimised_away", { .no_symbol = true }, VAR_PRIVATE },
	{ "empty", { .empty = true }, VAR_PRIVATE },
	{ "weights", { .is_const = true }, VAR_PRIVATE },
	{ "file_ops", { .is_const = true, .has_pointers = true }, VAR_SHARED },
	{ "fair_sched_class", { .is_const = true, .has_pointers = true, .class = true }, VAR_CLASS },
	{ "boot_param", { .is_boot_only = true }, VAR_INIT },
	{ "__tracepoint", { .glue = true, .macro = "TRACE" }, VAR_GLUE },
	{ "__SCK__call", { .glue = true, .macro = "DEFINE_STATIC_CALL_RET0" }, VAR_SHARED },
	{ "__SCK__gone", { .glue = true, .macro = "DEFINE_STATIC_CALL", .no_symbol = true }, VAR_GLUE },
	{ "warned", { .link = VAR_IN_FUNCTION, .macro = "printk_once" }, VAR_PRIVATE },
	{ "next_balance", { .link = VAR_IN_FUNCTION }, VAR_SHARED },
	{ "of_header", { .link = VAR_IN_FUNCTION, .both_units = true }, VAR_PRIVATE },
	{ "twice", { .link = VAR_IN_FUNCTION }, VAR_PRIVATE },
	{ "twice", { .link = VAR_IN_FUNCTION }, VAR_PRIVATE },
	{ "finish_task_switch", { .link = VAR_IN_FUNCTION }, VAR_PRIVATE },
	{ "asked_private", { .link = VAR_GLOBAL }, VAR_PRIVATE },
	{ "asked_shared", { .is_const = true }, VAR_SHARED },
};

static void variables(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(var_cases); i++) {
		const struct var_case *c = &var_cases[i];
		struct fact_var *v = var(c->name);

		v->link = c->is.link;
		v->glue = c->is.glue;
		v->class_object = c->is.class;
		v->src->at.macro = c->is.macro;
		v->src->units = c->is.both_units ? 3 : 1;
		v->src->is_const = c->is.is_const;
		v->src->has_pointers = c->is.has_pointers;
		v->src->is_boot_only = c->is.is_boot_only;
		if (c->is.empty)
			v->src->size = 0;
		if (c->is.no_symbol)
			v->sym = NULL;
	}
	vec_push(&rules.private, ((struct rule_private){ named("asked_private"), PRIVATE_COPY }));
	vec_push(&rules.shared, named("asked_shared"));
	decide();
	CHECK(!err && decisions && decisions->vars.n == ARRAY_SIZE(var_cases));
	for (size_t i = 0; decisions && i < ARRAY_SIZE(var_cases); i++) {
		const struct var_decision *d = &decisions->vars.v[i];

		if (d->class != var_cases[i].class)
			printf("# %s: %s, %s\n", var_cases[i].name, var_class_name[d->class],
			       d->reason);
		CHECK(d->class == var_cases[i].class);
		CHECK(d->reason);
	}
}

static void nothing_to_share(void)
{
	var("optimised_away")->sym = NULL;
	vec_push(&rules.shared, named("optimised_away"));
	decide();
	expect_error("'optimised_away' cannot be shared: vmlinux has no symbol for it");
}

/* Which of several functions with the same name is meant. */
static void functions_of_one_name(void)
{
	int core = func("scale"), fair = func("scale"), global = func("scale");
	int weak = func("clock"), strong = func("clock"), local = func("local");
	struct src_ref ref = { .name = "local", .unit = 0 };

	facts->funcs.v[fair].src->units = 2;
	facts->funcs.v[global].is_static = facts->funcs.v[weak].is_static =
		facts->funcs.v[strong].is_static = false;
	facts->funcs.v[weak].overridden = true;
	facts_index_funcs(facts);
	CHECK(facts_func(facts, "scale", 0) == core);
	CHECK(facts_func(facts, "scale", 1) == fair);
	CHECK(facts_func(facts, "scale", 2) == global);
	CHECK(facts_func(facts, "scale", NONE) == global);
	CHECK(facts_func(facts, "clock", 0) == strong);
	CHECK(facts_func(facts, "local", 1) == NONE && facts_func(facts, "none", 0) == NONE);
	/* One outside the boundary. */
	CHECK(facts_ref_func(facts, &ref) == NONE);
	ref.is_static = true;
	CHECK(facts_ref_func(facts, &ref) == local);
}

int main(void)
{
	CASE(entered_from_outside);
	CASE(address_is_held);
	CASE(class_objects_are_no_roots);
	CASE(boot_and_weak);
	CASE(sleepers_stay);
	CASE(pointers_that_do_not_sleep);
	CASE(obstacles_move_the_boundary);
	CASE(old_code_is_named);
	CASE(reasons_form_a_chain);
	CASE(cold_parts_follow);
	CASE(unused_chains_go);
	CASE(macro_groups_stand_or_fall);
	CASE(used_piece_keeps_its_group);
	CASE(header_inlines);
	CASE(schedule_is_needed);
	CASE(finish_may_be_a_clone);
	CASE(finish_with_other_arguments);
	CASE(variables);
	CASE(nothing_to_share);
	CASE(functions_of_one_name);
	return TEST_STATUS;
}
