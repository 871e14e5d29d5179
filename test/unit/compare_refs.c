// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare_refs.c - compare the scan for references with the linker's relocations
 * of a real vmlinux. Prints every difference; fails if the scan misses a caller.
 */
#include "vmlinux/vmlinux.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/file_groups.h"
#include "vmlinux/refs.h"

#include <time.h>

/* Which symbols to compare: the functions of these files. */
struct units {
	VEC(int) files;
	const struct kernel *kernel;
	struct strmap globals; /* defined in the units, by DWARF */
};

/* (from, to, class), where class is 'c' for branches, 'a' for addresses. */
struct edge {
	const char *from, *to;
	char class;
	const struct kref *ref;
};
typedef VEC(struct edge) edge_vec;

static bool is_wanted(const struct ksym *sym, void *arg)
{
	const struct units *units = arg;

	if (!sym->is_func)
		return false;
	if (sym->is_global)
		return strmap_get(&units->globals, sym->name);
	vec_for_each(file, &units->files)
		if (*file == sym->file)
			return true;
	return false;
}

static struct error *add_unit(struct kernel *k, const char *path, struct units *units)
{
	VEC(const char *) names = { 0 };
	struct dwarf_unit *dw;

	TRY(kernel_dwarf_unit(k, path, &dw));
	if (!dw)
		return error_at(k->path, 0, 0, "no DWARF unit %s", path);
	vec_for_each(f, &dw->funcs) {
		vec_push(&names, f->name);
		if (f->low_pc)
			strmap_put(&units->globals, f->name, units);
	}
	int file = kernel_match_unit(k, path, names.v, names.n);
	vec_free(&names);
	if (file < 0)
		return error_at(k->path, 0, 0, "no symbols of %s", path);
	vec_push(&units->files, file);
	return NULL;
}

static int cmp_edge(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	int c = strcmp(x->from, y->from);

	if (!c)
		c = strcmp(x->to, y->to);
	return c ? c : x->class - y->class;
}

/* Sorted, each edge once. */
static void make_edges(const kref_vec *refs, edge_vec *edges)
{
	size_t n = 0;

	vec_for_each(ref, refs) {
		struct edge edge = {
			.from = ref->from ? ref->from->name : ref->section,
			.to = ref->to->name,
			.class = ref->kind <= KREF_JUMP ? 'c' : 'a',
			.ref = ref,
		};

		vec_push(edges, edge);
	}
	if (edges->n)
		qsort(edges->v, edges->n, sizeof(*edges->v), cmp_edge);
	for (size_t i = 0; i < edges->n; i++)
		if (!n || cmp_edge(&edges->v[i], &edges->v[n - 1]))
			edges->v[n++] = edges->v[i];
	edges->n = n;
}

/* Print the edges of @a that @b lacks; return how many of them count. */
static size_t print_missing(const edge_vec *a, const edge_vec *b, const char *what)
{
	size_t n = 0;

	vec_for_each(e, a) {
		if (b->n && bsearch(e, b->v, b->n, sizeof(*e), cmp_edge))
			continue;
		/*
		 * The .cold part may use a label in the middle of its function
		 * (_THIS_IP_). That is no call, and the scan looks for entries
		 * only.
		 */
		bool label = e->class == 'a' && e->ref->target != e->ref->to->addr;
		printf("%s%s: %s -> %s %s at %#llx\n", what, label ? " (label)" : "", e->from, e->to,
		       e->class == 'c' ? "branch" : "address", (unsigned long long)e->ref->place);
		n += !label;
	}
	return n;
}

static void print_counts(const char *name, const kref_vec *refs, double seconds)
{
	size_t counts[KREF_DATA + 1] = { 0 };

	vec_for_each(ref, refs)
		counts[ref->kind]++;
	printf("%s: %zu references: %zu calls, %zu jumps, %zu addresses, %zu data; %.3f s\n", name,
	       refs->n, counts[KREF_CALL], counts[KREF_JUMP], counts[KREF_ADDR], counts[KREF_DATA],
	       seconds);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct error *compare(struct kernel *k, struct units *units, size_t *missed)
{
	kref_vec relocs = { 0 }, scan = { 0 };
	edge_vec reloc_edges = { 0 }, scan_edges = { 0 };

	double start = seconds();
	TRY(kernel_refs(k, true, is_wanted, units, &relocs));
	print_counts("relocations", &relocs, seconds() - start);
	start = seconds();
	TRY(kernel_refs(k, false, is_wanted, units, &scan));
	print_counts("scan", &scan, seconds() - start);
	make_edges(&relocs, &reloc_edges);
	make_edges(&scan, &scan_edges);
	*missed = print_missing(&reloc_edges, &scan_edges, "missed by the scan");
	size_t extra = print_missing(&scan_edges, &reloc_edges, "only in the scan");
	printf("edges: %zu by relocations, %zu by the scan, %zu missed, %zu more\n", reloc_edges.n,
	       scan_edges.n, *missed, extra);
	vec_free(&relocs);
	vec_free(&scan);
	vec_free(&reloc_edges);
	vec_free(&scan_edges);
	return NULL;
}

int main(int argc, char **argv)
{
	struct units units = { 0 };
	struct kernel *kernel = NULL;
	struct error *err;
	size_t missed = 0;

	if (argc < 3) {
		fputs("usage: compare_refs VMLINUX UNIT...\n", stderr);
		return 2;
	}
	err = kernel_open(argv[1], &kernel);
	for (int i = 2; !err && i < argc; i++)
		err = add_unit(kernel, argv[i], &units);
	if (!err)
		err = compare(kernel, &units, &missed);
	if (err)
		error_print(stderr, err);
	vec_free(&units.files);
	strmap_free(&units.globals);
	kernel_close(kernel);
	int status = err ? 2 : missed ? 1 : 0;
	error_free(err);
	return status;
}
