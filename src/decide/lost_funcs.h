/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lost_funcs.h - functions that vmlinux has from files of the boundary, and that the
 * source lacks: it is another kernel's source, or a patch removed them.
 */
#pragma once

#include "decide/classify.h"
#include "vmlinux/dwarf.h"

struct lost_func {
	const struct dw_func *dw;
	bool no_file;	/* the source lacks its file, too */
	bool entered;	/* by code that stays in vmlinux, or by address */
	const char *by; /* what enters it */
};
typedef VEC(struct lost_func) lost_func_vec;

/* Error: one of @lost, which this sorts, is entered by what stays in vmlinux, or the
 * rules do not list it as removed; or they list one that is not lost. */
struct error *lost_funcs_check(const struct facts *facts, const struct decisions *decisions,
			       const struct rules *rules, struct kernel *kernel, lost_func_vec *lost);
/* Order of functions by place, then by name. */
int lost_func_order(const struct dw_func *a, const struct dw_func *b);
