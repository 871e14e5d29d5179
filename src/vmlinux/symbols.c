// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/symbols.h"

#include <elf.h>

#include "vmlinux/elf.h"

/* The section that @raw is in, or NULL. */
static const struct ksection *section_of(const struct kernel *k, const Elf64_Sym *raw)
{
	return raw->st_shndx == SHN_UNDEF || raw->st_shndx >= k->priv->sections.n ?
		       NULL :
		       &k->priv->sections.v[raw->st_shndx];
}

static struct ksym make_sym(const struct kernel *k, const Elf64_Sym *raw, const char *name, int file)
{
	int type = ELF64_ST_TYPE(raw->st_info), bind = ELF64_ST_BIND(raw->st_info);
	struct ksym sym = {
		.name = name,
		.addr = raw->st_value,
		.size = raw->st_size,
		.file = bind == STB_LOCAL ? file : -1,
		.is_func = type == STT_FUNC || type == STT_GNU_IFUNC,
		.is_object = type == STT_OBJECT || type == STT_COMMON,
		.is_global = bind != STB_LOCAL,
		.is_weak = bind == STB_WEAK,
	};

	const struct ksection *s = section_of(k, raw);
	if (!s)
		return sym;
	sym.is_percpu = s->percpu;
	sym.is_boot_only = str_starts(s->name, ".init.") || str_starts(s->name, ".exit.");
	sym.is_text = s->exec;
	/* newer kernels give .data..percpu an address of its own */
	if (s->percpu)
		sym.addr -= s->addr;
	return sym;
}

/* Is this a place in the kernel, so that kernel_at() should find it? */
static bool is_located(const struct kernel *k, const Elf64_Sym *raw, const struct ksym *sym)
{
	const struct ksection *s = section_of(k, raw);

	/* a label at the end of its section would claim the next one */
	return s && (sym->is_func || sym->is_object || sym->is_text) && s->alloc &&
	       raw->st_value - s->addr < s->size;
}

static int compare_ksyms(const void *a, const void *b)
{
	const struct ksym *x = *(struct ksym *const *)a, *y = *(struct ksym *const *)b;

	return compare_values(x->addr, y->addr) ?: compare_values(x, y);
}

/* Fill the map of globals and mark what __ksymtab_NAME exports. */
static void index_globals(struct kernel *k)
{
	vec_for_each(sym, &k->syms)
		if (sym->is_global)
			strmap_put(&k->priv->globals, sym->name, sym);
	vec_for_each(sym, &k->syms) {
		if (!str_starts(sym->name, "__ksymtab_"))
			continue;
		struct ksym *exported = kernel_global(k, sym->name + strlen("__ksymtab_"));
		if (exported)
			exported->is_exported = true;
	}
}

struct error *symbols_read(struct kernel *k, const struct ksection *strtab)
{
	struct kernel_private *priv = k->priv;
	const char *strings = (const char *)strtab->bytes;

	/* pointers to elements are handed out: never grow it */
	k->syms.v = xcalloc(priv->n_symtab, sizeof(*k->syms.v));
	k->syms.cap = priv->n_symtab;
	for (size_t i = 1; i < priv->n_symtab; i++) {
		Elf64_Sym raw;

		memcpy(&raw, priv->symtab + i * sizeof(raw), sizeof(raw));
		const char *name = raw.st_name < strtab->size ? strings + raw.st_name : NULL;
		if (!name || !elf_is_printable(name))
			return error_at(k->path, 0, 0, "symbol %zu has no valid name", i);
		int type = ELF64_ST_TYPE(raw.st_info);
		bool local = ELF64_ST_BIND(raw.st_info) == STB_LOCAL;
		if (type == STT_SECTION || (raw.st_shndx == SHN_UNDEF && type != STT_FILE))
			continue;
		if (type == STT_FILE) {
			struct kfile_group group = { name, k->syms.n, k->syms.n };

			vec_push(&k->file_groups, group);
			continue;
		}
		struct ksym sym = make_sym(k, &raw, name, (int)k->file_groups.n - 1);
		if (raw.st_value + raw.st_size < raw.st_value)
			sym.size = 0;
		if (is_located(k, &raw, &sym))
			vec_push(&k->by_addr, &k->syms.v[k->syms.n]);
		k->syms.v[k->syms.n++] = sym;
		if (local && k->file_groups.n)
			k->file_groups.v[k->file_groups.n - 1].last = k->syms.n;
	}
	vec_sort(&k->by_addr, compare_ksyms);
	interval_tree_build(&k->priv->ends, k->by_addr.v, k->by_addr.n, 0);
	index_globals(k);
	return NULL;
}

struct ksym *kernel_global(const struct kernel *k, const char *name)
{
	return strmap_get(&k->priv->globals, name);
}

struct ksym *kernel_local(const struct kernel *k, int file, const char *name, size_t *count)
{
	struct ksym *first = NULL;

	*count = 0;
	if (file >= 0 && (size_t)file < k->file_groups.n) {
		const struct kfile_group *group = &k->file_groups.v[file];

		for (size_t i = group->first; i < group->last; i++) {
			struct ksym *sym = &k->syms.v[i];

			if (strcmp(sym->name, name))
				continue;
			++*count;
			if (!first || sym->addr < first->addr)
				first = sym;
		}
	}
	return first;
}

size_t kernel_count(const struct kernel *k, const char *name, bool funcs, const struct ksym **last)
{
	size_t n = 0;

	vec_for_each(sym, &k->syms) {
		if (!(sym->is_func || (!funcs && (sym->is_object || sym->is_text || sym->is_global))) ||
		    strcmp(sym->name, name))
			continue;
		n++;
		if (last)
			*last = sym;
	}
	return n;
}

struct ksym *kernel_at(const struct kernel *k, uint64_t addr)
{
	size_t n = vec_bisect(sym, &k->by_addr, (*sym)->addr <= addr), i = n;
	struct ksym *found = NULL;

	for (int max = MAX_ALIASES; max-- && (i = interval_tree_last(&k->priv->ends, i, addr)); i--) {
		struct ksym *sym = k->by_addr.v[i - 1];

		if (found && sym->addr != found->addr)
			break;
		/* of aliases the first, a typed one before a bare label */
		if (!found || sym->is_func || sym->is_object)
			found = sym;
	}
	if (found || !n)
		return found;

	/* assembler code without .size reaches to the next symbol */
	struct ksym *last = k->by_addr.v[n - 1];
	const struct ksection *s = kernel_section_at(k, addr);
	if (last->size || !last->is_text || !s || !s->exec || last->addr < s->addr)
		return NULL;
	return last;
}
