/* SPDX-License-Identifier: GPL-2.0-only */
/* verify.h - for tests: proof that the snapshot tells all stacks that have to be checked. */
#ifndef _SCHEDCUT_STACKS_VERIFY_H
#define _SCHEDCUT_STACKS_VERIFY_H

#include "snapshot.h"

unsigned int schedcut_verify(const struct schedcut_snapshot *s);

#endif
