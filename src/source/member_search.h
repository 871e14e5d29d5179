/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * member_search.h - which files outside the boundary use a name as that of a
 * record's member: a search of the whole kernel source for tokens, without
 * types and without configuration. It finds too much rather than too little.
 */
#pragma once

#include "source/source.h"

#define MEMBER_HITS_FILES 3 /* of one name; more are only counted */

/* One name and the files that use it. */
struct member_hits {
	const char *name;
	const char *files[MEMBER_HITS_FILES]; /* relative to the source root; the first */
	size_t n_files;			      /* all of them */
};

/* A file outside the boundary that includes some of the boundary's headers. */
struct header_includer {
	const char *path;
	struct strmap headers; /* their paths, with what they include; value == key */
	struct strmap names;   /* of the names asked for, those it uses */
};

struct member_search {
	struct arena arena;
	VEC(struct member_hits) all;	       /* one for each name that is used at all */
	struct strmap by_name;		       /* name -> struct member_hits */
	VEC(struct header_includer) includers; /* sorted by path */
	struct strmap carried;		       /* headers of the boundary that any file may see,
						  because an includer is a header itself */
	size_t n_files;			       /* read */
	VEC(const char *) missing;	       /* not searched: directories that this source
						  lacks, links that lead nowhere */
};

/*
 * Search the source for @names, which may have duplicates. Symbolic links are
 * followed, but each directory is searched once. A file or directory that cannot be
 * read is an error. *@search belongs to the caller.
 */
struct error *member_search_run(const struct source *source, const char *const *names,
				size_t n_names, struct member_search **search);
void member_search_free(struct member_search *search);
