/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_disabled.h - edits of text that the cut has disabled (see emit/rewrite.h), and of
 * what a disabled definition of an object of vmlinux includes or expands. Such an edit
 * has no effect, and its author should know.
 */
#pragma once

#include "tree/check.h"

/* Edits of disabled text. */
struct error *check_blocks(struct check *c);
/* Edits of files and macros that initialise objects of vmlinux. */
void check_initialisers(struct check *c);
