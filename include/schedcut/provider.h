/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * provider.h - between the provider module (kmod-runtime/provider.c) and the
 * table that schedcut generates for it (generated/symbols.c).
 */
#ifndef _SCHEDCUT_PROVIDER_H
#define _SCHEDCUT_PROVIDER_H

#include <linux/export.h>
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

/* All in generated/symbols.c. Sorted by strcmp() of the names, no duplicates. */
extern const struct schedcut_symbol schedcut_symbols[];
extern const unsigned int schedcut_nr_symbols;
extern struct kernel_symbol schedcut_ksymtab[];

/* The kernel's release, for messages, and its GNU build ID. */
extern const char schedcut_release[];
extern const u8 schedcut_build_id[];
extern const unsigned int schedcut_build_id_len;

/* Link-time addresses: of schedule(), which is exported and so tells where the
 * kernel was placed, and of __start_notes and __stop_notes. */
extern const unsigned long schedcut_link_schedule;
extern const unsigned long schedcut_link_start_notes;
extern const unsigned long schedcut_link_stop_notes;

/* Room for the kernel's view of the table, in the module's own memory because
 * its entries hold 32-bit offsets. Once, behind schedcut_symbols[]. */
#define SCHEDCUT_KSYMTAB(n)	struct kernel_symbol schedcut_ksymtab[n]

#endif
