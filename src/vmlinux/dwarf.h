/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dwarf.h - what DWARF says of one compilation unit, and of code at an address.
 */
#pragma once

#include "vmlinux/kernel.h"

/* What DWARF says of one unit. */
struct dw_func {
	const char *name; /* source name */
	const char *file; /* declaration's file, path as in DWARF, "kernel/sched/fair.c" */
	unsigned int line;
	uint64_t low_pc; /* entry of an out-of-line copy; 0: none. Clones have a
				   struct each. A weak function that a strong one
				   has overridden has no symbol there */
	uint64_t die;	 /* of its description, for kernel_prototypes() */
};
struct dw_inline {
	const char *name; /* source name of the inlined function */
	const char *file;
	unsigned int line; /* its declaration */
	uint64_t pc;	   /* first address of this copy */
};
struct dw_var {
	const char *name;
	const char *func; /* enclosing function's source name; NULL at file scope */
	const char *file;
	unsigned int line;
	uint64_t addr; /* per-CPU: offset */
};
struct dwarf_unit {
	const char *name; /* DW_AT_name, "kernel/sched/core.c" */
	VEC(struct dw_func) funcs;
	VEC(struct dw_inline) inlines;
	VEC(struct dw_var) vars;
};
/*
 * Read the compilation unit whose name ends in @path ("kernel/sched/core.c").
 * A vmlinux without DWARF, or without this unit, gives *unit == NULL and no
 * error. Freed with the kernel.
 */
struct error *kernel_dwarf_unit(struct kernel *k, const char *path, struct dwarf_unit **unit);
/*
 * Is parameter number @index (from 0) of the function whose out-of-line copy
 * starts at @addr still passed in the register that the ABI gives it? GCC may
 * have removed or split parameters of .isra/.constprop clones. 1 yes, 0 no,
 * -1 DWARF does not say.
 */
int kernel_param_in_place(const struct kernel *k, const struct dwarf_unit *unit, uint64_t addr,
			  unsigned int index);

/* Open DWARF of priv->debug_elf, if it has any. */
void dwarf_open(struct kernel_private *priv);
void dwarf_free(struct kernel_private *priv);
