/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - where the members of a record lie, and whether a changed record
 * still fits the objects that have the old layout. Pure: no I/O, no libraries.
 */
#pragma once

#include "base/util.h"

/* A member; names as in struct src_member, types as ctypes.h writes them. */
struct layout_member {
	const char *name, *type;
	const char *spelling;	    /* @type as its author wrote it, or NULL */
	unsigned long offset, size; /* bits; size 0: flexible array, empty struct */
	bool is_bitfield;
	bool internal;	 /* only the module accesses it */
	bool reserved;	 /* kept for later, by its name, and not used */
	const void *src; /* for the caller: what it was made from */
};

struct layout {
	const char *name;
	bool is_union;
	unsigned long size; /* bytes */
	VEC(struct layout_member) members;
};

typedef VEC(struct layout) layout_vec;

/* What a change of a record may touch. */
/* clang-format off */
enum layout_freedom {
	LAYOUT_FIXED,	/* objects outlive the switch: size and every member stay */
	LAYOUT_SHARED,	/* they do not, but members that are not internal are used
			   by code outside the module */
	LAYOUT_FREE,	/* all of it */
};
/* clang-format on */

enum layout_change {
	LAYOUT_LOST,	/* @then is gone */
	LAYOUT_RETYPED, /* another type or size */
	LAYOUT_COVERS,	/* @now is new and lies on the bytes of @then */
	LAYOUT_MOVED,
	LAYOUT_RESIZED, /* the record; @then and @now are NULL */
};

struct layout_difference {
	enum layout_change change;
	const struct layout_member *then, *now;
};

typedef VEC(struct layout_difference) layout_differences;

/*
 * Append to @found what keeps @now from being used on objects that have the
 * layout @then: LAYOUT_RESIZED first, the others by place. @then says which members
 * are internal and reserved:
 *  - A reserved member may give its bytes to others.
 *  - An internal one may be renamed where it is.
 *  - New members lie in padding, in reserved members, or on internal ones that
 *    are still where they were (in a union).
 */
void layout_compare(const struct layout *then, const struct layout *now,
		    enum layout_freedom freedom, layout_differences *found);
const struct layout_member *layout_member(const struct layout *layout, const char *name);
/* "struct" or "union" */
const char *layout_keyword(const struct layout *layout);
/*
 * The first difference of @found, which is not empty, as a message: "'m' of struct
 * s has moved from byte 8 to byte 16". How many others there are is said, too.
 */
char *layout_message(const struct layout *then, const struct layout *now,
		     const layout_differences *found);
/* Names that the kernel and its distributors give to members kept for later. */
bool layout_is_reserved_name(const char *name);
void layout_free(struct layout *layout);
void layout_vec_free(layout_vec *layouts);
#define _cleanup_layouts_ __attribute__((__cleanup__(layout_vec_free)))
