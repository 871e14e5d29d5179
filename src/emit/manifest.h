/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * manifest.h - what an emitted tree remembers of its cut: generated/manifest,
 * for `schedcut check` and `schedcut refresh`. One fact a line, fields
 * separated by tabs, no path of the machine that made it.
 */
#pragma once

#include "decide/classify.h"
#include "emit/tables.h"

#define MANIFEST_PATH "generated/manifest"
/* The files of the cut as it left them, for the check to compare with. */
#define ARCHIVE_PATH "generated/cut.tar.gz"
/* Written by each build of the tree, kmod-runtime/identity.sh. */
#define BUILD_PATH "generated/build.h"

struct generated;

struct manifest_file {
	const char *path;   /* below the tree */
	const char *digest; /* digest_lines() of it as the cut left it */
};

struct manifest_unit {
	const char *name, *path; /* "core", "kernel/sched/core.c" */
};

struct manifest_func {
	const char *name;
	bool is_static;
	unsigned long units; /* bit n: unit n defines it */
	enum func_class class;
	const char *file; /* of the definition, below the tree */
	const char *reason;
	const char *old_code; /* vmlinux's functions that keep old code of it,
				   "a, b"; NULL: none */
};

struct manifest_var {
	const char *name;
	bool is_static; /* at file scope or in a function */
	unsigned long units;
	enum var_class class;
	const char *file;
	const char *owner; /* function that it is local to; NULL at file scope */
};

struct manifest {
	struct arena arena;
	const char *release, *build_id, *name, *class_type;
	const char *package;		 /* of the headers; "": not known */
	const char *cut;		 /* its identity, in hexadecimal */
	const char *archive;		 /* digest_bytes() of ARCHIVE_PATH */
	VEC(struct manifest_file) files; /* of the cut, but what it only reports */
	VEC(const char *) directories;
	VEC(struct manifest_unit) units;
	VEC(struct manifest_func) funcs;
	VEC(struct manifest_var) vars;
	redirect_vec redirects;
	provided_vec symbols;  /* what the provider of the cut offers, sorted */
	struct strmap records; /* see manifest_record() */
};

struct generate_input;
struct generated;
/* Add the decisions to @generated, MANIFEST_PATH. */
void generate_manifest(const struct generate_input *in, struct generated *generated);
/*
 * @decisions, the text of generate_manifest(), with what identifies the cut: its
 * identity, the digest of the archive, and those of all files that are compared.
 * The last line is a digest of the others. The caller owns the text.
 */
char *manifest_seal(const char *decisions, const char *cut, const char *archive,
		    const struct generated *const *lists, size_t n_lists);
/* Is @name, without a directory, that of a file that people write and a build reads?
 * Somebody may have built in the directory. */
bool manifest_is_written(const char *name);
/* Does the check compare the file at @path of the cut with that of the tree? Not if
 * the file only reports. */
bool manifest_compares(const char *path);

/* Read the manifest of the tree @dir. A line that is not understood is an error at
 * its place, and so is any edit. Line ends may be CR LF. */
struct error *manifest_read(const char *dir, struct manifest **manifest);
void manifest_free(struct manifest *manifest);
DEFINE_CLEANUP(struct manifest *, manifest_free)
#define _cleanup_manifest_ _cleanup_(manifest_free)

/* Function @name that one of @units (bits) defines, or NULL. */
const struct manifest_func *manifest_func(const struct manifest *m, const char *name,
					  unsigned long units);
/* Function @name that is not static, whichever unit defines it, or NULL. Of a
 * weak and a strong one that which is in the module. */
const struct manifest_func *manifest_global_func(const struct manifest *m, const char *name);
/* Variable @name of one of @units, local to @owner (NULL: file scope), or NULL. */
const struct manifest_var *manifest_var(const struct manifest *m, const char *name,
					unsigned long units, const char *owner);
/* Variable @name that is not static, whichever unit defines it, or NULL. */
const struct manifest_var *manifest_global_var(const struct manifest *m, const char *name);
/*
 * Does the manifest say so of struct or union @record? "transient": no object of
 * it, defined in the file @where, lives through the switch. "internal": only the
 * module's code accesses its member @where. "reserved": that is kept for later.
 */
bool manifest_record(const struct manifest *m, const char *what, const char *record,
		     const char *where);
