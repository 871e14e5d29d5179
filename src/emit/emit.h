/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit.h - write the tree: into a temporary directory beside its place,
 * committed as a git repository, renamed into place.
 */
#pragma once

#include "emit/generate.h"
#include "emit/rewrite.h"

struct emit_input {
	const char *dir; /* where the tree goes */
	bool force;	 /* replace an existing one */
	const struct generate_input *generate;
	const struct rewritten *rewritten;
	const struct generated *copied; /* by emit_gather() */
	const struct generated *generated;
};

/* An error if @dir, which need not exist, is where no module can be built. */
struct error *emit_check_path(const char *dir);
/* An error if @dir exists and @force is not given: said early, before there is work
 * to lose. */
struct error *emit_check_dir(const char *dir, bool force);
/*
 * Read what the tree gets from elsewhere: the kernel's files as @in->rewritten has
 * them, its other sources in the boundary's directories, and the runtime's, which the
 * program has in itself.
 * Error: a source cannot be read. *@copied is the caller's in either case, to be
 * released by generated_free().
 */
struct error *emit_gather(const struct emit_input *in, struct generated **copied);
/*
 * Write the tree, commit it and put it at in->dir; sets GIT_AUTHOR_* and
 * GIT_COMMITTER_* of the process. @in stays the caller's. Error: a file
 * cannot be written, git fails, a signal was noted, or in->dir exists
 * (in->force: cannot be replaced). Then what was there is as it was, and nothing
 * else is left.
 */
struct error *emit_tree(const struct emit_input *in);
