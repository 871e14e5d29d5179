// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_dwarf.c - debug information of any bytes is read or refused. The input has
 * only sections of DWARF, which are put into a valid vmlinux, so that libFuzzer
 * always changes DWARF: the lengths of .debug_abbrev and .debug_line, two bytes
 * each, little-endian; both sections; .debug_info.
 */
#include <elf.h>

#include "../unit/exercise.h"
#include "fuzz.h"

enum { NONE, TEXT, SYMTAB, STRTAB, ABBREV, LINE, INFO, N_SECTIONS };

static const char names[] = "\0.text\0.symtab\0.strtab\0.debug_info\0.debug_abbrev\0.debug_line\0"
			    "linux_banner\0core.c";
static const char banner[] = "Linux version 6.1.0-fuzz (builder) #1";

#define TEXT_ADDR 0xffffffff81000000

struct debug {
	const uint8_t *abbrev, *line, *info;
	size_t abbrev_len, line_len, info_len;
};

static uint32_t name_offset(const char *name)
{
	return (const char *)memmem(names, sizeof(names), name, strlen(name) + 1) - names;
}

/* A vmlinux under construction: section headers follow the ELF header. */
struct image {
	uint8_t *bytes;
	size_t len;
	Elf64_Shdr *headers;
};

static void add_section(struct image *image, int s, const char *name, uint32_t type,
			const void *bytes, size_t len)
{
	image->headers[s] = (Elf64_Shdr){ .sh_name = name_offset(name),
					  .sh_type = type,
					  .sh_addralign = 1,
					  .sh_offset = image->len,
					  .sh_size = len };
	if (len)
		memcpy(image->bytes + image->len, bytes, len);
	image->len += len;
}

/* No byte longer than needed, so that a read past the end is found. */
static void make_image(struct image *image, const struct debug *debug)
{
	const Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = sizeof(ehdr),
		.e_ehsize = sizeof(ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = N_SECTIONS,
		.e_shstrndx = STRTAB,
	};
	const Elf64_Sym symbols[] = {
		{ 0 },
		{ .st_name = name_offset("core.c"), .st_info = STT_FILE, .st_shndx = SHN_ABS },
		{ .st_name = name_offset("linux_banner"),
		  .st_shndx = TEXT,
		  .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
		  .st_value = TEXT_ADDR,
		  .st_size = sizeof(banner) }
	};

	image->len = sizeof(ehdr) + N_SECTIONS * sizeof(Elf64_Shdr);
	image->bytes = xcalloc(1, image->len + sizeof(symbols) + sizeof(banner) + sizeof(names) +
					  debug->abbrev_len + debug->line_len + debug->info_len);
	memcpy(image->bytes, &ehdr, sizeof(ehdr));
	image->headers = (Elf64_Shdr *)(image->bytes + sizeof(ehdr));
	add_section(image, SYMTAB, ".symtab", SHT_SYMTAB, symbols, sizeof(symbols));
	image->headers[SYMTAB].sh_link = STRTAB;
	image->headers[SYMTAB].sh_entsize = sizeof(*symbols);
	add_section(image, TEXT, ".text", SHT_PROGBITS, banner, sizeof(banner));
	image->headers[TEXT].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
	image->headers[TEXT].sh_addr = TEXT_ADDR;
	add_section(image, STRTAB, ".strtab", SHT_STRTAB, names, sizeof(names));
	add_section(image, ABBREV, ".debug_abbrev", SHT_PROGBITS, debug->abbrev, debug->abbrev_len);
	add_section(image, LINE, ".debug_line", SHT_PROGBITS, debug->line, debug->line_len);
	add_section(image, INFO, ".debug_info", SHT_PROGBITS, debug->info, debug->info_len);
}

/* The next @want of the @left bytes at *@bytes, or as many as there are. */
static size_t take(const uint8_t **bytes, size_t *left, size_t want, const uint8_t **part)
{
	size_t n = want < *left ? want : *left;

	*part = *bytes;
	*bytes += n;
	*left -= n;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct image image;
	const uint8_t *lengths;
	struct debug debug;
	struct kernel *k;

	if (take(&bytes, &len, 4, &lengths) < 4)
		return 0;
	debug.abbrev_len = take(&bytes, &len, lengths[0] | lengths[1] << 8, &debug.abbrev);
	debug.line_len = take(&bytes, &len, lengths[2] | lengths[3] << 8, &debug.line);
	debug.info_len = take(&bytes, &len, len, &debug.info);
	make_image(&image, &debug);

	struct error *err = kernel_open_memory("vmlinux", image.bytes, image.len, &k);
	if (err) {
		error_print(stderr, err);
		abort();
	}
	exercise_dwarf(k, "core.c");
	kernel_close(k);
	free(image.bytes);
	return 0;
}
