/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.h - what the built scheduler's object asks for and nothing offers.
 */
#pragma once

#include "tree/tree.h"

/* An undefined symbol and where it is used. */
struct missing {
	const char *name;
	const char *path; /* below the tree; "Kbuild": not seen in the source */
	struct src_position at;
};
typedef VEC(struct missing) missing_vec;
/*
 * What the scheduler's object lacks. *@stale: there is no object, or it is older
 * than the source; nothing is listed then.
 */
struct error *find_missing(struct tree *tree, missing_vec *missing, bool *stale);
/* Add the symbols that @path, a .symvers file, lists to the keys of @map; they live in
 * @arena. */
struct error *object_read_symvers(const char *path, struct arena *arena, struct strmap *map);
