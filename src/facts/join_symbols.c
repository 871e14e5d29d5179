// SPDX-License-Identifier: GPL-2.0-only
#include "facts/join_symbols.h"

#include "vmlinux/dwarf.h"
#include "vmlinux/file_groups.h"
#include "vmlinux/patch_sites.h"
#include "vmlinux/refs.h"

/*
 * The name of a function's code that GCC splits off or specialises has one of these; the
 * part before the first is the function's name in the source. .cold is a part of the
 * function, the others are copies with a signature of their own.
 */
static size_t base_name_len(const char *name)
{
	static const char *const marks[] = { ".isra.", ".part.", ".constprop.", ".cold" };
	size_t len = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *p = strstr(name, marks[i]);

		if (p && (size_t)(p - name) < len)
			len = p - name;
	}
	return len;
}

/* Where a redirect would write, and what forbids it. */
static void look_at_entry(const struct join *j, struct fact_symbol *s)
{
	unsigned int endbr = kernel_endbr(j->kernel, s->addr);
	uint64_t place = s->addr + endbr;
	const char *what;
	bool live;

	s->endbr = endbr;
	s->fentry = kernel_fentry(j->kernel, s->addr);
	if (s->fentry)
		place += 5;
	if (place + 5 > s->addr + s->size) {
		s->obstacle = arena_printf(&j->facts->arena, "too small (%lu bytes)",
					   (unsigned long)s->size);
		return;
	}
	what = kernel_code_site(j->kernel, place, place + 5, &live);
	if (what && live)
		s->obstacle = arena_printf(&j->facts->arena,
					   "a %s site lies within the bytes to patch", what);
}

static void add_boundary_symbol(struct join *j, const struct ksym *sym, int func, int unit)
{
	struct fact_symbol s = {
		.name = sym->name,
		.addr = sym->addr,
		.size = sym->size,
		.func = func,
		.unit = unit,
		.entry = !sym->name[base_name_len(sym->name)],
	};

	if (s.entry)
		look_at_entry(j, &s);
	else if (unit != NONE && j->facts->units.v[unit].dwarf)
		s.first_param = kernel_param_in_place(j->kernel, j->facts->units.v[unit].dwarf,
						      sym->addr, 0);
	else
		s.first_param = -1;
	struct addr_entry e = { sym->addr, sym->size, (int)j->facts->symbols.n };

	vec_push(&j->by_addr, e);
	facts_add_unique(&j->facts->funcs.v[func].symbols, j->facts->symbols.n);
	vec_push(&j->facts->symbols, s);
}

static int compare_addr_entries(const void *a, const void *b)
{
	const struct addr_entry *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->symbol - y->symbol;
}

/* The symbol of the boundary that contains @addr; the first one if there are aliases. */
static int symbol_at(const struct join *j, uint64_t addr)
{
	size_t n = vec_bisect(entry, &j->by_addr, entry->addr <= addr);

	if (!n)
		return NONE;

	const struct addr_entry *e = &j->by_addr.v[n - 1];

	if (addr >= e->addr + (e->size ? e->size : 1))
		return NONE;
	while (e > j->by_addr.v && e[-1].addr == e->addr)
		e--;
	return e->symbol;
}

/*
 * GCC folds functions with equal bodies into one. Redirecting such an entry
 * would redirect them all, and only one of them may have been edited.
 */
static void find_folded(struct join *j)
{
	struct facts *facts = j->facts;

	for (size_t i = 1; i < j->by_addr.n; i++) {
		struct fact_symbol *a = &facts->symbols.v[j->by_addr.v[i - 1].symbol];
		struct fact_symbol *b = &facts->symbols.v[j->by_addr.v[i].symbol];

		if (a->addr != b->addr || !a->entry || !b->entry || a->func == b->func ||
		    facts->funcs.v[a->func].group == facts->funcs.v[b->func].group)
			continue;
		a->obstacle = arena_printf(&facts->arena, "shares its code with %s", b->name);
		b->obstacle = arena_printf(&facts->arena, "shares its code with %s", a->name);
	}
}

static void collect_local_symbols(struct join *j, size_t u)
{
	const struct kfile_group *group = &j->kernel->file_groups.v[j->facts->units.v[u].file_group];

	for (size_t i = group->first; i < group->last; i++) {
		const struct ksym *sym = &j->kernel->syms.v[i];

		if (!sym->is_func || !sym->is_text)
			continue;
		_cleanup_free_ char *base = xstrndup(sym->name, base_name_len(sym->name));
		int func = facts_func(j->facts, base, u);

		if (func != NONE && !j->facts->funcs.v[func].overridden)
			add_boundary_symbol(j, sym, func, u);
	}
}

void join_symbols(struct join *j)
{
	struct facts *facts = j->facts;

	for (size_t u = 0; u < facts->units.n; u++)
		if (facts->units.v[u].file_group != NONE)
			collect_local_symbols(j, u);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		const struct fact_func *f = &facts->funcs.v[i];
		const struct ksym *sym;

		if (f->is_static || f->overridden)
			continue;
		sym = kernel_global(j->kernel, f->name);
		if (sym && sym->is_text)
			add_boundary_symbol(j, sym, i, NONE);
	}
	vec_sort(&j->by_addr, compare_addr_entries);
	find_folded(j);
}

static bool wanted_symbol(const struct ksym *sym, void *arg)
{
	const struct join *j = arg;

	return sym->is_text && symbol_at(j, sym->addr) != NONE;
}

static bool is_class_object(const struct join *j, uint64_t place)
{
	vec_for_each(var, &j->facts->vars)
		if (var->class_object && place >= var->addr && place < var->addr + var->sym->size)
			return true;
	return false;
}

static void add_kernel_ref(struct join *j, const struct kref *ref)
{
	int to = symbol_at(j, ref->target);
	int from = symbol_at(j, ref->place);

	if (to == NONE)
		return;
	if (from != NONE && ref->kind != KREF_DATA) {
		if (from != to)
			facts_add_unique(&j->facts->symbols.v[from].callees, to);
		/* An address that old code used may still be stored somewhere, even
		 * if that code is replaced: timers armed at boot, softirq handlers ... */
		if (ref->kind != KREF_ADDR)
			return;
	}

	struct fact_outside out = {
		.symbol = to,
		.from = ref->from ? ref->from->name : ref->section,
		.from_func = from != NONE ? j->facts->symbols.v[from].func : NONE,
		.path = ref->from ? kernel_source_path(j->kernel, ref->from) : NULL,
		.kind = ref->kind == KREF_DATA ? OUTSIDE_DATA :
			ref->kind == KREF_ADDR ? OUTSIDE_ADDRESS :
						 OUTSIDE_CODE,
		.is_boot_only = ref->kind != KREF_ADDR && ((ref->from && ref->from->is_boot_only) ||
							   str_starts(ref->section, ".init") ||
							   str_starts(ref->section, ".exit")),
		.class_object = ref->kind == KREF_DATA && is_class_object(j, ref->place)
	};
	vec_push(&j->facts->outside, out);
}

struct error *join_refs(struct join *j, bool use_relocs)
{
	_cleanup_vec_ kref_vec refs = { 0 };

	TRY(kernel_refs(j->kernel, use_relocs, wanted_symbol, j, &refs));
	vec_for_each(ref, &refs)
		add_kernel_ref(j, ref);

	for (size_t i = 0; i < j->facts->symbols.n; i++) {
		const struct fact_symbol *s = &j->facts->symbols.v[i];
		const struct ksym *sym = s->unit == NONE ? kernel_global(j->kernel, s->name) : NULL;

		if (sym && sym->is_exported) {
			struct fact_outside out = {
				.symbol = symbol_at(j, s->addr),
				.kind = OUTSIDE_EXPORT,
				.from = "EXPORT_SYMBOL",
				.from_func = NONE,
			};
			vec_push(&j->facts->outside, out);
		}
	}
	return NULL;
}

void join_inlining(struct join *j)
{
	for (size_t u = 0; u < j->facts->units.n; u++) {
		const struct dwarf_unit *dwarf = j->facts->units.v[u].dwarf;

		if (!dwarf)
			continue;
		vec_for_each(in, &dwarf->inlines) {
			int symbol = symbol_at(j, in->pc), func = facts_func(j->facts, in->name, u);

			if (symbol != NONE && func != NONE && j->facts->symbols.v[symbol].func != func)
				facts_add_unique(&j->facts->symbols.v[symbol].inlined, func);
		}
	}
}
