/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_source.h - functions and variables, in the cut and now.
 */
#pragma once

#include "tree/check.h"

struct error *check_functions(struct check *c);
struct error *check_variables(struct check *c);
