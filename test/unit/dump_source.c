// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump_source.c - print all source facts as sorted lines, for debugging:
 *
 *   dump_source ROOT DIRECTORY[,DIRECTORY...] FLAGS UNIT...
 *
 * FLAGS is a file with one compiler flag per line. Every extent is shown with
 * its first and last bytes, so that a wrong one is visible.
 */
#include "source/source.h"

#include <ctype.h>

typedef VEC(const char *) lines;

static void read_lines(const char *path, lines *list)
{
	_cleanup_fclose_ FILE *file = fopen(path, "r");
	char line[4096];

	if (!file) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0])
			vec_push(list, xstrdup(line));
	}
}

static void split_commas(const char *s, lines *list)
{
	while (*s) {
		size_t len = strcspn(s, ",");

		vec_push(list, xstrndup(s, len));
		s += len + (s[len] == ',');
	}
}

/* Text [start, end) on one line. */
static const char *snippet(struct source *source, const struct src_file *file, size_t start,
			   size_t end)
{
	char *out, *p;

	if (!file->text)
		return "-";
	if (start > file->len || end > file->len || start > end)
		return "!bad range!";
	out = p = arena_alloc(&source->arena, 2 * (end - start) + 1);
	for (size_t i = start; i < end; i++) {
		if (file->text[i] == '\n' || file->text[i] == '\t') {
			*p++ = '\\';
			*p++ = file->text[i] == '\n' ? 'n' : 't';
		} else {
			*p++ = file->text[i];
		}
	}
	return out;
}

static const char *oneline(struct source *source, const char *s)
{
	char *copy = arena_strdup(&source->arena, s);

	for (char *p = copy; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return copy;
}

static const char *extent(struct source *source, const struct src_extent *at)
{
	size_t n = at->end - at->start;
	struct src_position start = source_position(at->file, at->start);

	if (n > 20)
		n = 20;
	return arena_printf(&source->arena, "%s:%u:%u [%zu,%zu) name=%zu%s%s <%s>...<%s>",
			    at->file->path, start.line, start.col, at->start, at->end, at->name,
			    at->macro ? " macro=" : "", at->macro ? at->macro : "",
			    snippet(source, at->file, at->start, at->start + n),
			    snippet(source, at->file, at->end - n, at->end));
}

static void dump_funcs(struct source *source, lines *out)
{
	vec_for_each(p, &source->funcs) {
		const struct src_func *f = *p;
		const struct src_file *file = f->at.file;

		vec_push(out,
			 arena_printf(&source->arena,
				      "func %s %s body=%s units=%lx%s%s%s%s proto={%s} type={%s}",
				      f->name, extent(source, &f->at),
				      !f->body ? "0" : snippet(source, file, f->body, f->body + 1),
				      f->units, f->is_static ? " static" : "",
				      f->is_inline ? " inline" : "", f->is_weak ? " weak" : "",
				      f->is_boot_only ? " init" : "", oneline(source, f->proto),
				      f->type));
	}
}

static void dump_vars(struct source *source, lines *out)
{
	static const char *const kinds[] = { "plain", "percpu", "local" };

	vec_for_each(p, &source->vars) {
		const struct src_var *v = *p;

		vec_push(out,
			 arena_printf(&source->arena,
				      "var %s%s%s %s %s init=%s units=%lx size=%lu%s%s%s%s%s%s "
				      "decl={%s} canonical={%s}",
				      v->name, v->owner ? "@" : "", v->owner ? v->owner->name : "",
				      kinds[v->kind], extent(source, &v->at),
				      v->initializer_offset ?
					      snippet(source, v->at.file, v->initializer_offset,
						      v->initializer_offset + 1) :
					      "0",
				      v->units, v->size, v->is_static ? " static" : "",
				      v->is_definition ? " definition" : "",
				      v->is_const ? " const" : "", v->has_pointers ? " pointers" : "",
				      v->is_boot_only ? " init" : "", v->is_weak ? " weak" : "",
				      oneline(source, v->decl), v->canonical));
	}
}

static void dump_refs(struct source *source, lines *out)
{
	static const char *const kinds[] = { "call", "addr", "var" };
	static const char *const uses[] = {
		"", " use=local", " use=argument", " use=stored", " use=initialiser",
	};

	vec_for_each(r, &source->refs) {
		struct src_position at = source_position(r->file, r->start);

		vec_push(out,
			 arena_printf(&source->arena,
				      "ref %s %s from=%s%s%s %s:%u:%u [%zu,%zu)%s%s%s%s%s%s%s%s unit=%u <%s>",
				      kinds[r->kind], r->name, r->from ? r->from->name : "",
				      r->from_var ? " var=" : "", r->from_var ? r->from_var->name : "",
				      r->file->path, at.line, at.col, r->start, r->end,
				      r->in_macro ? " macro=" : "", r->in_macro ? r->in_macro : "",
				      r->in_arg ? " arg" : "", r->is_static ? " static" : "",
				      r->is_local ? " local" : "", uses[r->use],
				      r->callee ? " of " : "", r->callee ? r->callee : "", r->unit,
				      snippet(source, r->file, r->start, r->end)));
	}
}

static void dump_rest(struct source *source, lines *out)
{
	struct arena *arena = &source->arena;

	vec_for_each(p, &source->files) {
		const struct src_file *f = *p;

		if (!f->emitted && !f->boundary)
			continue;
		vec_push(out, arena_printf(arena, "file %s len=%zu%s%s", f->path, f->len,
					   f->emitted ? " emitted" : "",
					   f->boundary ? " boundary" : ""));
		vec_for_each(r, &f->skipped)
			vec_push(out,
				 arena_printf(arena, "skipped %s %u-%u [%zu,%zu)", f->path,
					      source_position(f, r->start).line,
					      source_position(f, r->end).line, r->start, r->end));
		vec_for_each(end, &f->toplevel) {
			struct src_position at = source_position(f, *end);

			vec_push(out,
				 arena_printf(arena, "toplevel %s:%u:%u %zu <%s>", f->path, at.line,
					      at.col, *end,
					      snippet(source, f, *end > 10 ? *end - 10 : 0, *end)));
		}
	}
	vec_for_each(i, &source->icalls)
		vec_push(out, arena_printf(arena, "icall %s {%s}", i->from->name, i->type));
	vec_for_each(r, &source->records) {
		vec_push(out, arena_printf(arena, "record %s %s %s:%u size=%lu%s%s",
					   r->is_union ? "union" : "struct", r->name, r->file,
					   r->line, r->size, r->boundary ? " boundary" : "",
					   r->is_measured ? " measured" : ""));
		vec_for_each(m, &r->members)
			vec_push(out, arena_printf(arena, "member %s.%s at=%lu size=%lu%s {%s}%s%s",
						   r->name, m->name, m->offset, m->size,
						   m->is_bitfield ? " bitfield" : "", m->type,
						   m->record ? " " : "", m->record ? m->record : ""));
	}
	vec_for_each(a, &source->accesses)
		vec_push(out, arena_printf(arena, "access %s.%s by %s%s%s",
					   source->records.v[a->record].name,
					   source->records.v[a->record].members.v[a->member].name,
					   a->from     ? a->from->name :
					   a->from_var ? a->from_var->name :
							 "?",
					   a->given_to ? " given to " : "",
					   a->given_to ? a->given_to : ""));
}

int main(int argc, char **argv)
{
	struct source_options options = {};
	struct source *source = NULL;
	lines flags = {}, directories = {}, out = {};
	struct error *err;
	int status;

	if (argc < 5) {
		fprintf(stderr, "usage: %s ROOT DIRECTORY[,DIRECTORY] FLAGS UNIT...\n", argv[0]);
		return 2;
	}
	split_commas(argv[2], &directories);
	read_lines(argv[3], &flags);
	options.root = argv[1];
	options.units = (const char *const *)argv + 4;
	options.n_units = argc - 4;
	options.directories = directories.v;
	options.n_directories = directories.n;
	options.cflags = flags.v;
	options.n_cflags = flags.n;
	err = source_load(&options, &source);
	if (err) {
		error_print(stderr, err);
	} else {
		dump_funcs(source, &out);
		dump_vars(source, &out);
		dump_refs(source, &out);
		dump_rest(source, &out);
		qsort(out.v, out.n, sizeof(*out.v), str_compare);
		vec_for_each(line, &out)
			puts(*line);
	}
	vec_for_each(flag, &flags)
		free((char *)*flag);
	vec_for_each(dir, &directories)
		free((char *)*dir);
	vec_free(&flags);
	vec_free(&directories);
	vec_free(&out);
	source_free(source);
	status = err != NULL;
	error_free(err);
	return status;
}
