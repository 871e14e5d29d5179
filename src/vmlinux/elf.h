/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elf.h - sections of an ELF file, and the steps in which vmlinux.c opens one.
 */
#pragma once

#include "vmlinux/kernel_internal.h"

/*
 * Map the open file @fd and read its sections and build ID;
 * *@kernel is closed by kernel_close(). @path names it in messages.
 */
struct error *elf_open(const char *path, int fd, struct kernel **kernel);
/* Read the rest. @half, which is closed with @k, has the contents of sections that
 * are empty in @k, or its debug information; NULL: @k has it all. */
struct error *elf_read(struct kernel *k, struct kernel *half);
/* Can @name be printed? Names end up in messages and in generated files. */
bool elf_is_printable(const char *name);
/* What an opened file has. */
bool elf_has_code(const struct kernel *k);
bool elf_has_symbols(const struct kernel *k);
bool elf_has_relocs(const struct kernel *k);
bool elf_has_debug(const struct kernel *k);

/* Section called @name, or NULL. */
const struct ksection *kernel_section(const struct kernel *k, const char *name);
/* Loaded section that holds @addr, or NULL. */
const struct ksection *kernel_section_at(const struct kernel *k, uint64_t addr);
/* Bytes from @p to the end of the section of DWARF that holds it, decompressed;
 * 0 if none does. Of .debug_info and .debug_types. */
size_t kernel_dwarf_bytes_from(const struct kernel *k, const void *p);
