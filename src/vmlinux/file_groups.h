/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file_groups.h - which local symbols are those of a unit, and which file a symbol
 * was compiled from.
 */
#pragma once

#include "vmlinux/kernel.h"

/* File group of the unit @path ("kernel/sched/core.c"): of those called "core.c" the
 * one whose local names overlap @names most, or what DWARF says if files were merged
 * (eu-unstrip); -1 if none overlaps. */
int kernel_match_unit(const struct kernel *k, const char *path, const char *const *names, size_t n);

/*
 * The source file that @sym was compiled from, relative to the source root:
 * "kernel/fork.c". Without a directory if only the symbol table knows it (no
 * DWARF for it), NULL if nothing does, as of global objects.
 */
const char *kernel_source_path(const struct kernel *k, const struct ksym *sym);
