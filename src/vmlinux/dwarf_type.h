/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dwarf_type.h - types from DWARF, of the units that have been read.
 */
#pragma once

#include "types/ctypes.h"
#include "vmlinux/kernel_types.h"

/* Has a unit been read? */
bool dwarf_present(const struct kernel *k);
/* As kernel_layouts(). */
void dwarf_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		   layout_vec *found);
/* The first struct called @name of any unit. */
void dwarf_layout_anywhere(const struct kernel *k, const char *name, struct arena *arena,
			   layout_vec *found);
/* The signature of @func, or NULL. */
const char *dwarf_prototype(const struct kernel *k, const struct dw_func *func, struct arena *arena);
