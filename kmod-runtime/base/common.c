// SPDX-License-Identifier: GPL-2.0-only
/* common.c - the running kernel, jumps, and steps that fail. */
#include <linux/kthread.h>
#include <uapi/linux/sched/types.h>

#include "common.h"

struct schedcut_kernel schedcut_kernel;

/* Is [@start, @start + @size) in vmlinux's text or read-only data? Any context. */
bool schedcut_in_vmlinux(unsigned long start, size_t size)
{
	return start >= (unsigned long)schedcut_kernel._text &&
	       start + size <= (unsigned long)schedcut_kernel.__end_rodata;
}

/* For sort() and bsearch(), of anything that begins with an address. */
int schedcut_compare_addresses(const void *a, const void *b)
{
	const unsigned long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Create the real-time thread *@thread for @fn(@data), which must run whatever the active scheduler
 * does. 0, -ENOMEM, or -EINTR if the caller was killed. Process context; schedcut_kernel is
 * known. */
int schedcut_create_thread(struct task_struct **thread, int (*fn)(void *), void *data,
			   const char *name, int priority)
{
	const struct sched_param param = { .sched_priority = priority };
	struct task_struct *new;

	if (schedcut_fail_step())
		return -ENOMEM;
	new = kthread_create(fn, data, "%s", name);
	if (IS_ERR(new))
		return PTR_ERR(new);
	schedcut_kernel.sched_setscheduler_nocheck(new, SCHED_FIFO, &param);
	*thread = new;
	wake_up_process(new);
	return 0;
}

/* --- jumps and calls as bytes */

/* The place of the jump that redirects @r: after endbr64 and the fentry site. */
unsigned long schedcut_jump_place(const struct schedcut_redirect *r)
{
	return (unsigned long)r->vmlinux + (r->flags & SCHEDCUT_ENDBR ? SCHEDCUT_ENDBR_SIZE : 0) +
	       (r->flags & SCHEDCUT_FENTRY ? SCHEDCUT_FENTRY_SIZE : 0);
}

/* Make the call or jump (@opcode) at @place to @target: 0 or -ERANGE. */
int schedcut_make_branch(u8 *bytes, u8 opcode, unsigned long place, unsigned long target)
{
	s64 distance = (s64)(target - (place + SCHEDCUT_JUMP_SIZE));
	s32 value = distance;

	if (distance != value)
		return -ERANGE;
	bytes[0] = opcode;
	memcpy(bytes + 1, &value, sizeof(value));
	return 0;
}

bool schedcut_is_branch(u8 opcode)
{
	return opcode == SCHEDCUT_JUMP_OPCODE || opcode == SCHEDCUT_CALL_OPCODE;
}

/* The target of the jump or call @bytes at @place. */
unsigned long schedcut_branch_target(unsigned long place, const u8 *bytes)
{
	s32 distance;

	memcpy(&distance, bytes + 1, sizeof(distance));
	return place + SCHEDCUT_JUMP_SIZE + distance;
}

/* Is there, at @place, what the kernel itself has at no function's entry: a jump or a
 * breakpoint? */
bool schedcut_leads_away(unsigned long place)
{
	u8 opcode = *(const u8 *)place;

	return opcode == SCHEDCUT_JUMP_OPCODE || opcode == SCHEDCUT_SHORT_JUMP_OPCODE ||
	       opcode == SCHEDCUT_BREAKPOINT;
}

/* --- steps that fail, for tests of the way back */

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
