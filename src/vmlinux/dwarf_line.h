/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dwarf_line.h - which lines of the sources have code, by the line tables of
 * the units that have been read.
 */
#pragma once

#include "vmlinux/kernel.h"

/*
 * The last line in [@from, @to) of the file @path, as in struct dw_func, for which
 * a unit that has been read has code; 0: none. *@closes: it has some in the first
 * column, where the brace is that ends a function.
 */
unsigned int kernel_last_line(struct kernel *k, const char *path, unsigned int from,
			      unsigned int to, bool *closes);
struct kernel_private;
void dwarf_free_lines(struct kernel_private *priv);
