// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/elf.h"
#include "vmlinux/debug_image.h"
#include "vmlinux/patch_sites.h"
#include "vmlinux/symbols.h"

#include <gelf.h>
#include <libelf.h>

/* More than any kernel has: what a file asks for in memory and time is bounded. */
#define MAX_SECTIONS 1024
#define MAX_SYMBOLS (16 * 1024 * 1024)
#define MAX_INFLATION 64 /* contents of all sections : size of the file */

static const char remedy[] = "use the vmlinux of the kernel's debug package";

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

/* Read @shdr into @s, which is inside the file or an error. */
static struct error *read_section(struct kernel *k, const GElf_Shdr *shdr,
				  const struct ksection *names, struct ksection *s)
{
	*s = (struct ksection){
		.name = string_at(names, shdr->sh_name),
		.type = shdr->sh_type,
		.info = shdr->sh_info,
		.link = shdr->sh_link,
		.addr = shdr->sh_addr,
		.size = shdr->sh_size,
		.alloc = shdr->sh_flags & SHF_ALLOC,
		.exec = shdr->sh_flags & SHF_EXECINSTR,
	};
	if (!s->name || !elf_is_printable(s->name))
		return error_at(k->path, 0, 0, "section %zu has no valid name", k->priv->sections.n);
	s->percpu = str_starts(s->name, ".data..percpu");
	s->describes = section_describes(s->name);
	s->debug = !s->alloc && (str_starts(s->name, ".debug_") || str_starts(s->name, ".zdebug_"));
	if (s->addr + s->size < s->addr)
		return error_at(k->path, 0, 0, "section %s wraps around", s->name);
	return find_contents(k, s, shdr);
}

/* The loaded section that has its relocations in @s, or NULL. */
static struct ksection *relocated_section(const struct kernel *k, const struct ksection *s)
{
	if (s->type != SHT_RELA || !s->info || s->info >= k->priv->sections.n)
		return NULL;
	struct ksection *to = &k->priv->sections.v[s->info];
	return to->alloc ? to : NULL;
}

/* What @k has, when its sections are known: relocations may come before their section. */
static void note_contents(struct kernel *k)
{
	struct kernel_private *priv = k->priv;

	vec_for_each(s, &priv->sections) {
		const struct ksection *to = relocated_section(k, s);

		k->has_relocs |= to && to->exec && s->size >= sizeof(Elf64_Rela);
		priv->has_code |= s->type == SHT_PROGBITS && s->size && s->alloc && s->exec;
		priv->has_symbols |= s->type == SHT_SYMTAB && s->size;
		priv->has_debug |= s->debug && str_ends(s->name, "debug_info") &&
				   s->type != SHT_NOBITS;
	}
}

static struct error *read_relocs(struct kernel *k)
{
	vec_for_each(from, &k->priv->sections) {
		struct ksection *to = relocated_section(k, from);

		if (!to)
			continue;
		TRY(unpack_section(k, from));
		to->relas = from->bytes;
		to->n_relas = from->size / sizeof(Elf64_Rela);
	}
	return NULL;
}

struct error *elf_read_sections(struct kernel *k)
{
	struct kernel_private *priv = k->priv;
	uint64_t left = priv->map_size, contents = 0;
	struct ksection names;
	size_t n;

	TRY(open_elf(k));
	if (elf_getshdrnum(priv->elf, &n))
		return error_at(k->path, 0, 0, "section headers: %s", elf_errmsg(-1));
	if (n > MAX_SECTIONS)
		return error_at(k->path, 0, 0, "%zu sections, more than any kernel has", n);
	TRY(read_names(k, &names));
	for (size_t i = 0; i < n; i++) {
		Elf_Scn *scn = elf_getscn(priv->elf, i);
		struct ksection s;
		GElf_Shdr shdr;

		if (!scn || !gelf_getshdr(scn, &shdr))
			return error_at(k->path, 0, 0, "section %zu: %s", i, elf_errmsg(-1));
		TRY(read_section(k, &shdr, &names, &s));
		vec_push(&priv->sections, s);
		if (!s.packed.bytes)
			continue;
		/* else each could be as long as the file */
		if (shdr.sh_size > left)
			return error_at(k->path, 0, 0, "section %s overlaps another in the file",
					s.name);
		left -= shdr.sh_size;
		contents += s.size;
		if (contents / MAX_INFLATION > priv->map_size)
			return error_at(k->path, 0, 0, "a file of %zu bytes claims to hold %llu",
					priv->map_size, (unsigned long long)contents);
	}
	note_contents(k);
	return NULL;
}

static struct error *find_symtab(struct kernel *k)
{
	struct kernel_private *priv = k->priv;

	vec_for_each(symtab, &priv->sections) {
		if (symtab->type != SHT_SYMTAB)
			continue;
		if (!symtab->link || symtab->link >= priv->sections.n)
			return error_at(k->path, 0, 0, "symbol table without string table");
		struct ksection *strtab = &priv->sections.v[symtab->link];
		TRY(unpack_section(k, symtab));
		TRY(unpack_section(k, strtab));
		if (!strtab->bytes || !strtab->size || strtab->bytes[strtab->size - 1])
			return error_at(k->path, 0, 0, "section %s is no string table", strtab->name);
		priv->symtab = symtab->bytes;
		priv->n_symtab = symtab->size / sizeof(Elf64_Sym);
		if (priv->n_symtab > MAX_SYMBOLS)
			return error_at(k->path, 0, 0, "%zu symbols, more than any kernel has",
					priv->n_symtab);
		return symbols_read(k, strtab);
	}
	return error_note(error_at(k->path, 0, 0, "no symbol table"), "%s", remedy);
}

struct error *elf_read_contents(struct kernel *k)
{
	TRY(read_relocs(k));
	/* BTF that is not loaded may be compressed. */
	vec_for_each(s, &k->priv->sections)
		if (!strcmp(s->name, ".BTF"))
			TRY(unpack_section(k, s));
	return find_symtab(k);
}

struct error *elf_open_debug(struct kernel *k)
{
	struct kernel_private *priv = k->priv;
	struct kernel *from = priv->half && !priv->has_debug ? priv->half : k;
	size_t len;

	/* without it most names are missing */
	if (from->priv->has_debug && kernel_section(from, ".gnu_debugaltlink"))
		return error_note(error_at(from->path, 0, 0,
					   "dwz has moved a part of its debug information to a file that several share (.gnu_debugaltlink)"),
				  "use a vmlinux that 'dwz -m' has not been run on");
	priv->debug = from->priv;
	TRY(debug_image_make(from, &priv->debug_image, &len));
	priv->debug_elf = priv->debug_image ? elf_memory((char *)priv->debug_image, len) :
					      from->priv->elf;
	if (!priv->debug_elf)
		return error_at(from->path, 0, 0, "debug information: %s", elf_errmsg(-1));
	return NULL;
}

void elf_close(struct kernel_private *priv)
{
	if (priv->debug_image)
		elf_end(priv->debug_elf);
	free(priv->debug_image);
	elf_end(priv->elf);
	vec_free(&priv->sections);
}

const struct ksection *kernel_section(const struct kernel *k, const char *name)
{
	vec_for_each(s, &k->priv->sections)
		if (!strcmp(s->name, name))
			return s;
	return NULL;
}

const struct ksection *kernel_section_at(const struct kernel *k, uint64_t addr)
{
	vec_for_each(s, &k->priv->sections) {
		uint64_t start = s->percpu ? 0 : s->addr;

		if (s->alloc && addr >= start && addr - start < s->size)
			return s;
	}
	return NULL;
}

size_t kernel_dwarf_bytes_from(const struct kernel *k, const void *p)
{
	vec_for_each(s, &k->priv->debug->sections) {
		size_t offset = (uintptr_t)p - (uintptr_t)s->bytes;

		if (s->debug && s->bytes && offset < s->size)
			return s->size - offset;
	}
	return 0;
}
