// SPDX-License-Identifier: GPL-2.0-only
/*
 * digest.c - SHA-256, names as in FIPS 180-4.
 */
#include "digest.h"

#include <endian.h>

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate_right(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

/* The sixteen words of @block, extended to one for each round. */
static void make_schedule(const uint8_t *block, uint32_t w[64])
{
	for (size_t t = 0; t < 16; t++) {
		uint32_t word;

		memcpy(&word, block + 4 * t, sizeof(word));
		w[t] = be32toh(word);
	}
	for (size_t t = 16; t < 64; t++) {
		uint32_t x = w[t - 15], y = w[t - 2];
		uint32_t sigma0 = rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3;
		uint32_t sigma1 = rotate_right(y, 17) ^ rotate_right(y, 19) ^ y >> 10;

		w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
	}
}

static void add_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t w[64], v[8];

	make_schedule(block, w);
	memcpy(v, state, sizeof(v));
	for (size_t t = 0; t < 64; t++) {
		uint32_t a = v[0], e = v[4];
		uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
		uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
		uint32_t choice = (e & v[5]) ^ (~e & v[6]);
		uint32_t majority = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
		uint32_t t1 = v[7] + sum1 + choice + round_constants[t] + w[t];

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + sum0 + majority;
	}
	for (size_t i = 0; i < 8; i++)
		state[i] += v[i];
}

void digest_begin(struct digest *d)
{
	*d = (struct digest){ .state = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	} };
}

void digest_add(struct digest *d, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len) {
		size_t used = d->len % sizeof(d->block), n = sizeof(d->block) - used;

		n = n < len ? n : len;
		memcpy(d->block + used, p, n);
		d->len += n;
		p += n;
		len -= n;
		if (used + n == sizeof(d->block))
			add_block(d->state, d->block);
	}
}

void digest_add_string(struct digest *d, const char *s)
{
	digest_add(d, s, strlen(s) + 1);
}

void digest_end(struct digest *d, char text[DIGEST_TEXT_LEN + 1])
{
	static const uint8_t padding[64] = { 0x80 };
	uint64_t bits = htobe64(8 * d->len);
	size_t used = d->len % 64;

	digest_add(d, padding, used < 56 ? 56 - used : 120 - used);
	digest_add(d, &bits, sizeof(bits));
	for (size_t i = 0; i < 8; i++)
		snprintf(text + 8 * i, 9, "%08x", d->state[i]);
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
