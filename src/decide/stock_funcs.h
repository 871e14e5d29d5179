/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stock_funcs.h - are the functions of the source those that vmlinux was
 * compiled from? A patched source may differ where the module replaces code.
 */
#pragma once

#include "decide/classify.h"

struct stock_funcs {
	struct arena arena;
	VEC(const char *) resized; /* functions with more or fewer lines than vmlinux's,
					 sorted by place */
	error_list warnings;	   /* sorted by place */
};

/*
 * Compare signatures, by DWARF or BTF; and by DWARF, which functions there are and how
 * many lines they have. Error: vmlinux and the module would disagree, or the source lacks
 * what vmlinux has. Release *@result by stock_funcs_free().
 */
struct error *stock_funcs_check(const struct facts *facts, const struct decisions *decisions,
				const struct rules *rules, struct kernel *kernel,
				struct stock_funcs **result);
void stock_funcs_free(struct stock_funcs *stock);
