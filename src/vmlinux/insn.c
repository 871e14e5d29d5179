// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/insn.h"

/*
 * What follows an opcode:
 * .	nothing			m	ModRM
 * b	8-bit operand		B	ModRM, 8-bit operand
 * z	16- or 32-bit operand	Z	ModRM, 16- or 32-bit operand
 * j	32-bit displacement	v	16-, 32- or 64-bit operand
 * o	64-bit address		w	16-bit operand
 * e	24 bits (enter)		3, 7	ModRM, operand only for test (f6, f7)
 * p	prefix			x	not used by C code in long mode
 */
static const char one_byte[] = "mmmmbzxxmmmmbzxx" /* 00: 0f is handled apart */
			       "mmmmbzxxmmmmbzxx"
			       "mmmmbzpxmmmmbzpx"
			       "mmmmbzpxmmmmbzpx"
			       "pppppppppppppppp" /* 40: REX */
			       "................"
			       "xxxmppppzZbB...."
			       "bbbbbbbbbbbbbbbb"
			       "BZxBmmmmmmmmmmmm" /* 80 */
			       "..........x....."
			       "oooo....bz......"
			       "bbbbbbbbvvvvvvvv"
			       "BBw.xxBZe.w..bx." /* c0 */
			       "mmmmxxx.mmmmmmmm"
			       "bbbbbbbbjjxb...."
			       "p.pp..37......mm";

static const char two_bytes[] = "mmmmx.....x.xm.x" /* 0f 00 */
				"mmmmmmmmmmmmmmmm"
				"mmmmxxxxmmmmmmmm"
				"........xxxxxxxx" /* 38 and 3a are handled apart */
				"mmmmmmmmmmmmmmmm" /* 40 */
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm"
				"BBBBmmm.mmmmmmmm"
				"jjjjjjjjjjjjjjjj" /* 80 */
				"mmmmmmmmmmmmmmmm"
				"...mBmxx...mBmmm"
				"mmmmmmmmmmBmmmmm"
				"mmBmBBBm........" /* c0 */
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm"
				"mmmmmmmmmmmmmmmm";

/* Length of the ModRM byte at @p, its SIB byte and displacement. */
static size_t modrm_length(const uint8_t *p, size_t max)
{
	if (!max)
		return 0;
	unsigned int mod = p[0] >> 6, rm = p[0] & 7;
	size_t len = 1;

	if (mod == 3)
		return len;
	if (rm == 4) {
		if (max < 2)
			return 0;
		len++;
		if (mod == 0 && (p[1] & 7) == 5)
			len += 4;
	} else if (mod == 0 && rm == 5) {
		len += 4;
	}
	if (mod == 1)
		len += 1;
	else if (mod == 2)
		len += 4;
	return len;
}

/* Bytes of the operand of class @kind; @reg: the ModRM byte's middle bits. */
static size_t operand_length(char kind, bool short_operand, bool rex_w, unsigned int reg)
{
	size_t z = short_operand ? 2 : 4;

	switch (kind) {
	case 'b':
	case 'B': return 1;
	case 'z':
	case 'Z': return z;
	case 'j': return 4;
	case 'v': return rex_w ? 8 : z;
	case 'o': return 8;
	case 'w': return 2;
	case 'e': return 3;
	case '3': return reg < 2 ? 1 : 0;
	case '7': return reg < 2 ? z : 0;
	default: return 0;
	}
}

size_t insn_length(const uint8_t *code, size_t max)
{
	bool short_operand = false, rex_w = false;
	size_t at = 0;
	char kind;

	for (; at < max && one_byte[code[at]] == 'p' && at < 14; at++) {
		short_operand |= code[at] == 0x66;
		rex_w = (code[at] & 0xf8) == 0x48;
	}
	if (at >= max)
		return 0;
	uint8_t opcode = code[at++];
	kind = one_byte[opcode];
	if (opcode == 0x0f) {
		if (at >= max)
			return 0;
		opcode = code[at++];
		kind = two_bytes[opcode];
		if (opcode == 0x38 || opcode == 0x3a) {
			kind = opcode == 0x38 ? 'm' : 'B';
			at++;
		}
	}
	if (kind == 'x' || kind == 'p' || at > max)
		return 0;
	unsigned int reg = 0;
	if (strchr("mBZ37", kind)) {
		size_t len = modrm_length(code + at, max - at);

		if (!len)
			return 0;
		reg = code[at] >> 3 & 7;
		at += len;
	}
	at += operand_length(kind, short_operand, rex_w, reg);
	return at <= max ? at : 0;
}

size_t insn_immediate(const uint8_t *code, size_t at)
{
	if (at < 2 || (code[at - 1] & 0xc7) != 0x05)
		return 0;
	uint8_t opcode = code[at - 2];
	unsigned int reg = code[at - 1] >> 3 & 7;
	bool two = at >= 3 && code[at - 3] == 0x0f;
	bool rex = at >= 3 && (code[at - 3] & 0xf0) == 0x40;
	bool short_operand = (at >= 3 && code[at - 3] == 0x66) ||
			     (rex && at >= 4 && code[at - 4] == 0x66);
	char kind = two ? two_bytes[opcode] : one_byte[opcode];

	return strchr("BZ37", kind) ? operand_length(kind, short_operand, false, reg) : 0;
}

/* Does an instruction REX.W @opcode with a ModRM byte, whose middle bits are
 * @reg if that is below 8, end its ModRM part before code[@at]? */
static bool has_modrm(const uint8_t *code, size_t at, uint8_t opcode, unsigned int reg)
{
	/* opcode, ModRM, SIB, displacement of 0, 1 or 4 bytes */
	for (size_t len = 1; len <= 6 && len + 2 <= at; len++) {
		const uint8_t *modrm = code + at - len;

		if ((modrm[-2] & 0xf8) == 0x48 && modrm[-1] == opcode &&
		    (reg > 7 || (modrm[0] >> 3 & 7u) == reg) && modrm_length(modrm, len) == len)
			return true;
	}
	return false;
}

bool insn_is_imm32(const uint8_t *code, size_t at)
{
	if (at >= 1 && code[at - 1] == 0x68) /* push */
		return true;
	if (at >= 2 && (code[at - 2] & 0xf8) == 0x48 && /* op %rax */
	    ((code[at - 1] & 0xc7) == 0x05 || code[at - 1] == 0xa9))
		return true;
	if (at >= 1 && (code[at - 1] & 0xf8) == 0xb8) /* mov to a 32-bit register */
		return true;
	return has_modrm(code, at, 0xc7, 0) || /* mov */
	       has_modrm(code, at, 0x81, 8) || /* cmp, add ... */
	       has_modrm(code, at, 0x69, 8) || has_modrm(code, at, 0xf7, 0);
}
