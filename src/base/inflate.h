/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inflate.h - compressed sections of an ELF file. The only file that uses zlib
 * and libzstd.
 */
#pragma once

#include "base/diag.h"

#include <elf.h>

#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2 /* not in glibc 2.36 */
#endif

enum packing {
	PACKED_NOT,
	PACKED_ZLIB, /* SHF_COMPRESSED with ELFCOMPRESS_ZLIB, or .zdebug_* */
	PACKED_ZSTD, /* SHF_COMPRESSED with ELFCOMPRESS_ZSTD */
};

/* The compressed contents of a section. */
struct packed {
	enum packing how;
	const uint8_t *bytes; /* after the header that says how */
	uint64_t size;
};

/*
 * How is the section @name of file @path compressed, which has @size bytes at
 * @bytes? @flagged: it has SHF_COMPRESSED. *@contents receives the size before
 * compression; @size if it is not compressed. Error: an unknown format, no
 * header, or contents that no real section has.
 */
struct error *inflate_look(const char *path, const char *name, bool flagged, const uint8_t *bytes,
			   uint64_t size, struct packed *packed, uint64_t *contents);
/* Decompress to exactly @size bytes at @to. Error: damaged, or another size. */
struct error *inflate_to(const char *path, const char *name, const struct packed *packed,
			 uint8_t *to, uint64_t size);
