// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/debug_image.h"

#include <elf.h>

/* A file in the making: ELF header, section headers, names, contents. */
struct image {
	uint8_t *bytes;
	Elf64_Shdr *headers;
	size_t n;     /* sections, the first is none */
	size_t names; /* offset of the next name */
	size_t at;    /* offset of the next contents */
};

static bool is_wanted(const struct ksection *s)
{
	return s->debug && s->size && (s->bytes || s->packed.how);
}

/* ".debug_info" of ".zdebug_info". */
static size_t put_name(char *to, const char *name)
{
	if (str_starts(name, ".z"))
		return sprintf(to, ".%s", name + strlen(".z")) + 1;
	return sprintf(to, "%s", name) + 1;
}

static Elf64_Shdr *add_header(struct image *image, const char *name, uint64_t size)
{
	Elf64_Shdr *header = &image->headers[image->n++];

	*header = (Elf64_Shdr){ .sh_name = image->names - image->headers[1].sh_offset,
				.sh_type = SHT_PROGBITS,
				.sh_addralign = 1,
				.sh_offset = image->at,
				.sh_size = size };
	image->names += put_name((char *)image->bytes + image->names, name);
	image->at += size;
	return header;
}

static struct error *add_section(struct image *image, const struct kernel *k, struct ksection *s)
{
	const Elf64_Shdr *header = add_header(image, s->name, s->size);
	uint8_t *to = image->bytes + header->sh_offset;

	if (s->packed.how)
		TRY(inflate_to(k->path, s->name, &s->packed, to, s->size));
	else
		memcpy(to, s->bytes, s->size);
	s->bytes = to;
	return NULL;
}

static void add_elf_header(struct image *image)
{
	const Elf64_Ehdr ehdr = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
					       ELFDATA2LSB, EV_CURRENT },
				  .e_type = ET_EXEC,
				  .e_machine = EM_X86_64,
				  .e_version = EV_CURRENT,
				  .e_shoff = sizeof(ehdr),
				  .e_ehsize = sizeof(ehdr),
				  .e_shentsize = sizeof(Elf64_Shdr),
				  .e_shnum = image->n,
				  .e_shstrndx = 1 };

	memcpy(image->bytes, &ehdr, sizeof(ehdr));
}

struct error *debug_image_make(struct kernel *k, uint8_t **bytes, size_t *len)
{
	size_t n = 2, names = 1, contents = 0;
	bool packed = false;

	vec_for_each(s, &k->priv->sections) {
		packed |= s->debug && s->packed.how;
		if (!is_wanted(s))
			continue;
		n++;
		names += strlen(s->name) + 1;
		contents += s->size;
	}
	if (!packed)
		return NULL;

	size_t first_name = sizeof(Elf64_Ehdr) + n * sizeof(Elf64_Shdr);

	*len = first_name + names + contents;
	*bytes = xcalloc(1, *len);
	struct image image = { .bytes = *bytes,
			       .headers = (Elf64_Shdr *)(*bytes + sizeof(Elf64_Ehdr)),
			       .n = 2,
			       .names = first_name + 1,
			       .at = first_name + names };
	image.headers[1] = (Elf64_Shdr){
		.sh_type = SHT_STRTAB, .sh_addralign = 1, .sh_offset = first_name, .sh_size = names
	};
	vec_for_each(s, &k->priv->sections)
		if (is_wanted(s))
			TRY(add_section(&image, k, s));
	add_elf_header(&image);
	return NULL;
}
