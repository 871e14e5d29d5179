/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dwarf_path.h - paths of DWARF, relative to the root of the kernel's source.
 */
#pragma once

#include "vmlinux/kernel.h"

struct unit;
/* Resolve "//", "." and ".." of @path in place, without the file system. */
void dwarf_clean_path(char *path);
/* The caller's path for @path of @unit's line table: relative to the root. */
const char *dwarf_source_path(struct kernel *k, struct unit *unit, const char *path);
/* Path of the unit that DWARF says has compiled the code at @addr, or NULL. */
const char *dwarf_path_at(const struct kernel *k, uint64_t addr);
