/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_condition.h - edited text that the preprocessor leaves out, and options
 * of the configuration that an edit asks for at run time and that are not there.
 *
 * Most patches of the scheduler are wholly under "#ifdef CONFIG_MINE". Without the
 * option they compile, and nothing of them is in the module.
 */
#pragma once

#include "tree/check.h"

struct error *check_conditions(struct check *c);
