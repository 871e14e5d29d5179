// SPDX-License-Identifier: GPL-2.0-only
/*
 * types.c - vmlinux's types, from whichever source has them: BTF, else DWARF
 * for records; DWARF, which knows addresses, else BTF for functions.
 */
#include "vmlinux/kernel_internal.h"

bool kernel_lacks_types(const struct kernel *k)
{
	return !btf_present(k) && !dwarf_present(k);
}

static void free_layouts(kernel_layouts_vec *found, struct arena *arena)
{
	vec_for_each(layout, found)
		layout_free(layout);
	vec_free(found);
	arena_free(arena);
}

void kernel_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		    kernel_layouts_vec *found)
{
	if (btf_present(k))
		btf_layouts(k, name, is_union, arena, found);
	else if (dwarf_present(k))
		dwarf_layouts(k, name, is_union, arena, found);
}

bool kernel_units_lack(const struct kernel *k, const char *name, bool is_union)
{
	kernel_layouts_vec found = { 0 };
	struct arena arena = { 0 };
	bool lacking;

	if (!dwarf_present(k))
		return false;
	dwarf_layouts(k, name, is_union, &arena, &found);
	lacking = !found.n;
	free_layouts(&found, &arena);
	return lacking;
}

/* The first struct of this name, whatever unit uses it. */
static void find_struct(const struct kernel *k, const char *name, struct arena *arena,
			kernel_layouts_vec *found)
{
	if (btf_present(k))
		btf_layouts(k, name, false, arena, found);
	else if (dwarf_present(k))
		dwarf_layout_anywhere(k, name, arena, found);
}

long kernel_record_size(const struct kernel *k, const char *name)
{
	kernel_layouts_vec found = { 0 };
	struct arena arena = { 0 };
	long size;

	find_struct(k, name, &arena, &found);
	size = found.n ? (long)found.v[0].size : -1;
	free_layouts(&found, &arena);
	return size;
}

bool kernel_has_member(const struct kernel *k, const char *name, const char *member)
{
	kernel_layouts_vec found = { 0 };
	struct arena arena = { 0 };
	bool has;

	find_struct(k, name, &arena, &found);
	has = found.n && layout_member(&found.v[0], member);
	free_layouts(&found, &arena);
	return has;
}

void kernel_prototypes(const struct kernel *k, const struct dw_func *func, const char *name,
		       struct arena *arena, kernel_names *found)
{
	const char *exact = func ? dwarf_prototype(k, func, arena) : NULL;

	if (exact)
		vec_push(found, exact);
	else if (btf_present(k))
		btf_prototypes(k, name, arena, found);
}
