/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_types.h - types and prototypes of vmlinux, from BTF or DWARF.
 */
#pragma once

#include "types/layout.h"
#include "vmlinux/dwarf.h"

/*
 * Append what vmlinux has of structs, or unions, called @name: from BTF, or
 * without it from DWARF of the units that have been read. Several may have one
 * name. The members' strings are @arena's or @k's; layout_vec_free() it.
 */
void kernel_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		    layout_vec *found);
/* Has vmlinux neither BTF nor DWARF of a unit that has been read? */
bool kernel_lacks_types(const struct kernel *k);
/* Is it known, from DWARF, that no unit that has been read uses a struct, or union,
 * called @name? */
bool kernel_units_lack(const struct kernel *k, const char *name, bool is_union);
/* Size in bytes of struct @name; -1 if there is none. */
long kernel_record_size(const struct kernel *k, const char *name);
/* Has struct @name a member called @member? */
bool kernel_has_member(const struct kernel *k, const char *name, const char *member);

/*
 * Append the signatures, in the form of ctypes.h, that vmlinux has for the function
 * @name: that of @func in DWARF, or if @func is NULL all of that name in BTF.
 * None: not known. That is also so if several functions have the name, because
 * pahole gives all of them the prototype of one (findings/pahole-static-namesakes.sh).
 */
typedef VEC(const char *) kernel_names;
void kernel_prototypes(const struct kernel *k, const struct dw_func *func, const char *name,
		       struct arena *arena, kernel_names *found);
