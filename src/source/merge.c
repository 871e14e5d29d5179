// SPDX-License-Identifier: GPL-2.0-only
/*
 * merge.c - find out what several units have seen, and record it once.
 *
 * Everything has a key that says what it is: its kind, and what makes two of a kind
 * the same. Files, functions and variables in keys are the merged ones.
 */
#include "source/merge.h"

#include <unistd.h>

enum fact {
	FACT_FILE,
	FACT_FUNC,
	FACT_DECL,
	FACT_VAR,
	FACT_REF,
	FACT_ICALL,
	FACT_PARAM,
	FACT_RECORD,
	FACT_ACCESS
};

struct fact_key {
	uint64_t part[7];
};
/* clang-format off */
#define KEY(...) ((struct fact_key){ { __VA_ARGS__ } })
#define PART(pointer) ((uintptr_t)(pointer))
/* clang-format on */

struct merge {
	struct source *source;
	struct map known; /* key -> number of the fact among those of its kind, + 1 */
	struct arena keys;
	unsigned int *records; /* by number in the unit: the number in @source */
};

/* --- what is known already */

static uint64_t hash_key(const struct fact_key *key)
{
	uint64_t h = HASH_START;

	for (size_t i = 0; i < ARRAY_SIZE(key->part); i++) {
		h = (h ^ key->part[i]) * 0x100000001b3;
		h ^= h >> 29;
	}
	return h;
}

static bool equal_keys(const void *a, const void *b)
{
	return !memcmp(a, b, sizeof(struct fact_key));
}

/* The number of the fact with @key. It is @n, how many of its kind there are, if the key
 * is new: the caller adds the fact. */
static size_t number_of(struct merge *m, struct fact_key key, size_t n)
{
	uint64_t hash = hash_key(&key);
	uintptr_t known = (uintptr_t)map_get(&m->known, hash, &key, equal_keys);
	struct fact_key *copy;

	if (known)
		return known - 1;
	copy = arena_alloc(&m->keys, sizeof(*copy));
	*copy = key;
	map_put(&m->known, hash, copy, (void *)(n + 1), equal_keys);
	return n;
}

/* Add @fact to the vector @all of @m->source, unless its key is there. */
#define add_new(m, all, fact, ...)                                                              \
	do {                                                                                    \
		if (number_of((m), KEY(__VA_ARGS__), (m)->source->all.n) == (m)->source->all.n) \
			vec_push(&(m)->source->all, fact);                                      \
	} while (0)

/* What @fact of the unit, a file, function or variable, has become: merging it has set its
 * index. */
#define merged(m, all, fact) ((fact) ? (m)->source->all.v[(fact)->index] : NULL)

/* --- files */

/* Keep what is skipped in both. Both are sorted and disjoint. */
static void intersect_skipped(struct src_file *file, const struct src_file *other)
{
	size_t i = 0, j = 0;
	struct src_range *old = file->skipped.v;
	size_t n_old = file->skipped.n;

	memset(&file->skipped, 0, sizeof(file->skipped));
	while (i < n_old && j < other->skipped.n) {
		const struct src_range *a = &old[i], *b = &other->skipped.v[j];
		struct src_range both = {
			a->start > b->start ? a->start : b->start,
			a->end < b->end ? a->end : b->end,
		};

		if (both.start < both.end)
			vec_push(&file->skipped, both);
		if (a->end < b->end)
			i++;
		else
			j++;
	}
	free(old);
}

static void unite_toplevel(struct src_file *file, const struct src_file *other)
{
	size_t n = 0;

	vec_for_each(end, &other->toplevel)
		vec_push(&file->toplevel, *end);
	vec_sort(&file->toplevel, compare_sizes);
	vec_for_each(end, &file->toplevel)
		if (!n || file->toplevel.v[n - 1] != *end)
			file->toplevel.v[n++] = *end;
	file->toplevel.n = n;
}

static void merge_file(struct merge *m, struct src_file *from)
{
	struct source *out = m->source;
	struct src_file *file;

	from->index = number_of(m, KEY(FACT_FILE, PART(from->real)), out->files.n);
	if (from->index < out->files.n) {
		file = out->files.v[from->index];
		file->sidecar &= from->sidecar;
		intersect_skipped(file, from);
		unite_toplevel(file, from);
		return;
	}
	file = arena_alloc(&out->arena, sizeof(*file));
	*file = *from;
	if (from->text) {
		file->text = arena_strndup(&out->arena, from->text, from->len);
		source_file_find_lines(file);
	}
	memset(&from->skipped, 0, sizeof(from->skipped));
	memset(&from->toplevel, 0, sizeof(from->toplevel));
	unite_toplevel(file, from);
	vec_push(&out->files, file);
}

/* --- functions and variables */

static void merge_func(struct merge *m, struct src_func *from)
{
	struct source *out = m->source;
	struct src_func *func;

	from->at.file = merged(m, files, from->at.file);
	from->index = number_of(m,
				KEY(FACT_FUNC, PART(from->at.file), from->at.start, PART(from->name)),
				out->funcs.n);
	if (from->index < out->funcs.n) {
		out->funcs.v[from->index]->units |= from->units;
		return;
	}
	func = arena_alloc(&out->arena, sizeof(*func));
	*func = *from;
	vec_push(&out->funcs, func);
}

static void merge_var(struct merge *m, struct src_var *from)
{
	struct source *out = m->source;
	struct src_var *var;

	from->at.file = merged(m, files, from->at.file);
	from->owner = merged(m, funcs, from->owner);
	from->index = number_of(m,
				KEY(FACT_VAR, PART(from->at.file), from->at.start,
				    PART(from->owner), PART(from->name), from->at.name),
				out->vars.n);
	if (from->index == out->vars.n) {
		var = arena_alloc(&out->arena, sizeof(*var));
		vec_push(&out->vars, var);
	} else {
		var = out->vars.v[from->index];
		/* One macro may declare what it defines: DEFINE_STATIC_CALL. The
		 * definition counts. */
		if (var->is_definition == from->is_definition)
			var->units |= from->units;
		if (var->is_definition || !from->is_definition)
			return;
	}
	*var = *from;
}

static void merge_func_decl(struct merge *m, struct src_func_decl decl)
{
	struct source *out = m->source;
	size_t i;

	decl.at.file = merged(m, files, decl.at.file);
	i = number_of(m, KEY(FACT_DECL, PART(decl.at.file), decl.at.start, PART(decl.name)),
		      out->func_decls.n);
	if (i == out->func_decls.n)
		vec_push(&out->func_decls, decl);
	else
		out->func_decls.v[i].units |= decl.units;
}

/* --- uses */

/* The same use may be seen twice: a header's inline function by another unit, a macro
 * argument that its macro uses twice. */
static void merge_ref(struct merge *m, struct src_ref ref)
{
	struct source *out = m->source;
	struct src_ref *known;
	size_t i;

	ref.from = merged(m, funcs, ref.from);
	ref.from_var = merged(m, vars, ref.from_var);
	ref.file = merged(m, files, ref.file);
	i = number_of(m,
		      KEY(FACT_REF, PART(ref.from), PART(ref.from_var), PART(ref.name),
			  PART(ref.file), ref.start, ref.kind),
		      out->refs.n);
	if (i == out->refs.n) {
		vec_push(&out->refs, ref);
		return;
	}
	known = &out->refs.v[i];
	if (ref.use > known->use) {
		known->use = ref.use;
		known->callee = ref.callee;
	}
}

static void merge_icall(struct merge *m, struct src_icall icall)
{
	icall.from = merged(m, funcs, icall.from);
	add_new(m, icalls, icall, FACT_ICALL, PART(icall.from), PART(icall.type));
}

static void merge_param_use(struct merge *m, struct src_param_use use)
{
	use.func = merged(m, funcs, use.func);
	add_new(m, param_uses, use, FACT_PARAM, PART(use.func), use.param, use.use,
		PART(use.callee), use.argument);
}

/* --- records */

/*
 * The headers package has headers that the source has, too: the longest part of @path
 * that is a file there, or @path itself.
 */
static const char *path_in_source(const struct merge *m, const char *path)
{
	for (const char *part = path; *path == '/' && (part = strchr(part, '/'));) {
		_cleanup_free_ char *file = xasprintf("%s/%s", m->source->root, ++part);

		if (!access(file, F_OK))
			return part;
	}
	return path;
}

/* Returns its number in the source's records. */
static unsigned int merge_record(struct merge *m, struct src_record *from)
{
	struct source *out = m->source;
	struct src_record *record;
	size_t i = number_of(m, KEY(FACT_RECORD, from->is_union, PART(from->name), PART(from->file)),
			     out->records.n);

	if (i == out->records.n) {
		vec_push(&out->records, *from);
		record = &out->records.v[i];
		record->read_from = from->file;
		memset(&record->members, 0, sizeof(record->members));
	}
	record = &out->records.v[i];
	record->is_measured |= from->is_measured;
	if (record->size == from->size)
		record->units |= from->units;
	if (!record->members.n && from->members.n) {
		record->file = path_in_source(m, from->file);
		memcpy(&record->members, &from->members, sizeof(record->members));
		memset(&from->members, 0, sizeof(from->members));
	}
	return i;
}

static void merge_access(struct merge *m, struct src_access access)
{
	access.from = merged(m, funcs, access.from);
	access.from_var = merged(m, vars, access.from_var);
	access.record = m->records[access.record];
	/* Two units may see a record in two configurations. */
	if (access.member < m->source->records.v[access.record].members.n)
		add_new(m, accesses, access, FACT_ACCESS, PART(access.from), PART(access.from_var),
			access.record, access.member, PART(access.given_to));
}

/* --- units */

static void merge_unit(struct merge *m, struct source *unit)
{
	_cleanup_free_ unsigned int *records = xcalloc(unit->records.n + 1, sizeof(*records));

	m->records = records;
	vec_for_each(file, &unit->files)
		merge_file(m, *file);
	vec_for_each(func, &unit->funcs)
		merge_func(m, *func);
	vec_for_each(var, &unit->vars)
		merge_var(m, *var);
	vec_for_each(decl, &unit->func_decls)
		merge_func_decl(m, *decl);
	vec_for_each(ref, &unit->refs)
		merge_ref(m, *ref);
	vec_for_each(icall, &unit->icalls)
		merge_icall(m, *icall);
	vec_for_each(use, &unit->param_uses)
		merge_param_use(m, *use);
	for (size_t i = 0; i < unit->records.n; i++)
		records[i] = merge_record(m, &unit->records.v[i]);
	vec_for_each(access, &unit->accesses)
		merge_access(m, *access);
	if (!m->source->broken) {
		m->source->broken = unit->broken;
		unit->broken = NULL;
	}
}

void merge_units(struct source *source, struct source **units, size_t n)
{
	struct merge m = { .source = source };

	for (size_t i = 0; i < n; i++) {
		merge_unit(&m, units[i]);
		source_free(units[i]);
	}
	map_free(&m.known);
	arena_free(&m.keys);
}
