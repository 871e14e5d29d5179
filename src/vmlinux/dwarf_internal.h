/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dwarf_internal.h - what the readers of DWARF (dwarf*.c) share. The only header that
 * includes libdw's.
 */
#pragma once

#include <dwarf.h>
#include <elfutils/libdw.h>

#include "vmlinux/kernel_internal.h"

/* A unit as handed out, and what the readers need besides. */
struct unit {
	struct dwarf_unit pub; /* first: the public pointer is the unit */
	Dwarf_Off cu;	       /* offset of the unit's DIE */
	char *root;	       /* directory that the source root has in DWARF, or "" */
	char *comp_dir;	       /* DW_AT_comp_dir, or "" */
	struct strmap files;   /* path in DWARF -> path for the caller */
};

/* The string attribute @name of @die; NULL if there is none or it has no end. */
const char *dwarf_die_string(const struct kernel *k, Dwarf_Die *die, unsigned int name);
/* First address of the code of @die: its entry, or where its first range begins. */
bool dwarf_first_pc(Dwarf_Die *die, Dwarf_Addr *pc);

/* The DIE that the attribute @name of @die refers to. */
static inline bool dwarf_follow(Dwarf_Die *die, unsigned int name, Dwarf_Die *to)
{
	Dwarf_Attribute attr;

	return dwarf_attr(die, name, &attr) && dwarf_formref_die(&attr, to);
}

/* Step to the next sibling of @die. A reference backwards would never end. */
static inline bool dwarf_next_sibling(Dwarf_Die *die)
{
	Dwarf_Off last = dwarf_dieoffset(die);

	return !dwarf_siblingof(die, die) && dwarf_dieoffset(die) > last;
}

/* The head of a loop in which the DIE @child is each child of @parent. */
#define dwarf_for_each_child(child, parent)                        \
	for (bool more_ = !dwarf_child((parent), &(child)); more_; \
	     more_ = dwarf_next_sibling(&(child)))
