// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/dwarf_type.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/kernel_types.h"
#include "vmlinux/dwarf_internal.h"

#include <limits.h>

#define MAX_NAME 512 /* bytes of a name; no C identifier of a kernel has more */

/* --- for ctypes.c; a type's id is the offset of its DIE */

static enum ctype_kind die_kind(Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_base_type: return CTYPE_BASE;
	case DW_TAG_pointer_type: return CTYPE_POINTER;
	case DW_TAG_array_type: return CTYPE_ARRAY;
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram: return CTYPE_FUNCTION;
	case DW_TAG_structure_type: return CTYPE_STRUCT;
	case DW_TAG_union_type: return CTYPE_UNION;
	case DW_TAG_enumeration_type: return CTYPE_ENUM;
	case DW_TAG_typedef: return CTYPE_TYPEDEF;
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type: return CTYPE_QUALIFIER;
	default: return CTYPE_VOID;
	}
}

static const char *die_name(const struct kernel *k, Dwarf_Die *die)
{
	const char *name = dwarf_die_string(k, die, DW_AT_name);

	return name && *name && strnlen(name, MAX_NAME) < MAX_NAME ? name : NULL;
}

/* The type that @die refers to; 0: none, void. */
static uint64_t die_type(Dwarf_Die *die)
{
	Dwarf_Die type;

	return dwarf_follow(die, DW_AT_type, &type) ? dwarf_dieoffset(&type) : 0;
}

static bool die_number(Dwarf_Die *die, unsigned int name, Dwarf_Word *value)
{
	Dwarf_Attribute attr;

	return dwarf_attr(die, name, &attr) && !dwarf_formudata(&attr, value);
}

/* Elements of all dimensions; 0: one of them is not known. */
static unsigned long array_count(Dwarf_Die *array)
{
	unsigned long count = 1;
	bool known = false;
	Dwarf_Die range;

	dwarf_for_each_child(range, array) {
		Dwarf_Word n;

		if (dwarf_tag(&range) != DW_TAG_subrange_type)
			continue;
		if (die_number(&range, DW_AT_upper_bound, &n))
			n++; /* of an array of none it is -1 */
		else if (!die_number(&range, DW_AT_count, &n))
			n = 0;
		count *= n;
		known = true;
	}
	return known ? count : 0;
}

static struct ctype dwarf_get_type(const struct ctype_reader *reader, uint64_t id)
{
	const struct kernel *k = reader->source;
	struct ctype t = { .id = id };
	Dwarf_Word size;
	Dwarf_Die die;

	if (!id || !dwarf_offdie(k->priv->dwarf, id, &die))
		return t;
	t.kind = die_kind(&die);
	t.name = die_name(k, &die);
	t.to = die_type(&die);
	if (t.kind == CTYPE_ARRAY)
		t.count = array_count(&die);
	else if (t.kind == CTYPE_POINTER)
		t.size = sizeof(uint64_t);
	else if (die_number(&die, DW_AT_byte_size, &size))
		t.size = size;
	return t;
}

/* Bits before the member @die; DWARF 2 writes "add this" for it. */
static unsigned long member_offset(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Word at;
	Dwarf_Op *ops;
	size_t n;

	if (die_number(die, DW_AT_data_bit_offset, &at))
		return at;
	if (die_number(die, DW_AT_data_member_location, &at))
		return CHAR_BIT * at;
	if (dwarf_attr(die, DW_AT_data_member_location, &attr) &&
	    !dwarf_getlocation(&attr, &ops, &n) && n == 1 && ops[0].atom == DW_OP_plus_uconst)
		return CHAR_BIT * ops[0].number;
	return 0;
}

static struct ctype_part part_of(const struct kernel *k, Dwarf_Die *die)
{
	struct ctype_part part = { .name = die_name(k, die), .type = die_type(die) };
	Dwarf_Word bits, from_top, size;

	part.more = dwarf_tag(die) == DW_TAG_unspecified_parameters;
	if (dwarf_tag(die) != DW_TAG_member)
		return part;
	part.offset = member_offset(die);
	if (!die_number(die, DW_AT_bit_size, &bits))
		return part;
	part.bits = bits;
	/* until DWARF 3: counted from the most significant bit of the storage */
	if (die_number(die, DW_AT_bit_offset, &from_top) && die_number(die, DW_AT_byte_size, &size))
		part.offset += CHAR_BIT * size - from_top - bits;
	return part;
}

static void dwarf_get_parts(const struct ctype_reader *reader, const struct ctype *type,
			    ctype_part_fn each, void *arg)
{
	const struct kernel *k = reader->source;
	Dwarf_Die die, child;

	if (!dwarf_offdie(k->priv->dwarf, type->id, &die))
		return;
	dwarf_for_each_child(child, &die) {
		struct ctype_part part;
		int tag = dwarf_tag(&child);

		if (tag != (type->kind == CTYPE_FUNCTION ? DW_TAG_formal_parameter : DW_TAG_member) &&
		    tag != DW_TAG_unspecified_parameters)
			continue;
		part = part_of(k, &child);
		if (!each(&part, arg))
			return;
	}
}

static struct ctype_reader dwarf_reader(const struct kernel *k)
{
	return (struct ctype_reader){ .source = (void *)k,
				      .get = dwarf_get_type,
				      .parts = dwarf_get_parts };
}

/* --- records */

/* @each: also the second record of a name. */
static void index_record(struct kernel *k, struct strmap *map, Dwarf_Die *die, bool each)
{
	const char *name = die_name(k, die);
	Dwarf_Attribute attr;

	if ((each || !name || !strmap_get(map, name)) && !dwarf_attr(die, DW_AT_declaration, &attr))
		ctype_add_name(map, &k->arena, name, dwarf_dieoffset(die));
}

static void index_unit(struct kernel *k, struct strmap *map, Dwarf_Off offset, bool each)
{
	Dwarf_Die cu, die;

	if (!dwarf_offdie(k->priv->dwarf, offset, &cu))
		return;
	dwarf_for_each_child(die, &cu)
		if (dwarf_tag(&die) == DW_TAG_structure_type || dwarf_tag(&die) == DW_TAG_union_type)
			index_record(k, map, &die, each);
}

/* Of all units that have been read since the last time. */
static void index_records(struct kernel *k)
{
	struct kernel_private *priv = k->priv;

	for (; priv->n_indexed < priv->units.n; priv->n_indexed++) {
		const struct unit *unit = (const struct unit *)priv->units.v[priv->n_indexed];

		index_unit(k, &priv->dwarf_records, unit->cu, true);
	}
}

/* The first record called @name in any unit: reads on until there is one. */
static const struct ctype_named *find_anywhere(struct kernel *k, const char *name)
{
	struct kernel_private *priv = k->priv;
	const struct ctype_named *named;

	while (!(named = strmap_get(&priv->all_records, name))) {
		Dwarf_Off next;
		size_t header;

		if (dwarf_nextcu(priv->dwarf, priv->next_cu, &next, &header, NULL, NULL, NULL) ||
		    next <= priv->next_cu)
			return NULL;
		index_unit(k, &priv->all_records, priv->next_cu + header, false);
		priv->next_cu = next;
	}
	return named;
}

bool dwarf_present(const struct kernel *k)
{
	return k->priv->units.n;
}

void dwarf_layouts(const struct kernel *k, const char *name, bool is_union, struct arena *arena,
		   layout_vec *found)
{
	struct ctype_reader reader = dwarf_reader(k);

	/* what is cached does not change what the caller sees */
	index_records((struct kernel *)k);
	ctype_layouts(&reader, strmap_get(&k->priv->dwarf_records, name), is_union, arena, found);
}

void dwarf_layout_anywhere(const struct kernel *k, const char *name, struct arena *arena,
			   layout_vec *found)
{
	struct ctype_reader reader = dwarf_reader(k);

	ctype_layouts(&reader, find_anywhere((struct kernel *)k, name), false, arena, found);
}

/* --- functions */

const char *dwarf_prototype(const struct kernel *k, const struct dw_func *func, struct arena *arena)
{
	struct ctype_reader reader = dwarf_reader(k);
	Dwarf_Die die, abstract;

	if (!dwarf_offdie(k->priv->dwarf, func->die, &die))
		return NULL;
	/* a copy may have lost parameters that nothing uses */
	return ctype_text(&reader, arena,
			  dwarf_follow(&die, DW_AT_abstract_origin, &abstract) ?
				  dwarf_dieoffset(&abstract) :
				  func->die);
}
