// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_line_diff.c - which lines differ; comments do not count.
 */
#include "tree/line_diff.h"
#include "source/source_text.h"
#include "test.h"

/* "THEN,N>NOW,N ..." */
static char *print(const struct line_diff *diff)
{
	char *text = xstrdup("");

	vec_for_each(h, &diff->hunks) {
		char *longer = xasprintf("%s%s%u,%u>%u,%u", text, *text ? " " : "", h->then,
					 h->then_n, h->now, h->now_n);

		free(text);
		text = longer;
	}
	return text;
}

static void hunks(void)
{
	static const struct {
		const char *then, *now, *hunks;
	} cases[] = {
		{ "", "", "" },
		{ "a\nb\n", "a\nb\n", "" },
		{ "a\nb", "a\nb\n", "" },
		{ "", "a\nb\n", "1,0>1,2" },
		{ "a\nb\n", "", "1,2>1,0" },
		{ "a\nc\n", "a\nb\nc\n", "2,0>2,1" },
		{ "a\nb\nc\n", "a\nc\n", "2,1>2,0" },
		{ "a\nb\nc\n", "a\nB\nc\n", "2,1>2,1" },
		/* blanks */
		{ "a  b\n\n\nc\n", "\ta b\nc  \n", "" },
		{ "ab\n", "a b\n", "1,1>1,1" },
		{ "a\n\nb\n", "x\n\ny\n", "1,3>1,3" },
		/* lines that occur often */
		{ "{\n}\na\n{\n}\n", "{\n}\na\n{\nx\n}\n", "5,0>5,1" },
		{ "{\n}\n", "{\n}\n{\n}\n", "3,0>3,2" },
		/* an equal line inside; one that moves is new at one of its places */
		{ "a\nb\nc\n", "x\nb\ny\n", "1,1>1,1 3,1>3,1" },
		{ "a\nb\nc\nd\n", "d\na\nb\nc\n", "1,0>1,1 4,1>5,0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct line_diff diff = { 0 };

		line_diff(cases[i].then, cases[i].now, &diff);
		_cleanup_free_ char *found = print(&diff);

		CHECK_STR(found, cases[i].hunks);
		line_diff_free(&diff);
	}
}

/* Every line is either new or one of the old ones, in their order. */
static void any_text(void)
{
	unsigned int seed = 1;

	for (int round = 0; round < 300; round++) {
		char then[101] = "", now[101] = "";
		struct line_diff diff = { 0 };
		unsigned int old = 1;

		for (int i = 0; i < 50; i++) {
			seed = seed * 1103515245 + 12345;
			then[2 * i] = now[2 * i] = 'a' + (seed >> 16) % 12;
			seed = seed * 1103515245 + 12345;
			if ((seed >> 16) % 5 == 0)
				now[2 * i] = 'a' + (seed >> 20) % 12;
			then[2 * i + 1] = now[2 * i + 1] = '\n';
		}
		line_diff(then, now, &diff);
		vec_for_each(h, &diff.hunks)
			CHECK(h->then - old ==
				      h->now - (h == diff.hunks.v ? 1 : h[-1].now + h[-1].now_n) &&
			      (old = h->then + h->then_n));
		for (unsigned int line = 1, at = 1; line <= 50; line++) {
			vec_for_each(h, &diff.hunks)
				if (h->now == line)
					at = h->then + h->then_n;
			if (!line_diff_is_new(&diff, line))
				CHECK(now[2 * (line - 1)] == then[2 * (at++ - 1)]);
		}
		line_diff_free(&diff);
	}
}

static void asked(void)
{
	struct line_diff diff = { 0 };

	line_diff("a\nb\nc\nd\ne\n", "a\nB\nc\ne\nf\n", &diff);
	CHECK(!line_diff_is_new(&diff, 1) && line_diff_is_new(&diff, 2));
	CHECK(!line_diff_is_new(&diff, 4) && line_diff_is_new(&diff, 5));
	CHECK(line_diff_first(&diff, 1, 5) == 2 && line_diff_first(&diff, 3, 5) == 4);
	CHECK(!line_diff_first(&diff, 3, 3) && line_diff_first(&diff, 5, 9) == 5);
	line_diff_free(&diff);
}

static void comments(void)
{
	char c[] = "a /* b\n c */ d // e\nf \"/* g */\" '\"' /* h */\ni /* j";
	char make[] = "a # b\n# c\nd\n";

	text_blank_comments(c, strlen(c));
	CHECK_STR(c, "a     \n      d     \nf \"/* g */\" '\"'        \ni     ");
	line_blank_hash_comments(make);
	CHECK_STR(make, "a    \n   \nd\n");
}

int main(void)
{
	RUN(hunks);
	RUN(any_text);
	RUN(asked);
	RUN(comments);
	return TEST_STATUS;
}
