/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * records.h - what may be changed in each struct and union whose meaning is the
 * scheduler's, member by member, and what else uses the members. A pure function of facts
 * and decisions.
 *
 * It covers the records that the boundary's files define; those of other headers in which
 * the boundary's code uses a member that nothing outside is seen to use; and what these
 * contain by value from the same header, if its code uses that, too. All members of all
 * other records are to be left alone.
 */
#pragma once

#include "decide/classify.h"
#include "source/member_search.h"

/* How an access that is not the module's is known. */
/* clang-format off */
enum observer_kind {
	OBSERVER_OUTSIDER,	/* function of the boundary that stays in vmlinux */
	OBSERVER_OLD_CODE,	/* old code of a function of the module */
	OBSERVER_CODE,		/* function of another header, seen in the boundary's units */
	OBSERVER_ADDRESS,	/* function outside that is given the member's address */
	OBSERVER_CALLBACK,	/* type of the member: code outside stores the address of
				   such an object and calls a function in it */
	OBSERVER_NAME,		/* file that uses a member of this name, of any record */
	OBSERVER_NR_KINDS
};
/* clang-format on */

struct record_observer {
	enum observer_kind kind;
	const char *name;  /* a function; OBSERVER_CALLBACK: a type; OBSERVER_NAME: a file */
	const char *where; /* OBSERVER_OLD_CODE: the vmlinux symbol that holds it;
			      OBSERVER_CODE: its file, or one that may have compiled it */
};

/* Observers listed for one member; more are only counted. */
#define RECORD_OBSERVERS 4

struct member_decision {
	const struct src_member *src;
	bool internal; /* only the module accesses it: no observer */
	bool used;     /* the boundary's code accesses it */
	bool reserved; /* by its name, and the boundary does not use it */
	struct record_observer observers[RECORD_OBSERVERS];
	size_t n_observers; /* all of them; see record_observers() */
};

/* Bits of a record that no member has. */
struct record_gap {
	unsigned long offset, size; /* bits */
};

struct record_decision {
	const struct src_record *src;
	bool free;    /* every member is internal: the module may change them all */
	bool lasting; /* objects of it may exist when the scheduler is switched (static,
			 allocated, or in such an object), with vmlinux's layout and size.
			 Else they are on stacks, and a free record may change its size */
	VEC(struct member_decision) members; /* as src->members */
	VEC(struct record_gap) padding;	     /* sorted; holes, bit-field gaps, tail */
};

struct record_counts {
	size_t records, free;
	size_t members, internal, reserved;
	size_t padding; /* bytes in whole */
};

struct record_decisions {
	VEC(struct record_decision) records;  /* boundary's first, then the others;
						   each by file and place */
	struct record_counts boundary, other; /* defined in its files; in other
						   headers */
	const struct member_search *search;   /* what the search saw; not owned */
};

extern const char *const observer_kind_name[OBSERVER_NR_KINDS];

/*
 * Decide. @search is the result of a search for stock_records_names(). The result
 * points into its arguments.
 */
struct record_decisions *decide_records(const struct facts *facts, const struct decisions *decisions,
					const struct member_search *search);
void record_decisions_free(struct record_decisions *records);

/* How many of @member's observers are in its list. */
static inline size_t record_observers(const struct member_decision *member)
{
	size_t n = 0;

	while (n < RECORD_OBSERVERS && n < member->n_observers && member->observers[n].name)
		n++;
	return n;
}

/* Last component of a member's @name: what follows '.' and '->' in code. */
const char *record_token(const char *name);
/* Does the search see a use of @name where @record is known? The source's record may not
 * have that member any more. */
bool record_name_is_used(const struct member_search *search, const struct src_record *record,
			 const char *name);
