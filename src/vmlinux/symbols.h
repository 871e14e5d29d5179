/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbols.h - the symbol table of vmlinux, by name and by address.
 */
#pragma once

#include "vmlinux/kernel_internal.h"

/* Fill k->syms, file groups, by_addr and globals from priv->symtab. @strtab,
 * the names, ends in NUL. Error: a symbol has no valid name. */
struct error *symbols_read(struct kernel *k, const struct ksection *strtab);
