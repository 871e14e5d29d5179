/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lockdep.h - included by prelude.h: locks that the scheduler's code initialises do not refer
 * to the module.
 *
 * Each use of these macros has a static key and a name, by which lockdep knows the class of the
 * lock. The module's key and name go with the module, while task groups, root domains and so on
 * stay, and lockdep would read freed memory. vmlinux's keys of the same places cannot be named,
 * so each place gets one that is never freed.
 */
#ifndef _SCHEDCUT_LOCKDEP_H
#define _SCHEDCUT_LOCKDEP_H

#ifdef CONFIG_LOCKDEP

#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/swait.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#undef raw_spin_lock_init
#undef spin_lock_init
#undef mutex_init
#undef init_rwsem
#undef init_waitqueue_head
#undef init_swait_queue_head
#undef seqcount_init
#undef kthread_init_worker
#undef __init_timer
#undef __INIT_WORK

struct schedcut_lock_class {
	struct lock_class_key key;
	char name[];
};

/* The class of the locks called @name that are initialised at one place, which keeps it in
 * *@place (initially NULL); NULL if there is no memory. Any context but NMI. */
static __maybe_unused noinline struct schedcut_lock_class *schedcut_lock_class(
	struct schedcut_lock_class **place, const char *name)
{
	struct schedcut_lock_class *class = READ_ONCE(*place);
	size_t size = strlen(name) + 1;

	if (class)
		return class;
	class = kzalloc(sizeof(*class) + size, GFP_ATOMIC);
	if (!class)
		return NULL;
	memcpy(class->name, name, size);
	lockdep_register_key(&class->key);
	/* If two CPUs do this at once there are two classes, which does no harm. */
	WRITE_ONCE(*place, class);
	return class;
}

/* Evaluate @init, which uses __name and __key, for a lock called @text. Without memory these
 * are of a class that all locks may share: it is not validated. */
#define SCHEDCUT_LOCK_INIT(text, init)                                                             \
	do {                                                                                       \
		static struct schedcut_lock_class *__place;                                        \
		struct schedcut_lock_class *__class = schedcut_lock_class(&__place, text);         \
		const char *__name = __class ? __class->name : text;                               \
		struct lock_class_key *__key = __class ? &__class->key : &__lockdep_no_validate__; \
                                                                                                   \
		init;                                                                              \
	} while (0)

#define raw_spin_lock_init(lock) \
	SCHEDCUT_LOCK_INIT(#lock, __raw_spin_lock_init(lock, __name, __key, LD_WAIT_SPIN))
#define spin_lock_init(lock)                                                                \
	SCHEDCUT_LOCK_INIT(#lock, __raw_spin_lock_init(spinlock_check(lock), __name, __key, \
						       LD_WAIT_CONFIG))
#define mutex_init(mutex) SCHEDCUT_LOCK_INIT(#mutex, __mutex_init(mutex, __name, __key))
#define init_rwsem(sem) SCHEDCUT_LOCK_INIT(#sem, __init_rwsem(sem, __name, __key))
#define init_waitqueue_head(wq) SCHEDCUT_LOCK_INIT(#wq, __init_waitqueue_head(wq, __name, __key))
#define init_swait_queue_head(q) SCHEDCUT_LOCK_INIT(#q, __init_swait_queue_head(q, __name, __key))
#define seqcount_init(s) SCHEDCUT_LOCK_INIT(#s, __seqcount_init(s, __name, __key))
#define kthread_init_worker(worker) \
	SCHEDCUT_LOCK_INIT(#worker, __kthread_init_worker(worker, __name, __key))
#define __init_timer(timer, fn, flags) \
	SCHEDCUT_LOCK_INIT(#timer, init_timer_key(timer, fn, flags, __name, __key))
#define __INIT_WORK(work, fn, onstack)                                                        \
	do {                                                                                  \
		__init_work(work, onstack);                                                   \
		(work)->data = (atomic_long_t)WORK_DATA_INIT();                               \
		SCHEDCUT_LOCK_INIT("(work_completion)" #work,                                 \
				   lockdep_init_map(&(work)->lockdep_map, __name, __key, 0)); \
		INIT_LIST_HEAD(&(work)->entry);                                               \
		(work)->func = (fn);                                                          \
	} while (0)

#endif

#endif
