// SPDX-License-Identifier: GPL-2.0-only
#include "emit/manifest.h"

#include <inttypes.h>

#include "emit/generate.h"
#include "base/os.h"
#include "base/tsv.h"
#include "emit/template.h"
#include "decide/records.h"

/* Raised when a line changes its meaning. */
#define MANIFEST_FORMAT "5"
#define MAX_FIELDS 8

static const char last_line[] = "end";

static const char *const linkage_name[] = { "global", "static" };

/* --- writing */

static void print_funcs(const struct generate_input *in, FILE *f)
{
	for (size_t i = 0; i < in->facts->funcs.n; i++) {
		const struct fact_func *func = &in->facts->funcs.v[i];
		const struct func_decision *d = &in->decisions->funcs.v[i];

		fprintf(f, "function\t%s\t%s\t%lx\t%s\t%s\t%s", func->name,
			linkage_name[func->is_static], func->src->units, func_class_name[d->class],
			func->src->at.file->path, d->reason.text);
		for (size_t s = 0; s < d->old_code.n; s++)
			fprintf(f, "%s%s", s ? ", " : "\t",
				in->facts->symbols.v[d->old_code.v[s]].name);
		fputc('\n', f);
	}
}

static void print_records(const struct record_decisions *records, FILE *f)
{
	vec_for_each(r, &records->records) {
		if (!r->lasting)
			fprintf(f, "transient\t%s\t%s\n", r->src->name, r->src->file);
		vec_for_each(member, &r->members) {
			if (member->internal)
				fprintf(f, "internal\t%s\t%s\n", r->src->name, member->src->name);
			if (member->reserved)
				fprintf(f, "reserved\t%s\t%s\n", r->src->name, member->src->name);
		}
	}
}

void generate_manifest(const struct generate_input *in, struct generated *out)
{
	const struct facts *facts = in->facts;
	const struct kernel *k = facts->kernel;
	_cleanup_fclose_ FILE *f = generated_open(out, MANIFEST_PATH);

	fprintf(f,
		"# What the cut decided, for `schedcut check` and `schedcut refresh`.\n"
		"format\t" MANIFEST_FORMAT "\nrelease\t%s\npackage\t%s\nbuild-id\t%s\n"
		"name\t%s\nclass-type\t%s\n",
		in->target->release, in->target->package, k->build_id_text, in->name,
		in->rules->class_type.name);
	vec_for_each(dir, &in->rules->directories)
		fprintf(f, "directory\t%s\n", dir->name);
	vec_for_each(u, &facts->units)
		fprintf(f, "unit\t%s\t%s\n", u->name, u->path);
	print_funcs(in, f);
	for (size_t i = 0; i < facts->vars.n; i++) {
		const struct fact_var *var = &facts->vars.v[i];
		const struct src_func *owner = var->src->owner;

		fprintf(f, "variable\t%s\t%s\t%lx\t%s\t%s%s%s\n", var->name,
			linkage_name[var->link != VAR_GLOBAL], var->src->units,
			var_class_name[in->decisions->vars.v[i].class], var->src->at.file->path,
			owner ? "\t" : "", owner ? owner->name : "");
	}
	print_records(in->records, f);
	vec_for_each(r, &out->redirects)
		fprintf(f, "redirect\t%x\t%s\t%s\t%" PRIx64 "\t%lx\t%x\n", r->unit, r->name,
			r->function ? r->function : "", r->addr, r->size, r->flags);
	vec_for_each(s, &in->provision->symbols)
		fprintf(f, "symbol\t%s\t%" PRIx64 "\n", s->name, s->addr);
}

bool manifest_is_written(const char *name)
{
	static const char *const suffixes[] = { ".c", ".h", ".S", ".sh" };

	if (str_find(name, suffixes, str_ends))
		return !str_ends(name, ".mod.c");
	return str_starts(name, "Kconfig") || !strcmp(name, "Makefile") || !strcmp(name, "Kbuild");
}

bool manifest_compares(const char *path)
{
	static const char *const reports[] = { MANIFEST_PATH, "boundary.html", "boundary.yaml",
					       "README.md" };

	return !str_find(path, reports, str_equals);
}

static int compare_files(const void *a, const void *b)
{
	return strcmp((*(struct generated_file *const *)a)->path,
		      (*(struct generated_file *const *)b)->path);
}

static void print_files(const struct generated *const *lists, size_t n_lists, FILE *f)
{
	_cleanup_vec_ VEC(const struct generated_file *) files = { 0 };
	char digest[DIGEST_TEXT_LEN + 1];

	for (size_t i = 0; i < n_lists; i++)
		vec_for_each(file, &lists[i]->files)
			if (manifest_compares((*file)->path))
				vec_push(&files, *file);
	vec_sort(&files, compare_files);
	vec_for_each(file, &files) {
		digest_lines((*file)->text, (*file)->len, digest);
		fprintf(f, "file\t%s\t%s\n", (*file)->path, digest);
	}
}

char *manifest_seal(const char *decisions, const char *cut, const char *archive,
		    const struct generated *const *lists, size_t n_lists)
{
	char digest[DIGEST_TEXT_LEN + 1];
	char *text = NULL;
	size_t len;
	FILE *f = text_open(&text, &len);

	fprintf(f, "%scut\t%s\narchive\t%s\n", decisions, cut, archive);
	print_files(lists, n_lists, f);
	fflush(f);
	digest_bytes(text, len, digest);
	fprintf(f, "%s\t%s\n", last_line, digest);
	fclose(f);
	return text;
}

/* --- reading */

struct reader {
	struct manifest *out;
	const char *path;
	struct tsv tsv;
	const char *digest; /* of the lines before the last one */
	bool complete;
};

static struct error *bad_line(const struct reader *r, const char *what)
{
	return error_note(error_at(r->path, r->tsv.line, 0, "%s", what),
			  "take back the file that the cut made (git checkout COMMIT " MANIFEST_PATH
			  "), or cut again");
}

static struct error *read_hex(const struct reader *r, const char *text, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 16);
	return *end || !*text ? bad_line(r, "not a hexadecimal number") : NULL;
}

/* What lines of functions and of variables begin with. */
static struct error *read_definition(const struct reader *r, bool *is_static, unsigned long *units,
				     const char *const *classes, int n_classes, int *class)
{
	const char *linkage = r->tsv.fields[2];

	*is_static = !strcmp(linkage, linkage_name[true]);
	if (!*is_static && strcmp(linkage, linkage_name[false]))
		return bad_line(r, "neither global nor static");
	TRY(read_hex(r, r->tsv.fields[3], units));
	for (*class = 0; *class < n_classes; ++*class)
		if (!strcmp(classes[*class], r->tsv.fields[4]))
			return NULL;
	return bad_line(r, "a class that this schedcut does not know");
}

static struct error *add_func(struct reader *r)
{
	struct manifest_func f = { .name = r->tsv.fields[1],
				   .file = r->tsv.fields[5],
				   .reason = r->tsv.fields[6],
				   .old_code = r->tsv.n > 7 ? r->tsv.fields[7] : NULL };
	int class;

	TRY(read_definition(r, &f.is_static, &f.units, func_class_name, FUNC_NR_CLASSES, &class));
	f.class = class;
	vec_push(&r->out->funcs, f);
	return NULL;
}

static struct error *add_var(struct reader *r)
{
	struct manifest_var v = { .name = r->tsv.fields[1],
				  .file = r->tsv.fields[5],
				  .owner = r->tsv.n > 6 ? r->tsv.fields[6] : NULL };
	int class;

	TRY(read_definition(r, &v.is_static, &v.units, var_class_name, VAR_NR_CLASSES, &class));
	v.class = class;
	vec_push(&r->out->vars, v);
	return NULL;
}

static struct error *add_unit(struct reader *r)
{
	vec_push(&r->out->units, ((struct manifest_unit){ r->tsv.fields[1], r->tsv.fields[2] }));
	return NULL;
}

static struct error *add_redirect(struct reader *r)
{
	uint64_t unit, addr, size, flags;

	TRY(read_hex(r, r->tsv.fields[1], &unit));
	TRY(read_hex(r, r->tsv.fields[4], &addr));
	TRY(read_hex(r, r->tsv.fields[5], &size));
	TRY(read_hex(r, r->tsv.fields[6], &flags));
	if (unit >= r->out->units.n)
		return bad_line(r, "a unit that no line names");
	vec_push(&r->out->redirects, ((struct redirect){ unit, r->tsv.fields[2],
							 *r->tsv.fields[3] ? r->tsv.fields[3] : NULL,
							 addr, size, flags }));
	return NULL;
}

static struct error *add_symbol(struct reader *r)
{
	struct provided symbol = { .name = r->tsv.fields[1] };

	TRY(read_hex(r, r->tsv.fields[2], &symbol.addr));
	vec_push(&r->out->symbols, symbol);
	return NULL;
}

static struct error *add_directory(struct reader *r)
{
	vec_push(&r->out->directories, r->tsv.fields[1]);
	return NULL;
}

static struct error *add_cut_file(struct reader *r)
{
	vec_push(&r->out->files, ((struct manifest_file){ r->tsv.fields[1], r->tsv.fields[2] }));
	return NULL;
}

/* Whoever edits the manifest, or merges two of them, moves what the check compares with. */
static struct error *read_end(struct reader *r)
{
	r->complete = true;
	return strcmp(r->tsv.fields[1], r->digest) ?
		       bad_line(r, "the lines before this one are not those that the cut wrote") :
		       NULL;
}

/* "transient RECORD FILE", "internal RECORD MEMBER", "reserved RECORD MEMBER" */
static struct error *add_record(struct reader *r)
{
	char *key = arena_printf(&r->out->arena, "%s %s %s", r->tsv.fields[0], r->tsv.fields[1],
				 r->tsv.fields[2]);

	strmap_put(&r->out->records, key, key);
	return NULL;
}

/* It becomes part of a path in the user's cache. */
static struct error *set_cut(struct reader *r, const char *value)
{
	if (!*value || value[strspn(value, "0123456789abcdef")])
		return bad_line(r, "not the identity of a cut");
	r->out->cut = value;
	return NULL;
}

static struct error *set_value(struct reader *r)
{
	const char *key = r->tsv.fields[0], *value = r->tsv.fields[1];

	if (!strcmp(key, "release"))
		r->out->release = value;
	else if (!strcmp(key, "package"))
		r->out->package = value;
	else if (!strcmp(key, "build-id"))
		r->out->build_id = value;
	else if (!strcmp(key, "name"))
		r->out->name = value;
	else if (!strcmp(key, "class-type"))
		r->out->class_type = value;
	else if (!strcmp(key, "cut"))
		return set_cut(r, value);
	else if (!strcmp(key, "archive"))
		r->out->archive = value;
	else if (strcmp(value, MANIFEST_FORMAT))
		return error_note(error_at(r->path, r->tsv.line, 0,
					   "format %s, not " MANIFEST_FORMAT, value),
				  "use the schedcut that made this tree, or cut again");
	return NULL;
}

static const struct {
	const char *key;
	size_t fields; /* at least, the key included */
	struct error *(*read)(struct reader *r);
} kinds[] = {
	{ "format", 2, set_value },	   { "release", 2, set_value },
	{ "package", 2, set_value },	   { "build-id", 2, set_value },
	{ "name", 2, set_value },	   { "class-type", 2, set_value },
	{ "cut", 2, set_value },	   { "archive", 2, set_value },
	{ "file", 3, add_cut_file },	   { last_line, 2, read_end },
	{ "directory", 2, add_directory }, { "unit", 3, add_unit },
	{ "function", 7, add_func },	   { "variable", 6, add_var },
	{ "transient", 3, add_record },	   { "internal", 3, add_record },
	{ "reserved", 3, add_record },	   { "redirect", 7, add_redirect },
	{ "symbol", 3, add_symbol },
};

static struct error *read_line(struct reader *r)
{
	if (r->complete && (*r->tsv.fields[0] || r->tsv.n > 1))
		return bad_line(r, "there is a line after the last one");
	if (r->tsv.n > MAX_FIELDS)
		return bad_line(r, "too many fields");
	if (!*r->tsv.fields[0] || *r->tsv.fields[0] == '#')
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].key, r->tsv.fields[0]))
			return r->tsv.n < kinds[i].fields ? bad_line(r, "too few fields") :
							    kinds[i].read(r);
	return bad_line(r, "a kind of line that this schedcut does not know");
}

/* Make every line of @text end with LF alone. */
static void drop_carriage_returns(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++)
		if (p[0] != '\r' || p[1] != '\n')
			*to++ = *p;
	*to = '\0';
}

/* Of all lines of @text but the last. */
static void digest_before_end(char *text, char digest[DIGEST_TEXT_LEN + 1])
{
	size_t len = strlen(text);

	while (len && text[len - 1] == '\n')
		len--;
	while (len && text[len - 1] != '\n')
		len--;
	digest_bytes(text, len, digest);
}

static struct error *read_all(struct reader *r, char *text)
{
	struct manifest *m = r->out;
	char digest[DIGEST_TEXT_LEN + 1];

	drop_carriage_returns(text);
	digest_before_end(text, digest);
	r->digest = digest;
	m->package = "";
	r->tsv.rest = text;
	while (tsv_next(&r->tsv))
		TRY(read_line(r));
	r->tsv.line = 0;
	if (!m->release || !m->build_id || !m->name || !m->class_type || !m->units.n || !m->cut ||
	    !m->archive || !r->complete)
		return bad_line(r, "not complete");
	return NULL;
}

struct error *manifest_read(const char *dir, struct manifest **manifest)
{
	_cleanup_free_ char *path = xasprintf("%s/" MANIFEST_PATH, dir);
	_cleanup_free_ char *text = os_read_file(path);

	if (!text)
		return error_note(error_errno(path, "cannot read"),
				  "%s is not a tree that schedcut made", dir);

	_cleanup_manifest_ struct manifest *m = xcalloc(1, sizeof(*m));
	struct reader r = { .path = path, .out = m };

	TRY(read_all(&r, arena_strdup(&m->arena, text)));
	*manifest = return_ptr(m);
	return NULL;
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	vec_free(&m->directories);
	vec_free(&m->units);
	vec_free(&m->funcs);
	vec_free(&m->vars);
	vec_free(&m->files);
	vec_free(&m->redirects);
	vec_free(&m->symbols);
	strmap_free(&m->records);
	arena_free(&m->arena);
	free(m);
}

/* --- looking up */

const struct manifest_func *manifest_func(const struct manifest *m, const char *name,
					  unsigned long units)
{
	vec_for_each(f, &m->funcs)
		if ((f->units & units) && !strcmp(f->name, name))
			return f;
	return NULL;
}

const struct manifest_func *manifest_global_func(const struct manifest *m, const char *name)
{
	const struct manifest_func *found = NULL;

	vec_for_each(f, &m->funcs)
		if (!f->is_static && !strcmp(f->name, name) &&
		    (!found || func_class_in_module(f->class)))
			found = f;
	return found;
}

const struct manifest_var *manifest_var(const struct manifest *m, const char *name,
					unsigned long units, const char *owner)
{
	vec_for_each(v, &m->vars)
		if ((v->units & units) && !strcmp(v->name, name) &&
		    (owner ? v->owner && !strcmp(v->owner, owner) : !v->owner))
			return v;
	return NULL;
}

const struct manifest_var *manifest_global_var(const struct manifest *m, const char *name)
{
	vec_for_each(v, &m->vars)
		if (!v->is_static && !strcmp(v->name, name))
			return v;
	return NULL;
}

bool manifest_record(const struct manifest *m, const char *what, const char *record, const char *where)
{
	_cleanup_free_ char *key = xasprintf("%s %s %s", what, record, where);

	return strmap_get(&m->records, key);
}
