/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refresh.h - symbols of vmlinux that an edited tree needs and the cut did not
 * foresee.
 */
#pragma once

#include "tree/check.h"

/*
 * Move redirects to the units that define their functions now, and add to the
 * provider what the built scheduler leaves undefined. Prints what it did. Fails
 * if vmlinux is not at hand or there is nothing built to look at; symbols that
 * cannot be provided are printed and set *@failed.
 */
struct error *refresh(const struct check_options *options, bool *failed);

/* A file below the tree and what it is to hold. */
struct refresh_file {
	const char *path;
	char *text;
	bool changed; /* set by refresh_write() */
};
/*
 * Replace those of the @n files that have another text. All are written beside their places
 * first, so that a full disk changes nothing. A file that cannot be replaced after
 * that ends it: those before it are new, it and those after it are as they were.
 */
struct error *refresh_write(const struct tree *tree, struct refresh_file *files, size_t n);
