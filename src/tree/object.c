// SPDX-License-Identifier: GPL-2.0-only
/*
 * object.c - symbol tables of a module's objects, and .symvers files. This and
 * vmlinux/elf.c are the files that use libelf.
 *
 * The object before modpost is looked at: modpost refuses such a module, and
 * says neither where nor what to do.
 */
#include "tree/object.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "emit/provide.h"
#include "tree/check.h"

typedef VEC(const char *) object_names;

/* --- symbol tables */

/* What the exporting macros leave in the object: up to 6.3, and from 6.4 on. */
static const char *const export_prefixes[] = { "__ksymtab_", "__export_symbol_" };

static const char *exported_name(const char *name)
{
	const char *prefix = str_find(name, export_prefixes, str_starts);

	return prefix ? name + strlen(prefix) : NULL;
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

static void end_elf(Elf **elf)
{
	elf_end(*elf);
}

/*
 * Names that @path, a relocatable object, leaves undefined (weak ones are
 * left out) to @undefined, those that it exports to @exported; either may be
 * NULL. Both live in @arena.
 */
static struct error *object_names_of(const char *path, struct arena *arena, object_names *undefined,
				     object_names *exported)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	__attribute__((__cleanup__(end_elf))) Elf *elf = NULL;
	Elf_Scn *section = NULL;
	GElf_Ehdr ehdr;
	GElf_Shdr shdr;

	if (fd < 0)
		return error_errno(path, "cannot open");
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
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

/* --- what is missing */

static bool is_newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec == b->st_mtim.tv_sec ? a->st_mtim.tv_nsec > b->st_mtim.tv_nsec :
							a->st_mtim.tv_sec > b->st_mtim.tv_sec;
}

/* Has the scheduler's object been linked after the last edit? */
static bool is_current(const struct tree *tree, const char *object)
{
	struct stat built, source;

	if (stat(object, &built))
		return false;
	vec_for_each(path, &tree->changed) {
		_cleanup_free_ char *full = xasprintf("%s/%s", tree->dir, *path);

		if ((tree_is_c(*path) || !strcmp(*path, "Kbuild")) && strcmp(*path, SYMBOLS_PATH) &&
		    !stat(full, &source) && is_newer(&source, &built))
			return false;
	}
	return true;
}

/* Everything that a module of this tree may link to. */
static struct error *read_offers(struct tree *tree, struct strmap *offers)
{
	_cleanup_free_ char *kernel = xasprintf("%s/Module.symvers", tree->headers);
	_cleanup_free_ char *provider = xasprintf("%s/" SYMVERS_PATH, tree->dir);
	_cleanup_free_ char *runtime = xasprintf("%s/schedcut.o", tree->dir);
	_cleanup_vec_ object_names exported = { 0 };

	TRY(object_read_symvers(kernel, &tree->arena, offers));
	TRY(object_read_symvers(provider, &tree->arena, offers));
	TRY(object_names_of(runtime, &tree->arena, NULL, &exported));
	vec_for_each(name, &exported)
		strmap_put(offers, *name, (void *)*name);
	return NULL;
}

/* With the first place that uses @name: "foo", or "vml.UNIT.foo" by SCHEDCUT_ORIG(foo). */
static struct missing missing_at_use(const struct tree *tree, const char *name)
{
	const char *plain = str_starts(name, VML_PREFIX) ? strchr(name + strlen(VML_PREFIX), '.') :
							   NULL;

	plain = plain ? plain + 1 : name;
	for (size_t i = 0; tree->work && i < tree->work->refs.n; i++) {
		const struct src_ref *ref = &tree->work->refs.v[i];

		if (!strcmp(ref->name, plain) && check_is_source(ref->file))
			return (struct missing){ name, ref->file->path,
						 source_position(ref->file, ref->start) };
	}
	return (struct missing){ .name = name, .path = "Kbuild" };
}

static struct error *list_missing(struct tree *tree, const char *object, missing_vec *missing)
{
	_cleanup_strmap_ struct strmap offers = { 0 };
	_cleanup_vec_ object_names undefined = { 0 };

	TRY(read_offers(tree, &offers));
	/* The linker's and the module loader's own. */
	strmap_put(&offers, "_GLOBAL_OFFSET_TABLE_", "");
	strmap_put(&offers, "__this_module", "");
	TRY(object_names_of(object, &tree->arena, &undefined, NULL));
	vec_for_each(name, &undefined)
		if (!strmap_get(&offers, *name))
			vec_push(missing, missing_at_use(tree, *name));
	return NULL;
}

struct error *find_missing(struct tree *tree, missing_vec *missing, bool *stale)
{
	_cleanup_free_ char *object = xasprintf("%s/%s.o", tree->dir, tree->manifest->name);

	*stale = !tree->headers || !is_current(tree, object);
	return *stale ? NULL : list_missing(tree, object, missing);
}
