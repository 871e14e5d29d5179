/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * variables.h - which variables the module shares with vmlinux, and whether they still
 * have the size of vmlinux's objects: a patch may have made an array longer.
 */
#pragma once

#include "decide/classify.h"

/* Fill decisions.vars. A rule that asks for what is impossible is an error at its place. */
struct error *classify_vars(const struct facts *facts, const struct rules *rules,
			    struct decisions *decisions);
/* Error: the first shared variable with another size, at its definition. */
struct error *stock_vars_check(const struct facts *facts, const struct decisions *decisions);
