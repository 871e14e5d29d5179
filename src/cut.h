/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cut.h - the pipeline: target, facts, classify, rewrite, emit.
 */
#pragma once

#include "input/target.h"

struct cut_options {
	const char *config; /* rules file */
	struct target_options target;
	const char *name;   /* of the scheduler module */
	const char *output; /* directory of the emitted tree */
	bool force;	    /* replace an existing one */
	bool scan;	    /* find references by scanning vmlinux even
					   if it has relocations */
	int verbosity;	    /* 0: silent, 1: stages, 2: notes too, 3: commands, too */
};

/*
 * All stages; says on stderr what each has found, as options->verbosity wants.
 * @options stays the caller's. Error: that of the stage that failed, or of a noted
 * signal; then there is no new tree, and what is temporary is removed.
 */
struct error *cut(const struct cut_options *options);
