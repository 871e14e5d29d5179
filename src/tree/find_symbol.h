/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * find_symbol.h - what vmlinux can do for a symbol that an edited tree needs.
 */
#pragma once

#include "emit/manifest.h"

struct symbol_answer {
	uint64_t addr;	     /* valid if @refusal is NULL */
	const char *refusal; /* why it cannot be provided, or NULL */
	const char *remedy;
};
/*
 * Look for @name: "foo", a global symbol or the only local one of vmlinux, or
 * "vml.UNIT.foo", what the unit sees as schedcut/unit.h has it. The strings of the
 * answer live in @arena.
 */
struct symbol_answer find_symbol(const struct kernel *kernel, const struct manifest *m,
				 const char *name, struct arena *arena);
