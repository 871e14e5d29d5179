/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu_decl.h - declarations of functions and variables, and what is in their bodies
 * and initialisers.
 */
#pragma once

#include "source/tu_reader.h"

/* Record all declarations of the unit, and what their bodies use. */
void tu_read_declarations(struct tu *tu);
