/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * provider.h - between the provider module (kmod-runtime/provider.c) and the
 * table that schedcut generates for it (generated/symbols.c).
 */
#ifndef _SCHEDCUT_PROVIDER_H
#define _SCHEDCUT_PROVIDER_H

#include <linux/build_bug.h>
#include <linux/module.h>
#include <linux/types.h>

#define SCHEDCUT_SYMBOL_PERCPU	0x1	/* @address is an offset in the per-CPU area */

/**
 * struct schedcut_symbol - a vmlinux symbol that the provider makes linkable
 * @name:	name under which modules link to it, "vml.core.runqueues"
 * @address:	link-time address in vmlinux
 * @flags:	SCHEDCUT_SYMBOL_*
 */
struct schedcut_symbol {
	const char *name;
	unsigned long address;
	u32 flags;
};

/**
 * struct schedcut_ksym - the kernel's struct kernel_symbol, which not all of
 * its headers show to modules; symbols.c compares the size with vmlinux's BTF
 */
struct schedcut_ksym {
#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
	int value_offset;
	int name_offset;
	int namespace_offset;
#else
	unsigned long value;
	const char *name;
	const char *namespace;
#endif
};

/* All in generated/symbols.c. Sorted by strcmp() of the names, no duplicates. */
extern const struct schedcut_symbol schedcut_symbols[];
extern const unsigned int schedcut_nr_symbols;
extern struct schedcut_ksym schedcut_ksymtab[];

/* The kernel's release, for messages, and its GNU build ID. */
extern const char schedcut_release[];
extern const u8 schedcut_build_id[];
extern const unsigned int schedcut_build_id_len;

/* Link-time addresses: of schedule(), which is exported and so tells where the
 * kernel was placed, and of __start_notes and __stop_notes. */
extern const unsigned long schedcut_link_schedule;
extern const unsigned long schedcut_link_start_notes;
extern const unsigned long schedcut_link_stop_notes;

/* Room for the kernel's view of the table, @n entries of @size bytes, in the
 * module's own memory because they hold 32-bit offsets. Once, behind
 * schedcut_symbols[]. */
#define SCHEDCUT_KSYMTAB(n, size)					\
	static_assert(sizeof(struct schedcut_ksym) == (size),		\
		      "this kernel has another struct kernel_symbol");	\
	struct schedcut_ksym schedcut_ksymtab[n]

#endif
