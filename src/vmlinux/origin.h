/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * origin.h - which source file a symbol of vmlinux was compiled from.
 */
#pragma once

#include "vmlinux/kernel.h"

/*
 * The source file that @sym was compiled from, relative to the source root:
 * "kernel/fork.c". Without a directory if only the symbol table knows it (no
 * DWARF for it), NULL if nothing does, as of global objects.
 */
const char *kernel_source_path(const struct kernel *k, const struct ksym *sym);
