/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cut.h - the pipeline: target, facts, classify, rewrite, emit.
 */
#ifndef SCHEDCUT_CUT_H
#define SCHEDCUT_CUT_H

#include "target.h"

struct cut_options {
	const char *config;		/* rules file */
	struct target_options target;
	const char *name;		/* of the scheduler module */
	const char *output;		/* directory of the emitted tree */
	bool scan;			/* find references by scanning vmlinux even
					   if it has relocations */
	bool force;			/* replace an existing one */
	int verbosity;			/* 0: silent, 1: stages, 2: notes too */
};

struct error *cut(const struct cut_options *options);

#endif
