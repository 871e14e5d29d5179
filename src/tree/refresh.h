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

/* Does the redirect table of one of @units (bits, as manifest.units) list @function? */
bool redirect_listed(const struct tree *tree, const char *function, unsigned long units);
