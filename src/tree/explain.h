/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain.h - why a function, variable or record is what it is, from the tree's
 * boundary.yaml.
 */
#pragma once

#include "base/diag.h"

/*
 * Print all that is called @name: class, reason, what refers to it, and the chain of
 * reasons up to one that no other function explains. Error: the file of the tree @dir
 * cannot be read, or nothing is called so.
 */
struct error *explain(const char *name, const char *dir);
