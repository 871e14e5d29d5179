/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_build.h - edits that the tree's build does not see. It reads Kbuild and
 * Makefile at the tree's top; the kernel's own Makefiles and Kconfig files are there
 * so that patches apply. And new code that is neither included nor listed.
 *
 * Nothing is said of what the tree has in another way: an object that Kbuild lists
 * or whose source is included, an option that the rules define.
 */
#pragma once

#include "tree/check.h"

struct error *check_builds(struct check *c);
