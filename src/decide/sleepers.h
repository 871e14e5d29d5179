/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sleepers.h - which functions may be on the stack of a task that is off the CPU,
 * from the static call graph of the boundary.
 */
#pragma once

#include "decide/reason.h"
#include "facts/facts.h"
#include "input/rules.h"

/* Fill @why, zeroes and as facts.funcs, with the reasons of those that may sleep; the
 * texts are @arena's. @schedule is the function that switches tasks. */
void find_sleepers(const struct facts *facts, const struct rules *rules, int schedule,
		   struct reason *why, struct arena *arena);
