// SPDX-License-Identifier: GPL-2.0-only
/*
 * object.c - symbol tables of a module's objects, and .symvers files. With
 * elf.c the only file that uses libelf.
 */
#include "tree/object.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include "base/os.h"

/* What the exporting macros leave in the object: up to 6.3, and from 6.4 on. */
static const char *const export_prefixes[] = { "__ksymtab_", "__export_symbol_" };

static const char *exported_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(export_prefixes); i++)
		if (str_starts(name, export_prefixes[i]))
			return name + strlen(export_prefixes[i]);
	return NULL;
}

static void add_name(struct arena *arena, object_names *names, const char *name)
{
	if (names)
		vec_push(names, arena_strdup(arena, name));
}

static void read_symbols(Elf *elf, Elf_Data *data, size_t strings, struct arena *arena,
			 object_names *undefined, object_names *exported)
{
	GElf_Sym sym;

	for (int i = 1; gelf_getsym(data, i, &sym); i++) {
		const char *name = elf_strptr(elf, strings, sym.st_name);

		if (!name || !*name)
			continue;
		if (sym.st_shndx == SHN_UNDEF) {
			if (GELF_ST_BIND(sym.st_info) == STB_GLOBAL)
				add_name(arena, undefined, name);
		} else if (exported_name(name)) {
			add_name(arena, exported, exported_name(name));
		}
	}
}

static struct error *read_object(Elf *elf, const char *path, struct arena *arena,
				 object_names *undefined, object_names *exported)
{
	Elf_Scn *section = NULL;
	GElf_Ehdr ehdr;
	GElf_Shdr shdr;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &ehdr) || ehdr.e_type != ET_REL)
		return error_note(error_at(path, 0, 0, "not a relocatable object"), "build again");
	while ((section = elf_nextscn(elf, section))) {
		Elf_Data *data;

		if (!gelf_getshdr(section, &shdr) || shdr.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		if (data)
			read_symbols(elf, data, shdr.sh_link, arena, undefined, exported);
	}
	return NULL;
}

struct error *object_names_of(const char *path, struct arena *arena, object_names *undefined,
			      object_names *exported)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(path, "cannot open");
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	struct error *err = read_object(elf, path, arena, undefined, exported);

	elf_end(elf);
	return err;
}

struct error *object_read_symvers(const char *path, struct arena *arena, struct strmap *map)
{
	_cleanup_free_ char *text = os_read_file(path);
	char *copy, *line;

	if (!text)
		return error_errno(path, "cannot read");
	copy = arena_strdup(arena, text);
	/* "CRC NAME MODULE EXPORT NAMESPACE", separated by tabs */
	while ((line = strsep(&copy, "\n"))) {
		char *name = line;

		strsep(&name, "\t");
		name = name ? strsep(&name, "\t") : NULL;
		if (name && *name)
			strmap_put(map, name, name);
	}
	return NULL;
}
