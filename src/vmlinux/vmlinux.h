/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmlinux.h - where a vmlinux in two files is completed from.
 */
#pragma once

#include "vmlinux/kernel.h"

/* Where files with debug information are looked for; tests change it. */
extern const char *vmlinux_debug_dir;
