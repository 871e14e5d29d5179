/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tree_parse.h - the source facts of an edited tree and of its cut.
 */
#pragma once

#include "tree/tree.h"

/*
 * Parse both states. An error in the edited source is returned in *@broken if
 * the compiler had to stop there, with @work NULL; else in work->broken.
 */
struct error *tree_parse(struct tree *tree, struct error **broken);
/* @units, bits of base or work, as bits of manifest.units. */
unsigned long tree_units(const struct tree *tree, unsigned long units);
