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
	bool after_boot; /* not only at boot */
};

/* [start, end) of link-time addresses. */
struct krange {
	uint64_t start, end;
};
typedef VEC(struct krange) krange_vec;

/* Has the function that starts at @addr a call to __fentry__ at its entry, or after
 * endbr64? From __start_mcount_loc..__stop_mcount_loc. */
bool kernel_fentry(const struct kernel *k, uint64_t addr);
/* Bytes of the endbr64 that the function at @addr starts with; 0: none. */
unsigned int kernel_endbr(const struct kernel *k, uint64_t addr);
/* What patches code in [start, end) at run time: "jump label", "static call",
 * "alternative", "paravirt", "retpoline", "return thunk", "call thunk",
 * "lock prefix", "ftrace", or NULL.
 * Only the first two patch it after boot: @after_boot (may be NULL) says so. */
const char *kernel_code_site(const struct kernel *k, uint64_t start, uint64_t end, bool *after_boot);

/* Does the section @name only describe code? */
bool section_describes(const char *name);
/* Append the tables that only describe code and lie inside larger sections, or, if
 * @of_functions, those whose entries are 32-bit offsets from their own place to a
 * function the kernel calls (initcalls ...). */
void kernel_tables(const struct kernel *k, bool of_functions, krange_vec *ranges);
