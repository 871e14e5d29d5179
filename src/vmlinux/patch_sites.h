/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * patch_sites.h - code that the kernel patches at run time, and tables of vmlinux that
 * only describe code.
 */
#pragma once

#include "vmlinux/kernel.h"

/* [start, end) of bytes that code patching may change. */
struct patch_site {
	uint64_t start, end;
	const char *what;
	bool live; /* also after boot */
};

/* [start, end) of link-time addresses. */
struct krange {
	uint64_t start, end;
};

/* Has the function that starts at @addr a call to __fentry__ at its entry?
 * From __start_mcount_loc..__stop_mcount_loc. @site (may be NULL): its address
 * (entry, or entry + 4 after endbr64). */
bool kernel_fentry(const struct kernel *k, uint64_t addr, uint64_t *site);
/* Bytes of the endbr64 that the function at @addr starts with; 0: none. */
unsigned int kernel_endbr(const struct kernel *k, uint64_t addr);
/* What patches code in [start, end) at run time: "jump label", "static call",
 * "alternative", "paravirt", "retpoline", "return thunk", "call thunk",
 * "lock prefix", "ftrace", or NULL.
 * Only the first two change after boot: @live says so. */
const char *kernel_code_site(const struct kernel *k, uint64_t start, uint64_t end, bool *live);

/* Does the section @name only describe code? */
bool section_describes(const char *name);
/* The tables that only describe code and lie inside larger sections: at most
 * @max ranges to @ranges, returns their number. */
size_t kernel_describing(const struct kernel *k, struct krange *ranges, size_t max);
/* The tables whose entries are 32-bit offsets from their own place to a
 * function the kernel calls (initcalls ...). As kernel_describing(). */
size_t kernel_offset_tables(const struct kernel *k, struct krange *ranges, size_t max);
void patch_sites_free(struct kernel_private *priv);
