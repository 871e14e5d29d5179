/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * variables.h - which variables the module shares with vmlinux.
 */
#pragma once

#include "decide/classify.h"

/* Fill decisions.vars. A rule that asks for what is impossible is an error at its place. */
struct error *classify_vars(const struct facts *facts, const struct rules *rules,
			    struct decisions *decisions);
