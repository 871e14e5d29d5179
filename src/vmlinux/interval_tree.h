/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * interval_tree.h - which of many nested symbols contains an address.
 */
#pragma once

#include "vmlinux/kernel.h"

/* Ends of symbols that are sorted by address, as a tree: see interval_tree.c. */
struct interval_tree {
	uint64_t *tree; /* [leaves + i]: end of symbol i */
	size_t leaves;
};

/* Index the ends of @n symbols, which take at least @min_size bytes each. */
void interval_tree_build(struct interval_tree *tree, struct ksym *const *syms, size_t n,
			 uint64_t min_size);
/* Number (index + 1) of the last of the first @n symbols whose end lies after
 * @addr; 0: none. */
size_t interval_tree_last(const struct interval_tree *tree, size_t n, uint64_t addr);
void interval_tree_free(struct interval_tree *tree);
