/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_files.h - the files of code that a kernel source has, of this architecture.
 */
#pragma once

#include "source/source.h"

struct source_files {
	const struct source *source;
	const char *remedy; /* the note of errors */
	struct arena arena;
	VEC(const char *) paths;    /* relative to the root, sorted */
	VEC(const char *) dangling; /* symbolic links that lead nowhere */
	VEC(const char *) links;    /* all of them */
	struct strmap listed;	    /* directories, "DEVICE INODE" */
};

/*
 * Fill @files, which is zeroes, from @source. Symbolic links are followed, but each
 * directory is listed once, under the same path each time. Error: a directory cannot be
 * read; it has the note @remedy. Call source_files_free() in any case.
 */
struct error *source_files_list(struct source_files *files, const struct source *source,
				const char *remedy);
void source_files_free(struct source_files *files);
