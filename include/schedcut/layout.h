/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - what a generated unit makes of generated/layout/NAME.h: an array of sizes and
 * offsets as they are compiled, each of which must be that of the cut.
 *
 * The compiler refuses an edit that moves what the running kernel uses, even if `schedcut
 * check`, which says more, is not run. The array is for the runtime, which compares a digest of
 * it with the provider's.
 */
#ifndef _SCHEDCUT_LAYOUT_H
#define _SCHEDCUT_LAYOUT_H

/* Included after a unit of the kernel, so offsetof() and all types are known. */

/* Each macro makes a line of the array's initialiser, with an assertion inside. They are not
 * built on each other, because the compiler reports every level of macros. static_assert() is
 * not in all kernels. */
#define SCHEDCUT_LAYOUT_CHECK(condition, message)                                          \
	0 * sizeof(struct {                                                                \
		_Static_assert(condition,                                                  \
			       message " is not as in vmlinux; schedcut check says more"); \
		char unused;                                                               \
	})

#define SCHEDCUT_RECORD(type, size) \
	sizeof(type) + SCHEDCUT_LAYOUT_CHECK(sizeof(type) == (size), "the size of " #type),

#define SCHEDCUT_MEMBER(type, member, offset, size)                                  \
	offsetof(type, member) +                                                     \
		SCHEDCUT_LAYOUT_CHECK(offsetof(type, member) == (offset) &&          \
					      sizeof(((type *)0)->member) == (size), \
				      #member " of " #type),                         \
		sizeof(((type *)0)->member),

/* A member without a size, such as a flexible array. */
#define SCHEDCUT_PLACE(type, member, offset) \
	offsetof(type, member) +             \
		SCHEDCUT_LAYOUT_CHECK(offsetof(type, member) == (offset), #member " of " #type),

#endif
