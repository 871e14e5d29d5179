/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * generate.h - the files of the emitted tree that are not the kernel's: tables
 * for the runtime, wrapper units, build files, README.
 */
#pragma once

#include "decide/classify.h"
#include "base/digest.h"
#include "emit/provide.h"
#include "emit/tables.h"
#include "decide/records.h"
#include "input/target.h"

/* Digits of a cut's identity: enough to tell cuts apart, few enough for a log line. */
#define CUT_ID_LEN 16

struct generated_file {
	const char *path; /* below the tree */
	char *text;	  /* of struct generated */
	size_t len;
};

struct generated {
	struct arena arena;
	VEC(struct generated_file *) files;
	redirect_vec redirects;
	char cut[CUT_ID_LEN + 1]; /* identity: a digest of kernel, decisions and files */
	size_t n_redirects;	  /* entries that jump into the module */
	size_t n_checked;	  /* replaced code that is only looked for on stacks */
};

struct generate_input {
	const char *name; /* of the scheduler module */
	const struct target *target;
	const struct facts *facts;
	const struct decisions *decisions;
	const struct record_decisions *records;
	const struct provision *provision;
	const struct rules *rules;
	const struct generated *copied; /* the tree's other files */
};

/*
 * All of them, in memory. @in stays the caller's and is not referred to afterwards;
 * *@generated is the caller's, to be released by generated_free(). Error: vmlinux
 * lacks what the provider has to know of it, or generate_build_files() fails; then
 * *@generated is not set.
 */
struct error *generate(const struct generate_input *in, struct generated **generated);
void generated_free(struct generated *generated);
DEFINE_CLEANUP(struct generated *, generated_free)
#define _cleanup_generated_ _cleanup_(generated_free)
/* Open a file of @generated for writing, @path below the tree; the caller closes it,
 * after which it is complete. */
FILE *generated_open(struct generated *generated, const char *path);
