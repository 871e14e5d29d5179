// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_digest.c - SHA-256 by the examples of its standard and at the borders of
 * its blocks, and texts whose line ends differ.
 */
#include "digest.h"
#include "test.h"

static const char *digest_of(const char *text)
{
	static char digest[DIGEST_TEXT_LEN + 1];

	digest_bytes(text, strlen(text), digest);
	return digest;
}

static void examples(void)
{
	CHECK_STR(digest_of(""),
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK_STR(digest_of("abc"),
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_STR(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* A million 'a', in pieces of every length up to two blocks. */
static void pieces(void)
{
	static char a[128];
	char digest[DIGEST_TEXT_LEN + 1];
	struct digest d;
	size_t left = 1000000;

	memset(a, 'a', sizeof(a));
	digest_begin(&d);
	for (size_t n = 1; left; n = n % sizeof(a) + 1) {
		n = n < left ? n : left;
		digest_add(&d, a, n);
		left -= n;
	}
	digest_end(&d, digest);
	CHECK_STR(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
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
		{ "a\r\nb\r\n", "a\nb\n" },
		{ "\r\n\r\n", "\n\n" },
		{ "a\rb\n", "a\rb\n" },
		{ "a\r", "a\r" },
		{ "a\r\r\n", "a\r\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char digest[DIGEST_TEXT_LEN + 1];

		digest_lines(cases[i].text, strlen(cases[i].text), digest);
		CHECK_STR(digest, digest_of(cases[i].same));
	}
}

int main(void)
{
	RUN(examples);
	RUN(pieces);
	RUN(strings_keep_apart);
	RUN(line_ends);
	return TEST_STATUS;
}
