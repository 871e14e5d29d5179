/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * relocs.h - the relocations that --emit-relocs left, and whether they are right.
 */
#pragma once

#include "vmlinux/kernel_internal.h"

/* Relocation @i of @section. */
struct kreloc kernel_reloc(const struct kernel *k, const struct ksection *section, size_t i);
/* Forget the relocations if they contradict the code: eu-unstrip sorts the symbols anew
 * and leaves the numbers by which relocations name them. After the symbols. */
void relocs_check(struct kernel *k);
