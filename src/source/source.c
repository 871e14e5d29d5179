// SPDX-License-Identifier: GPL-2.0-only
/*
 * source.c - load the units of the boundary: parse each, several at once, and merge
 * their facts in the order of the units, so that it does not matter which is parsed
 * first.
 */
#include "source/source.h"

#include <limits.h>

#include "base/os.h"
#include "base/parallel.h"
#include "source/merge.h"
#include "source/tu.h"

/* A parsed unit takes some 150 MB until its facts are out of it. */
#define MAX_JOBS 3

/* Is @real below the root, and does neither it contain a boundary directory nor a boundary
 * directory contain it? */
static bool is_excluded(const struct tu_options *options, const char *real)
{
	const struct source_options *source = options->source;
	size_t len = strlen(options->root);
	const char *below = real + len + 1;

	if (strncmp(real, options->root, len) || real[len] != '/')
		return false;
	for (size_t i = 0; i < source->n_directories; i++) {
		const char *inside = source->directories[i];
		size_t n = strlen(below), m = strlen(inside);

		if (!strncmp(below, inside, n < m ? n : m) &&
		    (n == m || (n < m ? inside[n] : below[m]) == '/'))
			return false;
	}
	return true;
}

/* Leave out those include directories: the headers package has their files. */
static void find_excluded(struct tu_options *options)
{
	const struct source_options *source = options->source;

	for (size_t i = 0; i < source->n_cflags; i++) {
		const char *flag = source->cflags[i], *dir = NULL;

		if (str_starts(flag, "-I") && flag[2])
			dir = flag + 2;
		else if ((!strcmp(flag, "-I") || !strcmp(flag, "-isystem")) &&
			 i + 1 < source->n_cflags)
			dir = source->cflags[++i];
		_cleanup_free_ char *real = dir ? realpath(dir, NULL) : NULL;

		if (real && is_excluded(options, real))
			vec_push(&options->excluded, return_ptr(real));
	}
}

static bool is_taken(const struct source *source, const char *name)
{
	/* "vml.text.ADDRESS" and the like are no symbols of a unit, see emit/provide.h. */
	static const char *const reserved[] = { "layout", "runtime", "text" };

	if (str_find(name, reserved, str_equals))
		return true;
	vec_for_each(unit, &source->units)
		if (!strcmp(unit->name, name))
			return true;
	return false;
}

/* "core", or "events_core" if an earlier unit has that name: symbols, objects and files of
 * the tree are named after it. */
static char *make_unit_name(struct source *source, const char *path)
{
	struct arena *arena = &source->arena;
	const char *start = base_name(path);
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
	/* The paths differ only in characters that a name cannot have. */
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

struct parse {
	const struct tu_options *options;
	struct source **units;
	struct error **errors; /* by unit */
};

static void parse_unit(size_t unit, unsigned int worker, void *arg)
{
	struct parse *parse = arg;

	(void)worker;
	parse->errors[unit] = os_interrupted();
	if (!parse->errors[unit])
		parse->errors[unit] = tu_parse(parse->options, unit, &parse->units[unit]);
}

/* The first error of @errors, or NULL; the others are freed. */
static struct error *first_of(const struct source_options *options, struct error **errors)
{
	struct error *err = NULL;

	for (size_t i = 0; i < options->n_units; i++) {
		if (err) {
			error_free(errors[i]);
			continue;
		}
		err = errors[i];
		if (err && i >= options->n_units - options->n_sidecars && !err->note)
			err = error_note(err,
					 "a sidecar is a file that the kernel's Makefile compiles; what another file includes belongs to that one");
	}
	return err;
}

struct error *source_load(const struct source_options *options, struct source **result)
{
	_cleanup_free_ char *root = realpath(options->root, NULL);
	size_t n = options->n_units;
	_cleanup_free_ struct source **units = xcalloc(n + 1, sizeof(*units));
	_cleanup_free_ struct error **errors = xcalloc(n + 1, sizeof(*errors));
	struct source *source;
	struct error *err;

	*result = NULL;
	if (!root)
		return error_errno(options->root, "cannot open the kernel source");
	if (!n)
		return error_new("no translation unit to read");
	if (n > sizeof(long) * CHAR_BIT)
		return error_new("%zu translation units, at most %zu are possible", n,
				 sizeof(long) * CHAR_BIT);
	source = xcalloc(1, sizeof(*source));
	source->root = arena_strdup(&source->arena, root);

	struct tu_strings strings = { .arena = &source->arena };
	struct tu_options tu = { .source = options, .root = root, .strings = &strings };
	struct parse parse = { &tu, units, errors };

	pthread_mutex_init(&strings.lock, NULL);
	find_excluded(&tu);
	parallel_for(n, MAX_JOBS, parse_unit, &parse);
	err = first_of(options, errors);
	if (!err) {
		add_units(source, options);
		merge_units(source, units, n);
		*result = source;
	} else {
		for (size_t i = 0; i < n; i++)
			source_free(units[i]);
		source_free(source);
	}
	vec_for_each(dir, &tu.excluded)
		free((char *)*dir);
	vec_free(&tu.excluded);
	strmap_free(&strings.map);
	pthread_mutex_destroy(&strings.lock);
	return err;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	vec_for_each(file, &source->files) {
		vec_free(&(*file)->skipped);
		vec_free(&(*file)->lines);
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

void source_file_find_lines(struct src_file *file)
{
	vec_push(&file->lines, (size_t)0);
	for (size_t i = 0; i < file->len; i++)
		if (file->text[i] == '\n')
			vec_push(&file->lines, i + 1);
}

struct src_position source_position(const struct src_file *file, size_t offset)
{
	size_t at = offset < file->len ? offset : file->len;
	size_t n = vec_bisect(start, &file->lines, *start <= at);

	return n ? (struct src_position){ n, at - file->lines.v[n - 1] + 1 } :
		   (struct src_position){ 1, 1 };
}
