/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * join_symbols.h - the symbols of vmlinux that hold code of the boundary, and the
 * references to them.
 */
#pragma once

#include "facts/join.h"

/* Fill facts.symbols; the functions are known. */
void join_symbols(struct join *j);
/* Fill facts.outside and what symbols call; variables and symbols are known. */
struct error *join_refs(struct join *j, bool use_relocs);
/* Fill what is inlined into symbols. */
void join_inlining(struct join *j);
