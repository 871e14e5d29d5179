/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debug_image.h - the debug information of a vmlinux with compressed sections,
 * as an ELF file in memory that has none.
 */
#pragma once

#include "vmlinux/kernel_internal.h"

/* Is a section of debug information of @k compressed? */
bool debug_image_needed(const struct kernel *k);
/*
 * All its sections of debug information, decompressed, as an ELF file of *@len
 * bytes at *@image, which the caller frees, also after an error.
 */
struct error *debug_image_make(const struct kernel *k, uint8_t **image, size_t *len);
