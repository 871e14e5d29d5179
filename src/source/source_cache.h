/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_cache.h - source facts in a file, for a source that does not change:
 * the cut of a tree, which every check compares with.
 */
#pragma once

#include "source/source.h"

/*
 * Write what a check needs of @source to @path: functions, variables, records
 * and uses of addresses in emitted files. @key says what it was made of. A
 * cache that cannot be written is no error: nothing is left then.
 */
void source_cache_write(const char *path, const char *key, const struct source *source);
/*
 * Read it back; files are read from @root again. NULL if there is none, if it
 * has another key, or if it is not complete.
 */
struct source *source_cache_read(const char *path, const char *key, const char *root);
