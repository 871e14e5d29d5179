// SPDX-License-Identifier: GPL-2.0-only
/*
 * digest.c - XXH3 with 128 bits, by libxxhash. It tells edits from no edits; it is
 * no seal against somebody who wants two files of one digest.
 */
#include "base/digest.h"

#include <inttypes.h>
#include <xxhash.h>

void digest_begin(struct digest *d)
{
	d->state = or_die(XXH3_createState());
	XXH3_128bits_reset(d->state);
}

void digest_add(struct digest *d, const void *bytes, size_t len)
{
	/* It fails for null pointers only, which an empty file may be. */
	if (len)
		XXH3_128bits_update(d->state, bytes, len);
}

void digest_add_string(struct digest *d, const char *s)
{
	digest_add(d, s, strlen(s) + 1);
}

void digest_end(struct digest *d, char text[DIGEST_TEXT_LEN + 1])
{
	XXH128_hash_t hash = XXH3_128bits_digest(d->state);

	XXH3_freeState(d->state);
	d->state = NULL;
	snprintf(text, DIGEST_TEXT_LEN + 1, "%016" PRIx64 "%016" PRIx64, hash.high64, hash.low64);
}

void digest_bytes(const char *bytes, size_t len, char text[DIGEST_TEXT_LEN + 1])
{
	struct digest d;

	digest_begin(&d);
	digest_add(&d, bytes, len);
	digest_end(&d, text);
}

void digest_lines(const char *bytes, size_t len, char text[DIGEST_TEXT_LEN + 1])
{
	const char *end = bytes + len, *cr;
	struct digest d;

	digest_begin(&d);
	for (; (cr = memchr(bytes, '\r', end - bytes)); bytes = cr + 1) {
		bool line_end = cr + 1 < end && cr[1] == '\n';

		digest_add(&d, bytes, cr - bytes + !line_end);
	}
	digest_add(&d, bytes, end - bytes);
	digest_end(&d, text);
}
