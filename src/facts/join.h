/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * join.h - the steps in which facts are joined, and what is at hand meanwhile.
 */
#pragma once

#include "facts/facts.h"

/* The index stored under @name, or NONE. */
static inline int stored_index(const struct strmap *map, const char *name)
{
	return (int)(intptr_t)strmap_get(map, name) - 1;
}

static inline void store_index(struct strmap *map, const char *name, int i)
{
	strmap_put(map, name, (void *)(intptr_t)(i + 1));
}

struct addr_entry {
	uint64_t addr, size;
	int symbol;
};

struct join {
	struct facts *facts;
	struct kernel *kernel;
	const struct source *source;
	const char *class_type;
	VEC(struct addr_entry) by_addr; /* the boundary's symbols, sorted */
};
