// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_malformed.c - a vmlinux that is truncated, contradicts itself, has circular
 * references or absurd sizes is refused, or read as far as it makes sense.
 * Every input is an exact allocation, so that -Dsanitize=true finds a read past it.
 */
#include <sys/resource.h>
#include <zlib.h>
#include <zstd.h>

#include "exercise.h"
#include "base/inflate.h"
#include "mini_elf.h"
#include "test.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/kernel_types.h"
#include "vmlinux/patch_sites.h"
#include "vmlinux/refs.h"

#define GNU_HEADER 12 /* bytes: "ZLIB", size as 64 bits, big-endian */
#define PATIENCE 60   /* seconds of a CPU for all tests; with sanitizers they take 4 */

/* Open @len bytes at @image and ask everything. The message of the error, valid
 * until the next call, or NULL. */
static const char *try_bytes(const void *image, size_t len)
{
	static char message[256];
	_cleanup_free_ void *bytes = xmalloc(len);
	struct kernel *k;

	memcpy(bytes, image, len);
	_cleanup_error_ struct error *err = kernel_open_memory("mini", bytes, len, &k);
	if (err) {
		CHECK_STR(err->path, "mini");
		CHECK(!strchr(err->message, '\n'));
		snprintf(message, sizeof(message), "%s", err->message);
		return message;
	}
	exercise_kernel(k);
	kernel_close(k);
	return NULL;
}

static const char *try_elf(const struct mini_elf *elf)
{
	return try_bytes(elf, sizeof(*elf));
}

static void sound_file(void)
{
	struct kernel *k;
	error_free(kernel_open_memory("mini", &mini_elf, sizeof(mini_elf), &k));
	struct ksym *update = kernel_at(k, MINI_ADDR + 5);
	struct dwarf_unit *unit = NULL;
	kref_vec refs = { 0 };
	bool live = false;

	CHECK_STR(k->release, "6.1.0-mini");
	CHECK(k->build_id_len == 20 && k->has_relocs);
	CHECK_STR(update ? update->name : NULL, "update");
	CHECK(!kernel_refs(k, true, exercise_func, NULL, &refs) && refs.n == 1);
	CHECK(refs.n && refs.v[0].kind == KREF_CALL && refs.v[0].to == update);
	CHECK_STR(kernel_code_site(k, MINI_ADDR, MINI_ADDR + 5, &live), "jump label");
	CHECK(live);
	CHECK(kernel_record_size(k, "rq") == 16 && kernel_record_size(k, "int") == 4);
	error_free(kernel_dwarf_unit(k, "sched/core.c", &unit));
	CHECK(unit && unit->funcs.n == 1 && unit->inlines.n == 1);
	CHECK(unit && unit->funcs.v[0].low_pc == MINI_ADDR);
	CHECK_STR(unit ? unit->inlines.v[0].name : NULL, "update");
	vec_free(&refs);
	kernel_close(k);
}

static void cut_short_at_every_byte(void)
{
	for (size_t len = 0; len < sizeof(mini_elf); len++)
		CHECK(try_bytes(&mini_elf, len));
}

/* Set every 1, 2, 4 and 8 bytes to values that a reader could fail on. */
static void extreme_values_everywhere(void)
{
	/* clang-format off */
	static const uint64_t values[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX, UINT64_MAX - 7,
		sizeof(mini_elf), sizeof(mini_elf) - 1, sizeof(mini_elf) + 1, MINI_ADDR,
	};
	/* clang-format on */
	size_t opened = 0;

	for (size_t at = 0; at < sizeof(mini_elf); at++) {
		for (size_t width = 1; width <= 8 && at + width <= sizeof(mini_elf); width *= 2) {
			for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
				struct mini_elf elf = mini_elf;

				memcpy((char *)&elf + at, &values[v], width);
				opened += !try_elf(&elf);
			}
		}
	}
	CHECK(opened > 1000);
}

/* A field of the file, the value to set, and the error that it must cause; NULL: the file is
 * readable nevertheless. */
static const struct {
	size_t at, width; /* bytes */
	uint64_t value;
	const char *message;
} fields[] = {
#define FIELD(member) offsetof(struct mini_elf, member), sizeof(((struct mini_elf *)0)->member)
	{ FIELD(ehdr.e_ident[0]), 'x', "not an ELF file" },
	{ FIELD(ehdr.e_ident[EI_CLASS]), ELFCLASS32, "not an x86-64 ELF file" },
	{ FIELD(ehdr.e_ident[EI_CLASS]), 3, "not an ELF file" },
	{ FIELD(ehdr.e_ident[EI_DATA]), ELFDATA2MSB, "not an x86-64 ELF file" },
	{ FIELD(ehdr.e_machine), EM_AARCH64, "not an x86-64 ELF file" },
	{ FIELD(ehdr.e_machine), EM_386, "not an x86-64 ELF file" },
	{ FIELD(ehdr.e_type), ET_REL, "not a linked kernel" },
	{ FIELD(ehdr.e_type), ET_CORE, "not a linked kernel" },
	{ FIELD(ehdr.e_shoff), UINT64_MAX, "no symbol table" },
	{ FIELD(ehdr.e_shnum), 0, "no symbol table" },
	{ FIELD(ehdr.e_shnum), 0xfeff, "no symbol table" },
	{ FIELD(ehdr.e_shstrndx), TEXT, "no valid name" },
	{ FIELD(ehdr.e_shstrndx), 0xff00, "no valid name" },
	{ FIELD(shdr[TEXT].sh_name), UINT32_MAX, "section 1 has no valid name" },
	{ FIELD(names.text[1]), '\n', "section 1 has no valid name" },
	{ FIELD(shdr[TEXT].sh_size), UINT64_MAX, "section .text wraps around" },
	{ FIELD(shdr[TEXT].sh_size), INT64_MAX, "section .text wraps around" },
	{ FIELD(shdr[PERCPU].sh_size), INT64_MAX, "past the end of the file" },
	{ FIELD(shdr[PERCPU].sh_offset), UINT64_MAX, "past the end of the file" },
	{ FIELD(shdr[PERCPU].sh_addr), UINT64_MAX, "wraps around" },
	{ FIELD(shdr[RELA].sh_info), UINT32_MAX, NULL },
	{ FIELD(shdr[RELA].sh_info), RELA, NULL },
	{ FIELD(shdr[SYMTAB].sh_type), SHT_PROGBITS, "no symbol table" },
	{ FIELD(shdr[SYMTAB].sh_link), 0, "without string table" },
	{ FIELD(shdr[SYMTAB].sh_link), UINT32_MAX, "without string table" },
	{ FIELD(shdr[SYMTAB].sh_link), TEXT, "symbol 1 has no valid name" },
	{ FIELD(shdr[SYMTAB].sh_size), 0, "no linux_banner" },
	{ FIELD(names.stop_jump[19]), 'x', "section .strtab is no string table" },
	{ FIELD(sym[UPDATE].st_name), UINT32_MAX, "symbol 2 has no valid name" },
	{ FIELD(sym[UPDATE].st_name), sizeof(struct mini_names), "symbol 2 has no valid name" },
	{ FIELD(names.update[0]), '\x1b', "symbol 2 has no valid name" },
	{ FIELD(sym[UPDATE].st_size), UINT64_MAX, NULL },
	{ FIELD(sym[UPDATE].st_value), UINT64_MAX, NULL },
	{ FIELD(sym[UPDATE].st_shndx), SHN_LORESERVE - 1, NULL },
	{ FIELD(sym[UPDATE].st_shndx), SHN_XINDEX, NULL },
	{ FIELD(sym[LINUX_BANNER].st_size), UINT64_MAX, "no linux_banner" },
	{ FIELD(sym[LINUX_BANNER].st_size), 0, "no linux_banner" },
	{ FIELD(sym[LINUX_BANNER].st_value), 0x1234, "no linux_banner" },
	{ FIELD(text.banner[20]), '\x07', "linux_banner is not" },
	{ FIELD(text.banner[0]), '\0', "linux_banner is not" },
	{ FIELD(sym[START_JUMP].st_value), 0, NULL },
	{ FIELD(sym[STOP_JUMP].st_value), UINT64_MAX, NULL },
	{ FIELD(text.jump_table[0].code), INT32_MIN, NULL },
	{ FIELD(rela[0].r_offset), UINT64_MAX, NULL },
	{ FIELD(rela[0].r_offset), MINI_ADDR + sizeof(mini_elf.text) - 1, NULL },
	{ FIELD(rela[0].r_info), ELF64_R_INFO(UINT32_MAX, R_X86_64_PLT32), NULL },
	{ FIELD(rela[0].r_info), ELF64_R_INFO(N_SYMBOLS, R_X86_64_64), NULL },
	{ FIELD(rela[0].r_addend), INT64_MIN, NULL },
	{ FIELD(note.nhdr.n_namesz), UINT32_MAX, NULL },
	{ FIELD(note.nhdr.n_descsz), UINT32_MAX, NULL },
	{ FIELD(note.nhdr.n_descsz), 65, NULL },
};

static void fields_are_checked(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct mini_elf elf = mini_elf;

		memcpy((char *)&elf + fields[i].at, &fields[i].value, fields[i].width);
		const char *message = try_elf(&elf);
		bool expected = fields[i].message ? message && strstr(message, fields[i].message) :
						    !message;

		if (!expected)
			printf("# fields[%zu]: \"%s\" instead of \"%s\"\n", i,
			       message ? message : "", fields[i].message ? fields[i].message : "");
		CHECK(expected);
	}
}

static void numbers_of_sections(void)
{
	struct mini_elf elf = mini_elf;

	/* each as long as the file */
	elf.shdr[PERCPU].sh_offset = 0;
	elf.shdr[PERCPU].sh_size = sizeof(elf);
	const char *message = try_elf(&elf);
	CHECK(message && strstr(message, "overlaps another in the file"));
	elf = mini_elf;

	/* the number of sections is in section 0 if it is large */
	elf.ehdr.e_shnum = 0;
	elf.shdr[NO_SECTION].sh_size = UINT64_MAX;
	CHECK(try_elf(&elf));
	elf.shdr[NO_SECTION].sh_size = 1ULL << 58; /* times 64 is 0 */
	CHECK(try_elf(&elf));

	/* sections that are really there */
	size_t n = 5000, len = sizeof(mini_elf) + n * sizeof(Elf64_Shdr);
	_cleanup_free_ char *large = xcalloc(1, len);
	elf = mini_elf;
	elf.ehdr.e_shnum = n;
	elf.ehdr.e_shoff = sizeof(elf);
	memcpy(large, &elf, sizeof(elf));
	memcpy(large + sizeof(elf), mini_elf.shdr, sizeof(mini_elf.shdr));
	message = try_bytes(large, len);
	CHECK_STR(message, "5000 sections, more than any kernel has");
}

/* A miniature kernel whose .debug_info is compressed. */
struct packed_elf {
	struct mini_elf elf;
	Elf64_Chdr chdr;
	uint8_t stream[1024];
} __attribute__((__packed__));

/* How many functions DWARF has in the unit of @file. */
static size_t functions(const struct packed_elf *file)
{
	struct dwarf_unit *unit = NULL;
	struct kernel *k;

	CHECK(!kernel_open_memory("mini", file, sizeof(*file), &k));
	error_free(kernel_dwarf_unit(k, "sched/core.c", &unit));
	size_t n = unit ? unit->funcs.n : 0;
	kernel_close(k);
	return n;
}

/* Byte @i, from the lowest, of the old header's size. */
static uint8_t *gnu_size(struct packed_elf *file, size_t i)
{
	return (uint8_t *)file + offsetof(struct packed_elf, stream) - 1 - i;
}

/* Compressed by @type with SHF_COMPRESSED, or the old way (type 0). */
static struct packed_elf pack_info(uint32_t type)
{
	struct packed_elf file = { .elf = mini_elf };
	uLongf len = sizeof(file.stream);

	file.chdr = (Elf64_Chdr){ .ch_type = type, .ch_size = sizeof(mini_elf.info) };
	if (type == ELFCOMPRESS_ZSTD)
		len = ZSTD_compress(file.stream, len, &mini_elf.info, sizeof(mini_elf.info), 3);
	else
		compress(file.stream, &len, (const Bytef *)&mini_elf.info, sizeof(mini_elf.info));
	file.elf.shdr[INFO].sh_flags = SHF_COMPRESSED;
	file.elf.shdr[INFO].sh_offset = offsetof(struct packed_elf, chdr);
	file.elf.shdr[INFO].sh_size = sizeof(file.chdr) + len;
	if (type)
		return file;
	/* "ZLIB" and the size, big-endian, instead */
	memset(&file.chdr, 0, sizeof(file.chdr));
	memcpy(gnu_size(&file, GNU_HEADER - 1), "ZLIB", 4);
	*gnu_size(&file, 0) = sizeof(mini_elf.info);
	file.elf.shdr[INFO].sh_flags = 0;
	file.elf.shdr[INFO].sh_offset = offsetof(struct packed_elf, stream) - GNU_HEADER;
	file.elf.shdr[INFO].sh_size = GNU_HEADER + len;
	/* one byte longer: the symbol table is found without a name */
	memcpy((char *)&file + offsetof(struct packed_elf, elf.names.info), ".zdebug_info",
	       sizeof(".zdebug_info"));
	return file;
}

/* The error that @file gives holds @message; NULL: it gives none. */
static bool gives(const struct packed_elf *file, const char *message)
{
	const char *said = try_bytes(file, sizeof(*file));
	bool expected = message ? said && strstr(said, message) : !said;

	if (!expected)
		printf("# \"%s\" instead of \"%s\"\n", said ? said : "", message ? message : "");
	return expected;
}

/* Every format: read as it was before, or refused when damaged. */
static void compressed_sections(void)
{
	static const uint32_t types[] = { ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct packed_elf file = pack_info(types[i]);

		CHECK(gives(&file, NULL) && functions(&file) == 1);
		file.chdr.ch_size++;
		CHECK(gives(&file, "less than its header says"));
		file.chdr.ch_size -= 2;
		CHECK(gives(&file, types[i] == ELFCOMPRESS_ZLIB ? "more than its header says" :
								  "Destination buffer"));
		file.chdr.ch_size = 1ULL << 40;
		CHECK(gives(&file, "claims to hold 1099511627776"));
		file = pack_info(types[i]);
		file.elf.shdr[INFO].sh_size--;
		CHECK(gives(&file, "section .debug_info is damaged"));
		file.elf.shdr[INFO].sh_size = sizeof(file.chdr) - 1;
		CHECK(gives(&file, "has no header"));
		file = pack_info(types[i]);
		for (size_t at = 0; at < file.elf.shdr[INFO].sh_size - sizeof(file.chdr); at++) {
			struct packed_elf damaged = file;

			damaged.stream[at] ^= 0xff;
			try_bytes(&damaged, sizeof(damaged));
		}
		file.elf.shdr[INFO].sh_flags |= SHF_ALLOC;
		CHECK(gives(&file, "loaded, but compressed"));
	}
}

static void odd_compression(void)
{
	struct packed_elf file = pack_info(0);

	CHECK(gives(&file, NULL) && functions(&file) == 1);
	*gnu_size(&file, 4) = 1; /* above the size's lowest 32 bits */
	CHECK(gives(&file, "claims to hold"));
	file = pack_info(0);
	--*gnu_size(&file, 0);
	CHECK(gives(&file, "more than its header says"));
	file = pack_info(3);
	CHECK(gives(&file, "unknown format 3"));
	/* each size is plausible, but their sum is not */
	file = pack_info(ELFCOMPRESS_ZLIB);
	file.elf.shdr[INFO].sh_size = 600;
	file.chdr.ch_size = 600000;
	CHECK(gives(&file, "a file of"));
}

/* Size of struct rq in the BTF of @elf. */
static long rq_size(const struct mini_elf *elf)
{
	struct kernel *k;

	CHECK(!try_elf(elf));
	error_free(kernel_open_memory("mini", elf, sizeof(*elf), &k));
	long size = kernel_record_size(k, "rq");
	kernel_close(k);
	return size;
}

static void btf_is_checked(void)
{
	/* offsets in struct mini_btf: 32 bits each */
	static const struct {
		size_t at;
		uint32_t value;
		long size;
	} words[] = {
#define WORD(member) offsetof(struct mini_btf, member)
		{ WORD(magic), 0, -1 },
		{ WORD(hdr_len), UINT32_MAX, -1 },
		{ WORD(type_off), UINT32_MAX, -1 },
		{ WORD(type_len), UINT32_MAX, -1 },
		{ WORD(type_len), 11, -1 },
		{ WORD(type_len), 23, -1 },
		{ WORD(str_off), UINT32_MAX, -1 },
		{ WORD(str_len), UINT32_MAX, -1 },
		{ WORD(str_len), 0, -1 },
		{ WORD(str_len), 7, -1 },	 /* no end */
		{ WORD(rq[0]), UINT32_MAX, -1 }, /* name */
		{ WORD(rq[0]), 8, -1 },
		{ WORD(rq[1]), 0x0400ffff, -1 },	 /* members */
		{ WORD(rq[1]), 0x1f000000, -1 },	 /* kind */
		{ WORD(rq[2]), UINT32_MAX, UINT32_MAX }, /* size */
		{ WORD(rq[4]), UINT32_MAX, 16 },	 /* member's type */
		{ WORD(rq[4]), 1, 16 },			 /* holds itself */
		{ WORD(pointer[2]), 2, 16 },		 /* points to itself */
		{ WORD(pointer[2]), UINT32_MAX, 16 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct mini_elf elf = mini_elf;

		memcpy((char *)&elf.btf + words[i].at, &words[i].value, sizeof(uint32_t));
		long size = rq_size(&elf);
		if (size != words[i].size)
			printf("# words[%zu]: %ld\n", i, size);
		CHECK(size == words[i].size);
	}
}

static void dwarf_is_checked(void)
{
	struct mini_elf elf = mini_elf;

	/* a function that is a copy of its own copy */
	elf.info.origin = offsetof(struct mini_info, copy);
	CHECK(!try_elf(&elf));
	elf.info.origin = UINT32_MAX;
	CHECK(!try_elf(&elf));

	/* strings without end */
	elf = mini_elf;
	memset(elf.info.cu_name, 'x', sizeof(elf.info) - offsetof(struct mini_info, cu_name));
	CHECK(!try_elf(&elf));
	elf = mini_elf;
	memset(elf.info.func_name, 'x', sizeof(elf.info) - offsetof(struct mini_info, func_name));
	CHECK(!try_elf(&elf));

	/* unit lengths that lead back or past the end */
	static const uint32_t lengths[] = { 0, 1, 7, 0xfffffff0, 0xfffffffb, UINT32_MAX };
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		elf = mini_elf;
		elf.info.length = lengths[i];
		CHECK(!try_elf(&elf));
	}
	elf.info.length = UINT32_MAX; /* 64-bit DWARF: 12 bytes of header, wrapped */
	memcpy((char *)&elf.info + 4, &(uint64_t){ -12 }, 8);
	CHECK(!try_elf(&elf));
}

#define BLOCKS 120

/* A block whose sibling is its own first child doubles the work of its parent. */
struct block {
	uint8_t code;
	uint32_t sibling;
} __attribute__((__packed__));

static void siblings_that_are_children(void)
{
	struct {
		struct mini_elf elf;
		uint8_t abbrev[16];
		struct {
			uint8_t head[offsetof(struct mini_info, func)];
			struct block blocks[BLOCKS];
			uint8_t end[BLOCKS];
		} __attribute__((__packed__)) info;
	} __attribute__((__packed__))
	file = { .elf = mini_elf,
		 /* compile_unit as above; lexical_block, children; sibling: ref4 */
		 .abbrev = { 1, 0x11, 1, 0x03, 0x08, 0, 0, 2, 0x0b, 1, 0x01, 0x13, 0, 0 } };

	memcpy(file.info.head, &mini_elf.info, sizeof(file.info.head));
	memcpy(file.info.head, &(uint32_t){ sizeof(file.info) - 4 }, 4);
	for (size_t i = 0; i < BLOCKS; i++)
		file.info.blocks[i] = (struct block){ 2, sizeof(file.info.head) +
								 (i + 1) * sizeof(struct block) };
	file.elf.shdr[ABBREV].sh_offset = (char *)&file.abbrev - (char *)&file;
	file.elf.shdr[ABBREV].sh_size = sizeof(file.abbrev);
	file.elf.shdr[INFO].sh_offset = (char *)&file.info - (char *)&file;
	file.elf.shdr[INFO].sh_size = sizeof(file.info);
	CHECK(!try_bytes(&file, sizeof(file)));
}

#define MANY 300000

/* A function around all others, and a relocation to each of them. */
static void nested_symbols(void)
{
	size_t syms = (N_SYMBOLS + MANY) * sizeof(Elf64_Sym);
	size_t len = sizeof(mini_elf) + syms + 8 * MANY;
	_cleanup_free_ char *file = xcalloc(1, len);
	char *end = file + sizeof(mini_elf);
	struct mini_elf elf = mini_elf;

	elf.shdr[SYMTAB].sh_offset = end - file;
	elf.shdr[SYMTAB].sh_size = syms;
	memcpy(end, mini_elf.sym, sizeof(mini_elf.sym));
	end += sizeof(mini_elf.sym);
	/* .data..percpu becomes a second .text, short jumps all over */
	elf.shdr[PERCPU] = elf.shdr[TEXT];
	elf.shdr[PERCPU].sh_addr = MINI_ADDR + 0x10000;
	elf.shdr[PERCPU].sh_offset = sizeof(mini_elf) + syms;
	elf.shdr[PERCPU].sh_size = 8 * MANY;
	for (size_t i = 0; i < MANY; i++) {
		const Elf64_Sym sym = MINI_SYMBOL(update, STB_LOCAL, STT_FUNC, PERCPU,
						  elf.shdr[PERCPU].sh_addr + 8 * i, i ? 1 : 8 * MANY);
		memcpy(end, &sym, sizeof(sym));
		end += sizeof(sym);
	}
	memset(end, 0xeb, 8 * MANY);
	memcpy(file, &elf, sizeof(elf));
	CHECK(!try_bytes(file, len));
}

int main(void)
{
	/* Not to end counts as a failure, too. A busy machine gives the process less of its CPUs,
	 * so what it has used of them is measured. */
	setrlimit(RLIMIT_CPU, &(struct rlimit){ PATIENCE, PATIENCE });
	RUN(sound_file);
	RUN(cut_short_at_every_byte);
	RUN(extreme_values_everywhere);
	RUN(fields_are_checked);
	RUN(numbers_of_sections);
	RUN(compressed_sections);
	RUN(odd_compression);
	RUN(btf_is_checked);
	RUN(dwarf_is_checked);
	RUN(siblings_that_are_children);
	RUN(nested_symbols);
	return TEST_STATUS;
}
