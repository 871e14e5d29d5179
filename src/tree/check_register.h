/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_register.h - new uses of macros that register something when the kernel
 * boots or is linked: initcalls, command line, system calls ... In the tree they
 * compile to nothing (include/schedcut/prelude.h), or to sections that nothing reads.
 * And what comes with them: functions that only such a macro would have called, and
 * scheduling classes that the kernel's list of classes does not have.
 */
#pragma once

#include "tree/check.h"

void check_registrations(struct check *c);
