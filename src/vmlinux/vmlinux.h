/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmlinux.h - where a vmlinux in two files is completed from.
 */
#ifndef SCHEDCUT_VMLINUX_H
#define SCHEDCUT_VMLINUX_H

#include "vmlinux/kernel.h"

/* Where files with debug information are looked for; tests change it. */
extern const char *vmlinux_debug_dir;

#endif
