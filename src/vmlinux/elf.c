// SPDX-License-Identifier: GPL-2.0-only
/*
 * elf.c - opens a vmlinux: sections, build ID, banner. The only file
 * that uses libelf. The file is mapped, and only what is compressed is copied.
 */
#include "vmlinux/elf.h"
#include "vmlinux/btf.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/interval_tree.h"
#include "vmlinux/patch_sites.h"
#include "vmlinux/relocs.h"
#include "vmlinux/symbols.h"
#include "vmlinux/debug_image.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than any kernel has: what a file asks for in memory and time is bounded. */
#define MAX_SECTIONS 1024
#define MAX_SYMBOLS (16 * 1024 * 1024)
#define MAX_INFLATION 64 /* contents of all sections : size of the file */

static const char remedy[] = "use the vmlinux of the kernel's debug package";

static struct error *map_file(struct kernel *k, int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return error_errno(k->path, "cannot look at it");
	if (!st.st_size)
		return error_at(k->path, 0, 0, "empty file");
	void *map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return error_errno(k->path, "cannot map");
	k->priv->map = map;
	k->priv->map_size = st.st_size;
	k->priv->mapped = true;
	return NULL;
}

static struct error *open_elf(struct kernel *k)
{
	elf_version(EV_CURRENT);
	/* libelf writes through this pointer only in its write modes */
	Elf *elf = elf_memory((char *)k->priv->map, k->priv->map_size);
	k->priv->elf = elf;

	GElf_Ehdr ehdr;
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &ehdr))
		return error_note(error_at(k->path, 0, 0, "not an ELF file"), "%s", remedy);
	if (ehdr.e_ident[EI_CLASS] != ELFCLASS64 || ehdr.e_ident[EI_DATA] != ELFDATA2LSB ||
	    ehdr.e_machine != EM_X86_64)
		return error_at(k->path, 0, 0, "not an x86-64 ELF file");
	if (ehdr.e_type != ET_EXEC && ehdr.e_type != ET_DYN)
		return error_at(k->path, 0, 0, "not a linked kernel (ELF type %u)", ehdr.e_type);
	return NULL;
}

bool elf_is_printable(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return false;
	return true;
}

/* Find the contents of @s in the file, or how they are compressed. */
static struct error *find_contents(struct kernel *k, struct ksection *s, const GElf_Shdr *shdr)
{
	bool flagged = shdr->sh_flags & SHF_COMPRESSED;

	if (shdr->sh_type == SHT_NOBITS || shdr->sh_type == SHT_NULL)
		return NULL;
	if (shdr->sh_offset > k->priv->map_size || shdr->sh_size > k->priv->map_size - shdr->sh_offset)
		return error_at(k->path, 0, 0, "section %s extends past the end of the file",
				s->name);
	if (flagged && s->alloc)
		return error_at(k->path, 0, 0, "section %s is loaded, but compressed", s->name);
	TRY(inflate_look(k->path, s->name, flagged, k->priv->map + shdr->sh_offset, shdr->sh_size,
			 &s->packed, &s->size));
	if (!s->packed.how)
		s->bytes = s->packed.bytes;
	return NULL;
}

/* Decompress @s, if it is compressed, so that its bytes can be read. */
static struct error *unpack_section(struct kernel *k, struct ksection *s)
{
	if (!s->packed.how || s->bytes)
		return NULL;
	uint8_t *bytes = arena_alloc(&k->arena, s->size);

	TRY(inflate_to(k->path, s->name, &s->packed, bytes, s->size));
	s->bytes = bytes;
	return NULL;
}

/* The string at @offset of @table, or NULL. */
static const char *string_at(const struct ksection *table, uint64_t offset)
{
	if (!table->bytes || offset >= table->size ||
	    !memchr(table->bytes + offset, '\0', table->size - offset))
		return NULL;
	return (const char *)table->bytes + offset;
}

/* The table of the sections' names. */
static struct error *read_names(struct kernel *k, struct ksection *names)
{
	GElf_Shdr shdr;
	size_t index;

	if (elf_getshdrstrndx(k->priv->elf, &index))
		return error_at(k->path, 0, 0, "section headers: %s", elf_errmsg(-1));
	*names = (struct ksection){ .name = ".shstrtab" };
	Elf_Scn *scn = elf_getscn(k->priv->elf, index);
	if (!scn || !gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_STRTAB)
		return NULL;
	TRY(find_contents(k, names, &shdr));
	return unpack_section(k, names);
}

/* Does the section hold debug information? */
static bool is_debug(const char *name)
{
	return str_starts(name, ".debug_") || str_starts(name, ".zdebug_");
}

/* Record section @i, which is inside the file or an error. */
static struct error *read_section(struct kernel *k, size_t i, const GElf_Shdr *shdr,
				  const struct ksection *names)
{
	struct ksection *s = &k->priv->sections[i];

	s->name = string_at(names, shdr->sh_name);
	if (!s->name || !elf_is_printable(s->name))
		return error_at(k->path, 0, 0, "section %zu has no valid name", i);
	s->type = shdr->sh_type;
	s->info = shdr->sh_info;
	s->addr = shdr->sh_addr;
	s->size = shdr->sh_size;
	s->alloc = shdr->sh_flags & SHF_ALLOC;
	s->exec = shdr->sh_flags & SHF_EXECINSTR;
	s->percpu = str_starts(s->name, ".data..percpu");
	s->describes = section_describes(s->name);
	s->debug = !s->alloc && is_debug(s->name);
	if (s->addr + s->size < s->addr)
		return error_at(k->path, 0, 0, "section %s wraps around", s->name);
	return find_contents(k, s, shdr);
}

/* Relocations may come before the section that they are for. */
static struct error *read_relocs(struct kernel *k)
{
	struct kernel_private *priv = k->priv;

	for (size_t i = 0; i < priv->n_sections; i++) {
		struct ksection *from = &priv->sections[i], *to;

		if (from->type != SHT_RELA || !from->info || from->info >= priv->n_sections ||
		    !priv->sections[from->info].alloc)
			continue;
		to = &priv->sections[from->info];
		TRY(unpack_section(k, from));
		to->relas = from->bytes;
		to->n_relas = from->size / sizeof(Elf64_Rela);
		k->has_relocs |= to->exec && to->n_relas;
	}
	return NULL;
}

static struct error *read_sections(struct kernel *k)
{
	struct kernel_private *priv = k->priv;
	uint64_t left = priv->map_size, contents = 0;
	struct ksection names;
	size_t n;

	if (elf_getshdrnum(priv->elf, &n))
		return error_at(k->path, 0, 0, "section headers: %s", elf_errmsg(-1));
	if (n > MAX_SECTIONS)
		return error_at(k->path, 0, 0, "%zu sections, more than any kernel has", n);
	TRY(read_names(k, &names));
	priv->sections = xcalloc(n, sizeof(*priv->sections));
	priv->n_sections = n;
	for (size_t i = 0; i < n; i++) {
		Elf_Scn *scn = elf_getscn(priv->elf, i);
		GElf_Shdr shdr;

		if (!scn || !gelf_getshdr(scn, &shdr))
			return error_at(k->path, 0, 0, "section %zu: %s", i, elf_errmsg(-1));
		TRY(read_section(k, i, &shdr, &names));
		if (!priv->sections[i].packed.bytes)
			continue;
		/* else each could be as long as the file */
		if (shdr.sh_size > left)
			return error_at(k->path, 0, 0, "section %s overlaps another in the file",
					priv->sections[i].name);
		left -= shdr.sh_size;
		contents += priv->sections[i].size;
		if (contents / MAX_INFLATION > priv->map_size)
			return error_at(k->path, 0, 0, "a file of %zu bytes claims to hold %llu",
					priv->map_size, (unsigned long long)contents);
	}
	return NULL;
}

/* BTF that is not loaded may be compressed. */
static struct error *read_btf(struct kernel *k)
{
	for (size_t i = 0; i < k->priv->n_sections; i++)
		if (!strcmp(k->priv->sections[i].name, ".BTF"))
			return unpack_section(k, &k->priv->sections[i]);
	return NULL;
}

static struct error *find_symtab(struct kernel *k)
{
	struct kernel_private *priv = k->priv;

	for (size_t i = 1; i < priv->n_sections; i++) {
		GElf_Shdr shdr;

		gelf_getshdr(elf_getscn(priv->elf, i), &shdr);
		if (shdr.sh_type != SHT_SYMTAB)
			continue;
		if (!shdr.sh_link || shdr.sh_link >= priv->n_sections)
			return error_at(k->path, 0, 0, "symbol table without string table");
		struct ksection *strtab = &priv->sections[shdr.sh_link];
		TRY(unpack_section(k, &priv->sections[i]));
		TRY(unpack_section(k, strtab));
		if (!strtab->bytes || !strtab->size || strtab->bytes[strtab->size - 1])
			return error_at(k->path, 0, 0, "section %s is no string table", strtab->name);
		priv->symtab = priv->sections[i].bytes;
		priv->n_symtab = priv->sections[i].size / sizeof(Elf64_Sym);
		if (priv->n_symtab > MAX_SYMBOLS)
			return error_at(k->path, 0, 0, "%zu symbols, more than any kernel has",
					priv->n_symtab);
		return symbols_read(k, strtab);
	}
	return error_note(error_at(k->path, 0, 0, "no symbol table"), "%s", remedy);
}

/* The GNU build ID of any loaded note section. */
static void read_build_id(struct kernel *k)
{
	static const uint8_t owner[4] = "GNU";

	for (size_t i = 1; i < k->priv->n_sections; i++) {
		const struct ksection *s = &k->priv->sections[i];

		if (!s->bytes || !s->alloc || !str_starts(s->name, ".note"))
			continue;
		for (uint64_t at = 0; s->size - at >= 12;) {
			uint64_t namesz = load32(s->bytes + at);
			uint64_t descsz = load32(s->bytes + at + 4);
			uint64_t desc = at + 12 + ((namesz + 3) & ~3ULL);
			uint64_t next = desc + ((descsz + 3) & ~3ULL);

			if (next > s->size)
				break;
			if (load32(s->bytes + at + 8) == NT_GNU_BUILD_ID && namesz == 4 &&
			    !memcmp(s->bytes + at + 12, owner, 4) && descsz <= sizeof(k->build_id)) {
				memcpy(k->build_id, s->bytes + desc, descsz);
				k->build_id_len = descsz;
				for (size_t b = 0; b < descsz; b++)
					sprintf(k->build_id_text + 2 * b, "%02x", k->build_id[b]);
				return;
			}
			at = next;
		}
	}
}

/* "Linux version 6.1.0 (builder) ..." of linux_banner. */
static struct error *read_banner(struct kernel *k)
{
	static const char intro[] = "Linux version ";
	const struct ksym *sym = kernel_global(k, "linux_banner");
	const uint8_t *bytes = NULL;

	if (sym && sym->size)
		bytes = kernel_bytes(k, sym->addr, sym->size);
	if (!bytes)
		return error_at(k->path, 0, 0, "not a Linux kernel: no linux_banner");
	char *banner = arena_strndup(&k->arena, (const char *)bytes,
				     strnlen((const char *)bytes, sym->size));
	banner[strcspn(banner, "\n")] = '\0';
	k->banner = banner;
	if (!str_starts(banner, intro) || !elf_is_printable(banner))
		return error_at(k->path, 0, 0, "linux_banner is not \"%s...\"", intro);
	const char *release = banner + strlen(intro);
	k->release = arena_strndup(&k->arena, release, strcspn(release, " "));
	return NULL;
}

/* Where strings inside .debug_info and .debug_types end at the latest. */
static void find_dwarf_bytes(struct kernel_private *priv, Elf *elf)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;
		const char *name = gelf_getshdr(scn, &shdr) ? elf_strptr(elf, names, shdr.sh_name) :
							      NULL;

		if (!name || (!str_ends(name, "debug_info") && !str_ends(name, "debug_types")))
			continue;
		const Elf_Data *contents = elf_getdata(scn, NULL);
		if (contents && contents->d_buf)
			vec_push(&priv->dwarf_bytes,
				 ((struct dwarf_bytes){ contents->d_buf, contents->d_size }));
	}
}

/* What libdw reads: the file that has debug information, or its decompressed image. */
static struct error *open_debug(struct kernel *k)
{
	struct kernel_private *priv = k->priv;
	const struct kernel *from = priv->half && !elf_has_debug(k) ? priv->half : k;
	size_t len;

	/* without it most names are missing */
	if (elf_has_debug(from) && kernel_section(from, ".gnu_debugaltlink"))
		return error_note(error_at(from->path, 0, 0,
					   "dwz has moved a part of its debug information to a file that several share (.gnu_debugaltlink)"),
				  "use a vmlinux that 'dwz -m' has not been run on");
	priv->debug_elf = from->priv->elf;
	if (debug_image_needed(from)) {
		priv->debug_elf = NULL;
		TRY(debug_image_make(from, &priv->debug_image, &len));
		priv->debug_elf = elf_memory((char *)priv->debug_image, len);
		if (!priv->debug_elf)
			return error_at(from->path, 0, 0, "debug information: %s", elf_errmsg(-1));
	}
	find_dwarf_bytes(priv, priv->debug_elf);
	return NULL;
}

/* The section of @k that is at the same place and as long as @like. */
static const struct ksection *same_section(const struct kernel *k, const struct ksection *like)
{
	for (size_t i = 1; i < k->priv->n_sections; i++) {
		const struct ksection *s = &k->priv->sections[i];

		if (s->alloc && s->addr == like->addr && s->size == like->size &&
		    !strcmp(s->name, like->name))
			return s;
	}
	return NULL;
}

/* Sections that are loaded, but empty in @k, have contents in its other half. */
static struct error *take_contents(struct kernel *k)
{
	const struct kernel *half = k->priv->half;

	for (size_t i = 1; half && i < k->priv->n_sections; i++) {
		struct ksection *s = &k->priv->sections[i];

		if (!s->alloc || s->bytes || !s->size)
			continue;
		const struct ksection *same = same_section(half, s);
		if (!same)
			return error_at(half->path, 0, 0,
					"has no section %s of %llu bytes at %#llx, as %s has",
					s->name, (unsigned long long)s->size,
					(unsigned long long)s->addr, k->path);
		s->bytes = same->bytes;
	}
	return NULL;
}

static struct kernel *new_kernel(const char *path)
{
	struct kernel *k = xcalloc(1, sizeof(*k));

	k->priv = xcalloc(1, sizeof(*k->priv));
	k->path = arena_strdup(&k->arena, path);
	return k;
}

/* Everything but symbols, of the bytes in memory. */
static struct error *read_file(struct kernel *k)
{
	TRY(open_elf(k));
	TRY(read_sections(k));
	read_build_id(k);
	return NULL;
}

struct error *elf_open(const char *path, int fd, struct kernel **kernel)
{
	_cleanup_kernel_ struct kernel *k = new_kernel(path);

	TRY(map_file(k, fd));
	TRY(read_file(k));
	*kernel = return_ptr(k);
	return NULL;
}

struct error *elf_read(struct kernel *k, struct kernel *half)
{
	k->priv->half = half;
	TRY(take_contents(k));
	TRY(read_relocs(k));
	TRY(read_btf(k));
	TRY(find_symtab(k));
	relocs_check(k);
	TRY(read_banner(k));
	return open_debug(k);
}

/* Has @k a section of @type for loaded code (if @code), or any? */
static bool has_section(const struct kernel *k, uint32_t type, bool code)
{
	for (size_t i = 1; i < k->priv->n_sections; i++) {
		const struct ksection *s = &k->priv->sections[i];

		if (s->type == type && s->size && (!code || (s->alloc && s->exec)))
			return true;
	}
	return false;
}

bool elf_has_code(const struct kernel *k)
{
	return has_section(k, SHT_PROGBITS, true);
}

bool elf_has_symbols(const struct kernel *k)
{
	return has_section(k, SHT_SYMTAB, false);
}

bool elf_has_relocs(const struct kernel *k)
{
	for (size_t i = 1; i < k->priv->n_sections; i++) {
		const struct ksection *s = &k->priv->sections[i];

		if (s->type == SHT_RELA && s->size && s->info < k->priv->n_sections &&
		    k->priv->sections[s->info].exec)
			return true;
	}
	return false;
}

bool elf_has_debug(const struct kernel *k)
{
	for (size_t i = 1; i < k->priv->n_sections; i++) {
		const struct ksection *s = &k->priv->sections[i];

		if (s->debug && str_ends(s->name, "debug_info") && s->type != SHT_NOBITS)
			return true;
	}
	return false;
}

struct error *kernel_open_memory(const char *path, const void *bytes, size_t len,
				 struct kernel **kernel)
{
	_cleanup_kernel_ struct kernel *k = new_kernel(path);

	k->priv->map = bytes;
	k->priv->map_size = len;
	TRY(read_file(k));
	TRY(elf_read(k, NULL));
	*kernel = return_ptr(k);
	return NULL;
}

void kernel_close(struct kernel *k)
{
	if (!k)
		return;
	struct kernel_private *priv = k->priv;
	dwarf_free(priv);
	btf_free(priv->btf);
	vec_free(&priv->patch_sites);
	strmap_free(&priv->globals);
	interval_tree_free(&priv->ends);
	vec_free(&priv->group_paths);
	strmap_free(&priv->dwarf_groups);
	free(priv->sections);
	vec_free(&priv->dwarf_bytes);
	if (priv->debug_image)
		elf_end(priv->debug_elf);
	free(priv->debug_image);
	kernel_close(priv->half);
	elf_end(priv->elf);
	if (priv->mapped)
		munmap((void *)priv->map, priv->map_size);
	free(priv);
	vec_free(&k->syms);
	vec_free(&k->by_addr);
	vec_free(&k->file_groups);
	arena_free(&k->arena);
	free(k);
}

const struct ksection *kernel_section(const struct kernel *k, const char *name)
{
	for (size_t i = 1; i < k->priv->n_sections; i++)
		if (!strcmp(k->priv->sections[i].name, name))
			return &k->priv->sections[i];
	return NULL;
}

const struct ksection *kernel_section_at(const struct kernel *k, uint64_t addr)
{
	for (size_t i = 1; i < k->priv->n_sections; i++) {
		const struct ksection *s = &k->priv->sections[i];
		uint64_t start = s->percpu ? 0 : s->addr;

		if (s->alloc && addr >= start && addr - start < s->size)
			return s;
	}
	return NULL;
}

const uint8_t *kernel_bytes(const struct kernel *k, uint64_t addr, size_t len)
{
	const struct ksection *s = kernel_section_at(k, addr);

	if (!s || !s->bytes)
		return NULL;
	uint64_t offset = addr - (s->percpu ? 0 : s->addr);
	return len <= s->size - offset ? s->bytes + offset : NULL;
}

size_t kernel_dwarf_bytes_from(const struct kernel *k, const void *p)
{
	vec_for_each(bytes, &k->priv->dwarf_bytes) {
		size_t offset = (uintptr_t)p - (uintptr_t)bytes->start;

		if (offset < bytes->size)
			return bytes->size - offset;
	}
	return 0;
}
