/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mentions.h - which files outside the boundary use a name as that of a
 * record's member: a search of the whole kernel source for tokens, without
 * types and without configuration. It finds too much rather than too little.
 */
#ifndef SCHEDCUT_MENTIONS_H
#define SCHEDCUT_MENTIONS_H

#include "source/source.h"

#define MENTION_FILES 3 /* of one name; more are only counted */

/* One name and who uses it. */
struct mention {
	const char *name;
	const char *files[MENTION_FILES]; /* relative to the source root, the
						   first in the order of the search */
	size_t n_files;			  /* all of them */
};

/* A file outside the boundary that includes some of the boundary's headers. */
struct mention_viewer {
	const char *path;
	struct strmap headers; /* their paths, what they include included;
				   value == key, as in @names */
	struct strmap names;   /* of the names asked for, those it uses */
};

struct mentions {
	struct arena arena;
	VEC(struct mention) all;	    /* one for each name that is used at all */
	struct strmap by_name;		    /* name -> struct mention */
	VEC(struct mention_viewer) viewers; /* sorted by path */
	struct strmap carried;		    /* paths of the boundary's headers that any file
					   may see: a viewer is a header itself */
	size_t n_files;			    /* read */
	VEC(const char *) missing;	    /* directories that this source lacks and that
					   a complete one has, links that lead nowhere:
					   code not searched */
};

/*
 * Search the source for @names, which may have duplicates. Symbolic links are
 * followed, but each directory is searched once. A file or directory that cannot be
 * read is an error. *@mentions belongs to the caller.
 */
struct error *mentions_find(const struct source *source, const char *const *names, size_t n_names,
			    struct mentions **mentions);
void mentions_free(struct mentions *mentions);

#endif
