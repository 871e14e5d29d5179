/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mini_elf.h - the smallest vmlinux that has one of everything that the readers read.
 * Headers come first, so that a truncated file lacks contents before it lacks the
 * headers that describe them.
 */
#pragma once

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define MINI_ADDR 0xffffffff81000000

enum { NO_SECTION, TEXT, RELA, PERCPU, NOTES, BTF, ABBREV, INFO, SYMTAB, STRTAB, N_SECTIONS };
enum { NO_SYMBOL, CORE_C, UPDATE, LINUX_BANNER, RUNQUEUE, START_JUMP, STOP_JUMP, N_SYMBOLS };

/* All names, of sections and symbols. */
struct mini_names {
	char none[1];
	char text[6], rela[11], percpu[14], notes[7], btf[5], abbrev[14], info[12], symtab[8],
		strtab[8];
	char core_c[7], update[7], linux_banner[13], runqueue[9], start_jump[21], stop_jump[20];
};

#define BTF_STRINGS "\0rq\0int"
#define DWARF_NAME "kernel/sched/core.c"

/* Two structs that point to each other, and also contain each other. */
struct mini_btf {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, type_off, type_len, str_off, str_len;
	uint32_t rq[6];	     /* [1] struct rq { [2] }, 16 bytes */
	uint32_t pointer[3]; /* [2] -> [3] */
	uint32_t number[6];  /* [3] struct int { [3] }, 4 bytes */
	char strings[8];
} __attribute__((__packed__));

/* A unit with the function update(). */
struct mini_info {
	uint32_t length;
	uint16_t version;
	uint32_t abbrev;
	uint8_t address_size;
	uint8_t cu; /* abbreviation 1 */
	char cu_name[sizeof(DWARF_NAME)];
	uint8_t func; /* abbreviation 2 */
	char func_name[7];
	uint64_t low_pc;
	uint8_t copy; /* abbreviation 3, inside update() */
	uint32_t origin;
	uint64_t copy_pc;
	uint8_t end_func, end_cu;
} __attribute__((__packed__));

struct mini_elf {
	Elf64_Ehdr ehdr;
	Elf64_Shdr shdr[N_SECTIONS];
	struct {
		uint8_t update[16];
		char banner[32];
		struct {
			int32_t code, target;
			int64_t key;
		} jump_table[1];
	} text;
	Elf64_Rela rela[1];
	uint64_t percpu[2];
	struct {
		Elf64_Nhdr nhdr;
		char owner[4];
		uint8_t id[20];
	} note;
	Elf64_Sym sym[N_SYMBOLS];
	struct mini_names names;
	struct mini_btf btf;
	uint8_t abbrev[25];
	struct mini_info info;
} __attribute__((__packed__));

#define MINI_NAME(member) offsetof(struct mini_names, member)
#define MINI_SECTION(name, type, flags, address, member)                              \
	{                                                                             \
		.sh_name = MINI_NAME(name), .sh_type = type, .sh_flags = flags,       \
		.sh_addr = address, .sh_offset = offsetof(struct mini_elf, member),   \
		.sh_size = sizeof(((struct mini_elf *)0)->member), .sh_addralign = 1, \
	}
#define MINI_SYMBOL(name, bind, type, section, value, size)                         \
	{                                                                           \
		MINI_NAME(name), ELF64_ST_INFO(bind, type), 0, section, value, size \
	}
#define MINI_TEXT(member) \
	(MINI_ADDR + offsetof(struct mini_elf, text.member) - offsetof(struct mini_elf, text))

static const struct mini_elf mini_elf = {
	.ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_shoff = offsetof(struct mini_elf, shdr), .e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = N_SECTIONS,
		.e_shstrndx = STRTAB,
	},
	/* clang-format off */
	.shdr = {
		[TEXT] = MINI_SECTION(text, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
				      MINI_ADDR, text),
		[RELA] = MINI_SECTION(rela, SHT_RELA, 0, 0, rela),
		[PERCPU] = MINI_SECTION(percpu, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0,
					percpu),
		[NOTES] = MINI_SECTION(notes, SHT_NOTE, SHF_ALLOC, MINI_ADDR + 0x1000, note),
		[BTF] = MINI_SECTION(btf, SHT_PROGBITS, 0, 0, btf),
		[ABBREV] = MINI_SECTION(abbrev, SHT_PROGBITS, 0, 0, abbrev),
		[INFO] = MINI_SECTION(info, SHT_PROGBITS, 0, 0, info),
		[SYMTAB] = MINI_SECTION(symtab, SHT_SYMTAB, 0, 0, sym),
		[STRTAB] = MINI_SECTION(strtab, SHT_STRTAB, 0, 0, names),
		[RELA].sh_info = TEXT, [RELA].sh_link = SYMTAB,
		[RELA].sh_entsize = sizeof(Elf64_Rela),
		[SYMTAB].sh_link = STRTAB, [SYMTAB].sh_entsize = sizeof(Elf64_Sym),
	},
	/* clang-format on */
	.text = {
		/* call update; ret */
		.update = { 0xe8, 0xfb, 0xff, 0xff, 0xff, 0xc3 },
		.banner = "Linux version 6.1.0-mini (me)",
		.jump_table = { { -48, -48, 0 } }
	},
	.rela = { { MINI_ADDR + 1, ELF64_R_INFO(UPDATE, R_X86_64_PLT32), -4 } },
	.note = { { 4, 20, NT_GNU_BUILD_ID }, "GNU", { 1, 2, 3 } },
	/* clang-format off */
	.sym = {
		[CORE_C] = MINI_SYMBOL(core_c, STB_LOCAL, STT_FILE, SHN_ABS, 0, 0),
		[UPDATE] = MINI_SYMBOL(update, STB_LOCAL, STT_FUNC, TEXT, MINI_ADDR, 16),
		[LINUX_BANNER] = MINI_SYMBOL(linux_banner, STB_GLOBAL, STT_OBJECT, TEXT,
					     MINI_TEXT(banner), 32),
		[RUNQUEUE] = MINI_SYMBOL(runqueue, STB_GLOBAL, STT_OBJECT, PERCPU, 0, 16),
		[START_JUMP] = MINI_SYMBOL(start_jump, STB_GLOBAL, STT_NOTYPE, TEXT,
					   MINI_TEXT(jump_table), 0),
		[STOP_JUMP] = MINI_SYMBOL(stop_jump, STB_GLOBAL, STT_NOTYPE, TEXT,
					  MINI_TEXT(jump_table) + 16, 0),
	},
	/* clang-format on */
	/* clang-format off */
	.names = {
		"", ".text", ".rela.text", ".data..percpu", ".notes", ".BTF",
		".debug_abbrev", ".debug_info", ".symtab", ".strtab",
		"core.c", "update", "linux_banner", "runqueue", "__start___jump_table",
		"__stop___jump_table",
	},
	/* clang-format on */
	.btf = {
		.magic = 0xeb9f, .version = 1, .hdr_len = 24,
		.type_len = offsetof(struct mini_btf, strings) - 24,
		.str_off = offsetof(struct mini_btf, strings) - 24, .str_len = 8,
		.rq = { 1, 0x04000001, 16, 4, 2, 0 },
		.pointer = { 0, 0x02000000, 3 },
		.number = { 4, 0x04000001, 4, 4, 3, 0 },
		.strings = BTF_STRINGS,
	},
	/* clang-format off */
	.abbrev = {
		/* compile_unit, children; name: string */
		1, 0x11, 1, 0x03, 0x08, 0, 0,
		/* subprogram, children; name: string, low_pc: addr */
		2, 0x2e, 1, 0x03, 0x08, 0x11, 0x01, 0, 0,
		/* inlined_subroutine; abstract_origin: ref4, low_pc: addr */
		3, 0x1d, 0, 0x31, 0x13, 0x11, 0x01, 0, 0,
	},
	/* clang-format on */
	.info = {
		.length = sizeof(struct mini_info) - 4, .version = 4, .address_size = 8,
		.cu = 1, .cu_name = DWARF_NAME,
		.func = 2, .func_name = "update", .low_pc = MINI_ADDR,
		.copy = 3, .origin = offsetof(struct mini_info, func), .copy_pc = MINI_ADDR + 5
	},
};
