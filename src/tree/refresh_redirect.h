/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refresh_redirect.h - redirects of functions that have moved to another unit.
 */
#pragma once

#include "tree/tree.h"

/* Does the redirect table of one of @units (bits, as manifest.units) list @function? */
bool redirect_listed(const struct tree *tree, const char *function, unsigned long units);
/* Put the redirects of functions into the tables of the units that define them now. */
struct error *refresh_redirects(const struct tree *tree, size_t *n_moved);
