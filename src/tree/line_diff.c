// SPDX-License-Identifier: GPL-2.0-only
/*
 * line_diff.c - two texts compared line by line.
 *
 * Equal lines at both ends are paired. Of the rest, lines that each side has
 * exactly once are pairs, as many as keep their order (longest increasing
 * subsequence); what lies between two pairs is compared in the same way. A rest
 * without such lines differs as a whole. This may call too many lines different,
 * never too few.
 */
#include "tree/line_diff.h"

#include <ctype.h>

struct code_line {
	uint64_t hash;
	unsigned int number;
};

struct side {
	VEC(struct code_line) lines; /* those that are not blank */
	unsigned int end;	     /* number of the line after the last one */
};

struct pair {
	size_t then, now;
};

struct compare {
	struct side then, now;
	struct line_diff *out;
};

/* Hash of the line at @text, its blanks joined. *@blank: it has nothing else. */
static uint64_t hash_line(const char *text, size_t len, bool *blank)
{
	char word[2] = { 0 };
	uint64_t h = HASH_START;
	bool gap = false;

	*blank = true;
	for (size_t i = 0; i < len; i++) {
		if (isspace((unsigned char)text[i])) {
			gap = true;
			continue;
		}
		if (gap && !*blank)
			h = hash_string(h, " ");
		word[0] = text[i];
		h = hash_string(h, word);
		gap = *blank = false;
	}
	return h;
}

static void split(struct side *side, const char *text)
{
	unsigned int number = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		bool blank;
		uint64_t hash = hash_line(text, len, &blank);

		number++;
		if (!blank)
			vec_push(&side->lines, ((struct code_line){ hash, number }));
		text += len + (text[len] == '\n');
	}
	side->end = number + 1;
}

/* --- pairs of unique lines */

struct place {
	uint64_t hash;
	size_t index;
	bool now;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->hash == y->hash ? x->now - y->now : compare_values(x->hash, y->hash);
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return compare_values(x->then, y->then);
}

/* Lines that occur once in @then and once in @now, in the order of @then. */
static size_t unique_pairs(const struct compare *c, struct pair from, struct pair to,
			   struct pair *pairs)
{
	size_t n = to.then - from.then + to.now - from.now, found = 0, k = 0;
	_cleanup_free_ struct place *places = xcalloc(n + 1, sizeof(*places));

	for (size_t i = from.then; i < to.then; i++)
		places[k++] = (struct place){ c->then.lines.v[i].hash, i, false };
	for (size_t i = from.now; i < to.now; i++)
		places[k++] = (struct place){ c->now.lines.v[i].hash, i, true };
	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && places[end].hash == places[i].hash; end++)
			;
		if (end - i == 2 && !places[i].now && places[i + 1].now)
			pairs[found++] = (struct pair){ places[i].index, places[i + 1].index };
	}
	qsort(pairs, found, sizeof(*pairs), compare_pairs);
	return found;
}

/* Keep the longest sequence of @pairs in which both sides increase. */
static size_t keep_increasing(struct pair *pairs, size_t n)
{
	/* tops[k]: the pair with the least @now that ends a sequence of k + 1. */
	_cleanup_free_ size_t *tops = xcalloc(n + 1, sizeof(*tops));
	_cleanup_free_ size_t *before = xcalloc(n + 1, sizeof(*before));
	_cleanup_free_ struct pair *kept = xcalloc(n + 1, sizeof(*kept));
	size_t longest = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = bisect(j, longest, pairs[tops[j]].now < pairs[i].now);

		before[i] = k ? tops[k - 1] : n;
		tops[k] = i;
		longest += k == longest;
	}
	for (size_t k = longest, i = longest ? tops[longest - 1] : n; k-- > 0; i = before[i])
		kept[k] = pairs[i];
	memcpy(pairs, kept, longest * sizeof(*pairs));
	return longest;
}

/* --- comparing */

static unsigned int number_at(const struct side *side, size_t index)
{
	return index < side->lines.n ? side->lines.v[index].number : side->end;
}

static void add_hunk(struct compare *c, struct pair from, struct pair to)
{
	struct line_hunk hunk = { .then = number_at(&c->then, from.then),
				  .now = number_at(&c->now, from.now) };

	if (to.then > from.then)
		hunk.then_n = c->then.lines.v[to.then - 1].number - hunk.then + 1;
	if (to.now > from.now)
		hunk.now_n = c->now.lines.v[to.now - 1].number - hunk.now + 1;
	if (hunk.then_n || hunk.now_n)
		vec_push(&c->out->hunks, hunk);
}

static bool same_line(const struct compare *c, size_t then, size_t now)
{
	return c->then.lines.v[then].hash == c->now.lines.v[now].hash;
}

/* Compare [@from, @to) of both sides. */
static void compare_range(struct compare *c, struct pair from, struct pair to)
{
	while (from.then < to.then && from.now < to.now && same_line(c, from.then, from.now))
		from.then++, from.now++;
	while (from.then < to.then && from.now < to.now && same_line(c, to.then - 1, to.now - 1))
		to.then--, to.now--;

	size_t most = to.then - from.then < to.now - from.now ? to.then - from.then :
								to.now - from.now;
	_cleanup_free_ struct pair *pairs = xcalloc(most + 1, sizeof(*pairs));
	size_t n = most ? keep_increasing(pairs, unique_pairs(c, from, to, pairs)) : 0;

	if (!n) {
		add_hunk(c, from, to);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		compare_range(c, from, pairs[i]);
		from = (struct pair){ pairs[i].then + 1, pairs[i].now + 1 };
	}
	compare_range(c, from, to);
}

void line_diff(const char *then, const char *now, struct line_diff *diff)
{
	struct compare c = { .out = diff };

	split(&c.then, then);
	split(&c.now, now);
	compare_range(&c, (struct pair){ 0, 0 }, (struct pair){ c.then.lines.n, c.now.lines.n });
	vec_free(&c.then.lines);
	vec_free(&c.now.lines);
}

void line_diff_free(struct line_diff *diff)
{
	vec_free(&diff->hunks);
}

/* --- asking */

bool line_diff_is_new(const struct line_diff *diff, unsigned int line)
{
	vec_for_each(h, &diff->hunks)
		if (line >= h->now && line - h->now < h->now_n)
			return true;
	return false;
}

unsigned int line_diff_first(const struct line_diff *diff, unsigned int first, unsigned int last)
{
	vec_for_each(h, &diff->hunks) {
		unsigned int end = h->now + (h->now_n ? h->now_n - 1 : 0);

		if (h->now <= last && end >= first)
			return h->now > first ? h->now : first;
	}
	return 0;
}

void line_blank_hash_comments(char *text)
{
	bool comment = false;

	for (; *text; text++) {
		comment = *text != '\n' && (comment || *text == '#');
		if (comment)
			*text = ' ';
	}
}
