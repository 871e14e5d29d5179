/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * join_vars.h - the variables of the boundary, and the objects that vmlinux has of them.
 */
#pragma once

#include "facts/join.h"

/* Fill facts.vars; the functions are known. */
void join_vars(struct join *j);
