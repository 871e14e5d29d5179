// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_source.c - source facts of a miniature kernel, fixtures/source: one case for
 * each thing that libclang does not report, or reports wrongly.
 */
#include "source/source.h"
#include "test.h"

#define ROOT "test/unit/fixtures/source"

static struct source *source;

static struct error *load_beside(const char *const *units, size_t n, size_t n_sidecars,
				 struct source **result)
{
	static const char *const directories[] = { "sched" };
	static const char *const cflags[] = { "-I" ROOT "/include" };

	return source_load(&(struct source_options){ .root = ROOT,
						     .units = units,
						     .n_units = n,
						     .n_sidecars = n_sidecars,
						     .directories = directories,
						     .n_directories = 1,
						     .cflags = cflags,
						     .n_cflags = 1 },
			   result);
}

static struct error *load(const char *const *units, size_t n, struct source **result)
{
	return load_beside(units, n, 0, result);
}

static struct src_file *file(const char *path)
{
	vec_for_each(f, &source->files)
		if (!strcmp((*f)->path, path))
			return *f;
	return NULL;
}

/* The @nth (from 0) function called @name. */
static struct src_func *func(const char *name, int nth)
{
	vec_for_each(f, &source->funcs)
		if (!strcmp((*f)->name, name) && !nth--)
			return *f;
	printf("# no function %s\n", name);
	exit(1);
}

static struct src_var *var(const char *name, int nth)
{
	vec_for_each(v, &source->vars)
		if (!strcmp((*v)->name, name) && !nth--)
			return *v;
	printf("# no variable %s\n", name);
	exit(1);
}

static int count_vars(const char *name)
{
	int n = 0;

	vec_for_each(v, &source->vars)
		n += !strcmp((*v)->name, name);
	return n;
}

static const char *text(const struct src_file *f, size_t start, size_t end)
{
	return arena_strndup(&source->arena, f->text + start, end - start);
}

static const char *extent(const struct src_extent *at)
{
	return text(at->file, at->start, at->end);
}

/* The @nth reference to @name from function (or variable) @from. */
static struct src_ref *ref(enum src_ref_kind kind, const char *name, const char *from, int nth)
{
	static struct src_ref none;

	vec_for_each(r, &source->refs) {
		const char *by = r->from ? r->from->name : r->from_var ? r->from_var->name : "";

		if (r->kind == kind && !strcmp(r->name, name) && !strcmp(by, from) && !nth--)
			return r;
	}
	return &none;
}

static const char *ref_text(const struct src_ref *r)
{
	return r->file && r->file->text ? text(r->file, r->start, r->end) : NULL;
}

/* Every extent begins at a token and ends at '}', ';' or a macro call's ')'. */
static void all_extents_are_whole(void)
{
	vec_for_each(f, &source->funcs) {
		const struct src_extent *at = &(*f)->at;

		if (!at->file->emitted)
			continue;
		CHECK(at->start < at->end && at->end <= at->file->len);
		CHECK(!at->start || at->file->text[at->start - 1] == '\n');
		CHECK(strchr("};", at->file->text[at->end - 1]));
		CHECK(!(*f)->body || at->file->text[(*f)->body] == '{');
	}
	vec_for_each(v, &source->vars) {
		const struct src_extent *at = &(*v)->at;
		size_t len = strlen((*v)->name);

		CHECK(strchr("};)", at->file->text[at->end - 1]));
		CHECK(!(*v)->initializer_offset || at->file->text[(*v)->initializer_offset] == '=');
		CHECK(at->name == at->start || !strncmp(at->file->text + at->name, (*v)->name, len));
	}
}

static void attributes_before_a_function(void)
{
	struct src_func *f = func("visible", 0);

	CHECK_STR(extent(&f->at), "asmlinkage __visible int notrace __sched\n"
				  "visible(int x) __releases(lock)\n{\n\treturn x;\n}");
	CHECK_STR(f->proto, "int visible(int x)");
	CHECK(!f->is_static && !f->is_boot_only);
}

static void attributes_of_functions(void)
{
	CHECK(func("weak_function", 0)->is_weak);
	CHECK(func("weak_by_declaration", 0)->is_weak);
	CHECK(!func("callee", 0)->is_weak);
	CHECK(func("setup", 0)->is_boot_only && func("setup", 0)->is_static);
	CHECK(func("entity_cpu", 0)->is_inline);
}

static void prototypes(void)
{
	CHECK_STR(func("returns_pointer", 0)->proto,
		  "int (*returns_pointer(int (*action)(int, const char *), int avg[3], "
		  "...))(int)");
	CHECK_STR(func("kr", 0)->proto, "int kr(void)");
	CHECK_STR(func("addresses", 0)->proto, "int addresses(call_t *slot)");
	CHECK_STR(func("addresses", 0)->type, "int (int (**)(int))");
	CHECK_STR(func("entity_cpu", 0)->proto, "int entity_cpu(const struct entity *e)");
}

static void system_calls(void)
{
	static const char *const pieces[] = {
		"__do_sys_nice",
		"__se_sys_nice",
		"__x64_sys_nice",
	};
	const char *body = "SYSCALL_DEFINE1(nice, int, increment)\n{\n"
			   "\tif (increment > 0)\n\t\treturn callee(increment);\n"
			   "\treturn CALL(callee, 3);\n}";

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		CHECK_STR(extent(&func(pieces[i], 0)->at), body);
		CHECK_STR(func(pieces[i], 0)->at.macro, "SYSCALL_DEFINE1");
		CHECK(!func(pieces[i], 0)->body == (i > 0));
	}
	CHECK_STR(extent(&var("args_nice", 0)->at), body);
	/* An alias counts as the function that it names. */
	CHECK_STR(extent(&func("__x64_sys_yield", 0)->at),
		  "SYSCALL_DEFINE0(yield)\n{\n\treturn 0;\n}");
	CHECK_STR(ref(SRC_REF_CALL, "__do_sys_yield", "__x64_sys_yield", 0)->in_macro, "alias");
}

static void nested_macros(void)
{
	CHECK_STR(func("one_init", 0)->at.macro, "governor_init");
	CHECK_STR(extent(&func("one_init", 0)->at), "governor_init(one);");
	CHECK(func("one_init", 0)->is_boot_only);
	CHECK_STR(extent(&var("__initcall_one_init", 0)->at), "governor_init(one);");
	CHECK_STR(extent(&func("model_one", 0)->at), "ACCESSOR(one);");
	CHECK(!func("model_one", 0)->body);
}

static void per_cpu_variables(void)
{
	struct src_var *v = var("local_entity", 0);

	CHECK(v->kind == SRC_VAR_PERCPU && v->is_static && v->is_definition);
	CHECK_STR(extent(&v->at), "static DEFINE_PER_CPU(struct entity, local_entity);");
	CHECK_STR(v->at.macro, "DEFINE_PER_CPU");
	CHECK(!strncmp(v->at.file->text + v->at.name, "local_entity)", 13));
	CHECK_STR(v->decl, "struct entity local_entity");

	CHECK(count_vars("entities") == 2);
	CHECK(!var("entities", 0)->is_definition && var("entities", 0)->units == 3);
	CHECK_STR(extent(&var("entities", 1)->at),
		  "DEFINE_PER_CPU(struct entity, entities) ____cacheline_aligned;");
}

static void attributes_of_variables(void)
{
	CHECK_STR(extent(&var("first_attr", 0)->at), "__read_mostly int first_attr = 1;");
	CHECK_STR(extent(&var("last_attr", 0)->at), "unsigned int last_attr __read_mostly;");
	CHECK_STR(extent(&var("nohz", 0)->at),
		  "static struct {\n\tint cpus;\t/* how many */\n\tstruct list *head;\n"
		  "} nohz ____cacheline_aligned;");
	CHECK_STR(var("nohz", 0)->decl,
		  "struct {\n\tint cpus;\t/* how many */\n\tstruct list *head;\n} nohz");
	CHECK_STR(extent(&var("the_mutex", 0)->at), "static DEFINE_MUTEX(the_mutex);");
	CHECK(var("the_mutex", 0)->has_pointers && !var("the_mutex", 0)->initializer_offset);
	CHECK(var("boot_value", 0)->is_boot_only && var("boot_value", 0)->initializer_offset);
	CHECK_STR(extent(&var("call_key_fast", 0)->at), "DEFINE_CALL(fast, callee);");
	CHECK(var("call_key_fast", 0)->at.name == var("call_key_fast", 0)->at.start);
}

static void tentative_definitions(void)
{
	CHECK(var("tentative", 0)->is_definition && !var("tentative", 0)->initializer_offset);
	CHECK(count_vars("fair_class") == 3);
	CHECK(!var("fair_class", 0)->is_definition); /* extern, in the header */
	CHECK(var("fair_class", 1)->is_definition && !var("fair_class", 1)->initializer_offset);
	CHECK_STR(extent(&var("fair_class", 1)->at), "const struct class fair_class;");
	CHECK(var("fair_class", 2)->is_definition && var("fair_class", 2)->initializer_offset);
	CHECK_STR(extent(&var("fair_class", 2)->at),
		  "const struct class fair_class = {\n\t.enqueue\t= enqueue,\n"
		  "\t.pick\t\t= pick,\n};");
}

static void compound_declarators(void)
{
	static const char *const names[] = { "one", "two", "three" };
	static const char *const decls[] = { "int one", "int two[3]", "int *three" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct src_var *v = var(names[i], 0);

		CHECK_STR(extent(&v->at), "static int one = 1, two[3], *three = &one;");
		CHECK_STR(v->decl, decls[i]);
		CHECK(!v->initializer_offset == (i == 1));
	}
}

static void constness(void)
{
	CHECK(var("names", 0)->is_const && var("names", 0)->has_pointers);
	CHECK_STR(var("names", 0)->decl, "const char *const names[2]");
	CHECK(var("names", 0)->size == 2 * sizeof(void *));
	CHECK(var("numbers", 0)->is_const && !var("numbers", 0)->has_pointers);
	CHECK(!var("pointers", 0)->is_const);
	CHECK(var("table", 0)->is_const);
	CHECK_STR(var("table", 0)->decl, "int (*const table[1])(int)");
	CHECK_STR(var("handlers", 0)->decl, "int (*handlers[3])(int)");
	CHECK_STR(var("matrix", 0)->decl, "struct entity (*matrix)[4]");
	CHECK(var("fair_class", 0)->is_const);
}

static void included_initialiser(void)
{
	CHECK_STR(extent(&var("features", 0)->at),
		  "static unsigned long features =\n#include \"features.h\"\n\t0;");
}

static void local_statics(void)
{
	struct src_var *v = var("calls", 0);

	CHECK(v->kind == SRC_VAR_LOCAL && v->owner == func("enqueue", 0));
	CHECK_STR(extent(&v->at), "static int calls, last = 3;");
	CHECK_STR(extent(&var("inner_mutex", 0)->at), "static DEFINE_MUTEX(inner_mutex);");
	/* Code from a macro's body: only the call counts, not the expression. */
	CHECK(count_vars("__already_done") == 2);
	CHECK_STR(extent(&var("__already_done", 0)->at), "WARN_ONCE(e->cpu > last)");
	CHECK_STR(extent(&var("__already_done", 1)->at), "WARN_ONCE(e->cpu > flags)");
	CHECK(ref(SRC_REF_VAR, "calls", "enqueue", 0)->is_local);
}

static void calls(void)
{
	CHECK_STR(ref_text(ref(SRC_REF_CALL, "callee", "pick", 0)), "callee");
	CHECK_STR(ref_text(ref(SRC_REF_CALL, "callee", "pick", 1)), "callee");
	CHECK(!ref(SRC_REF_ADDR, "callee", "pick", 0)->file);
	CHECK_STR(ref(SRC_REF_CALL, "callee", "__do_sys_nice", 1)->in_macro, "CALL");
	CHECK(ref(SRC_REF_CALL, "callee", "__do_sys_nice", 1)->in_arg);
	CHECK(ref(SRC_REF_CALL, "header_inline", "entity_cpu", 0)->file);
	CHECK(ref(SRC_REF_CALL, "header_helper", "header_inline", 0)->file);
	CHECK(ref(SRC_REF_CALL, "release", "addresses", 0)->is_static); /* cleanup */
	/* The static of the same name in the other unit. */
	CHECK(ref(SRC_REF_CALL, "callee", "use_other", 0)->unit == 1);
}

/* Only through parameters: the type of a call through a table says nothing. */
static void indirect_calls(void)
{
	const char *action = NULL;

	vec_for_each(i, &source->icalls) {
		CHECK(i->from != func("pick", 0) && i->from != func("enqueue", 0));
		if (i->from == func("returns_pointer", 0))
			action = i->type;
	}
	CHECK_STR(action, "int (int, const char *)");
}

static void addresses(void)
{
	struct src_ref *r;

	for (int i = 0; i < 2; i++) { /* plain text, with and without & */
		r = ref(SRC_REF_ADDR, "callee", "addresses", i);
		CHECK_STR(ref_text(r), "callee");
		CHECK(!r->in_macro);
	}
	r = ref(SRC_REF_ADDR, "callee", "addresses", 2);
	CHECK_STR(r->in_macro, "STORE");
	CHECK(r->in_arg);
	CHECK_STR(ref_text(r), "callee");
	r = ref(SRC_REF_ADDR, "default_call", "addresses", 0);
	CHECK_STR(r->in_macro, "STORE_DEFAULT");
	CHECK(!r->in_arg);
	CHECK_STR(ref_text(r), "STORE_DEFAULT(slot[3])");
	/* A macro that expands to its own name is plain text. */
	r = ref(SRC_REF_ADDR, "same_name", "addresses", 0);
	CHECK_STR(ref_text(r), "same_name");
	CHECK(!r->in_macro);
}

static void addresses_in_initialisers(void)
{
	struct src_ref *r = ref(SRC_REF_ADDR, "enqueue", "fair_class", 0);

	CHECK_STR(ref_text(r), "enqueue");
	CHECK(r->from_var == var("fair_class", 2) && !r->from);
	CHECK(ref(SRC_REF_ADDR, "callee", "call_key_fast", 0)->in_arg);
	CHECK_STR(ref_text(ref(SRC_REF_ADDR, "one_init", "__initcall_one_init", 0)),
		  "governor_init(one)");
	/* A local static's initialiser: its function and itself. */
	r = ref(SRC_REF_ADDR, "callee", "enqueue", 0);
	CHECK(r->from_var == var("table", 0));
	/* EXPORT_SYMBOL() is no use. */
	CHECK(!ref(SRC_REF_ADDR, "callee", "__UNIQUE_ID___addressable_callee7", 0)->file);
}

static void units(void)
{
	CHECK(func("entity_cpu", 0)->units == 3);
	CHECK(func("other_only", 0)->units == 2);
	CHECK(func("callee", 0)->units == 1 && func("callee", 1)->units == 2);
	CHECK_STR(source->units.v[1].name, "other");
	CHECK_STR(source->units.v[1].path, "sched/other.c");
}

static void files(void)
{
	struct src_position at = source_position(file("sched/main.c"), var("tentative", 0)->at.name);

	CHECK(file("sched/main.c")->emitted && file("sched/main.c")->boundary);
	CHECK(file("net/peer.h")->emitted && !file("net/peer.h")->boundary);
	CHECK(file("include/mini.h") && !file("include/mini.h")->emitted);
	CHECK(!file("include/mini.h")->text);
	CHECK(at.line == 9 && at.col == 5);
}

static void skipped_ranges(void)
{
	struct src_file *f = file("sched/main.c");

	CHECK(f->skipped.n == 2);
	if (f->skipped.n != 2)
		return;
	CHECK(!strncmp(f->text + f->skipped.v[0].start, "int skipped(void)", 17));
	CHECK(!strncmp(f->text + f->skipped.v[0].end, "#else", 5));
	CHECK_STR(text(f, f->skipped.v[1].start, f->skipped.v[1].end), "int only_other;\n");
	/* A branch that one of the units compiles is not skipped. */
	f = file("sched/private.h");
	CHECK(f->skipped.n == 1);
	CHECK_STR(text(f, f->skipped.v[0].start, f->skipped.v[0].end), "int never(void);\n");
}

static void toplevel_offsets(void)
{
	struct src_file *f = file("sched/main.c");

	CHECK(f->toplevel.n);
	vec_for_each(end, &f->toplevel) {
		CHECK(strchr(";}", f->text[*end - 1]));
		vec_for_each(p, &source->funcs)
			CHECK((*p)->at.file != f || *end <= (*p)->at.start || *end >= (*p)->at.end);
	}
}

static void records(void)
{
	bool entity = false, inner = false, peer = false;

	vec_for_each(r, &source->records) {
		if (!strcmp(r->name, "entity"))
			entity = r->boundary && r->size == 24;
		if (!strcmp(r->name, "inner"))
			inner = r->boundary && r->size == 16;
		if (!strcmp(r->name, "peer"))
			peer = !r->boundary && !strcmp(r->file, "net/peer.h");
	}
	CHECK(entity && inner && peer);
}

static const struct src_record *record_of(const char *name)
{
	vec_for_each(r, &source->records)
		if (!strcmp(r->name, name))
			return r;
	printf("# no record %s\n", name);
	exit(1);
}

static void members(void)
{
	static const struct {
		const char *name, *type, *record, *canonical;
		unsigned long offset, size;
	} expected[] = {
		{ "byte", "char", NULL, "char", 0, 8 },
		{ "low", "unsigned int", NULL, "unsigned int", 8, 3 },
		{ "high", "unsigned int", NULL, "unsigned int", 16, 2 },
		{ "whole", "long", NULL, "long", 64, 64 },
		{ "first", "int", NULL, "int", 64, 32 },
		{ "second", "int", NULL, "int", 96, 32 },
		{ "named.a", "short", NULL, "short", 128, 16 },
		{ "named.b.deep", "char", NULL, "char", 144, 8 },
		{ "several", "struct { int x; }[3]", NULL, "struct { int x; } [3]", 160, 96 },
		{ "entity", "struct entity", "entity", "struct entity", 256, 192 },
		{ "entities", "struct entity[2]", "entity", "struct entity [2]", 448, 384 },
		{ "key", "struct call_key", "call_key", "struct call_key", 832, 64 },
		{ "pick", "int (*)(void)", NULL, "int (*)(void)", 896, 64 },
		{ "names", "const char *const *", NULL, "char **", 960, 64 },
		{ "flexible", "long[]", NULL, "long []", 1024, 0 },
	};
	const struct src_record *r = record_of("layout");

	CHECK(r->members.n == ARRAY_SIZE(expected) && r->boundary && r->size == 128);
	for (size_t i = 0; i < r->members.n && i < ARRAY_SIZE(expected); i++) {
		const struct src_member *m = &r->members.v[i];
		const char *type = m->type;

		CHECK_STR(m->name, expected[i].name);
		/* "int [2]" or "int[2]": versions of libclang differ. */
		for (const char *p = expected[i].type; *p; p++) {
			type += *type == ' ' && *p != ' ';
			CHECK(*type++ == *p);
		}
		CHECK_STR(m->canonical, expected[i].canonical);
		CHECK_STR(m->record, expected[i].record);
		CHECK(m->offset == expected[i].offset && m->size == expected[i].size);
		CHECK(m->is_bitfield == (m->size < 8 && m->size));
		CHECK(m->has_callback == !strcmp(m->name, "key"));
	}
	/* Among the records of other headers: those that the boundary's code uses, and
	 * what these contain. */
	CHECK(record_of("mutex")->members.n == 2 && record_of("list")->members.n == 2);
	CHECK(!record_of("peer")->members.n);
}

/* "byte first high" for the members of struct layout that @func uses. */
static const char *used_in(const char *func, bool given)
{
	static char text[200];

	text[0] = '\0';
	vec_for_each(a, &source->accesses) {
		const struct src_record *r = &source->records.v[a->record];

		if (!a->from || strcmp(a->from->name, func) || strcmp(r->name, "layout") ||
		    given != !!a->given_to)
			continue;
		if (text[0])
			strcat(text, " ");
		strcat(text, r->members.v[a->member].name);
		if (given)
			strcat(strcat(text, " to "), a->given_to);
	}
	return text;
}

static void accesses(void)
{
	CHECK_STR(used_in("read_layout", false), "byte first named.b.deep several entity pick");
	CHECK_STR(used_in("give_layout", true), "whole to keeps_address");
	CHECK(strstr(used_in("give_layout", false), "byte"));
	CHECK(record_of("entity")->is_measured && record_of("peer")->is_measured);
	CHECK(!record_of("class")->is_measured);
}

static void a_compiler_error_is_located(void)
{
	static const char *const broken[] = { "sched/main.c", "sched/broken.c" };
	struct source *none = NULL;
	_cleanup_error_ struct error *err = load(broken, 2, &none);

	CHECK(err && !none);
	if (!err)
		return;
	CHECK(str_ends(err->path, "sched/broken.c"));
	CHECK(err->line == 5 && err->col == 9);
	CHECK(strstr(err->message, "missing"));
}

static void a_missing_unit_is_an_error(void)
{
	static const char *const missing[] = { "sched/nowhere.c" };
	struct source *none = NULL;
	_cleanup_error_ struct error *err = load(missing, 1, &none);

	CHECK(err && !none);
	CHECK(err && err->path && str_ends(err->path, "sched/nowhere.c"));
}

static void sidecars(void)
{
	static const char *const three[] = { "sched/main.c", "sched/other.c", "net/other.c" };
	struct source *boundary = source;
	struct error *err = load_beside(three, 3, 1, &source);

	CHECK(!err);
	if (err) {
		error_print(stdout, err);
		error_free(err);
		source = boundary;
		return;
	}
	CHECK_STR(source->units.v[1].name, "other");
	CHECK_STR(source->units.v[2].name, "net_other");
	CHECK(file("net/other.c")->sidecar && file("net/other.c")->boundary);
	CHECK(file("net/part.c")->sidecar && file("net/part.c")->boundary);
	CHECK(!file("net/peer.h")->sidecar && !file("net/peer.h")->boundary);
	CHECK(!file("sched/other.c")->sidecar && file("sched/other.c")->boundary);
	CHECK(func("in_part", 0)->units == 4);

	CHECK(var("plain_key", 0)->is_static_key && var("plain_key", 0)->has_static_key);
	CHECK(var("key_table", 0)->is_static_key && var("key_table", 0)->has_static_key);
	CHECK(!var("deferred_key", 0)->is_static_key && var("deferred_key", 0)->has_static_key);
	CHECK(!var("no_key", 0)->is_static_key && !var("no_key", 0)->has_static_key);
	source_free(source);
	source = boundary;
}

static void a_sidecar_that_is_no_unit(void)
{
	static const char *const wrong[] = { "sched/main.c", "sched/broken.c" };
	struct source *none = NULL;
	struct error *err = load_beside(wrong, 2, 1, &none);

	CHECK(err && !none);
	CHECK(err && err->note && strstr(err->note, "a sidecar is a file that"));
	error_free(err);
}

/* Units are named after their files, as C names things. */
static void unit_names(void)
{
	static const char *const units[] = {
		"sched/main.c", "net/tick-two.c", "net/tick_two.c", "net/tick+two.c", "net/text.c",
	};
	static const char *const names[] = {
		"main", "tick_two", "net_tick_two", "net_tick_two_2", "net_text",
	};
	struct source *few = NULL;
	struct error *err = load_beside(units, ARRAY_SIZE(units), 4, &few);

	if (err)
		error_print(stdout, err);
	CHECK(!err && few->units.n == ARRAY_SIZE(units));
	for (size_t i = 0; few && i < few->units.n; i++)
		CHECK_STR(few->units.v[i].name, names[i]);
	source_free(few);
	error_free(err);
}

int main(void)
{
	static const char *const both[] = { "sched/main.c", "sched/other.c" };
	struct error *err = load(both, 2, &source);

	if (err) {
		error_print(stderr, err);
		error_free(err);
		return 1;
	}
	RUN(all_extents_are_whole);
	RUN(attributes_before_a_function);
	RUN(attributes_of_functions);
	RUN(prototypes);
	RUN(system_calls);
	RUN(nested_macros);
	RUN(per_cpu_variables);
	RUN(attributes_of_variables);
	RUN(tentative_definitions);
	RUN(compound_declarators);
	RUN(constness);
	RUN(included_initialiser);
	RUN(local_statics);
	RUN(calls);
	RUN(indirect_calls);
	RUN(addresses);
	RUN(addresses_in_initialisers);
	RUN(units);
	RUN(unit_names);
	RUN(files);
	RUN(skipped_ranges);
	RUN(toplevel_offsets);
	RUN(records);
	RUN(members);
	RUN(accesses);
	RUN(a_compiler_error_is_located);
	RUN(a_missing_unit_is_an_error);
	RUN(sidecars);
	RUN(a_sidecar_that_is_no_unit);
	source_free(source);
	return TEST_STATUS;
}
