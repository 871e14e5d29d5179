/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * digest.h - a digest of bytes (XXH3, 128 bits): tells files apart that somebody
 * may have edited, and names a cut.
 */
#pragma once

#include "base/util.h"

#define DIGEST_TEXT_LEN 32 /* in hexadecimal */

/* Bytes are added to it between digest_begin() and digest_end(), which frees it. */
struct digest {
	struct XXH3_state_s *state;
};

void digest_begin(struct digest *d);
void digest_add(struct digest *d, const void *bytes, size_t len);
/* The same of @s and its NUL, so that two strings are not their concatenation. */
void digest_add_string(struct digest *d, const char *s);
/* Write the digest to @text; @d has to begin again after that. */
void digest_end(struct digest *d, char text[DIGEST_TEXT_LEN + 1]);

/* The digest of @len bytes. */
void digest_bytes(const char *bytes, size_t len, char text[DIGEST_TEXT_LEN + 1]);
/* The digest of a text whose lines end with LF, however they end in @bytes: a
 * checkout with CR LF is the same text. */
void digest_lines(const char *bytes, size_t len, char text[DIGEST_TEXT_LEN + 1]);
