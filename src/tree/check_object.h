/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_object.h - symbols that the built scheduler needs and nothing offers.
 */
#pragma once

#include "tree/check.h"

struct error *check_objects(struct check *c, bool quiet);

/* An undefined symbol and where it is used. */
struct missing {
	const char *name;
	const struct src_ref *ref; /* NULL: not seen in the source */
};
typedef VEC(struct missing) missing_vec;
/*
 * What the scheduler's object lacks. *@stale: there is no object, or it is older
 * than the source; nothing is listed then.
 */
struct error *find_missing(struct tree *tree, missing_vec *missing, bool *stale);
