// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_edit.c - byte edits: their order at one place, and conflicts.
 */
#include "emit/edit.h"
#include "test.h"

enum kind { AFTER, BEFORE, REPLACE };

/* Edits in the order in which they are added; a NULL text ends them. */
struct request {
	enum kind kind;
	size_t start, end;
	const char *text;
};

struct edit_case {
	const char *text;
	struct request requests[6];
	const char *expected; /* or NULL: an error at @line, @col */
	unsigned int line, col;
};

static const struct edit_case cases[] = {
	{ "abc", { { 0 } }, "abc", 0, 0 },
	{ "", { { 0 } }, "", 0, 0 },
	{ "", { { BEFORE, 0, 0, "x" } }, "x", 0, 0 },
	{ "abc", { { BEFORE, 1, 0, "" } }, "abc", 0, 0 },
	{ "abc", { { REPLACE, 1, 2, "" } }, "ac", 0, 0 },
	{ "abc", { { REPLACE, 0, 3, "x" } }, "x", 0, 0 },
	/* at the end of the file */
	{ "abc", { { AFTER, 3, 0, "x" }, { BEFORE, 3, 0, "y" } }, "abcxy", 0, 0 },
	/* the order in which they were added does not count ... */
	{ "abc", { { REPLACE, 2, 3, "C" }, { REPLACE, 0, 1, "A" } }, "AbC", 0, 0 },
	/* ... at one place it is: after, before, replace */
	{ "abc", { { REPLACE, 1, 2, "R" }, { BEFORE, 1, 0, "B" }, { AFTER, 1, 0, "A" } }, "aABRc", 0, 0 },
	/* a removal's end and the next one's start */
	{ "abcd",
	  { { REPLACE, 2, 3, "C" }, { BEFORE, 2, 0, "<" }, { AFTER, 2, 0, ">" }, { REPLACE, 1, 2, "B" } },
	  "aB><Cd",
	  0,
	  0 },
	/* equal ones keep their order */
	{ "abc",
	  { { BEFORE, 1, 0, "1" }, { BEFORE, 1, 0, "2" }, { AFTER, 1, 0, "3" }, { AFTER, 1, 0, "4" } },
	  "a3412bc",
	  0,
	  0 },
	/* an insertion inside replaced text, replacements that share a byte */
	{ "a\nbcd\n", { { REPLACE, 2, 5, "x" }, { BEFORE, 4, 0, "y" } }, NULL, 2, 3 },
	{ "a\nbcd\n", { { REPLACE, 2, 4, "x" }, { REPLACE, 3, 5, "y" } }, NULL, 2, 2 },
	{ "abc", { { REPLACE, 0, 2, "x" }, { REPLACE, 0, 1, "y" } }, NULL, 1, 1 },
	/* outside of the text */
	{ "ab\n", { { REPLACE, 1, 9, "x" } }, NULL, 1, 2 },
	{ "ab\n", { { BEFORE, 9, 0, "x" } }, NULL, 2, 1 },
	{ "ab\n", { { REPLACE, 2, 1, "x" } }, NULL, 1, 3 },
};

static void ask(struct edits *edits, const struct request *r)
{
	if (r->kind == AFTER)
		edits_insert_after(edits, r->start, "%s", r->text);
	else if (r->kind == BEFORE)
		edits_insert_before(edits, r->start, "%s", r->text);
	else
		edits_replace(edits, r->start, r->end, "%s", r->text);
}

static struct src_file file_of(const char *text)
{
	struct src_file file = { .path = "f.c", .text = (char *)text, .len = strlen(text) };

	source_file_find_lines(&file);
	return file;
}

static void edits_are_applied_or_refused(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct edit_case *c = &cases[i];
		struct src_file file = file_of(c->text);
		struct edits edits = { 0 };
		_cleanup_free_ char *result = NULL;
		size_t len = 0;

		for (const struct request *r = c->requests; r->text; r++)
			ask(&edits, r);
		_cleanup_error_ struct error *err = edits_apply(&edits, &file, &result, &len);
		if (c->expected) {
			CHECK(!err);
			CHECK_STR(result, c->expected);
			CHECK(len == strlen(c->expected));
		} else {
			CHECK(err && !result);
			CHECK_STR(err ? err->path : NULL, "f.c");
			CHECK(err && err->line == c->line && err->col == c->col);
			CHECK(err && err->note);
		}
		if (test_reason[0])
			printf("# case %zu\n", i);
		edits_free(&edits);
		vec_free(&file.lines);
	}
}

static void text_is_formatted_and_long(void)
{
	struct edits edits = { 0 };
	struct src_file file = file_of("a%s");
	_cleanup_free_ char *result = NULL, *longer = xmalloc(10001);
	size_t len;

	memset(longer, 'x', 10000);
	longer[10000] = '\0';
	edits_replace(&edits, 0, 1, "%s%d", longer, 7);
	CHECK(!edits_apply(&edits, &file, &result, &len));
	CHECK(len == 10003 && str_ends(result, "x7%s"));
	edits_free(&edits);
	vec_free(&file.lines);
}

int main(void)
{
	RUN(edits_are_applied_or_refused);
	RUN(text_is_formatted_and_long);
	return TEST_STATUS;
}
