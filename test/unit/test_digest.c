// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_digest.c - digests of pieces and of the whole, and of texts with different
 * line ends.
 */
#include "base/digest.h"
#include "test.h"

static const char *digest_of(const char *text)
{
	static char digest[DIGEST_TEXT_LEN + 1];

	digest_bytes(text, strlen(text), digest);
	return digest;
}

/* Manifests outlive a version of libxxhash, so the values are fixed. */
static void example(void)
{
	CHECK_STR(digest_of(""), "99aa06d3014798d86001c324468d497f");
	CHECK_STR(digest_of("abc"), "06b05ab6733a618578af5f94892f3950");
}

/* Pieces of every length up to 128 give the same digest as the whole. */
static void pieces(void)
{
	static char bytes[8256]; /* 1 + 2 + ... + 128 */
	char whole[DIGEST_TEXT_LEN + 1], pieced[DIGEST_TEXT_LEN + 1];
	struct digest d;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 37;
	digest_bytes(bytes, sizeof(bytes), whole);
	digest_begin(&d);
	for (size_t n = 0, at = 0; at < sizeof(bytes); at += n++)
		digest_add(&d, bytes + at, n);
	digest_end(&d, pieced);
	CHECK_STR(pieced, whole);
}

static void strings_keep_apart(void)
{
	char first[DIGEST_TEXT_LEN + 1], second[DIGEST_TEXT_LEN + 1];
	struct digest d;

	digest_begin(&d);
	digest_add_string(&d, "ab");
	digest_add_string(&d, "c");
	digest_end(&d, first);
	digest_begin(&d);
	digest_add_string(&d, "a");
	digest_add_string(&d, "bc");
	digest_end(&d, second);
	CHECK(strcmp(first, second));
}

static void line_ends(void)
{
	static const struct {
		const char *text, *same;
	} cases[] = {
		{ "a\r\nb\r\n", "a\nb\n" }, { "\r\n\r\n", "\n\n" }, { "a\rb\n", "a\rb\n" },
		{ "a\r", "a\r" },	    { "a\r\r\n", "a\r\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char digest[DIGEST_TEXT_LEN + 1];

		digest_lines(cases[i].text, strlen(cases[i].text), digest);
		CHECK_STR(digest, digest_of(cases[i].same));
	}
}

int main(void)
{
	RUN(example);
	RUN(pieces);
	RUN(strings_keep_apart);
	RUN(line_ends);
	return TEST_STATUS;
}
