/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * listing.h - the files of code that a kernel source has, of this architecture.
 */
#ifndef SCHEDCUT_LISTING_H
#define SCHEDCUT_LISTING_H

#include "source/source.h"

struct listing {
	const struct source *source;
	const char *remedy; /* the note of errors */
	struct arena arena;
	VEC(const char *) paths;    /* relative to the root, sorted */
	VEC(const char *) dangling; /* symbolic links that lead nowhere */
	VEC(const char *) links;    /* all of them */
	struct strmap listed;	    /* directories, "DEVICE INODE" */
};

/*
 * Make @listing, which is zeroes, of @source. Symbolic links are followed, but each
 * directory is listed once, under the same path each time. Error: a directory
 * cannot be read; it has the note @remedy. listing_free() is due in any case.
 */
struct error *listing_make(struct listing *listing, const struct source *source, const char *remedy);
void listing_free(struct listing *listing);

#endif
