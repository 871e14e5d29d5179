// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_records.c - decisions on members, from facts that are written here by hand.
 *
 * All tests share one world. In the boundary are: outsider(), whose code stays in use
 * in vmlinux; copied(), in the module, with old code inlined into outsider(); inside(),
 * in the module only; both_see(), an inline function of the boundary's header, which
 * kernel/includer.c includes. elsewhere() is an inline function of another header.
 */
#include "decide/records.h"
#include "test.h"

static struct facts *facts;
static struct source *source;
static struct decisions decisions;
static struct member_search search;
static struct record_decisions *records;
static struct src_file file_c, file_h, file_other;

enum { OUTSIDER, COPIED, INSIDE, BOTH_SEE, INIT, N_FUNCS, ELSEWHERE = N_FUNCS };

/* --- writing facts */

static struct src_func *func(const char *name, struct src_file *file)
{
	struct src_func *src = arena_alloc(&facts->arena, sizeof(*src));

	src->name = name;
	src->at.file = file;
	src->index = source->funcs.n;
	vec_push(&source->funcs, src);
	vec_push(&facts->func_of_src, file == &file_other ? NONE : (int)src->index);
	return src;
}

static void boundary_func(const char *name, struct src_file *file, enum func_class class)
{
	struct fact_func f = { .name = name, .src = func(name, file) };
	struct func_decision d = { .class = class };

	f.in_header = file == &file_h;
	vec_push(&facts->funcs, f);
	vec_push(&decisions.funcs, d);
}

static void begin(void)
{
	facts = xcalloc(1, sizeof(*facts));
	source = xcalloc(1, sizeof(*source));
	facts->source = source;
	facts->has_dwarf = true;
	memset(&decisions, 0, sizeof(decisions));
	memset(&search, 0, sizeof(search));
	file_c.path = "kernel/sched/core.c";
	file_h.path = "kernel/sched/sched.h";
	file_other.path = "include/linux/other.h";
	boundary_func("outsider", &file_c, FUNC_OUTSIDER);
	boundary_func("copied", &file_c, FUNC_INTERFACE);
	boundary_func("inside", &file_c, FUNC_INSIDER);
	boundary_func("both_see", &file_h, FUNC_INSIDER);
	boundary_func("init", &file_c, FUNC_INIT);
	func("elsewhere", &file_other);

	struct fact_symbol live = { .name = "outsider", .func = OUTSIDER };
	struct fact_symbol dead = { .name = "inside", .func = INSIDE };

	vec_push(&live.inlined, COPIED);
	vec_push(&facts->symbols, live);
	vec_push(&facts->symbols, dead);
	vec_push(&decisions.old_code, (struct reason){ .kind = REASON_CALLED });
	vec_push(&decisions.old_code, (struct reason){ 0 });
}

static struct src_record *record(const char *name, const char *file, unsigned long size)
{
	struct src_record r = { .name = name,
				.file = file,
				.size = size,
				.boundary = str_starts(file, "kernel/sched/") };

	vec_push(&source->records, r);
	return &source->records.v[source->records.n - 1];
}

static void member(const char *name, unsigned long offset, unsigned long size)
{
	struct src_member m = { .name = name, .type = "int", .offset = offset, .size = size };

	vec_push(&source->records.v[source->records.n - 1].members, m);
}

static struct src_member *last_member(void)
{
	struct src_record *r = &source->records.v[source->records.n - 1];

	return &r->members.v[r->members.n - 1];
}

/* The last member of the last record is used by @func. */
static struct src_access *used_by(int func)
{
	struct src_access access = {
		.from = source->funcs.v[func],
		.record = source->records.n - 1,
		.member = source->records.v[source->records.n - 1].members.n - 1,
	};

	vec_push(&source->accesses, access);
	return &source->accesses.v[source->accesses.n - 1];
}

/* @n_files files use a member named @name. */
static void searched(const char *name, size_t n_files)
{
	struct member_hits *m = arena_alloc(&facts->arena, sizeof(*m));

	*m = (struct member_hits){ .name = name, .files = { "a.c", "b.c", "c.c" }, .n_files = n_files };
	strmap_put(&search.by_name, name, m);
}

static void includer(const char *uses)
{
	struct header_includer v = { .path = "kernel/includer.c" };

	strmap_put(&v.headers, file_h.path, (void *)file_h.path);
	strmap_put(&v.names, uses, (void *)uses);
	vec_push(&search.includers, v);
}

static void decide(void)
{
	facts_index_funcs(facts);
	records = decide_records(facts, &decisions, &search);
}

static void end(void)
{
	record_decisions_free(records);
	vec_for_each(v, &search.includers) {
		strmap_free(&v->headers);
		strmap_free(&v->names);
	}
	vec_free(&search.includers);
	strmap_free(&search.by_name);
	strmap_free(&search.carried);
	vec_free(&decisions.funcs);
	vec_free(&decisions.old_code);
	facts_free(facts);
	source_free(source);
}

/* --- reading decisions */

static const struct record_decision *decided(const char *name)
{
	vec_for_each(r, &records->records)
		if (!strcmp(r->src->name, name))
			return r;
	return NULL;
}

static const struct member_decision *member_of(const char *name, const char *member)
{
	const struct record_decision *r = decided(name);

	for (size_t i = 0; r && i < r->members.n; i++)
		if (!strcmp(r->members.v[i].src->name, member))
			return &r->members.v[i];
	return NULL;
}

/* "outsider outsider()", "name a.c name b.c +2", "" for an internal one. */
static const char *observers(const char *name, const char *member)
{
	const struct member_decision *m = member_of(name, member);
	const char *text = "";

	if (!m)
		return NULL;
	for (size_t i = 0; i < record_observers(m); i++)
		text = arena_printf(&facts->arena, "%s%s%s %s%s%s", text, *text ? ", " : "",
				    observer_kind_name[m->observers[i].kind], m->observers[i].name,
				    m->observers[i].where ? " in " : "",
				    m->observers[i].where ? m->observers[i].where : "");
	if (m->n_observers > record_observers(m))
		text = arena_printf(&facts->arena, "%s +%zu", text,
				    m->n_observers - record_observers(m));
	if (m->internal != !*text)
		return "internal contradicts the observers";
	return text;
}

/* --- observers of a member */

/* Which code uses a member of a private record, and the decision that follows. */
static void by_code(void)
{
	static const struct {
		int from;
		const char *observers;
		bool used;
	} cases[] = {
		{ INSIDE, "", true },
		{ INIT, "", true },
		{ BOTH_SEE, "", true },
		{ OUTSIDER, "outsider outsider", true },
		{ COPIED, "old_code copied in outsider", true },
		{ ELSEWHERE, "code elsewhere in include/linux/other.h", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin();
		record("rq", file_h.path, 4);
		member("a", 0, 32);
		used_by(cases[i].from);
		decide();
		CHECK_STR(observers("rq", "a"), cases[i].observers);
		CHECK(member_of("rq", "a")->used == cases[i].used);
		CHECK(decided("rq")->free == !*cases[i].observers);
		end();
	}
}

/* Without DWARF, functions that old code calls in the source may be inlined into it. */
static void by_calls_without_dwarf(void)
{
	begin();
	facts->has_dwarf = false;
	vec_push(&facts->funcs.v[OUTSIDER].callees, INSIDE);
	record("rq", file_h.path, 4);
	member("a", 0, 32);
	used_by(INSIDE);
	decide();
	CHECK_STR(observers("rq", "a"), "old_code inside in outsider");
	end();
}

static void by_initialiser(void)
{
	begin();
	record("rq", file_h.path, 4);
	member("a", 0, 32);
	used_by(INSIDE)->from = NULL;
	decide();
	CHECK_STR(observers("rq", "a"), "");
	CHECK(member_of("rq", "a")->used);
	end();
}

static void by_address(void)
{
	begin();
	record("rq", file_h.path, 8);
	member("a", 0, 32);
	used_by(INSIDE)->given_to = "debugfs_create_u32";
	member("b", 32, 32);
	used_by(INSIDE)->given_to = "copied";
	decide();
	CHECK_STR(observers("rq", "a"), "address debugfs_create_u32");
	CHECK_STR(observers("rq", "b"), "");
	end();
}

static void by_callback(void)
{
	begin();
	record("rq", file_h.path, 4);
	member("timer", 0, 32);
	last_member()->type = "struct hrtimer";
	last_member()->has_callback = true;
	decide();
	CHECK_STR(observers("rq", "timer"), "callback struct hrtimer");
	end();
}

/* A file that includes the header sees the record, and has compiled its inline functions. */
static void by_viewer(void)
{
	begin();
	includer("a");
	record("rq", file_h.path, 12);
	member("a", 0, 32);
	member("b", 32, 32);
	used_by(BOTH_SEE);
	member("c", 64, 32);
	used_by(INSIDE);
	record("other", "kernel/sched/stats.h", 4);
	member("a", 0, 32);
	record("own", file_c.path, 4);
	member("a", 0, 32);
	decide();
	CHECK_STR(observers("rq", "a"), "name kernel/includer.c");
	CHECK_STR(observers("rq", "b"), "code both_see in kernel/includer.c");
	CHECK_STR(observers("rq", "c"), "");
	CHECK_STR(observers("other", "a"), "");
	CHECK_STR(observers("own", "a"), "");
	end();
}

static void by_name(void)
{
	begin();
	searched("a", 7);
	searched("inner", 1);
	record("private", file_h.path, 4);
	member("a", 0, 32);
	record("task", "include/linux/sched.h", 12);
	member("a", 0, 32);
	member("x.inner", 32, 32);
	member("ours", 64, 32);
	used_by(INSIDE);
	decide();
	CHECK_STR(observers("private", "a"), "");
	CHECK_STR(observers("task", "a"), "name a.c, name b.c, name c.c +4");
	CHECK_STR(observers("task", "x.inner"), "name a.c");
	CHECK_STR(observers("task", "ours"), "");
	CHECK(!decided("task")->free && decided("private")->free);
	end();

	/* A header that includes the boundary's makes it visible to every file. */
	begin();
	searched("a", 1);
	strmap_put(&search.carried, file_h.path, (void *)file_h.path);
	record("rq", file_h.path, 4);
	member("a", 0, 32);
	decide();
	CHECK_STR(observers("rq", "a"), "name a.c");
	end();
}

/* --- which records are listed */

static void choice(void)
{
	static const char *const header = "include/linux/sched.h";

	begin();
	searched("next", 9);
	record("list_head", header, 8); /* all of it is used elsewhere */
	member("next", 0, 64);
	used_by(INSIDE);
	record("avg", header, 8); /* the same, but part of entity */
	member("next", 0, 64);
	used_by(INSIDE);
	record("unused", header, 8); /* part of entity, not used */
	member("next", 0, 64);
	record("far", "include/linux/far.h", 8); /* part of it, of another file */
	member("next", 0, 64);
	used_by(INSIDE);
	record("entity", header, 32);
	member("vruntime", 0, 64);
	used_by(INSIDE);
	member("avg", 64, 64);
	last_member()->record = "avg";
	member("unused", 128, 64);
	last_member()->record = "unused";
	member("far", 192, 64);
	last_member()->record = "far";
	record("rq", file_h.path, 4);
	member("a", 0, 32);
	record("empty", file_c.path, 0);
	decide();
	CHECK(!decided("list_head") && !decided("unused") && !decided("far"));
	CHECK(decided("avg") && decided("entity"));
	/* The boundary's records come first, each group sorted by file. */
	CHECK(records->records.n == 4);
	CHECK_STR(records->records.v[0].src->name, "empty");
	CHECK_STR(records->records.v[1].src->name, "rq");
	CHECK(records->boundary.records == 2 && records->boundary.free == 2);
	CHECK(records->other.records == 2 && records->other.members == 5);
	end();
}

/* --- objects that exist at a switch */

static void lasting(void)
{
	static const struct {
		const char *type; /* of a variable */
		bool lasting;
	} cases[] = {
		{ "struct rq", true },	  { "struct rq [4]", true },   { "const struct rq", true },
		{ "struct rq *", false }, { "struct rq *[4]", false }, { "struct rq_flags", false },
		{ "union rq", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct src_var var = { .canonical = cases[i].type };

		begin();
		record("rq", file_h.path, 4);
		member("a", 0, 32);
		member("part", 32, 32);
		last_member()->record = "part";
		record("part", file_h.path, 4);
		member("a", 0, 32);
		record("stack", file_h.path, 4);
		member("a", 0, 32);
		record("allocated", file_h.path, 4)->is_measured = true;
		member("a", 0, 32);
		vec_push(&source->vars, &var);
		decide();
		CHECK(decided("rq")->lasting == cases[i].lasting);
		CHECK(decided("part")->lasting == cases[i].lasting);
		CHECK(!decided("stack")->lasting && decided("allocated")->lasting);
		end();
	}
}

/* --- room in records */

static void padding(void)
{
	const struct record_decision *r;

	begin();
	record("rq", file_h.path, 32);
	member("byte", 0, 8);
	member("word", 64, 64);
	member("u.long", 128, 64); /* a union: the same bits twice */
	member("u.byte", 128, 8);
	member("bits", 192, 3);
	member("more", 200, 8);
	member("flexible", 256, 0);
	decide();
	r = decided("rq");
	CHECK(r->padding.n == 3);
	CHECK(r->padding.v[0].offset == 8 && r->padding.v[0].size == 56);
	CHECK(r->padding.v[1].offset == 195 && r->padding.v[1].size == 5);
	CHECK(r->padding.v[2].offset == 208 && r->padding.v[2].size == 48);
	CHECK(records->boundary.padding == 7 + 6);
	end();
}

static void reserved(void)
{
	static const struct {
		const char *name;
		bool reserved;
	} cases[] = {
		{ "__reserved", true },
		{ "ck_reserved1", true },
		{ "rh_kabi_reserved2", true },
		{ "android_kabi_reserved1", true },
		{ "KABI_PADDING", true },
		{ "__pad", true },
		{ "_pad2_", true },
		{ "pad_3", true },
		{ "__unused1", true },
		{ "padded", false },
		{ "load", false },
		{ "x.__pad", true },
		{ "reserved_in_use", false },
	};

	begin();
	record("rq", file_h.path, 8 * ARRAY_SIZE(cases));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		member(cases[i].name, 64 * i, 64);
	used_by(INSIDE); /* the last one is not reserved, whatever its name */
	decide();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (member_of("rq", cases[i].name)->reserved != cases[i].reserved)
			printf("# %s\n", cases[i].name);
		CHECK(member_of("rq", cases[i].name)->reserved == cases[i].reserved);
	}
	CHECK(records->boundary.reserved == 10);
	end();
}

int main(void)
{
	RUN(by_code);
	RUN(by_calls_without_dwarf);
	RUN(by_initialiser);
	RUN(by_address);
	RUN(by_callback);
	RUN(by_viewer);
	RUN(by_name);
	RUN(choice);
	RUN(lasting);
	RUN(padding);
	RUN(reserved);
	return TEST_STATUS;
}
