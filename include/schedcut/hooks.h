/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - what an author of a scheduler may define, each once, as a plain function in any of
 * its sources. schedcut calls those that exist. See docs/writing-a-scheduler.md.
 *
 * From A to B, either of which may be vmlinux's scheduler, which has no hooks:
 *
 *	B before_activate	process context; -errno refuses the switch
 *	A before_deactivate	process context; -errno refuses the switch
 *	A remove_files		process context
 *	B add_files		process context; -errno refuses the switch
 *	A in_stop_deactivate	in the stop
 *	B (storage init)	in the stop
 *	B in_stop_activate	in the stop
 *	A after_deactivate	process context
 *	B after_activate	process context
 *
 * In the stop: on one CPU, interrupts disabled, all other CPUs spin, no locks are held but the
 * text mutexes, all run queues are empty, current is a stopper. A hook must not sleep, allocate
 * or fail there.
 *
 * When the watchdog goes back from A, remove_files is called after the stop, before
 * after_deactivate: the watchdog must not wait for users of the files that A may be starving.
 *
 * If the switch fails, the hooks that were called are undone in the reverse order by their
 * counterparts: remove_files, add_files, after_deactivate of B and after_activate of A.
 */
#ifndef _SCHEDCUT_HOOKS_H
#define _SCHEDCUT_HOOKS_H

struct module;

int schedcut_before_activate(void);
void schedcut_in_stop_activate(void);
void schedcut_after_activate(void);
int schedcut_before_deactivate(void);
void schedcut_in_stop_deactivate(void);
void schedcut_after_deactivate(void);

/*
 * Create sysctl, debugfs and cgroup files. They may be used from now on, a little before the
 * scheduler is active, and possibly without it ever becoming active. On error nothing must be
 * left. Define both this and the next, or neither: a scheduler with only one of them is
 * refused.
 */
int schedcut_add_files(void);
/* Remove the files and wait for their users: a user that is in the module's code prevents a
 * switch. Called exactly once for each success of schedcut_add_files(). */
void schedcut_remove_files(void);

/* The scheduler's module, for "owner" members. The kernel's files are compiled as they are for
 * the kernel itself, where THIS_MODULE is NULL. */
extern struct module __this_module;
#define SCHEDCUT_MODULE (&__this_module)

#endif
