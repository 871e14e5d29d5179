/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.h - what a module's object files ask for and what others offer.
 */
#pragma once

#include "base/diag.h"

typedef VEC(const char *) object_names;

/*
 * Names that @path, a relocatable object, leaves undefined (weak ones are
 * left out) to @undefined, those that it exports to @exported; either may be
 * NULL. Both live in @arena.
 */
struct error *object_names_of(const char *path, struct arena *arena, object_names *undefined,
			      object_names *exported);
/* Add the symbols that @path, a .symvers file, lists to the keys of @map. */
struct error *object_read_symvers(const char *path, struct arena *arena, struct strmap *map);
