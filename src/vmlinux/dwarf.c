// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/dwarf.h"
#include "vmlinux/elf.h"
#include "vmlinux/dwarf_internal.h"
#include "vmlinux/dwarf_path.h"
#include "vmlinux/dwarf_line.h"

/* State of the walk through a unit. */
struct walk {
	struct kernel *k;
	struct unit *unit;
	Dwarf_Off *last;  /* offset of the DIE visited last */
	const char *func; /* source name of the enclosing function */
	bool concrete;	  /* inside code, not inside an abstract instance */
	int depth;
};

#define MAX_DEPTH 200 /* nested scopes; real code has less than 40 */

void dwarf_open(struct kernel_private *priv)
{
	priv->dwarf = dwarf_begin_elf(priv->debug_elf, DWARF_C_READ, NULL);
}

/* libdw hands out strings inside .debug_info without looking for their end. */
const char *dwarf_die_string(const struct kernel *k, Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attr;
	const char *s = dwarf_formstring(dwarf_attr_integrate(die, name, &attr));

	if (!s || dwarf_whatform(&attr) != DW_FORM_string)
		return s;
	return memchr(s, '\0', kernel_dwarf_bytes_from(k, s)) ? s : NULL;
}

static const char *decl_file(struct walk *w, Dwarf_Die *die)
{
	const char *path = dwarf_decl_file(die);

	return path ? dwarf_source_path(w->k, w->unit, path) : NULL;
}

static unsigned int decl_line(Dwarf_Die *die)
{
	int line;

	return dwarf_decl_line(die, &line) ? 0 : (unsigned int)line;
}

bool dwarf_first_pc(Dwarf_Die *die, Dwarf_Addr *pc)
{
	Dwarf_Addr base, start, end;

	if (!dwarf_entrypc(die, pc))
		return true;
	if (dwarf_ranges(die, 0, &base, &start, &end) <= 0)
		return false;
	*pc = start;
	return true;
}

/* Fixed address of the variable @die, if it has one. */
static bool var_addr(Dwarf_Die *die, Dwarf_Addr *addr)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr_integrate(die, DW_AT_location, &attr) ||
	    dwarf_whatform(&attr) == DW_FORM_sec_offset ||
	    dwarf_whatform(&attr) == DW_FORM_loclistx || dwarf_getlocation(&attr, &ops, &n) || n != 1)
		return false;
	if (ops[0].atom == DW_OP_addr) {
		*addr = ops[0].number;
		return true;
	}
	if (ops[0].atom == DW_OP_addrx || ops[0].atom == DW_OP_GNU_addr_index) {
		Dwarf_Attribute value;

		return !dwarf_getlocation_attr(&attr, &ops[0], &value) &&
		       !dwarf_formaddr(&value, addr);
	}
	return false;
}

/* Offset 0 is a per-CPU variable's, or that of a variable the linker dropped. */
static bool is_dropped_variable(const struct kernel *k, const char *name, uint64_t addr)
{
	if (addr)
		return false;
	for (size_t i = 0; i < k->by_addr.n && !k->by_addr.v[i]->addr; i++)
		if (k->by_addr.v[i]->is_percpu && !strcmp(k->by_addr.v[i]->name, name))
			return false;
	return true;
}

static void read_var_die(struct walk *w, Dwarf_Die *die)
{
	const char *name = dwarf_die_string(w->k, die, DW_AT_name);
	Dwarf_Addr addr;

	if (name && var_addr(die, &addr) && !is_dropped_variable(w->k, name, addr))
		vec_push(&w->unit->pub.vars, ((struct dw_var){ .name = name,
							       .func = w->func,
							       .file = decl_file(w, die),
							       .line = decl_line(die),
							       .addr = addr }));
}

static void read_inline_die(struct walk *w, Dwarf_Die *die, const char *name)
{
	Dwarf_Addr pc;

	if (name && dwarf_first_pc(die, &pc))
		vec_push(&w->unit->pub.inlines, ((struct dw_inline){ .name = name,
								     .file = decl_file(w, die),
								     .line = decl_line(die),
								     .pc = pc }));
}

/* Returns whether @die has code of its own. */
static bool read_func_die(struct walk *w, Dwarf_Die *die, const char *name)
{
	Dwarf_Addr pc;
	bool concrete = dwarf_first_pc(die, &pc);

	if (name)
		vec_push(&w->unit->pub.funcs, ((struct dw_func){ .name = name,
								 .file = decl_file(w, die),
								 .line = decl_line(die),
								 .low_pc = concrete ? pc : 0,
								 .die = dwarf_dieoffset(die) }));
	return concrete;
}

static void walk_children(struct walk *w, Dwarf_Die *parent);

static void walk_die(struct walk *w, Dwarf_Die *die)
{
	struct walk inner = *w;
	Dwarf_Attribute attr;

	inner.depth++;
	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
		if (dwarf_attr(die, DW_AT_declaration, &attr))
			return;
		inner.func = dwarf_die_string(w->k, die, DW_AT_name);
		inner.concrete = read_func_die(w, die, inner.func);
		break;
	case DW_TAG_inlined_subroutine:
		inner.func = dwarf_die_string(w->k, die, DW_AT_name);
		if (w->concrete)
			read_inline_die(w, die, inner.func);
		break;
	case DW_TAG_variable: read_var_die(w, die); return;
	case DW_TAG_lexical_block: break;
	default: return;
	}
	walk_children(&inner, die);
}

static void walk_children(struct walk *w, Dwarf_Die *parent)
{
	Dwarf_Die die;

	if (w->depth > MAX_DEPTH)
		return;
	dwarf_for_each_child(die, parent) {
		/* a DIE is visited once, also if it is its elder's child and sibling */
		if (dwarf_dieoffset(&die) <= *w->last)
			return;
		*w->last = dwarf_dieoffset(&die);
		walk_die(w, &die);
	}
}

static int cmp_func(const void *a, const void *b)
{
	const struct dw_func *x = a, *y = b;
	int order = strcmp(x->name, y->name) ?: compare_values(x->line, y->line);

	/* the copies with code first */
	return order ?: compare_values(y->low_pc, x->low_pc);
}

static int cmp_var(const void *a, const void *b)
{
	const struct dw_var *x = a, *y = b;
	int order = strcmp(x->name, y->name) ?: compare_values(x->addr, y->addr);

	return order ?: strcmp(x->func ?: "", y->func ?: "");
}

/*
 * An abstract instance and each of its concrete ones are DIEs of their own:
 * keep one entry for each copy of the code, or one without code.
 */
static void drop_duplicates(struct dwarf_unit *unit)
{
	size_t n = 0;

	vec_sort(&unit->funcs, cmp_func);
	for (size_t i = 0; i < unit->funcs.n; i++) {
		const struct dw_func *f = &unit->funcs.v[i];
		const struct dw_func *last = n ? &unit->funcs.v[n - 1] : NULL;

		if (last && !strcmp(f->name, last->name) && f->line == last->line &&
		    (!f->low_pc || f->low_pc == last->low_pc))
			continue;
		unit->funcs.v[n++] = *f;
	}
	unit->funcs.n = n;

	n = 0;
	vec_sort(&unit->vars, cmp_var);
	for (size_t i = 0; i < unit->vars.n; i++)
		if (!n || cmp_var(&unit->vars.v[i], &unit->vars.v[n - 1]))
			unit->vars.v[n++] = unit->vars.v[i];
	unit->vars.n = n;
}

/* Does the path @name end in the path @tail? */
static bool path_ends(const char *name, const char *tail)
{
	size_t n = strlen(name), t = strlen(tail);

	return str_ends(name, tail) && (n == t || name[n - t - 1] == '/');
}

static struct unit *load_unit(struct kernel *k, Dwarf_Die *cu, const char *name, const char *path)
{
	struct unit *unit = xcalloc(1, sizeof(*unit));
	const char *dir = dwarf_die_string(k, cu, DW_AT_comp_dir);
	Dwarf_Off last = dwarf_dieoffset(cu);
	struct walk w = { .k = k, .unit = unit, .last = &last };

	unit->pub.name = name;
	unit->cu = dwarf_dieoffset(cu);
	unit->comp_dir = arena_strdup(&k->arena, dir ? dir : "");
	unit->root = arena_strndup(&k->arena, name, strlen(name) - strlen(path));
	dwarf_clean_path(unit->root);
	walk_children(&w, cu);
	drop_duplicates(&unit->pub);
	return unit;
}

/* Is the rest of the unit in a .dwo file? */
static bool is_split(Dwarf_Die *cu)
{
	return dwarf_tag(cu) == DW_TAG_skeleton_unit || dwarf_hasattr(cu, DW_AT_dwo_name) ||
	       dwarf_hasattr(cu, DW_AT_GNU_dwo_name);
}

struct error *kernel_dwarf_unit(struct kernel *k, const char *path, struct dwarf_unit **result)
{
	struct kernel_private *priv = k->priv;
	Dwarf_Off at = 0, next;
	bool split = false;
	size_t header;

	*result = NULL;
	vec_for_each(u, &priv->units) {
		if (path_ends((*u)->name, path)) {
			*result = *u;
			return NULL;
		}
	}
	if (!priv->dwarf)
		return NULL;
	for (;; at = next) {
		int end = dwarf_nextcu(priv->dwarf, at, &next, &header, NULL, NULL, NULL);
		Dwarf_Die cu;

		if (end > 0 && split)
			return error_note(error_at(k->path, 0, 0,
						   "its debug information is in .dwo files"),
					  "use a vmlinux built without CONFIG_DEBUG_INFO_SPLIT");
		if (end > 0)
			return NULL;
		if (end < 0 || next <= at || !dwarf_offdie(priv->dwarf, at + header, &cu))
			return error_at(k->path, 0, 0, "DWARF unit at offset %#llx: %s",
					(unsigned long long)at, dwarf_errmsg(-1));
		split |= is_split(&cu);
		const char *name = dwarf_die_string(k, &cu, DW_AT_name);
		if (is_split(&cu) || dwarf_tag(&cu) != DW_TAG_compile_unit || !name ||
		    !path_ends(name, path))
			continue;
		/* libdw reads it together with the names of files */
		if (dwarf_hasattr(&cu, DW_AT_comp_dir) && !dwarf_die_string(k, &cu, DW_AT_comp_dir))
			return error_at(k->path, 0, 0,
					"DWARF unit at offset %#llx: its directory has no end",
					(unsigned long long)at);
		*result = &load_unit(k, &cu, name, path)->pub;
		vec_push(&priv->units, *result);
		return NULL;
	}
}

/* Is @param a copy of the abstract parameter at @origin? */
static bool is_copy(Dwarf_Die *param, Dwarf_Off origin)
{
	Dwarf_Die abstract;

	return dwarf_follow(param, DW_AT_abstract_origin, &abstract) &&
	       dwarf_dieoffset(&abstract) == origin;
}

/* The formal parameter of @func that is a copy of @origin, or if that is 0 number @index. */
static bool find_param(Dwarf_Die *func, unsigned int index, Dwarf_Off origin, Dwarf_Die *param)
{
	dwarf_for_each_child(*param, func)
		if (dwarf_tag(param) == DW_TAG_formal_parameter &&
		    (origin ? is_copy(param, origin) : !index--))
			return true;
	return false;
}

/* The subprogram of @cu whose code starts at @addr. */
static bool find_func(Dwarf_Die *cu, uint64_t addr, Dwarf_Die *func)
{
	Dwarf_Addr pc;

	dwarf_for_each_child(*func, cu)
		if (dwarf_tag(func) == DW_TAG_subprogram && dwarf_first_pc(func, &pc) && pc == addr)
			return true;
	return false;
}

int kernel_param_in_place(const struct kernel *k, const struct dwarf_unit *unit, uint64_t addr,
			  unsigned int index)
{
	/* DWARF numbers of rdi, rsi, rdx, rcx, r8, r9 */
	static const uint8_t registers[] = {
		DW_OP_reg5, DW_OP_reg4, DW_OP_reg1, DW_OP_reg2, DW_OP_reg8, DW_OP_reg9,
	};
	const struct unit *u = (const struct unit *)unit;
	Dwarf_Die cu, func, abstract, param;
	Dwarf_Off origin = 0;
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!unit || !k->priv->dwarf || index >= ARRAY_SIZE(registers) ||
	    !dwarf_offdie(k->priv->dwarf, u->cu, &cu) || !find_func(&cu, addr, &func))
		return -1;
	/* the concrete copy may list its parameters in another order */
	if (dwarf_hasattr(&func, DW_AT_abstract_origin)) {
		if (!dwarf_follow(&func, DW_AT_abstract_origin, &abstract) ||
		    !find_param(&abstract, index, 0, &param))
			return -1;
		origin = dwarf_dieoffset(&param);
	}
	if (!find_param(&func, index, origin, &param))
		return origin ? 0 : -1;
	if (!dwarf_attr(&param, DW_AT_location, &attr))
		return 0;
	int found = dwarf_getlocation_addr(&attr, addr, &ops, &n, 1);
	if (found < 0)
		return -1;
	return found == 1 && n == 1 && ops[0].atom == registers[index];
}

void dwarf_free(struct kernel_private *priv)
{
	vec_for_each(u, &priv->units) {
		struct unit *unit = (struct unit *)*u;

		strmap_free(&unit->files);
		vec_free(&unit->pub.funcs);
		vec_free(&unit->pub.inlines);
		vec_free(&unit->pub.vars);
		free(unit);
	}
	vec_free(&priv->units);
	nummap_free(&priv->paths);
	strmap_free(&priv->dwarf_records);
	strmap_free(&priv->all_records);
	dwarf_free_lines(priv);
	arena_free(&priv->arena);
	dwarf_end(priv->dwarf);
}
