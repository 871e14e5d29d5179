/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unpack.h - kernel source archives (linux-source-*.tar.xz and the like), and
 * compressed files.
 */
#pragma once

#include "base/diag.h"

/*
 * What is left out, NULL at the end: directories without code of the running
 * kernel, and the numbers of a driver's registers, a third of an archive's
 * volume. The other code is searched for uses of record members.
 */
extern const char *const unpack_omitted[];

/* Has @path the suffix of an archive that can be unpacked? */
bool unpack_knows(const char *path);

/*
 * Unpack what a cut needs of @archive, whose files are in one top directory.
 * @directory, owned by the caller also after an error, receives where its
 * Makefile is: in the cache (${XDG_CACHE_HOME:-~/.cache}/schedcut/source),
 * found there by the next cut, or, without a cache to write to, the same as
 * @temporary, owned by the caller, who also removes the directory.
 */
struct error *unpack_source(const char *archive, char **directory, char **temporary);

/*
 * If the open file *@fd, @path, is compressed (by gzip, bzip2, zstd or xz, told by
 * its first bytes), replace it by what it holds: a file of the cache
 * (${XDG_CACHE_HOME:-~/.cache}/schedcut/vmlinux, the last three that were used stay
 * there), found there by the next cut, or, without a cache to write to, one that
 * has no name. Error: the program that decompresses it is missing or fails.
 */
struct error *unpack_file(const char *path, int *fd);
