/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elf.h - sections of an ELF file, and the steps in which kernel.c reads one. Only
 * what is compressed is copied. elf.c and tree/object.c are the files that use libelf.
 */
#pragma once

#include "vmlinux/kernel_internal.h"

/* Read the headers of all sections of the file in memory, and note what it has. */
struct error *elf_read_sections(struct kernel *k);
/* Read its relocations, BTF and symbols. */
struct error *elf_read_contents(struct kernel *k);
/* Open what libdw reads: the file that has debug information, or its decompressed image. */
struct error *elf_open_debug(struct kernel *k);
void elf_close(struct kernel_private *priv);
/* Can @name be printed? Names end up in messages and in generated files. */
bool elf_is_printable(const char *name);

/* Section called @name, or NULL. */
const struct ksection *kernel_section(const struct kernel *k, const char *name);
/* Loaded section that holds @addr, or NULL. */
const struct ksection *kernel_section_at(const struct kernel *k, uint64_t addr);
/* Bytes from @p to the end of the section of DWARF that holds it, decompressed;
 * 0 if none does. Of .debug_info and .debug_types. */
size_t kernel_dwarf_bytes_from(const struct kernel *k, const void *p);
