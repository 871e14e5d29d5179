// SPDX-License-Identifier: GPL-2.0-only
/* fail.c - make a step fail, for tests of the way back. */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/moduleparam.h>

#include "fail.h"

/* The fail_at-th fallible step of the next operation (loading this module, a registration or an
 * activation) fails with -ENOMEM. A test counts up from 1 until there is no error: then each
 * step has failed once. The operation clears it. */
static int fail_at;
module_param(fail_at, int, 0600);
MODULE_PARM_DESC(fail_at, "make this step of the next registration or activation fail (tests)");
static atomic_t fallible_steps;

/* An operation begins. schedcut_mutex held, or the module is being loaded. */
void schedcut_fail_begin(void)
{
	atomic_set(&fallible_steps, 0);
}

/* Called at each fallible step: must it fail? Any context. */
bool schedcut_fail_step(void)
{
	int limit = READ_ONCE(fail_at);

	return limit && atomic_inc_return(&fallible_steps) == limit;
}

/* The operation is over. Context as above. */
void schedcut_fail_end(void)
{
	WRITE_ONCE(fail_at, 0);
}
