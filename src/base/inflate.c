// SPDX-License-Identifier: GPL-2.0-only
/*
 * inflate.c - compressed sections of an ELF file.
 *
 * libelf could decompress too, but it writes the new size into the section
 * header, which lies in our read-only mapping of the file, it believes any
 * size that the header claims, and before 0.189 it does not know zstd.
 */
#include "base/inflate.h"

#include <zlib.h>
#include <zstd.h>

#define MAX_INFLATION 1100 /* before : after; zlib reaches 1032 at most */
#define GNU_MAGIC "ZLIB"
#define GNU_HEADER 12	 /* bytes: GNU_MAGIC, size as 64 bits big-endian */
#define CHUNK (1U << 30) /* zlib counts in 32 bits */

static const char remedy[] =
	"decompress the file: 'eu-elfcompress -t none FILE', or 'objcopy --decompress-debug-sections FILE'";

static struct error *look_flagged(const char *path, const char *name, struct packed *packed,
				  uint64_t *contents)
{
	Elf64_Chdr header;

	if (packed->size < sizeof(header))
		return error_at(path, 0, 0, "compressed section %s has no header", name);
	memcpy(&header, packed->bytes, sizeof(header));
	packed->bytes += sizeof(header);
	packed->size -= sizeof(header);
	*contents = header.ch_size;
	if (header.ch_type == ELFCOMPRESS_ZLIB)
		packed->how = PACKED_ZLIB;
	else if (header.ch_type == ELFCOMPRESS_ZSTD)
		packed->how = PACKED_ZSTD;
	else
		return error_note(error_at(path, 0, 0,
					   "section %s is compressed in the unknown format %u",
					   name, header.ch_type),
				  "schedcut knows zlib (1) and zstd (2); %s", remedy);
	return NULL;
}

static void look_gnu(struct packed *packed, uint64_t *contents)
{
	uint64_t size;

	if (packed->size < GNU_HEADER || memcmp(packed->bytes, GNU_MAGIC, strlen(GNU_MAGIC)))
		return;
	memcpy(&size, packed->bytes + strlen(GNU_MAGIC), sizeof(size));
	*contents = __builtin_bswap64(size);
	packed->how = PACKED_ZLIB;
	packed->bytes += GNU_HEADER;
	packed->size -= GNU_HEADER;
}

struct error *inflate_look(const char *path, const char *name, bool flagged, const uint8_t *bytes,
			   uint64_t size, struct packed *packed, uint64_t *contents)
{
	*packed = (struct packed){ .bytes = bytes, .size = size };
	*contents = size;
	if (flagged)
		TRY(look_flagged(path, name, packed, contents));
	else if (str_starts(name, ".zdebug"))
		look_gnu(packed, contents);
	/* That much will be allocated. */
	if (*contents / MAX_INFLATION <= size)
		return NULL;
	return error_at(path, 0, 0, "section %s of %llu bytes claims to hold %llu", name,
			(unsigned long long)size, (unsigned long long)*contents);
}

/* @left, or as much of it as zlib can take at once. */
static uInt chunk(uint64_t left)
{
	return left < CHUNK ? left : CHUNK;
}

/* NULL, or what is wrong. */
static const char *inflate_zlib(const struct packed *packed, uint8_t *to, uint64_t size)
{
	uint64_t in = packed->size, out = size;
	z_stream stream = { .next_in = (Bytef *)packed->bytes, .next_out = to };
	int status;

	if (inflateInit(&stream) != Z_OK)
		return "zlib cannot start";
	do {
		uInt give = chunk(in), take = chunk(out);

		stream.avail_in = give;
		stream.avail_out = take;
		status = inflate(&stream, Z_NO_FLUSH);
		in -= give - stream.avail_in;
		out -= take - stream.avail_out;
	} while (status == Z_OK);
	inflateEnd(&stream);
	if (status == Z_BUF_ERROR && !out)
		return "it holds more than its header says";
	if (status == Z_BUF_ERROR)
		return "it is cut short";
	if (status != Z_STREAM_END)
		return "its bytes are no zlib stream";
	return out ? "it holds less than its header says" : NULL;
}

static const char *inflate_zstd(const struct packed *packed, uint8_t *to, uint64_t size)
{
	size_t n = ZSTD_decompress(to, size, packed->bytes, packed->size);

	if (ZSTD_isError(n))
		return ZSTD_getErrorName(n);
	return n < size ? "it holds less than its header says" : NULL;
}

struct error *inflate_to(const char *path, const char *name, const struct packed *packed,
			 uint8_t *to, uint64_t size)
{
	const char *wrong = packed->how == PACKED_ZSTD ? inflate_zstd(packed, to, size) :
							 inflate_zlib(packed, to, size);

	if (!wrong)
		return NULL;
	return error_note(error_at(path, 0, 0, "compressed section %s is damaged: %s", name, wrong),
			  "is the file complete? Install the kernel's debug package again");
}
