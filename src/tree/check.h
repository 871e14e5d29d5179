/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.h - has an edit of the tree broken what the running kernel relies on?
 * Every finding and its remedy is described in docs/check.md.
 */
#pragma once

#include "input/kconfig.h"
#include "tree/line_diff.h"
#include "tree/tree_parse.h"

struct check_options {
	struct tree_options tree;
	bool quiet; /* findings only: do not say what was not checked */
};

/*
 * Print every finding to stderr. *@failed: there were errors among them. The
 * error returned says that the check itself could not be done.
 */
struct error *check(const struct check_options *options, bool *failed);

/* --- what the files of the check share --- */

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct finding {
	enum severity severity;
	struct error *text;
};

/* A changed file, as the cut left it and as it is now. */
struct edited {
	const char *path; /* below the tree */
	char *then, *now; /* its text without comments, which are blanks;
					   empty if the file is new, or gone */
	bool is_new;
	struct line_diff diff; /* of the two */
};

struct check {
	struct tree *tree;
	struct kernel *kernel;	     /* opened by check_kernel() */
	struct kconfig *config;	     /* opened by check_config() */
	VEC(struct edited *) edited; /* filled by check_edited() */
	bool unread;		     /* clang had to stop in the edited source */
	VEC(struct finding) findings;
};

/* A finding at @at (line 0: the file as a whole) of @path, below the tree; the
 * caller adds the remedy with error_note(). */
struct error *check_found_in(struct check *c, enum severity severity, const char *path,
			     struct src_position at, const char *fmt, ...) __printf(5, 6);
/* The same at @line. */
#define check_found(c, severity, path, line, ...) \
	check_found_in((c), (severity), (path), (struct src_position){ (line), 0 }, __VA_ARGS__)
/* The same at @offset of @file. */
#define check_found_at(c, severity, file, offset, ...) \
	check_found_in((c), (severity), (file)->path, source_position((file), (offset)), __VA_ARGS__)
/* Open c->kernel, which stays NULL if there is no vmlinux at hand. */
struct error *check_kernel(struct check *c);
/* vmlinux's global symbol @name, or NULL, in *@sym. */
struct error *check_symbol(struct check *c, const char *name, const struct ksym **sym);
/* Read c->config; an error if there are no headers. */
struct error *check_config(struct check *c);
/* Changed file @path of either state; the first commit is unpacked. Files other than
 * C sources have comments that begin with '#'. */
const struct edited *check_edited(struct check *c, const char *path);

/* Does the tree define @option, "CONFIG_X", in its Kbuild or in a source? */
bool check_defines_option(const struct check *c, const char *option);

/* The author's and the kernel's text: neither headers of the kernel nor what
 * the cut generated. */
bool check_is_source(const struct src_file *file);
/* Is @file, which has a text, one of these, and changed? */
bool check_is_edited(const struct check *c, const struct src_file *file);
/* The definition of function @name that one of @units sees, or NULL. */
const struct src_func *check_func(const struct source *source, const char *name, unsigned long units);
/*
 * Are the tokens of @a and @b the same? Comments and blanks do not count.
 * *@where: offset in @b of the first one that differs.
 */
bool check_same_tokens(const char *a, size_t a_len, const char *b, size_t b_len, size_t *where);
