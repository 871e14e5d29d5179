// SPDX-License-Identifier: GPL-2.0-only
/*
 * source.c - source facts: the units' facts joined, every declaration once.
 *
 * Units are parsed by a few threads, then merged in their order, so that the
 * result does not depend on who finished first.
 */
#include <limits.h>
#include <pthread.h>
#include <unistd.h>

#include "base/os.h"
#include "source/tu_internal.h"

/* A parsed unit takes some 150 MB until its facts are out of it. */
#define MAX_JOBS 3

/* --- parsing ---------------------------------------------------------------- */

struct jobs {
	const struct tu_options *options;
	pthread_mutex_t lock; /* protects @next */
	unsigned int next;
	struct tu_facts **facts; /* by unit */
	struct error **errors;	 /* by unit */
};

static void *run_unit_jobs(void *arg)
{
	struct jobs *jobs = arg;

	for (;;) {
		unsigned int unit;

		pthread_mutex_lock(&jobs->lock);
		unit = jobs->next++;
		pthread_mutex_unlock(&jobs->lock);
		if (unit >= jobs->options->source->n_units)
			return NULL;
		jobs->errors[unit] = os_interrupted();
		if (!jobs->errors[unit])
			jobs->errors[unit] = tu_parse(jobs->options, unit, &jobs->facts[unit]);
	}
}

static void parse_units(struct jobs *jobs)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[MAX_JOBS];
	int started = 0;

	if (n > (long)jobs->options->source->n_units)
		n = jobs->options->source->n_units;
	pthread_mutex_init(&jobs->lock, NULL);
	while (started < n - 1 && started < MAX_JOBS - 1 &&
	       !pthread_create(&threads[started], NULL, run_unit_jobs, jobs))
		started++;
	run_unit_jobs(jobs);
	while (started > 0)
		pthread_join(threads[--started], NULL);
	pthread_mutex_destroy(&jobs->lock);
}

/* --- merging ---------------------------------------------------------------- */

struct merge {
	struct source *source;
	struct strmap files;   /* real path -> struct src_file */
	struct strmap decls;   /* place and name -> struct src_func/src_var */
	struct strmap names;   /* strings that occur often */
	struct strmap records; /* "struct NAME FILE" -> number + 1 */
	struct strmap icalls, param_uses;
	struct strmap accesses;
	size_t *ref_slots; /* open addressing; index + 1 in source->refs */
	size_t cap_refs;
};

/* @s once and for all; NULL stays NULL. */
static const char *merge_string(struct merge *merge, const char *s)
{
	char *copy;

	if (!s)
		return NULL;
	copy = strmap_get(&merge->names, s);
	if (!copy) {
		copy = arena_strdup(&merge->source->arena, s);
		strmap_put(&merge->names, copy, copy);
	}
	return copy;
}

static int compare_sizes(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* Only what is skipped in both stays. Both are sorted and disjoint. */
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
	if (!file->toplevel.n)
		return;
	qsort(file->toplevel.v, file->toplevel.n, sizeof(size_t), compare_sizes);
	vec_for_each(end, &file->toplevel)
		if (!n || file->toplevel.v[n - 1] != *end)
			file->toplevel.v[n++] = *end;
	file->toplevel.n = n;
}

static struct src_file *merge_file(struct merge *merge, const struct src_file *from)
{
	struct arena *arena = &merge->source->arena;
	struct src_file *file = strmap_get(&merge->files, from->real);

	if (file) {
		file->sidecar &= from->sidecar;
		intersect_skipped(file, from);
		unite_toplevel(file, from);
		return file;
	}
	file = arena_alloc(arena, sizeof(*file));
	file->real = arena_strdup(arena, from->real);
	file->path = from->path == from->real ? file->real : arena_strdup(arena, from->path);
	file->len = from->len;
	file->emitted = from->emitted;
	file->boundary = from->boundary;
	file->sidecar = from->sidecar;
	if (from->text)
		file->text = arena_strndup(arena, from->text, from->len);
	vec_for_each(range, &from->skipped)
		vec_push(&file->skipped, *range);
	unite_toplevel(file, from);
	strmap_put(&merge->files, file->real, file);
	vec_push(&merge->source->files, file);
	return file;
}

static struct src_extent merge_extent(struct merge *merge, struct src_extent at)
{
	at.file = tu_merged_file(at.file);
	at.macro = merge_string(merge, at.macro);
	return at;
}

/* Key of a declaration: where it stands and what it declares. */
static char *decl_key(struct merge *merge, const struct src_extent *at, const char *owner,
		      const char *name)
{
	return arena_printf(&merge->source->arena, "%s:%zu:%s:%s", at->file->real, at->start, owner,
			    name);
}

static struct src_func *merge_func(struct merge *merge, const struct src_func *from)
{
	struct arena *arena = &merge->source->arena;
	struct src_extent at = merge_extent(merge, from->at);
	char *key = decl_key(merge, &at, "", from->name);
	struct src_func *func = strmap_get(&merge->decls, key);

	if (func) {
		func->units |= from->units;
		return func;
	}
	func = arena_alloc(arena, sizeof(*func));
	*func = *from;
	func->index = merge->source->funcs.n;
	func->at = at;
	func->name = merge_string(merge, from->name);
	func->type = merge_string(merge, from->type);
	func->signature = merge_string(merge, from->signature);
	func->proto = arena_strdup(arena, from->proto);
	strmap_put(&merge->decls, key, func);
	vec_push(&merge->source->funcs, func);
	return func;
}

static struct src_var *merge_var(struct merge *merge, const struct src_var *from)
{
	struct arena *arena = &merge->source->arena;
	struct src_extent at = merge_extent(merge, from->at);
	struct src_func *owner = tu_merged_func(from->owner);
	char *key = decl_key(merge, &at, owner ? owner->name : "", from->name);
	struct src_var *var;
	unsigned long units = from->units;
	unsigned int index;

	key = arena_printf(arena, "%s:%zu", key, at.name);
	var = strmap_get(&merge->decls, key);
	if (var) {
		/* One macro may declare what it defines: DEFINE_STATIC_CALL. What
		 * counts is where it is defined. */
		if (var->is_definition == from->is_definition)
			var->units |= units;
		if (var->is_definition || !from->is_definition)
			return var;
		index = var->index;
	} else {
		var = arena_alloc(arena, sizeof(*var));
		strmap_put(&merge->decls, key, var);
		index = merge->source->vars.n;
		vec_push(&merge->source->vars, var);
	}
	*var = *from;
	var->index = index;
	var->units = units;
	var->at = at;
	var->owner = owner;
	var->name = merge_string(merge, from->name);
	var->canonical = merge_string(merge, from->canonical);
	var->decl = arena_strdup(arena, from->decl);
	return var;
}

static size_t hash_ref(const struct src_ref *ref)
{
	uint64_t h = 14695981039346656037u;
	/* clang-format off */
	uint64_t parts[] = {
		(uintptr_t)ref->from, (uintptr_t)ref->from_var, (uintptr_t)ref->name,
		(uintptr_t)ref->file, ref->start, ref->kind,
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		h ^= parts[i];
		h *= 1099511628211u;
		h ^= h >> 29;
	}
	return h;
}

/* The same use: a header's inline seen by another unit, a macro argument
 * that its macro uses twice. */
static bool same_ref(const struct src_ref *a, const struct src_ref *b)
{
	return a->from == b->from && a->from_var == b->from_var && a->name == b->name &&
	       a->file == b->file && a->start == b->start && a->kind == b->kind;
}

static void grow_refs(struct merge *merge)
{
	size_t cap = merge->cap_refs ? 2 * merge->cap_refs : 1 << 16;
	size_t *slots = xcalloc(cap, sizeof(*slots));
	size_t n = merge->source->refs.n;

	for (size_t i = 0; i < n; i++) {
		size_t slot = hash_ref(&merge->source->refs.v[i]) & (cap - 1);

		while (slots[slot])
			slot = (slot + 1) & (cap - 1);
		slots[slot] = i + 1;
	}
	free(merge->ref_slots);
	merge->ref_slots = slots;
	merge->cap_refs = cap;
}

static void merge_ref(struct merge *merge, const struct src_ref *from)
{
	struct source *source = merge->source;
	struct src_ref ref = *from;
	size_t slot;

	ref.from = tu_merged_func(from->from);
	ref.from_var = tu_merged_var(from->from_var);
	ref.file = tu_merged_file(from->file);
	ref.name = merge_string(merge, from->name);
	ref.in_macro = merge_string(merge, from->in_macro);
	ref.callee = merge_string(merge, from->callee);

	if (2 * source->refs.n >= merge->cap_refs)
		grow_refs(merge);
	slot = hash_ref(&ref) & (merge->cap_refs - 1);
	while (merge->ref_slots[slot]) {
		struct src_ref *known = &source->refs.v[merge->ref_slots[slot] - 1];

		if (same_ref(known, &ref)) {
			if (ref.use > known->use) {
				known->use = ref.use;
				known->callee = ref.callee;
			}
			return;
		}
		slot = (slot + 1) & (merge->cap_refs - 1);
	}
	vec_push(&source->refs, ref);
	merge->ref_slots[slot] = source->refs.n;
}

static void merge_icall(struct merge *merge, const struct src_icall *from)
{
	struct source *source = merge->source;
	struct src_icall icall = { tu_merged_func(from->from), merge_string(merge, from->type) };
	char *key = arena_printf(&source->arena, "%p %s", (void *)icall.from, icall.type);

	if (strmap_get(&merge->icalls, key))
		return;
	strmap_put(&merge->icalls, key, key);
	vec_push(&source->icalls, icall);
}

static void merge_param_use(struct merge *merge, const struct src_param_use *from)
{
	struct source *source = merge->source;
	struct src_param_use use = *from;
	char *key;

	use.func = tu_merged_func(from->func);
	use.callee = merge_string(merge, from->callee);
	key = arena_printf(&source->arena, "%p %u %d %s %u", (void *)use.func, use.param, use.use,
			   use.callee ? use.callee : "", use.argument);
	if (strmap_put(&merge->param_uses, key, key))
		return;
	vec_push(&source->param_uses, use);
}

static void merge_func_decl(struct merge *merge, const struct src_func_decl *from)
{
	struct source *source = merge->source;
	struct src_func_decl decl = *from;

	decl.at.file = tu_merged_file(from->at.file);
	decl.name = merge_string(merge, from->name);
	vec_for_each(known, &source->func_decls)
		if (known->at.file == decl.at.file && known->at.start == decl.at.start &&
		    known->name == decl.name) {
			known->units |= decl.units;
			return;
		}
	vec_push(&source->func_decls, decl);
}

static void merge_members(struct merge *merge, struct src_record *record,
			  const struct src_record *from)
{
	vec_for_each(m, &from->members) {
		struct src_member member = *m;

		member.name = merge_string(merge, m->name);
		member.type = merge_string(merge, m->type);
		member.canonical = merge_string(merge, m->canonical);
		member.record = merge_string(merge, m->record);
		vec_push(&record->members, member);
	}
}

/*
 * Headers of the headers package are files of the source, too: the longest
 * part of @path that is one, or @path itself.
 */
static const char *path_in_source(struct merge *merge, const char *path)
{
	const char *root = merge->source->root;

	for (const char *part = path; *path == '/' && (part = strchr(part, '/'));) {
		_cleanup_free_ char *file = xasprintf("%s/%s", root, ++part);

		if (!access(file, F_OK))
			return part;
	}
	return path;
}

/* Returns its number in the source's records. */
static unsigned int merge_record(struct merge *merge, const struct src_record *from)
{
	struct source *source = merge->source;
	char *key = arena_printf(&source->arena, "%d %s %s", from->is_union, from->name, from->file);
	uintptr_t known = (uintptr_t)strmap_get(&merge->records, key);
	struct src_record *record;

	if (!known) {
		struct src_record copy = *from;

		copy.name = merge_string(merge, from->name);
		copy.file = copy.read_from = merge_string(merge, from->file);
		memset(&copy.members, 0, sizeof(copy.members));
		vec_push(&source->records, copy);
		known = source->records.n;
		strmap_put(&merge->records, key, (void *)known);
	}
	record = &source->records.v[known - 1];
	record->is_measured |= from->is_measured;
	if (record->size == from->size)
		record->units |= from->units;
	if (!record->members.n && from->members.n) {
		record->file = merge_string(merge, path_in_source(merge, from->file));
		merge_members(merge, record, from);
	}
	return known - 1;
}

/* @numbers: of the unit's records in the source. */
static void merge_access(struct merge *merge, const struct src_access *from,
			 const unsigned int *numbers)
{
	struct source *source = merge->source;
	struct src_access access = { .from = tu_merged_func(from->from),
				     .from_var = tu_merged_var(from->from_var),
				     .record = numbers[from->record],
				     .member = from->member };
	const struct src_record *record = &source->records.v[access.record];
	char *key;

	/* Two units may see a record in two configurations. */
	if (access.member >= record->members.n)
		return;
	access.given_to = merge_string(merge, from->given_to);
	key = arena_printf(&source->arena, "%p %p %u %u %s", (void *)access.from,
			   (void *)access.from_var, access.record, access.member,
			   access.given_to ? access.given_to : "");
	if (strmap_get(&merge->accesses, key))
		return;
	strmap_put(&merge->accesses, key, key);
	vec_push(&source->accesses, access);
}

static void merge_unit(struct merge *merge, struct tu_facts *facts)
{
	vec_for_each(file, &facts->files)
		((struct tu_src_file *)*file)->merged = merge_file(merge, *file);
	vec_for_each(func, &facts->funcs)
		((struct tu_src_func *)*func)->merged = merge_func(merge, *func);
	vec_for_each(var, &facts->vars)
		((struct tu_src_var *)*var)->merged = merge_var(merge, *var);
	vec_for_each(decl, &facts->func_decls)
		merge_func_decl(merge, decl);
	vec_for_each(ref, &facts->refs)
		merge_ref(merge, ref);
	vec_for_each(icall, &facts->icalls)
		merge_icall(merge, icall);
	vec_for_each(use, &facts->param_uses)
		merge_param_use(merge, use);

	_cleanup_free_ unsigned int *numbers = xcalloc(facts->records.n + 1, sizeof(*numbers));

	for (size_t i = 0; i < facts->records.n; i++)
		numbers[i] = merge_record(merge, &facts->records.v[i]);
	vec_for_each(access, &facts->accesses)
		merge_access(merge, access, numbers);
	if (!merge->source->broken) {
		merge->source->broken = facts->broken;
		facts->broken = NULL;
	}
}

/* --- interface -------------------------------------------------------------- */

/* Include directories below the root, but not around a boundary directory:
 * the headers package has what stands there. */
static void find_excluded(struct tu_options *options)
{
	const struct source_options *source = options->source;
	size_t len = strlen(options->root);

	for (size_t i = 0; i < source->n_cflags; i++) {
		const char *flag = source->cflags[i], *dir = NULL;
		char *real;
		bool keep = true;

		if (str_starts(flag, "-I") && flag[2])
			dir = flag + 2;
		else if ((!strcmp(flag, "-I") || !strcmp(flag, "-isystem")) &&
			 i + 1 < source->n_cflags)
			dir = source->cflags[++i];
		real = dir ? realpath(dir, NULL) : NULL;
		if (!real)
			continue;
		if (strncmp(real, options->root, len) || real[len] != '/')
			keep = false;
		for (size_t d = 0; keep && d < source->n_directories; d++) {
			const char *inside = source->directories[d];
			const char *below = real + len + 1;
			size_t n = strlen(below), m = strlen(inside);

			/* One of them contains the other. */
			if (!strncmp(below, inside, n < m ? n : m) &&
			    (n == m || (n < m ? inside[n] : below[m]) == '/'))
				keep = false;
		}
		if (keep)
			vec_push(&options->excluded, real);
		else
			free(real);
	}
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_taken(const struct source *source, const char *name)
{
	vec_for_each(unit, &source->units)
		if (!strcmp(unit->name, name))
			return true;
	return false;
}

/* "core", or "events_core" if an earlier unit is called so: symbols, objects and
 * files of the tree are named after it. */
static char *make_unit_name(struct source *source, const char *path)
{
	struct arena *arena = &source->arena;
	const char *start = base_of(path);
	char *name;

	for (;;) {
		name = arena_strndup(arena, start, strlen(start) - (str_ends(start, ".c") ? 2 : 0));
		str_identify(name);
		if (!is_taken(source, name))
			return name;
		if (start == path)
			break;
		for (start--; start > path && start[-1] != '/'; start--)
			;
	}
	/* The paths differ only in what cannot stand in a name. */
	for (unsigned int n = 2;; n++) {
		char *numbered = arena_printf(arena, "%s_%u", name, n);

		if (!is_taken(source, numbered))
			return numbered;
	}
}

static void add_units(struct source *source, const struct source_options *options)
{
	for (size_t i = 0; i < options->n_units; i++) {
		struct src_unit unit = { .path = arena_strdup(&source->arena, options->units[i]),
					 .name = make_unit_name(source, options->units[i]) };

		vec_push(&source->units, unit);
	}
}

static void merge_units(struct source *source, struct jobs *jobs)
{
	struct merge merge = { .source = source };

	for (size_t i = 0; i < source->units.n; i++) {
		merge_unit(&merge, jobs->facts[i]);
		tu_facts_free(jobs->facts[i]);
		jobs->facts[i] = NULL;
	}
	strmap_free(&merge.files);
	strmap_free(&merge.decls);
	strmap_free(&merge.names);
	strmap_free(&merge.records);
	strmap_free(&merge.icalls);
	strmap_free(&merge.param_uses);
	strmap_free(&merge.accesses);
	free(merge.ref_slots);
}

struct error *source_load(const struct source_options *options, struct source **source)
{
	_cleanup_free_ char *root = realpath(options->root, NULL);
	struct tu_options tu = { .source = options, .root = root };
	struct jobs jobs = { .options = &tu };
	struct error *err = NULL;

	*source = NULL;
	if (!root)
		return error_errno(options->root, "cannot open the kernel source");
	if (!options->n_units)
		return error_new("no translation unit to read");
	if (options->n_units > sizeof(long) * CHAR_BIT)
		return error_new("%zu translation units, at most %zu are possible",
				 options->n_units, sizeof(long) * CHAR_BIT);
	jobs.facts = xcalloc(options->n_units, sizeof(*jobs.facts));
	jobs.errors = xcalloc(options->n_units, sizeof(*jobs.errors));
	find_excluded(&tu);
	parse_units(&jobs);
	for (size_t i = 0; i < options->n_units; i++) {
		if (err)
			error_free(jobs.errors[i]);
		else
			err = jobs.errors[i];
		if (err && err == jobs.errors[i] && i >= options->n_units - options->n_sidecars &&
		    !err->note)
			err = error_note(err,
					 "a sidecar is a file that the kernel's Makefile compiles; what another file includes belongs to that one");
	}
	if (!err) {
		*source = xcalloc(1, sizeof(**source));
		(*source)->root = arena_strdup(&(*source)->arena, root);
		add_units(*source, options);
		merge_units(*source, &jobs);
	}
	for (size_t i = 0; i < options->n_units; i++)
		tu_facts_free(jobs.facts[i]);
	vec_for_each(dir, &tu.excluded)
		free((char *)*dir);
	vec_free(&tu.excluded);
	free(jobs.facts);
	free(jobs.errors);
	return err;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	vec_for_each(file, &source->files) {
		vec_free(&(*file)->skipped);
		vec_free(&(*file)->toplevel);
	}
	vec_free(&source->units);
	vec_free(&source->files);
	vec_free(&source->funcs);
	vec_free(&source->vars);
	vec_free(&source->refs);
	vec_free(&source->func_decls);
	vec_free(&source->icalls);
	vec_free(&source->param_uses);
	vec_for_each(record, &source->records)
		vec_free(&record->members);
	vec_free(&source->records);
	vec_free(&source->accesses);
	error_free(source->broken);
	arena_free(&source->arena);
	free(source);
}

const struct src_file *source_file(const struct source *source, const char *path)
{
	vec_for_each(file, &source->files)
		if (!strcmp((*file)->path, path) && (*file)->text)
			return *file;
	return NULL;
}

void source_position(const struct src_file *file, size_t offset, unsigned int *line, unsigned int *col)
{
	size_t begin = 0;

	*line = 1;
	*col = 1;
	if (!file->text)
		return;
	if (offset > file->len)
		offset = file->len;
	for (size_t i = 0; i < offset; i++) {
		if (file->text[i] == '\n') {
			++*line;
			begin = i + 1;
		}
	}
	*col = offset - begin + 1;
}
