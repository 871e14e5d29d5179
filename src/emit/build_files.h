/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * build_files.h - what makes the emitted tree build: Kbuild, Makefile,
 * README.md, .gitignore, .gitattributes.
 */
#pragma once

#include "emit/generate.h"

/* All of them. Error: a Makefile of the kernel that is there cannot be read. */
struct error *generate_build_files(const struct generate_input *in, struct generated *generated);
/* An error if Kbuild cannot build in the directory @path, which is absolute. */
struct error *build_files_check_path(const char *path);
