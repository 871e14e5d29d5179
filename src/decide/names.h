/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.h - which function or variable a name in the rules means.
 *
 * "NAME" if there is only one, else "WHERE:NAME": WHERE is a unit ("core"), a
 * file ("kernel/sched/core.c"), or for a function's static variable the
 * function.
 */
#pragma once

#include "facts/facts.h"
#include "input/rules.h"

/*
 * Index into facts.funcs or facts.vars. A name that nothing has, or several,
 * is an error at its place in the rules, with a note that lists what fits.
 */
struct error *name_func(const struct facts *facts, const struct rules *rules,
			const struct rule_name *name, int *func);
struct error *name_var(const struct facts *facts, const struct rules *rules,
		       const struct rule_name *name, int *var);
/* @name as a C identifier: "core:scale" is "core_scale". Owned by @arena. */
char *name_identifier(struct arena *arena, const char *name);
