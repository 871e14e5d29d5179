/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file_groups.h - which local symbols are those of a unit.
 */
#pragma once

#include "vmlinux/kernel.h"

/* File group of the unit @path ("kernel/sched/core.c"): of those called "core.c" the
 * one whose local names overlap @names most, or what DWARF says if files were merged
 * (eu-unstrip); -1 if none overlaps. @score (may be NULL): how many names it holds. */
int kernel_match_unit(const struct kernel *k, const char *path, const char *const *names, size_t n,
		      size_t *score);

/* Has a tool made one file group of all that had the same name? See file_groups.c. */
bool groups_are_merged(const struct kernel *k);
