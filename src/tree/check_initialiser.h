/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_initialiser.h - files and macros that initialise objects of vmlinux.
 */
#ifndef SCHEDCUT_CHECK_INITIALISER_H
#define SCHEDCUT_CHECK_INITIALISER_H

#include "tree/check.h"

void check_initialisers(struct check *c);

#endif
