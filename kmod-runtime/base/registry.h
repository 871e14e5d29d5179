/* SPDX-License-Identifier: GPL-2.0-only */
/* registry.h - which schedulers are registered, which one is active, and a switch: what is to be
 * done, and what is known when it is over. */
#ifndef _SCHEDCUT_BASE_REGISTRY_H
#define _SCHEDCUT_BASE_REGISTRY_H

#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/rtmutex.h>
#include <linux/sched.h>
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

/**
 * struct schedcut_step - one write of one switch
 * @write:	place, size, name
 * @expect:	bytes that must be there
 * @want:	bytes to put there
 * @alias:	writable mapping of the place
 */
struct schedcut_step {
	const struct schedcut_write *write;
	const u8 *expect;
	const u8 *want;
	u8 *alias;
};

/* Text that no task may be in: no return address in (start, end]. */
struct schedcut_range {
	unsigned long start, end;
};

/**
 * struct schedcut_plan - a switch, prepared
 * @from:	the active scheduler; NULL: vmlinux's
 * @to:		the new one; NULL: vmlinux's. Never both.
 * @steps:	sorted by place
 * @nr_steps:	entries of @steps
 * @window:	writable mapping of the pages that @steps write to
 * @ranges:	sorted by start
 * @nr_ranges:	entries of @ranges
 * @tasks:	tasks that clear() dequeued, one list for each possible CPU
 * @audits:	by CPU; NULL if run queues are not checked
 */
struct schedcut_plan {
	struct schedcut_scheduler *from, *to;
	struct schedcut_step *steps;
	unsigned int nr_steps;
	void *window;
	struct schedcut_range *ranges;
	unsigned int nr_ranges;
	struct list_head *tasks;
	struct schedcut_audit *audits;
};

/**
 * struct schedcut_busy - a task that prevented a switch
 * @comm:	its name
 * @pid:	its PID
 * @address:	innermost address on its stack where it must not be; 0: no task
 * @outermost:	outermost such address, 0 if it is not known
 * @unreliable:	found by looking at every word of the stack
 * @detour:	@address is in the detour buffer of an optimised kprobe
 */
struct schedcut_busy {
	char comm[TASK_COMM_LEN];
	pid_t pid;
	unsigned long address, outermost;
	bool unreliable, detour;
};

/* What is known of a switch when it is over; times in ns, @begin by ktime. @looked, @missed and
 * @full as in struct schedcut_check. */
struct schedcut_stats {
	const char *from, *to; /* copied by schedcut_stats_publish() */
	int result;
	unsigned int tries, starved, cpus, threads, looked, missed, unreliable, moved, miscounted;
	unsigned int gates, held; /* gates closed, tasks held by them */
	bool full;
	unsigned int violations; /* of invariants of run queues */
	/* private variables by what was done to them */
	unsigned int initialized, copied_in, copied_back, left_to_hooks;
	u64 begin, init, precheck, stop_machine, stop_handler, stack_check, storage, clear, patch,
		rebuild, total;
};

/* May the cause of @error of a switch be gone at the next try? */
static inline bool schedcut_is_transient(int error)
{
	return error == -EBUSY || error == -EAGAIN || error == -ENOBUFS;
}

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
