/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmlinux.h - opens a vmlinux in whatever form a distribution ships it: as it is,
 * compressed, or as two files, one with code and one with debug information.
 */
#pragma once

#include "vmlinux/kernel.h"

/*
 * Open and read symbols, build ID, banner. ~0.5 s for a Debian vmlinux. @path may be
 * compressed, or one of two files with code and debug information.
 */
struct error *kernel_open(const char *path, struct kernel **kernel);
/* Where files with debug information are looked for; tests change it. */
extern const char *vmlinux_debug_dir;
