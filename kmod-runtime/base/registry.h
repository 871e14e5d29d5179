/* SPDX-License-Identifier: GPL-2.0-only */
/* registry.h - which schedulers are registered, and which one is active. */
#ifndef _SCHEDCUT_BASE_REGISTRY_H
#define _SCHEDCUT_BASE_REGISTRY_H

#include <linux/completion.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/rtmutex.h>
#include <schedcut/scheduler.h>

/* Size of a scheduler's name, with the NUL. */
#define SCHEDCUT_NAME_SIZE 64

/* Size of a build ID as text, with the NUL: up to 32 bytes, linkers usually make 20. */
#define SCHEDCUT_BUILD_ID_SIZE 65

/**
 * struct schedcut_write - bytes of vmlinux that a scheduler replaces
 * @place:	their address
 * @size:	how many
 * @entry:	entry of the function of vmlinux that they belong to, or 0
 * @end:	its end, or 0
 * @name:	function or object, for messages
 * @old:	what vmlinux has there
 * @new:	what is there while the scheduler is active
 */
struct schedcut_write {
	unsigned long place;
	size_t size;
	unsigned long entry, end;
	const char *name;
	const u8 *old;
	const u8 *new;
};

/**
 * struct schedcut_saved - a private variable, and what the runtime keeps for it
 * @var:	the variable
 * @initial:	its contents at load time; for static keys, their counts
 * @undo:	counts of vmlinux's keys before a deactivation; NULL for other variables, and
 *		for keys that are left to hooks
 */
struct schedcut_saved {
	const struct schedcut_private *var;
	void *initial;
	int *undo;
};

/**
 * struct schedcut_state - a registered scheduler
 * @scheduler:	as registered
 * @build_id:	build ID of its module
 * @node:	in the list of registered schedulers
 * @idle:	in the list of schedulers that have to release what an activation held
 * @kobj:	/sys/kernel/schedcut/schedulers/NAME; owns the structure
 * @writes:	sorted by place
 * @nr_writes:	entries of @writes
 * @bytes:	memory of @writes[].old and .new
 * @saved:	the scheduler's private variables
 * @nr_saved:	entries of @saved
 * @tables:	its extra storage, in the order of enum schedcut_object
 * @nr_tables:	entries of @tables
 * @has_files:	add_files() has succeeded and remove_files() has not been called yet
 * @released:	completed when @kobj, and with it the structure, is gone
 */
struct schedcut_state {
	struct schedcut_scheduler *scheduler;
	char build_id[SCHEDCUT_BUILD_ID_SIZE];
	struct list_head node, idle;
	struct kobject kobj;
	struct schedcut_write *writes;
	unsigned int nr_writes;
	u8 *bytes;
	struct schedcut_saved *saved;
	unsigned int nr_saved;
	struct schedcut_table *tables;
	unsigned int nr_tables;
	bool has_files;
	struct completion *released;
};

/* Each @x in the tables of that @kind of the scheduler @s, which may be NULL. Do not leave
 * it with break. */
#define schedcut_for_each(s, u, x, kind)                 \
	for ((u) = 0; (s) && (u) < (s)->nr_units; (u)++) \
		for ((x) = (s)->units[u]->kind;          \
		     (x) < (s)->units[u]->kind + (s)->units[u]->nr_##kind; (x)++)

extern struct rt_mutex schedcut_mutex;		   /* registry, activation, last stats */
extern struct schedcut_scheduler *schedcut_active; /* NULL: vmlinux's */

const char *schedcut_name_of(const struct schedcut_scheduler *s);
int schedcut_refuse(const struct schedcut_scheduler *s, const char *what, const char *why, int error);
struct schedcut_scheduler *schedcut_find(const char *name);
void schedcut_registry_add(struct schedcut_state *state);
struct schedcut_state *schedcut_registry_remove(struct schedcut_scheduler *s);

#endif
