/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * provider.h - between the provider module (kmod-runtime/provider.c) and the
 * table that schedcut generates for it (generated/symbols.c).
 */
#ifndef _SCHEDCUT_PROVIDER_H
#define _SCHEDCUT_PROVIDER_H

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/types.h>

#define SCHEDCUT_SYMBOL_PERCPU 0x1 /* @address is an offset in the per-CPU area */
#define SCHEDCUT_SYMBOL_OWN 0x2	   /* @address is of an object of the provider */

/**
 * struct schedcut_symbol - a symbol that the provider makes linkable: vmlinux's, or
 * its own digest of record layouts, "vml.layout.NAME" (see schedcut/layout.h)
 * @address:	link-time address in vmlinux, unless @flags say otherwise
 * @flags:	SCHEDCUT_SYMBOL_*
 *
 * The name under which modules link to it ("vml.core.runqueues") has the same
 * position in schedcut_symbol_names.
 */
struct schedcut_symbol {
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

/* All in generated/symbols.c. Sorted by strcmp() of the names, no duplicates.
 * Each name ends with a null byte, the next one follows. */
extern const char schedcut_symbol_names[];
extern const struct schedcut_symbol schedcut_symbols[];
extern const unsigned int schedcut_nr_symbols;
extern struct schedcut_ksym schedcut_ksymtab[];

/* The kernel's release, for messages, and its GNU build ID. */
extern const char schedcut_release[];
extern const u8 schedcut_build_id[];
extern const unsigned int schedcut_build_id_len;

/* Link-time addresses: of schedule(), which is exported and so tells where the kernel was
 * placed; of __start_notes and __stop_notes. */
extern const unsigned long schedcut_link_schedule;
extern const unsigned long schedcut_link_start_notes;
extern const unsigned long schedcut_link_stop_notes;

#define SCHEDCUT_SYMBOL_NAME(name, address, flags) name "\0"
#define SCHEDCUT_SYMBOL_ENTRY(name, address, flags) { address, flags },

/*
 * The tables of @symbols, a macro that passes the name, address and flags of every symbol to
 * its argument, which is a macro.
 *
 * depmod does not execute the provider. If a module has no CRCs (vmlinux's own symbols have
 * them and these do not), depmod takes the strings in __ksymtab_strings for the names of what
 * the module exports. The module loader does not read that section.
 *
 * schedcut_ksymtab is memory for the kernel's view of the table, with entries of @size bytes.
 * It is in the module's own memory because the entries hold 32-bit offsets.
 */
#define SCHEDCUT_PROVIDE(symbols, size)                                                       \
	static_assert(sizeof(struct schedcut_ksym) == (size),                                 \
		      "this kernel has another struct kernel_symbol");                        \
	const char schedcut_symbol_names[] __section("__ksymtab_strings") = symbols(          \
		SCHEDCUT_SYMBOL_NAME);                                                        \
	const struct schedcut_symbol schedcut_symbols[] = { symbols(SCHEDCUT_SYMBOL_ENTRY) }; \
	const unsigned int schedcut_nr_symbols = ARRAY_SIZE(schedcut_symbols);                \
	struct schedcut_ksym schedcut_ksymtab[ARRAY_SIZE(schedcut_symbols)]

#endif
