/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stock_vars.h - do shared variables have the size of vmlinux's objects? A patch may have
 * made an array longer.
 */
#pragma once

#include "decide/classify.h"

/* Error: the first shared variable with another size, at its definition. */
struct error *stock_vars_check(const struct facts *facts, const struct decisions *decisions);
