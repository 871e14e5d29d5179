/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refs.h - references to functions and objects of vmlinux, from the linker's
 * relocations or from a scan.
 */
#pragma once

#include "vmlinux/kernel.h"

enum kref_kind {
	KREF_CALL, /* e8 */
	KREF_JUMP, /* e9, 0f 8x, short jumps across functions */
	KREF_ADDR, /* address in code: lea, mov imm32 ... */
	KREF_DATA, /* address in data */
};

/* One reference to a symbol of interest. */
struct kref {
	uint64_t place;	     /* address of the referring bytes */
	uint64_t target;     /* address referred to: a symbol's entry, or inside it */
	struct ksym *from;   /* symbol that contains @place, or NULL */
	const char *section; /* section that contains @place */
	struct ksym *to;     /* symbol at or around @target (any alias of it) */
	enum kref_kind kind;
};

/*
 * References to [targets]: functions and objects for which @wanted returns
 * true, from all loaded code and data except tables that only describe code
 * (orc, mcount, jump and static-call tables, alternatives, bug table ...).
 * Calls that stay inside one section have no relocation, so the relocation
 * reader completes itself with the direct branches (e8/e9/0f 8x, and short
 * jumps) of the scan. A function is reported for its entry, and for branches
 * and code that name a place inside it from another function. Exports are no
 * references. The scan finds an object's address in data and as an operand,
 * not the loads and stores that use it; it never finds per-CPU objects.
 * References are appended to @refs, by place. Error: @use_relocs, and vmlinux has no
 * relocations (see has_relocs).
 */
typedef VEC(struct kref) kref_vec;
struct error *kernel_refs(const struct kernel *k, bool use_relocs,
			  bool (*wanted)(const struct ksym *, void *), void *arg, kref_vec *refs);
