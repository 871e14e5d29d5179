// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare_types.c - do the readers of BTF and DWARF agree?
 *
 *   compare_types VMLINUX UNIT[,UNIT...] RECORD...
 *
 * Every record with one of these names in the units' DWARF must be one of BTF's.
 * The last line says how many records there were.
 */
#include "vmlinux/kernel_internal.h"
#include "vmlinux/btf.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/dwarf_type.h"
#include "vmlinux/kernel_types.h"
#include "vmlinux/vmlinux.h"

static void print_layout(const char *who, const struct layout *layout)
{
	printf("%s: %s %s, %lu bytes\n", who, layout_keyword(layout), layout->name, layout->size);
	vec_for_each(m, &layout->members)
		printf("\t%lu+%lu%s %s: %s\n", m->offset, m->size, m->is_bitfield ? " bits" : "",
		       m->name, m->type);
}

static bool same_layout(const struct layout *a, const struct layout *b)
{
	bool same = a->size == b->size && a->members.n == b->members.n;

	for (size_t i = 0; same && i < a->members.n; i++) {
		const struct layout_member *x = &a->members.v[i], *y = &b->members.v[i];

		same = !strcmp(x->name, y->name) && !strcmp(x->type, y->type) &&
		       x->offset == y->offset && x->size == y->size &&
		       x->is_bitfield == y->is_bitfield;
	}
	return same;
}

/* How many layouts there are; *@differ counts those that only DWARF has. */
static size_t compare(const struct kernel *k, const char *name, bool is_union, size_t *differ)
{
	layout_vec btf = { 0 }, dwarf = { 0 };
	struct arena arena = { 0 };
	size_t n;

	btf_layouts(k, name, is_union, &arena, &btf);
	dwarf_layouts(k, name, is_union, &arena, &dwarf);
	n = dwarf.n;
	vec_for_each(d, &dwarf) {
		bool found = false;

		vec_for_each(b, &btf)
			found |= same_layout(d, b);
		if (found)
			continue;
		++*differ;
		print_layout("DWARF", d);
		vec_for_each(b, &btf)
			print_layout("BTF", b);
	}
	layout_vec_free(&btf);
	layout_vec_free(&dwarf);
	arena_free(&arena);
	return n;
}

int main(int argc, char **argv)
{
	struct error *err = NULL;
	struct kernel *k = NULL;
	size_t n = 0, differ = 0;
	char *unit;

	if (argc < 4)
		return 2;
	err = kernel_open(argv[1], &k);
	while (!err && (unit = strsep(&argv[2], ","))) {
		struct dwarf_unit *dwarf;

		err = kernel_dwarf_unit(k, unit, &dwarf);
	}
	if (err) {
		error_print(stderr, err);
		return 2;
	}
	for (int i = 3; i < argc; i++)
		for (int is_union = 0; is_union < 2; is_union++)
			n += compare(k, argv[i], is_union, &differ);
	printf("%zu records, %zu differ\n", n, differ);
	kernel_close(k);
	return !n || differ;
}
