/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * join_vars.h - the boundary's variables.
 */
#pragma once

#include "facts/join.h"

/* The variables of the boundary, and the objects that vmlinux has of them: fill
 * facts.vars; the functions are known. */
void join_vars(struct join *j);
