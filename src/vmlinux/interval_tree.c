// SPDX-License-Identifier: GPL-2.0-only
/*
 * reach.c - which symbol contains an address. Symbols may nest and overlap,
 * in a damaged file all of them: a tree of their ends, each node the highest
 * below it, finds the innermost in logarithmic time.
 */
#include "vmlinux/kernel_internal.h"

void reach_init(struct reach *r, struct ksym *const *syms, size_t n, uint64_t min_size)
{
	r->leaves = 1; /* always one more than symbols */
	while (r->leaves <= n)
		r->leaves *= 2;
	r->tree = xcalloc(2 * r->leaves, sizeof(*r->tree));
	for (size_t i = 0; i < n; i++)
		r->tree[r->leaves + i] = syms[i]->addr +
					 (syms[i]->size > min_size ? syms[i]->size : min_size);
	for (size_t i = r->leaves; --i;)
		r->tree[i] = r->tree[2 * i] > r->tree[2 * i + 1] ? r->tree[2 * i] :
								   r->tree[2 * i + 1];
}

size_t reach_last(const struct reach *r, size_t n, uint64_t addr)
{
	size_t node = r->leaves + n;

	/* up, until the leaves before the n-th hang on a sibling that reaches ... */
	while (node > 1 && !((node & 1) && r->tree[node - 1] > addr))
		node /= 2;
	if (node-- == 1)
		return 0;
	/* ... and down to its last leaf that does */
	while (node < r->leaves)
		node = 2 * node + (r->tree[2 * node + 1] > addr);
	return node - r->leaves + 1;
}

void reach_free(struct reach *r)
{
	free(r->tree);
	r->tree = NULL;
}
