/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * join_symbols.h - symbols of vmlinux that hold code of the boundary, and what refers to it.
 */
#pragma once

#include "facts/join.h"

/* The symbols of vmlinux that hold code of the boundary: fill facts.symbols; the functions
 * are known. */
void join_symbols(struct join *j);
/* Fill facts.outside and what symbols call; variables and symbols are known. */
struct error *join_refs(struct join *j, bool use_relocs);
/* Fill what is inlined into symbols. */
void join_inlining(struct join *j);
