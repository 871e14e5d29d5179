// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel_types.c - vmlinux's types, from whichever source has them: BTF, else DWARF
 * for records; DWARF, which knows addresses, else BTF for functions.
 */
#include "vmlinux/kernel_types.h"
#include "vmlinux/btf.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/dwarf_type.h"
#include "vmlinux/kernel_internal.h"

bool kernel_lacks_types(const struct kernel *k)
{
	return !btf_present(k) && !dwarf_present(k);
}

void kernel_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		    layout_vec *found)
{
	if (btf_present(k))
		btf_layouts(k, name, is_union, arena, found);
	else if (dwarf_present(k))
		dwarf_layouts(k, name, is_union, arena, found);
}

bool kernel_units_lack(const struct kernel *k, const char *name, bool is_union)
{
	_cleanup_layouts_ layout_vec found = { 0 };
	_cleanup_arena_ struct arena arena = { 0 };

	if (!dwarf_present(k))
		return false;
	dwarf_layouts(k, name, is_union, &arena, &found);
	return !found.n;
}

/* The first struct of this name, whatever unit uses it. */
static void find_struct(const struct kernel *k, const char *name, struct arena *arena,
			layout_vec *found)
{
	if (btf_present(k))
		btf_layouts(k, name, false, arena, found);
	else if (dwarf_present(k))
		dwarf_layout_anywhere(k, name, arena, found);
}

long kernel_record_size(const struct kernel *k, const char *name)
{
	_cleanup_layouts_ layout_vec found = { 0 };
	_cleanup_arena_ struct arena arena = { 0 };

	find_struct(k, name, &arena, &found);
	return found.n ? (long)found.v[0].size : -1;
}

bool kernel_has_member(const struct kernel *k, const char *name, const char *member)
{
	_cleanup_layouts_ layout_vec found = { 0 };
	_cleanup_arena_ struct arena arena = { 0 };

	find_struct(k, name, &arena, &found);
	return found.n && layout_member(&found.v[0], member);
}

void kernel_prototypes(const struct kernel *k, const struct dw_func *func, const char *name,
		       struct arena *arena, kernel_names *found)
{
	const char *exact = func ? dwarf_prototype(k, func, arena) : NULL;

	if (exact)
		vec_push(found, exact);
	else if (btf_present(k) && kernel_count(k, name, true, NULL) <= 1)
		btf_prototypes(k, name, arena, found);
}
