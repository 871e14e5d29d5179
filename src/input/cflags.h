/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cflags.h - Kbuild's compiler flags, fit for clang.
 */
#pragma once

#include "input/target.h"

/*
 * Ask Kbuild for the compiler flags (builds a one-line probe object in a
 * temporary directory against the headers) and fill target->cflags. @kbuild:
 * lines that its Kbuild begins with, "" for a built-in object of the kernel's.
 */
struct error *target_cflags(struct target *target, const char *kbuild);
/* The same from @text, the .cmd file @path that Kbuild wrote; needs target->headers. */
struct error *target_parse_command(struct target *target, const char *path, const char *text);
/* Add the options of @rules to target->cflags. */
void target_define_options(struct target *target, const struct rules *rules);
/*
 * Length of the directory of the include path that @path, a header's below a
 * kernel's source, is in: "include" or "arch/x86/include", of either of which
 * uapi/ is another one. 0: in none.
 */
size_t target_include_dir(const char *path);
