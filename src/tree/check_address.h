/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_address.h - function addresses that the module gives away.
 *
 * A function that vmlinux has, too, is known to the world by vmlinux's
 * address. One that only the module has must be gone from everywhere when the
 * module goes. Uses that the cut has left are no finding: only new ones are.
 */
#pragma once

#include "tree/check.h"

void check_addresses(struct check *c);
