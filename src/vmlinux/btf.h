/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * btf.h - types from the .BTF section. Format: Documentation/bpf/btf.rst.
 */
#pragma once

#include "types/ctypes.h"
#include "vmlinux/kernel_types.h"

/* Is there a section that can be read? */
bool btf_present(const struct kernel *k);
/* As kernel_layouts(); signatures of all functions called @name. */
void btf_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		 layout_vec *found);
void btf_prototypes(const struct kernel *k, const char *name, struct arena *arena,
		    kernel_names *found);
struct btf;
void btf_free(struct btf *btf);
