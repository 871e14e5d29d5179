/* SPDX-License-Identifier: GPL-2.0-only */
/* check.h - the check of stacks inside the stop. */
#ifndef _SCHEDCUT_STACKS_CHECK_H
#define _SCHEDCUT_STACKS_CHECK_H

#include "snapshot.h"

enum schedcut_check_mode {
	SCHEDCUT_CHECK_CHANGED, /* stacks that have changed since before the stop */
	SCHEDCUT_CHECK_FULL,	/* all stacks */
	SCHEDCUT_CHECK_VERIFY,	/* as the first, and prove that it is enough */
};

enum schedcut_check_mode schedcut_check_mode(void);
int schedcut_check_stacks(struct schedcut_check *check, unsigned int index, unsigned int n);

#endif
