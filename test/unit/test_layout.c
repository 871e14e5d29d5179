// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_layout.c - allowed changes of a record of which the kernel has objects, and
 * messages about the others; types in canonical form.
 */
#include "types/ctypes.h"
#include "test.h"

#define BITS(bytes) (8 * (bytes))
#define MAX 8

/* struct s { int a; [4 bytes] long b; int reserved1; int c; } */
static const struct layout_member stock[] = {
	{ .name = "a", .type = "int", .offset = BITS(0), .size = BITS(4), .internal = true },
	{ .name = "b", .type = "long", .offset = BITS(8), .size = BITS(8) },
	{ .name = "reserved1", .type = "int", .offset = BITS(16), .size = BITS(4), .reserved = true },
	{ .name = "c", .type = "int", .offset = BITS(20), .size = BITS(4), .internal = true },
};

static struct layout layout(const struct layout_member *members, size_t n, unsigned long size)
{
	struct layout layout = { .name = "s", .size = size };

	for (size_t i = 0; i < n && members[i].name; i++)
		vec_push(&layout.members, members[i]);
	return layout;
}

static void edits(void)
{
#define A                                                                      \
	{                                                                      \
		.name = "a", .type = "int", .offset = BITS(0), .size = BITS(4) \
	}
#define B                                                                       \
	{                                                                       \
		.name = "b", .type = "long", .offset = BITS(8), .size = BITS(8) \
	}
#define R                                                                               \
	{                                                                               \
		.name = "reserved1", .type = "int", .offset = BITS(16), .size = BITS(4) \
	}
#define C                                                                       \
	{                                                                       \
		.name = "c", .type = "int", .offset = BITS(20), .size = BITS(4) \
	}
	static const struct {
		const char *what;
		struct layout_member now[MAX];
		unsigned long size;
		const char *fixed, *shared; /* the message; NULL: none */
	} cases[] = {
		{ "nothing", { A, B, R, C }, 24, NULL, NULL },
		{ "new in padding",
		  { A, { .name = "n", .type = "int", .offset = BITS(4), .size = BITS(4) }, B, R, C },
		  24,
		  NULL,
		  NULL },
		{ "reserved one replaced by two",
		  { A,
		    B,
		    { .name = "n", .type = "short", .offset = BITS(16), .size = BITS(2) },
		    { .name = "m", .type = "short", .offset = BITS(18), .size = BITS(2) },
		    C },
		  24,
		  NULL,
		  NULL },
		{ "reserved one in a union",
		  { A, B, R, { .name = "n", .type = "short", .offset = BITS(16), .size = BITS(2) }, C },
		  24,
		  NULL,
		  NULL },
		{ "more than the reserved one has",
		  { A,
		    B,
		    { .name = "n", .type = "long", .offset = BITS(16), .size = BITS(8) },
		    { .name = "c", .type = "int", .offset = BITS(24), .size = BITS(4) } },
		  24,
		  "'n' of struct s is new and lies at byte 16, where vmlinux has 'c' (byte 20, 4 bytes, 'int'); 1 other member differs, too",
		  NULL },
		{ "internal one renamed",
		  { { .name = "n", .type = "int", .offset = BITS(0), .size = BITS(4) }, B, R, C },
		  24,
		  NULL,
		  NULL },
		{ "internal one renamed, with another type",
		  { { .name = "n", .type = "unsigned int", .offset = BITS(0), .size = BITS(4) }, B, R, C },
		  24,
		  "'n' of struct s is new and lies at byte 0, where vmlinux has 'a' (byte 0, 4 bytes, 'int')",
		  NULL },
		{ "another one renamed",
		  { A, { .name = "n", .type = "long", .offset = BITS(8), .size = BITS(8) }, R, C },
		  24,
		  "'n' of struct s is new and lies at byte 8, where vmlinux has 'b' (byte 8, 8 bytes, 'long')",
		  "struct s has lost 'b', which vmlinux has at byte 8 (8 bytes, 'long')" },
		{ "internal one with an alias",
		  { A, { .name = "n", .type = "short", .offset = BITS(0), .size = BITS(2) }, B, R, C },
		  24,
		  NULL,
		  NULL },
		{ "another one with an alias",
		  { A, B, { .name = "n", .type = "short", .offset = BITS(8), .size = BITS(2) }, R, C },
		  24,
		  "'n' of struct s is new and lies at byte 8, where vmlinux has 'b' (byte 8, 8 bytes, 'long')",
		  NULL },
		{ "internal ones changed places",
		  { { .name = "c", .type = "int", .offset = BITS(0), .size = BITS(4) },
		    B,
		    R,
		    { .name = "a", .type = "int", .offset = BITS(20), .size = BITS(4) } },
		  24,
		  "'c' of struct s has moved from byte 20 to byte 0; 1 other member differs, too",
		  NULL },
		{ "internal one of another type",
		  { { .name = "a",
		      .type = "unsigned int",
		      .spelling = "u32",
		      .offset = BITS(0),
		      .size = BITS(4) },
		    B,
		    R,
		    C },
		  24,
		  "'a' of struct s has 4 bytes, 'u32', but in vmlinux 4 bytes, 'int'",
		  NULL },
		{ "a bit-field in its place",
		  { { .name = "a", .type = "int", .offset = BITS(0), .size = 3, .is_bitfield = true },
		    B,
		    R,
		    C },
		  24,
		  "'a' of struct s has 3 bits, 'int', but in vmlinux 4 bytes, 'int'",
		  NULL },
		{ "internal one gone",
		  { B, R, C },
		  24,
		  "struct s has lost 'a', which vmlinux has at byte 0 (4 bytes, 'int')",
		  NULL },
		{ "another one moved",
		  { A, R, C, { .name = "b", .type = "long", .offset = BITS(24), .size = BITS(8) } },
		  32,
		  "struct s now has 32 bytes, but objects that vmlinux has made have 24",
		  "'b' of struct s has moved from byte 8 to byte 24" },
		{ "grown",
		  { A, B, R, C, { .name = "n", .type = "int", .offset = BITS(24), .size = BITS(4) } },
		  32,
		  "struct s now has 32 bytes, but objects that vmlinux has made have 24",
		  NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const expected[] = { cases[i].fixed, cases[i].shared, NULL };
		struct layout then = layout(stock, ARRAY_SIZE(stock), 24);
		struct layout now = layout(cases[i].now, MAX, cases[i].size);

		for (enum layout_freedom f = LAYOUT_FIXED; f <= LAYOUT_FREE; f++) {
			layout_differences found = { 0 };
			_cleanup_free_ char *text = NULL;

			layout_compare(&then, &now, f, &found);
			text = found.n ? layout_message(&then, &now, &found) : NULL;
			if (!text != !expected[f])
				printf("# %s: %s\n", cases[i].what, text ? text : "nothing");
			CHECK(!text == !expected[f]);
			if (text && expected[f])
				CHECK_STR(text, expected[f]);
			vec_free(&found);
		}
		layout_free(&then);
		layout_free(&now);
	}
}

static void reserved_names(void)
{
	CHECK(layout_is_reserved_name("kabi_reserved1") && layout_is_reserved_name("__pad2") &&
	      layout_is_reserved_name("_pad1_") && layout_is_reserved_name("__unused"));
	CHECK(!layout_is_reserved_name("padlock") && !layout_is_reserved_name("nr_running"));
}

/* --- types in canonical form */

/* Types by their number; parts of a record or function follow it. */
static const struct {
	struct ctype type;
	struct ctype_part parts[3];
} types[] = {
	[1] = { { CTYPE_BASE, .name = "long unsigned int", .size = 8 }, {} },
	[2] = { { CTYPE_TYPEDEF, .name = "u64", .to = 1 }, {} },
	[3] = { { CTYPE_QUALIFIER, .to = 2 }, {} },
	[4] = { { CTYPE_POINTER, .to = 3, .size = 8 }, {} },
	[5] = { { CTYPE_STRUCT, .name = "rq", .size = 8 }, { { "clock", 2, 0, 0, false } } },
	[6] = { { CTYPE_POINTER, .to = 5, .size = 8 }, {} },
	[7] = { { CTYPE_ARRAY, .to = 6, .count = 3 }, {} },
	[8] = { { CTYPE_ARRAY, .to = 7, .count = 2 }, {} },
	[9] = { { CTYPE_FUNCTION, .to = 6 }, { { "f", 6, 0, 0, false }, { .more = true } } },
	[10] = { { CTYPE_POINTER, .to = 9, .size = 8 }, {} },
	[11] = { { CTYPE_STRUCT, .size = 16 }, { { "a", 2, 0, 0, false }, { "b", 1, 64, 3, false } } },
	[12] = { { CTYPE_TYPEDEF, .name = "pair_t", .to = 11 }, {} },
	[13] = { { CTYPE_ARRAY, .to = 11, .count = 4 }, {} },
	[14] = { { CTYPE_POINTER, .to = 14, .size = 8 }, {} },
	[15] = { { CTYPE_TYPEDEF, .name = "loop", .to = 15 }, {} },
	[16] = { { CTYPE_FUNCTION }, {} },
	[17] = { { CTYPE_STRUCT, .name = "outer", .size = 48 },
		 { { "nohz", 11, 0, 0, false },
		   { NULL, 11, 128, 0, false },
		   { "list", 8, 256, 0, false } } },
	[18] = { { CTYPE_BASE, .name = "short unsigned int", .size = 2 }, {} },
	[19] = { { CTYPE_BASE, .name = "char", .size = 1 }, {} },
	[20] = { { CTYPE_BASE, .name = "_Bool", .size = 1 }, {} },
	[21] = { { CTYPE_STRUCT, .size = 8 },
		 { { NULL, 21, 0, 0, false }, { "x", 21, 0, 0, false } } },
};

static struct ctype get_type(const struct ctype_reader *reader, uint64_t id)
{
	struct ctype t = { .id = id };

	(void)reader;
	if (id < ARRAY_SIZE(types)) {
		t = types[id].type;
		t.id = id;
	}
	return t;
}

static void get_parts(const struct ctype_reader *reader, const struct ctype *type,
		      ctype_part_fn each, void *arg)
{
	const struct ctype_part *part = types[type->id].parts;

	(void)reader;
	for (int i = 0; i < 3 && (part[i].type || part[i].more); i++)
		if (!each(&part[i], arg))
			return;
}

static const struct ctype_reader reader = { .get = get_type, .parts = get_parts };

static void texts(void)
{
	static const struct {
		uint64_t id;
		const char *text;
	} cases[] = {
		{ 0, "void" },
		{ 1, "unsigned long" },
		{ 3, "unsigned long" },
		{ 4, "unsigned long *" },
		{ 5, "struct rq" },
		{ 6, "struct rq *" },
		{ 8, "struct rq *[6]" },
		{ 9, "struct rq *(struct rq *, ...)" },
		{ 10, "struct rq *(*)(struct rq *, ...)" },
		{ 12, "pair_t" },
		{ 13, "struct { unsigned long a; unsigned long b:3; } [4]" },
		{ 16, "void (void)" },
		{ 18, "unsigned short" },
		{ 19, "char" },
		{ 20, "_Bool" },
		{ 99, "void" },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK_STR(ctype_text(&reader, &arena, cases[i].id), cases[i].text);
	/* a type that refers to itself ends */
	CHECK(strlen(ctype_text(&reader, &arena, 14)) < 1000);
	CHECK(ctype_text(&reader, &arena, 15));
	CHECK(strlen(ctype_text(&reader, &arena, 21)) < 10000);
	arena_free(&arena);
}

static void layouts(void)
{
	static const struct layout_member expected[] = {
		{ .name = "nohz.a", .type = "unsigned long", .offset = 0, .size = 64 },
		{ .name = "nohz.b", .type = "unsigned long", .offset = 64, .size = 3 },
		{ .name = "a", .type = "unsigned long", .offset = 128, .size = 64 },
		{ .name = "b", .type = "unsigned long", .offset = 192, .size = 3 },
		{ .name = "list", .type = "struct rq *[6]", .offset = 256, .size = 384 },
	};
	struct arena arena = { 0 };
	struct layout layout = { 0 };

	ctype_layout(&reader, &arena, 17, &layout);
	CHECK_STR(layout.name, "outer");
	CHECK(layout.size == 48 && !layout.is_union);
	CHECK(layout.members.n == ARRAY_SIZE(expected));
	for (size_t i = 0; i < layout.members.n && i < ARRAY_SIZE(expected); i++) {
		const struct layout_member *m = &layout.members.v[i];

		CHECK_STR(m->name, expected[i].name);
		CHECK_STR(m->type, expected[i].type);
		CHECK(m->offset == expected[i].offset && m->size == expected[i].size);
		CHECK(m->is_bitfield == (m->size == 3));
	}
	layout_free(&layout);
	ctype_layout(&reader, &arena, 21, &layout); /* holds itself */
	layout_free(&layout);
	arena_free(&arena);
}

int main(void)
{
	RUN(edits);
	RUN(reserved_names);
	RUN(texts);
	RUN(layouts);
	return TEST_STATUS;
}
