/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * headers.h - what a build directory for modules says of its kernel.
 */
#pragma once

#include "base/diag.h"

/*
 * The value of @key in the Makefile, .config or header @path: "KEY = value",
 * "KEY=value", "KEY value"; without its quotes. NULL: there is none.
 */
struct error *file_value(struct arena *arena, const char *path, const char *key, const char **value);
/* A compiler's version text without the command: "(Debian 12.2.0-14) 12.2.0". */
const char *without_command(const char *text);
/*
 * The version of the package that @headers are from, and the file that says it. "":
 * they have none. Debian's have one.
 */
struct error *headers_package(struct arena *arena, const char *headers, const char **package,
			      const char **path);
/* The release that @headers were made for, and the file that says it. */
struct error *headers_release(struct arena *arena, const char *headers, const char **release,
			      const char **path);
