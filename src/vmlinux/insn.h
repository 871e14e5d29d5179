/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * insn.h - length of x86-64 instructions, to tell an opcode from the same
 * byte inside another instruction.
 */
#pragma once

#include "base/util.h"

#define INSN_MAX 15 /* bytes of the longest instruction */

/* Length in bytes of the instruction at @code, of which @max bytes may be
 * read; 0 if it is not one that the kernel's C code contains. */
size_t insn_length(const uint8_t *code, size_t max);
/* Bytes of the immediate operand after the 32-bit displacement at
 * code[@at], if a rip-relative operand ends there; else 0. */
size_t insn_immediate(const uint8_t *code, size_t at);
/* Is the 32-bit value at code[@at] an operand that is sign-extended to an
 * address: mov, push, cmp, add ... with a 64-bit operand? */
bool insn_is_imm32(const uint8_t *code, size_t at);
