/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debug_image.h - the debug information of a vmlinux with compressed sections,
 * as an ELF file in memory that has none. So libelf and libdw see an ordinary file,
 * and the sections are decompressed right into their place in it.
 */
#pragma once

#include "vmlinux/kernel_internal.h"

/*
 * If a section of debug information of @k is compressed: all of them, decompressed, as an
 * ELF file of *@len bytes at *@image, which the caller frees, also after an error. The
 * sections of @k have their contents in it then.
 */
struct error *debug_image_make(struct kernel *k, uint8_t **image, size_t *len);
