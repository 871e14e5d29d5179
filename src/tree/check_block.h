/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_block.h - edits of text that the cut has disabled.
 */
#pragma once

#include "tree/check.h"

struct error *check_blocks(struct check *c);
