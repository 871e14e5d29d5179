/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * audit.h - what the check of run queues finds: between the runtime, which owns
 * the memory and tells, and invariants.h, which looks.
 */
#ifndef _SCHEDCUT_AUDIT_H
#define _SCHEDCUT_AUDIT_H

#include <linux/atomic.h>
#include <linux/types.h>

#define SCHEDCUT_FINDINGS 8 /* kept for each CPU */
#define SCHEDCUT_VALUES 28  /* of one object that are kept for comparison */

/**
 * struct schedcut_finding - an invariant that does not hold
 * @object:	whose, for people
 * @what:	which
 * @expected:	value that it should have
 * @found:	value that it has
 * @changed:	@expected is the value before the switch
 * @rebuilt:	found behind the switch; else before it, and not of its making
 */
struct schedcut_finding {
	char object[40];
	char what[40];
	s64 expected, found;
	bool changed, rebuilt;
};

/**
 * struct schedcut_record - values of one object before the switch
 * @next:	of the same CPU
 * @object:	run queue, cfs_rq or task; only this CPU changes it in the stop
 * @kind:	which of them, known to invariants.h
 * @value:	in the order in which invariants.h looks at them
 */
struct schedcut_record {
	struct schedcut_record *next;
	const void *object;
	unsigned int kind;
	u64 value[SCHEDCUT_VALUES];
};

/* Records that all CPUs take from, allocated before the stop. */
struct schedcut_records {
	unsigned int n;
	atomic_t used;
	struct schedcut_record record[];
};

/**
 * struct schedcut_audit - one CPU's part of the check
 * @records:	where to take records from
 * @first:	this CPU's records
 * @nr_tasks:	tasks that were queued before the switch
 * @nr_throttled: of them those with deadlines that were throttled, and groups
 * @nr_found:	findings, more than are in @finding perhaps
 * @nr_skipped:	objects for which there was no record
 * @finding:	the first ones
 */
struct schedcut_audit {
	struct schedcut_records *records;
	struct schedcut_record *first;
	unsigned int nr_tasks, nr_throttled, nr_found, nr_skipped;
	struct schedcut_finding finding[SCHEDCUT_FINDINGS];
};

#endif
