// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts.c - join what the sources say with what vmlinux says.
 */
#include "facts/facts.h"

#include <ctype.h>

/* Address ranges of the boundary's symbols, to find one by address. */
struct addr_entry {
	uint64_t addr, size;
	int symbol;
};
struct addr_index {
	VEC(struct addr_entry) entries;
};

struct join {
	struct facts *facts;
	struct kernel *kernel;
	const struct source *source;
	struct strmap globals;	/* function name -> index + 1 */
	struct strmap *statics; /* the same for each unit */
	struct addr_index index;
	const char *class_type;
	VEC(const struct ksym *) class_objects;
};

static void *index_value(int i)
{
	return (void *)(intptr_t)(i + 1);
}

static int value_index(void *value)
{
	return (int)(intptr_t)value - 1;
}

static void push_unique(int_vec *vec, int i)
{
	vec_for_each(p, vec)
		if (*p == i)
			return;
	vec_push(vec, i);
}

/* Of a weak function and the one that vmlinux uses instead, the latter counts. */
static bool is_better(const struct facts *facts, int known)
{
	return known == NONE || facts->funcs.v[known].overridden;
}

int facts_func(const struct facts *facts, const char *name, int unit)
{
	int global = NONE;

	for (size_t i = 0; i < facts->funcs.n; i++) {
		const struct fact_func *f = &facts->funcs.v[i];
		bool own = f->is_static && unit != NONE && f->src->units & 1UL << unit;

		if (f->is_static != own || strcmp(f->name, name))
			continue;
		if (own)
			return i;
		if (is_better(facts, global))
			global = i;
	}
	return global;
}

int facts_ref_func(const struct facts *facts, const struct src_ref *ref)
{
	return facts_func(facts, ref->name, ref->is_static ? (int)ref->unit : NONE);
}

/* facts_func(), fast: for every reference there is, while facts are joined. */
static int find_joined_func(const struct join *j, const char *name, int unit)
{
	void *value = unit == NONE ? NULL : strmap_get(&j->statics[unit], name);

	if (!value)
		value = strmap_get(&j->globals, name);
	return value_index(value);
}

/* The function that @ref calls or uses, NONE if it is not the boundary's. */
static int func_of_ref(const struct join *j, const struct src_ref *ref)
{
	return find_joined_func(j, ref->name, ref->is_static ? (int)ref->unit : NONE);
}

/*
 * GCC's names for code split off or specialised: the part before the first of
 * these is the source function's name. .cold is part of the function, the
 * others are copies with a signature of their own.
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

static void collect_funcs(struct join *j)
{
	struct facts *facts = j->facts;
	struct strmap groups = { 0 };

	for (size_t i = 0; i < j->source->funcs.n; i++) {
		struct src_func *src = j->source->funcs.v[i];
		struct fact_func f = {
			.name = src->name,
			.src = src,
			.is_static = src->is_static,
			.is_inline = src->is_inline,
			.is_boot_only = src->is_boot_only,
			.type = src->type,
			.in_header = str_ends(src->at.file->path, ".h"),
			.in_sidecar = src->at.file->sidecar,
		};
		int me = facts->funcs.n;

		vec_push(&facts->func_of_src, src->at.file->boundary ? me : NONE);
		if (!src->at.file->boundary)
			continue;
		if (src->is_weak) {
			const struct ksym *sym = kernel_global(j->kernel, src->name);

			f.overridden = sym && !sym->is_weak;
		}
		char *key = arena_printf(&facts->arena, "%s:%zu", src->at.file->path, src->at.start);
		void *group = strmap_get(&groups, key);

		f.group = group ? value_index(group) : me;
		if (!group)
			strmap_put(&groups, key, index_value(me));
		vec_push(&facts->funcs, f);
		if (!src->is_static) {
			if (is_better(facts, value_index(strmap_get(&j->globals, src->name))))
				strmap_put(&j->globals, src->name, index_value(me));
			continue;
		}
		for (size_t u = 0; u < facts->units.n; u++)
			if (src->units & 1UL << u)
				strmap_put(&j->statics[u], src->name, index_value(me));
	}
	strmap_free(&groups);
}

/* Does vmlinux have a global function or variable that unit @u defines? */
static bool defines_global(const struct join *j, size_t u)
{
	vec_for_each(f, &j->source->funcs)
		if (!(*f)->is_static && (*f)->units & 1UL << u && kernel_global(j->kernel, (*f)->name))
			return true;
	vec_for_each(v, &j->source->vars)
		if (!(*v)->is_static && (*v)->is_definition && (*v)->units & 1UL << u &&
		    kernel_global(j->kernel, (*v)->name))
			return true;
	return false;
}

/*
 * The local symbols of unit @u, NONE if it has none: the file group that has
 * most of the names that the unit may have made local symbols for.
 */
static struct error *match_file_group(const struct join *j, size_t u, int *group)
{
	const char *path = j->source->units.v[u].path;
	VEC(const char *) names = { 0 };

	vec_for_each(f, &j->source->funcs)
		if ((*f)->is_static && (*f)->at.file->boundary && (*f)->units & 1UL << u)
			vec_push(&names, (*f)->name);
	vec_for_each(v, &j->source->vars)
		if ((*v)->is_static && (*v)->is_definition && (*v)->at.file->boundary &&
		    (*v)->units & 1UL << u)
			vec_push(&names, (*v)->name);
	*group = kernel_match_unit(j->kernel, path, names.v, names.n, NULL);
	vec_free(&names);
	if (*group != NONE || defines_global(j, u))
		return NULL;
	return error_note(error_at(j->kernel->path, 0, 0, "no symbols of %s in this vmlinux", path),
			  "remove the unit from boundary.units if this configuration does not build it, or name the vmlinux of this kernel with --vmlinux");
}

static struct error *match_units(struct join *j)
{
	struct facts *facts = j->facts;

	facts->has_dwarf = true;
	for (size_t u = 0; u < j->source->units.n; u++) {
		const struct src_unit *src = &j->source->units.v[u];
		struct fact_unit unit = { .name = src->name, .path = src->path };
		struct dwarf_unit *dwarf = NULL;

		TRY(match_file_group(j, u, &unit.file_group));
		TRY(kernel_dwarf_unit(j->kernel, src->path, &dwarf));
		unit.dwarf = dwarf;
		facts->has_dwarf &= dwarf != NULL;
		vec_push(&facts->units, unit);
	}
	return NULL;
}

/* Where a redirect would write, and what forbids it. */
static void look_at_entry(const struct join *j, struct fact_symbol *s)
{
	unsigned int endbr = kernel_endbr(j->kernel, s->addr);
	uint64_t place = s->addr + endbr;
	const char *what;
	bool live;

	s->endbr = endbr;
	s->fentry = kernel_fentry(j->kernel, s->addr, NULL);
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

	vec_push(&j->index.entries, e);
	push_unique(&j->facts->funcs.v[func].symbols, j->facts->symbols.n);
	vec_push(&j->facts->symbols, s);
}

static int compare_addr_entries(const void *a, const void *b)
{
	const struct addr_entry *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->symbol - y->symbol;
}

/* The boundary's symbol that contains @addr; of aliases the first. */
static int symbol_at(const struct join *j, uint64_t addr)
{
	size_t lo = 0, hi = j->index.entries.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (j->index.entries.v[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NONE;

	const struct addr_entry *e = &j->index.entries.v[lo - 1];

	if (addr >= e->addr + (e->size ? e->size : 1))
		return NONE;
	while (e > j->index.entries.v && e[-1].addr == e->addr)
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

	for (size_t i = 1; i < j->index.entries.n; i++) {
		struct fact_symbol *a = &facts->symbols.v[j->index.entries.v[i - 1].symbol];
		struct fact_symbol *b = &facts->symbols.v[j->index.entries.v[i].symbol];

		if (a->addr != b->addr || !a->entry || !b->entry || a->func == b->func ||
		    facts->funcs.v[a->func].group == facts->funcs.v[b->func].group)
			continue;
		a->obstacle = arena_printf(&facts->arena, "shares its code with %s", b->name);
		b->obstacle = arena_printf(&facts->arena, "shares its code with %s", a->name);
	}
}

/* Of unit @u. */
static void collect_local_symbols(struct join *j, size_t u)
{
	const struct kfile_group *group = &j->kernel->file_groups.v[j->facts->units.v[u].file_group];

	for (size_t i = group->first; i < group->last; i++) {
		const struct ksym *sym = &j->kernel->syms.v[i];

		if (!sym->is_func || !sym->is_text)
			continue;
		_cleanup_free_ char *base = xstrndup(sym->name, base_name_len(sym->name));
		int func = find_joined_func(j, base, u);

		if (func != NONE && !j->facts->funcs.v[func].overridden)
			add_boundary_symbol(j, sym, func, u);
	}
}

static void collect_symbols(struct join *j)
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
	qsort(j->index.entries.v, j->index.entries.n, sizeof(*j->index.entries.v),
	      compare_addr_entries);
	find_folded(j);
}

static bool wanted_symbol(const struct ksym *sym, void *arg)
{
	const struct join *j = arg;

	return sym->is_text && symbol_at(j, sym->addr) != NONE;
}

static bool is_class_object(const struct join *j, uint64_t place)
{
	vec_for_each(p, &j->class_objects)
		if (place >= (*p)->addr && place < (*p)->addr + (*p)->size)
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
			push_unique(&j->facts->symbols.v[from].callees, to);
		/* An address that old code used may still be stored somewhere,
		 * whatever becomes of that code: timers armed at boot, softirq
		 * handlers ... */
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

static struct error *collect_refs(struct join *j, bool use_relocs)
{
	kref_vec refs = { 0 };

	TRY(use_relocs ? kernel_refs_reloc(j->kernel, wanted_symbol, j, &refs) :
			 kernel_refs_scan(j->kernel, wanted_symbol, j, &refs));
	vec_for_each(ref, &refs)
		add_kernel_ref(j, ref);
	vec_free(&refs);

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

static void collect_inlining(struct join *j)
{
	for (size_t u = 0; u < j->facts->units.n; u++) {
		const struct dwarf_unit *dwarf = j->facts->units.v[u].dwarf;

		if (!dwarf)
			continue;
		vec_for_each(in, &dwarf->inlines) {
			int symbol = symbol_at(j, in->pc), func = find_joined_func(j, in->name, u);

			if (symbol != NONE && func != NONE && j->facts->symbols.v[symbol].func != func)
				push_unique(&j->facts->symbols.v[symbol].inlined, func);
		}
	}
}

/* Functions that the initialisers of file-scope variables point to. */
static void collect_initialisers(struct join *j)
{
	struct facts *facts = j->facts;

	for (size_t i = 0; i < j->source->vars.n; i++)
		vec_push(&facts->var_of_src, NONE);
	for (size_t i = 0; i < facts->vars.n; i++)
		vec_for_each(decl, &facts->vars.v[i].decls)
			facts->var_of_src.v[(*decl)->index] = i;
	vec_for_each(ref, &j->source->refs) {
		int var = facts_src_var(facts, ref->from_var);
		int to = var != NONE && ref->kind != SRC_REF_VAR ? func_of_ref(j, ref) : NONE;

		if (to != NONE)
			push_unique(&facts->vars.v[var].addresses, to);
	}
}

static void collect_source_graph(struct join *j)
{
	struct facts *facts = j->facts;

	vec_for_each(ref, &j->source->refs) {
		int from = facts_src_func(facts, ref->from), to;

		if (from == NONE || ref->kind == SRC_REF_VAR)
			continue;
		to = func_of_ref(j, ref);
		if (to == NONE) {
			if (ref->kind == SRC_REF_CALL)
				vec_push(&facts->funcs.v[from].externals, ref->name);
		} else if (ref->kind == SRC_REF_CALL) {
			push_unique(&facts->funcs.v[from].callees, to);
		} else {
			push_unique(&facts->funcs.v[from].addresses, to);
			facts->funcs.v[to].address_used = true;
		}
	}
	vec_for_each(icall, &j->source->icalls) {
		int from = facts_src_func(facts, icall->from);

		if (from != NONE)
			vec_push(&facts->funcs.v[from].icalls, icall->type);
	}
}

static int first_unit(unsigned long units)
{
	return units ? __builtin_ctzl(units) : 0;
}

/* Static variables belong to a unit, others to the whole kernel. */
static char *var_key(struct arena *arena, const struct src_var *v)
{
	if (v->kind == SRC_VAR_LOCAL)
		return arena_printf(arena, "%s@%s:%zu", v->name, v->at.file->path, v->at.start);
	if (v->is_static)
		return arena_printf(arena, "%s@%d", v->name, first_unit(v->units));
	return arena_strdup(arena, v->name);
}

static bool pasted_name(const struct src_var *v)
{
	const char *text = v->at.file->text;
	size_t len = strlen(v->name);

	if (!v->at.macro || !text)
		return false;
	return v->at.name + len > v->at.file->len || strncmp(text + v->at.name, v->name, len) ||
	       isalnum((unsigned char)text[v->at.name + len]) || text[v->at.name + len] == '_';
}

/* What vmlinux has of static @var, in each unit that defines it. */
static void locate_static(struct join *j, struct fact_var *var)
{
	for (size_t u = 0; u < j->facts->units.n; u++) {
		const struct ksym *sym;
		size_t count;

		if (!(var->src->units & 1UL << u))
			continue;
		sym = kernel_local(j->kernel, j->facts->units.v[u].file_group, var->name, &count);
		if (!sym || count != 1 || sym->is_text || !sym->is_object) {
			var->partly = true;
			continue;
		}
		if (!var->sym)
			var->sym = sym;
		vec_push(&var->copies, ((struct var_copy){ u, sym->addr }));
	}
}

static bool is_read_only(const struct kernel *k, uint64_t addr)
{
	const struct ksym *start = kernel_global(k, "__start_rodata");
	const struct ksym *end = kernel_global(k, "__end_rodata");

	return start && end && addr >= start->addr && addr < end->addr;
}

static void locate_var(struct join *j, struct fact_var *var)
{
	struct kernel *k = j->kernel;
	const struct fact_unit *unit = &j->facts->units.v[var->unit];

	if (var->link == VAR_GLOBAL) {
		var->sym = kernel_global(k, var->name);
	} else if (var->link == VAR_STATIC) {
		locate_static(j, var);
	} else if (unit->dwarf && var->src->owner) {
		vec_for_each(dw, &unit->dwarf->vars)
			if (dw->func && dw->addr && !strcmp(dw->name, var->name) &&
			    !strcmp(dw->func, var->src->owner->name)) {
				var->sym = kernel_at(k, dw->addr);
				if (var->sym && var->sym->addr != dw->addr)
					var->sym = NULL;
				break;
			}
	}
	if (var->sym && (var->sym->is_text || !var->sym->is_object))
		var->sym = NULL;
	if (var->sym) {
		var->addr = var->sym->addr;
		var->has_addr = true;
		var->read_only = !var->sym->is_percpu && is_read_only(k, var->addr);
	}
}

static bool better_definition(const struct src_var *a, const struct src_var *b)
{
	if (!a->is_definition || !b->is_definition)
		return a->is_definition;
	return a->initializer_offset && !b->initializer_offset;
}

/*
 * Macros that register something name it __so, and what else they make belongs
 * to it. Others (ATTRIBUTE_GROUPS) paste a name that their user writes out.
 */
static void spread_glue(struct facts *facts)
{
	vec_for_each(var, &facts->vars) {
		if (var->glue || !pasted_name(var->src))
			continue;
		vec_for_each(other, &facts->vars)
			if (other->src->at.file == var->src->at.file &&
			    other->src->at.start == var->src->at.start)
				var->glue |= str_starts(other->name, "__");
	}
}

static bool is_class_type(const char *canonical, const char *class_type)
{
	if (str_starts(canonical, "const "))
		canonical += strlen("const ");
	return str_starts(canonical, "struct ") && !strcmp(canonical + strlen("struct "), class_type);
}

static void collect_vars(struct join *j)
{
	struct facts *facts = j->facts;
	VEC(struct fact_var) vars = { 0 };
	struct strmap by_key = { 0 };

	vec_for_each(p, &j->source->vars) {
		struct src_var *v = *p;
		char *key = var_key(&facts->arena, v);
		void *found = strmap_get(&by_key, key);

		if (!v->at.file->boundary)
			continue;
		if (!found) {
			struct fact_var var = {
				.name = v->name,
				.src = v,
				.owner = NONE,
				.unit = first_unit(v->units),
				.link = v->kind == SRC_VAR_LOCAL ? VAR_IN_FUNCTION :
					v->is_static		 ? VAR_STATIC :
								   VAR_GLOBAL,
			};
			found = index_value(vars.n);
			strmap_put(&by_key, key, found);
			vec_push(&vars, var);
		}
		struct fact_var *var = &vars.v[value_index(found)];

		vec_push(&var->decls, v);
		if (better_definition(v, var->src))
			var->src = v;
	}
	vec_for_each(var, &vars) {
		if (!var->src->is_definition) {
			vec_free(&var->decls);
			continue;
		}
		var->unit = first_unit(var->src->units);
		var->glue = str_starts(var->name, "__") && pasted_name(var->src);
		if (var->src->owner)
			var->owner = facts_src_func(facts, var->src->owner);
		locate_var(j, var);
		var->class_object = var->sym && is_class_type(var->src->canonical, j->class_type);
		if (var->class_object)
			vec_push(&j->class_objects, var->sym);
		vec_push(&facts->vars, *var);
	}
	vec_free(&vars);
	strmap_free(&by_key);
	spread_glue(facts);
}

struct error *facts_join(const struct source *source, struct kernel *kernel, const char *class_type,
			 bool use_relocs, struct facts **result)
{
	struct facts *facts = xcalloc(1, sizeof(*facts));
	struct join j = { .facts = facts, .kernel = kernel, .source = source, .class_type = class_type };
	struct error *err;

	facts->source = source;
	facts->kernel = kernel;
	facts->use_relocs = use_relocs;
	err = match_units(&j);
	if (!err) {
		j.statics = xcalloc(facts->units.n, sizeof(*j.statics));
		collect_funcs(&j);
		collect_vars(&j);
		collect_symbols(&j);
		err = collect_refs(&j, use_relocs);
	}
	if (!err) {
		collect_inlining(&j);
		collect_source_graph(&j);
		collect_initialisers(&j);
		*result = facts;
	}
	for (size_t u = 0; j.statics && u < facts->units.n; u++)
		strmap_free(&j.statics[u]);
	free(j.statics);
	strmap_free(&j.globals);
	vec_free(&j.index.entries);
	vec_free(&j.class_objects);
	if (err)
		facts_free(facts);
	return err;
}

void facts_free(struct facts *facts)
{
	if (!facts)
		return;
	vec_for_each(f, &facts->funcs) {
		vec_free(&f->symbols);
		vec_free(&f->callees);
		vec_free(&f->addresses);
		vec_free(&f->icalls);
		vec_free(&f->externals);
	}
	vec_for_each(s, &facts->symbols) {
		vec_free(&s->callees);
		vec_free(&s->inlined);
	}
	vec_for_each(var, &facts->vars) {
		vec_free(&var->decls);
		vec_free(&var->copies);
		vec_free(&var->addresses);
	}
	vec_free(&facts->units);
	vec_free(&facts->funcs);
	vec_free(&facts->func_of_src);
	vec_free(&facts->var_of_src);
	vec_free(&facts->symbols);
	vec_free(&facts->outside);
	vec_free(&facts->vars);
	arena_free(&facts->arena);
	free(facts);
}
