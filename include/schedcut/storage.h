/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storage.h - extra storage for the kernel's tasks, task groups and cfs_rqs, for authors of
 * schedulers. See docs/writing-a-scheduler.md.
 *
 * The layout of these records is the running kernel's and cannot grow. What a feature needs to
 * know about each object goes into a structure of its own:
 *
 *	DECLARE_SCHEDCUT_STORAGE(gi_task, task_struct, struct gi_task);
 *		in a header: gi_task_of(p), gi_task_new(p), gi_task_free(p)
 *	DEFINE_SCHEDCUT_STORAGE(gi_task, task_struct, gi_task_init);
 *		in one source; at most once for each record
 *
 * Every object that exists at a switch gets its storage in the stop, from memory that was
 * allocated before. An object that is created later gets it from gi_task_new() where it is
 * created, or from a reserve when gi_task_of() is first called for it.
 */
#ifndef _SCHEDCUT_STORAGE_H
#define _SCHEDCUT_STORAGE_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Records that may have storage, in the order in which objects are initialised: init of a task
 * may look at its group's storage. */
enum schedcut_object {
	SCHEDCUT_OBJECT_task_group,
	SCHEDCUT_OBJECT_cfs_rq,
	SCHEDCUT_OBJECT_task_struct,
	SCHEDCUT_NR_OBJECTS
};

struct schedcut_table;

/**
 * struct schedcut_storage - what a scheduler keeps for each object of a record
 * @record:	tag of the record
 * @object:	the same as a number
 * @size:	bytes of the author's structure
 * @align:	its alignment
 * @init:	see DEFINE_SCHEDCUT_STORAGE()
 * @table:	runtime's own; NULL unless the scheduler is active
 */
struct schedcut_storage {
	const char *record;
	enum schedcut_object object;
	u32 size;
	u32 align;
	void (*init)(void *object, void *extra);
	struct schedcut_table *table;
};

void *schedcut_storage_of(struct schedcut_storage *storage, const void *object);
void *schedcut_storage_new(struct schedcut_storage *storage, const void *object);
void schedcut_storage_free(struct schedcut_storage *storage, const void *object);

/**
 * DECLARE_SCHEDCUT_STORAGE - accessors of a storage
 * @name:	prefix of their names
 * @tag:	of the record: task_struct, task_group or cfs_rq
 * @type:	what is kept for each object
 *
 * type *NAME_of(object): the object's storage. Any context, also with a run
 * queue locked or in an interrupt, but not NMI. Valid as long as the object
 * is. NULL if the scheduler is not active, or if the object has none yet and
 * the reserve is used up: skip the object then.
 *
 * type *NAME_new(object): zeroed and initialised storage for an object that is
 * being created. NULL without memory. Process context, may sleep.
 *
 * void NAME_free(object): for an object that is about to be freed and that
 * nobody looks up any more. Nothing happens if it has none or is NULL. Any
 * context but NMI; not with a run queue locked.
 */
#define DECLARE_SCHEDCUT_STORAGE(name, tag, type)                             \
	struct tag;                                                           \
	extern struct schedcut_storage schedcut_storage_##tag;                \
	static inline type *name##_of(const struct tag *object)               \
	{                                                                     \
		return schedcut_storage_of(&schedcut_storage_##tag, object);  \
	}                                                                     \
	static inline type *__must_check name##_new(const struct tag *object) \
	{                                                                     \
		return schedcut_storage_new(&schedcut_storage_##tag, object); \
	}                                                                     \
	static inline void name##_free(const struct tag *object)              \
	{                                                                     \
		schedcut_storage_free(&schedcut_storage_##tag, object);       \
	}                                                                     \
	struct tag

/**
 * DEFINE_SCHEDCUT_STORAGE - the storage itself
 * @name:	as declared
 * @tag:	as declared
 * @init_fn:	void init_fn(struct tag *object, type *extra)
 *
 * @init_fn fills @extra, which is zeroed, and may store it in a reserved member
 * of the object. It runs inside the stop, before the hook in_stop_activate, or
 * when an object is created or first looked up, so it may find a run queue locked:
 * it must not sleep, allocate or take scheduler locks, and of this module's storages
 * it may use only those of records that come before this one in enum schedcut_object.
 */
#define DEFINE_SCHEDCUT_STORAGE(name, tag, init_fn)                    \
	static void name##_init_extra(void *object, void *extra)       \
	{                                                              \
		struct tag *init_object = object;                      \
		__typeof__(name##_of(init_object)) init_extra = extra; \
                                                                       \
		init_fn(init_object, init_extra);                      \
	}                                                              \
	struct schedcut_storage schedcut_storage_##tag = {             \
		.record = #tag,                                        \
		.object = SCHEDCUT_OBJECT_##tag,                       \
		.size = sizeof(*name##_of((struct tag *)0)),           \
		.align = __alignof__(*name##_of((struct tag *)0)),     \
		.init = name##_init_extra,                             \
	}

#endif
