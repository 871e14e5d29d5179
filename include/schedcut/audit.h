/* SPDX-License-Identifier: GPL-2.0-only */
/* audit.h - what the check of run queues finds: between the runtime, which owns the memory and
 * logs the findings, and invariants.h, which checks. */
#ifndef _SCHEDCUT_AUDIT_H
#define _SCHEDCUT_AUDIT_H

#include <linux/atomic.h>
#include <linux/types.h>

#define SCHEDCUT_FINDINGS 8 /* kept for each CPU */
#define SCHEDCUT_VALUES 28  /* values of one object that are kept for comparison */

/**
 * struct schedcut_finding - an invariant that does not hold
 * @object:	the object, for people
 * @what:	the invariant
 * @expected:	value that it should have
 * @found:	value that it has
 * @changed:	@expected is the value before the switch
 * @rebuilt:	found after the switch; else before it, so the switch did not cause it
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
 * @kind:	which of them; enum schedcut_kind in invariants.h
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
 * @nr_throttled: of them the throttled deadline tasks, and throttled groups
 * @nr_found:	findings, perhaps more than are in @finding
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
