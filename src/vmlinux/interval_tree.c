// SPDX-License-Identifier: GPL-2.0-only
/*
 * interval_tree.c - which symbol contains an address. Symbols may nest and overlap,
 * in a damaged file all of them: a tree of their ends, each node the highest
 * below it, finds the innermost in logarithmic time.
 */
#include "vmlinux/interval_tree.h"
#include "vmlinux/kernel_internal.h"

void interval_tree_build(struct interval_tree *t, struct ksym *const *syms, size_t n,
			 uint64_t min_size)
{
	t->leaves = 1; /* always one more than symbols */
	while (t->leaves <= n)
		t->leaves *= 2;
	t->tree = xcalloc(2 * t->leaves, sizeof(*t->tree));
	for (size_t i = 0; i < n; i++)
		t->tree[t->leaves + i] = syms[i]->addr +
					 (syms[i]->size > min_size ? syms[i]->size : min_size);
	for (size_t i = t->leaves; --i;)
		t->tree[i] = t->tree[2 * i] > t->tree[2 * i + 1] ? t->tree[2 * i] :
								   t->tree[2 * i + 1];
}

size_t interval_tree_last(const struct interval_tree *t, size_t n, uint64_t addr)
{
	size_t node = t->leaves + n;

	/* up, until the leaves before the n-th hang on a sibling that reaches ... */
	while (node > 1 && !((node & 1) && t->tree[node - 1] > addr))
		node /= 2;
	if (node-- == 1)
		return 0;
	/* ... and down to its last leaf that does */
	while (node < t->leaves)
		node = 2 * node + (t->tree[2 * node + 1] > addr);
	return node - t->leaves + 1;
}

void interval_tree_free(struct interval_tree *t)
{
	free(t->tree);
	t->tree = NULL;
}
