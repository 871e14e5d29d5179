/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tree.h - an emitted tree as its author left it: what changed since the cut,
 * and the source facts of both.
 */
#pragma once

#include "emit/manifest.h"
#include "source/source.h"

struct tree_options {
	const char *dir;
	const char *headers; /* build directory for modules; NULL: find it */
	const char *vmlinux; /* NULL: find it */
};

struct tree {
	struct arena arena;
	const char *dir; /* as given, for messages */
	struct manifest *manifest;
	VEC(const char *) changed;   /* files that differ from the cut: edited, new,
					   gone; sorted */
	bool sources_changed;	     /* C sources and headers among them */
	const char *headers;	     /* NULL: not found */
	const char *vmlinux;	     /* NULL: not found; not yet opened */
	VEC(int) units;		     /* those a change reaches, as manifest.units */
	VEC(const char *) own_units; /* the author's, as Kbuild names them */
	char *base_dir;		     /* the cut, in a temporary directory */
	struct source *base, *work;  /* facts of @units then and now, and of
					   @own_units now; NULL: nothing changed */
};

/*
 * Read the manifest and find what changed since the cut. Error: no tree of ours, or
 * one whose manifest or archive of the cut is gone or edited. The tree is the
 * caller's, to be released by tree_free().
 */
struct error *tree_open(const struct tree_options *options, struct tree **tree);
/* An error if no headers were found. */
struct error *tree_need_headers(const struct tree *tree);
/* An error if the headers that were found are not those of the cut. */
struct error *tree_compare_headers(const struct tree *tree);
/* Unpack the cut into tree->base_dir, once. */
struct error *tree_unpack(struct tree *tree);
void tree_free(struct tree *tree);
DEFINE_CLEANUP(struct tree *, tree_free)
#define _cleanup_edited_tree_ _cleanup_(tree_free)

/* Is @path a C source or header? */
bool tree_is_c(const char *path);
/* The same, or assembly, but neither the runtime's nor the table of symbols. */
bool tree_is_source(const char *path);
/* @path as a path below the tree, the caller's to free; NULL: it is not there. */
char *tree_relative(const struct tree *tree, const char *path);
/* What follows "#include" and blanks in @line, or NULL. */
const char *tree_included(const char *line);
/* Is @path among the changed files? */
bool tree_changed(const struct tree *tree, const char *path);
/* Open vmlinux if there is one that is the tree's; else *kernel is NULL. */
struct error *tree_open_kernel(const struct tree *tree, struct kernel **kernel);
