/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_initialiser.h - files and macros that initialise objects of vmlinux.
 */
#pragma once

#include "tree/check.h"

void check_initialisers(struct check *c);
