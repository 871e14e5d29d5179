// SPDX-License-Identifier: GPL-2.0-only
/*
 * source_cache.c - one fact a line, fields separated by tabs; the first line is
 * the key, the last one says that the file is complete.
 */
#include "source/source_cache.h"

#include "base/os.h"
#include "base/tsv.h"

#include <unistd.h>

static const char last_line[] = "end";

/* --- writing */

static const char *name_or_none(const char *name)
{
	return name ? name : "";
}

static void write_records(FILE *f, const struct source *source)
{
	vec_for_each(r, &source->records) {
		if (*r->file == '/')
			continue;
		fprintf(f, "record\t%s\t%s\t%zu\t%u\t%lu\t%d\n", r->name, r->file, r->start,
			r->line, r->size, r->is_union);
		vec_for_each(m, &r->members)
			fprintf(f, "member\t%s\t%s\t%s\t%s\t%lu\t%lu\t%d\n", m->name, m->type,
				m->canonical, name_or_none(m->record), m->offset, m->size,
				m->is_bitfield);
	}
}

static void write_facts(FILE *f, const struct source *source)
{
	vec_for_each(file, &source->files)
		fprintf(f, "file\t%s\t%d\n", (*file)->path, (*file)->emitted);
	vec_for_each(p, &source->funcs) {
		const struct src_func *func = *p;

		if (func->at.file->emitted)
			fprintf(f, "function\t%s\t%s\t%lx\t%d\t%u\t%zu\t%zu\t%zu\n", func->name,
				func->type, func->units, func->is_static, func->at.file->index,
				func->at.start, func->at.end, func->at.name);
	}
	vec_for_each(p, &source->vars) {
		const struct src_var *var = *p;

		fprintf(f, "variable\t%s\t%s\t%s\t%lx\t%lu\t%d\t%u\t%zu\n", var->name,
			name_or_none(var->owner ? var->owner->name : NULL), var->canonical,
			var->units, var->size, var->is_definition, var->at.file->index, var->at.name);
	}
	write_records(f, source);
	vec_for_each(ref, &source->refs)
		if (ref->kind != SRC_REF_CALL && ref->file->emitted)
			fprintf(f, "use\t%s\t%s\t%s\t%d\t%u\t%zu\n", ref->name,
				name_or_none(ref->from ? ref->from->name : NULL),
				name_or_none(ref->from_var ? ref->from_var->name : NULL), ref->kind,
				ref->file->index, ref->start);
}

void source_cache_write(const char *path, const char *key, const struct source *source)
{
	_cleanup_free_ char *new = xasprintf("%s.%d", path, getpid());
	FILE *f = fopen(new, "we");
	bool failed;

	if (!f)
		return;
	fprintf(f, "%s\n", key);
	write_facts(f, source);
	fprintf(f, "%s\n", last_line);
	failed = ferror(f);
	if (fclose(f) || failed || rename(new, path))
		unlink(new);
}

/* --- reading */

struct reader {
	struct source *out;
	const char *root;
	struct tsv tsv;
	bool complete;
};

static unsigned long number(const struct reader *r, size_t field, int base)
{
	return strtoul(r->tsv.fields[field], NULL, base);
}

static struct src_file *cached_file(const struct reader *r, size_t field)
{
	size_t i = number(r, field, 10);

	return i < r->out->files.n ? r->out->files.v[i] : NULL;
}

static const char *name_at(const struct reader *r, size_t field)
{
	return *r->tsv.fields[field] ? r->tsv.fields[field] : NULL;
}

static bool read_cached_file(struct reader *r)
{
	struct src_file *file = arena_alloc(&r->out->arena, sizeof(*file));

	file->index = r->out->files.n;
	file->path = file->real = r->tsv.fields[1];
	file->emitted = number(r, 2, 10);
	vec_push(&r->out->files, file);
	if (!file->emitted)
		return true;

	_cleanup_free_ char *full = xasprintf("%s/%s", r->root, file->path);
	_cleanup_free_ char *text = os_read_file(full);

	if (!text)
		return false;
	file->text = arena_strdup(&r->out->arena, text);
	file->len = strlen(text);
	source_file_find_lines(file);
	return true;
}

/* The file has what the fact says of it. */
static bool within(const struct src_extent *at)
{
	return at->file && at->start <= at->end && at->end <= at->file->len &&
	       at->name <= at->file->len;
}

static bool read_cached_function(struct reader *r)
{
	struct src_func *func = arena_alloc(&r->out->arena, sizeof(*func));

	func->name = r->tsv.fields[1];
	func->type = r->tsv.fields[2];
	func->units = number(r, 3, 16);
	func->is_static = number(r, 4, 10);
	func->at = (struct src_extent){ .file = cached_file(r, 5),
					.start = number(r, 6, 10),
					.end = number(r, 7, 10),
					.name = number(r, 8, 10) };
	vec_push(&r->out->funcs, func);
	return within(&func->at);
}

static struct src_func *stub_function(struct reader *r, const char *name)
{
	struct src_func *func = name ? arena_alloc(&r->out->arena, sizeof(*func)) : NULL;

	if (func)
		func->name = name;
	return func;
}

static bool read_cached_variable(struct reader *r)
{
	struct src_var *var = arena_alloc(&r->out->arena, sizeof(*var));

	var->name = r->tsv.fields[1];
	var->owner = stub_function(r, name_at(r, 2));
	var->canonical = r->tsv.fields[3];
	var->units = number(r, 4, 16);
	var->size = number(r, 5, 10);
	var->is_definition = number(r, 6, 10);
	var->at = (struct src_extent){ .file = cached_file(r, 7), .name = number(r, 8, 10) };
	vec_push(&r->out->vars, var);
	return within(&var->at);
}

static bool read_cached_record(struct reader *r)
{
	vec_push(&r->out->records, ((struct src_record){ .name = r->tsv.fields[1],
							 .file = r->tsv.fields[2],
							 .read_from = r->tsv.fields[2],
							 .start = number(r, 3, 10),
							 .line = number(r, 4, 10),
							 .size = number(r, 5, 10),
							 .is_union = number(r, 6, 10) }));
	return true;
}

static bool read_cached_member(struct reader *r)
{
	if (!r->out->records.n)
		return false;
	vec_push(&r->out->records.v[r->out->records.n - 1].members,
		 ((struct src_member){ .name = r->tsv.fields[1],
				       .type = r->tsv.fields[2],
				       .canonical = r->tsv.fields[3],
				       .record = name_at(r, 4),
				       .offset = number(r, 5, 10),
				       .size = number(r, 6, 10),
				       .is_bitfield = number(r, 7, 10) }));
	return true;
}

static bool read_cached_use(struct reader *r)
{
	struct src_ref ref = { .name = r->tsv.fields[1],
			       .from = stub_function(r, name_at(r, 2)),
			       .kind = number(r, 4, 10),
			       .file = cached_file(r, 5),
			       .start = number(r, 6, 10) };

	if (name_at(r, 3)) {
		ref.from_var = arena_alloc(&r->out->arena, sizeof(*ref.from_var));
		ref.from_var->name = name_at(r, 3);
	}
	vec_push(&r->out->refs, ref);
	return ref.file && ref.start <= ref.file->len;
}

static bool read_cached_end(struct reader *r)
{
	r->complete = true;
	return true;
}

static const struct {
	const char *kind;
	size_t fields;
	bool (*read)(struct reader *r);
} kinds[] = {
	{ "file", 3, read_cached_file },	 { "function", 9, read_cached_function },
	{ "variable", 9, read_cached_variable }, { "record", 7, read_cached_record },
	{ "member", 8, read_cached_member },	 { "use", 7, read_cached_use },
	{ last_line, 1, read_cached_end },
};

static bool read_cached_line(struct reader *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].kind, r->tsv.fields[0]))
			return r->tsv.n == kinds[i].fields && kinds[i].read(r);
	return false;
}

struct source *source_cache_read(const char *path, const char *key, const char *root)
{
	struct reader r = { .root = root, .out = xcalloc(1, sizeof(*r.out)) };
	_cleanup_free_ char *text = os_read_file(path);
	char *rest = text ? arena_strdup(&r.out->arena, text) : NULL;
	bool good = rest && !strcmp(strsep(&rest, "\n"), key);

	r.tsv.rest = rest;
	while (good && !r.complete && tsv_next(&r.tsv))
		good = read_cached_line(&r);
	if (good && r.complete)
		return r.out;
	source_free(r.out);
	return NULL;
}
