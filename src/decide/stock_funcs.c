// SPDX-License-Identifier: GPL-2.0-only
/*
 * stock_funcs.c - compare functions of the source with those of vmlinux.
 *
 * The pristine source is not at hand. But DWARF has the line where each function begins,
 * and the line tables have the lines with code. A function was edited if the next one is
 * nearer or farther than in vmlinux, and its closing brace is not where it was. A function
 * that ends in a call, or does not return, has no code at its brace: then its last line
 * with code must be that of its last statement.
 */
#include "decide/stock_funcs.h"

#include <limits.h>

#include "decide/lost_funcs.h"
#include "source/source_text.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/kernel_types.h"
#include "vmlinux/dwarf_line.h"

/* A function as DWARF has it. */
struct anchor {
	const struct dw_func *dw;
	const struct src_file *file;
	const struct src_func *src; /* in the same file; NULL: the source has none */
	unsigned int src_line;	    /* of @src's name */
};

struct comparison {
	const struct facts *facts;
	const struct decisions *decisions;
	const struct rules *rules;
	struct kernel *kernel;
	struct stock_funcs *out;
	struct strmap files;	    /* path -> struct src_file of the boundary */
	struct strmap funcs;	    /* "PATH NAME" -> struct src_func */
	struct strmap known;	    /* the same of those that DWARF has -> anything */
	struct strmap directories;  /* of these files, but sidecars */
	VEC(struct anchor) anchors; /* sorted by file and line */
	lost_func_vec lost;
};

/* --- signatures */

/* What @unit has of function @name with its code at @addr, or NULL. */
static const struct dw_func *find_dw_func(const struct dwarf_unit *unit, const char *name,
					  uint64_t addr)
{
	size_t i = vec_bisect(func, &unit->funcs, strcmp(func->name, name) < 0);

	for (; i < unit->funcs.n && !strcmp(unit->funcs.v[i].name, name); i++)
		if (unit->funcs.v[i].low_pc == addr)
			return &unit->funcs.v[i];
	return NULL;
}

static const struct dw_func *dw_func_of(const struct facts *facts, const struct fact_func *f,
					const struct fact_symbol *s)
{
	for (size_t u = 0; u < facts->units.n; u++) {
		const struct dw_func *dw = NULL;

		if (f->src->units & 1UL << u && facts->units.v[u].dwarf)
			dw = find_dw_func(facts->units.v[u].dwarf, f->name, s->addr);
		if (dw)
			return dw;
	}
	return NULL;
}

/* The symbol that is entered with the source's signature; NULL: none. */
static const struct fact_symbol *entry_of(const struct facts *facts, const struct fact_func *f)
{
	vec_for_each(s, &f->symbols)
		if (facts->symbols.v[*s].entry)
			return &facts->symbols.v[*s];
	return NULL;
}

static struct error *signature_error(const struct fact_func *f, const char *vmlinux, bool redirected)
{
	const struct src_file *file = f->src->at.file;
	struct src_position at = source_position(file, f->src->at.name);

	return error_note(error_at(file->path, at.line, at.col,
				   redirected ?
					   "the signature of '%s' is '%s', but the kernel enters it as '%s'" :
					   "the signature of '%s' is '%s', but vmlinux's, which stays in use, is '%s'",
				   f->name, f->src->signature, vmlinux),
			  "keep the signature and let a new function have the other one");
}

static struct error *check_signature(const struct comparison *c, size_t i)
{
	const struct fact_func *f = &c->facts->funcs.v[i];
	enum func_class class = c->decisions->funcs.v[i].class;
	const struct fact_symbol *entry = entry_of(c->facts, f);
	_cleanup_arena_ struct arena arena = { 0 };
	_cleanup_vec_ kernel_names found = { 0 };
	struct error *err = NULL;
	bool same = false;

	if (!entry || !f->src->signature || (!func_class_redirected(class) && class != FUNC_OUTSIDER))
		return NULL;
	kernel_prototypes(c->kernel, dw_func_of(c->facts, f, entry), f->name, &arena, &found);
	vec_for_each(signature, &found)
		same |= !strcmp(*signature, f->src->signature);
	if (found.n && !same)
		err = signature_error(f, found.v[0], func_class_redirected(class));
	return err;
}

/* --- the functions that vmlinux has */

static const char *directory_of(struct comparison *c, const char *path)
{
	const char *slash = strrchr(path, '/');

	return arena_strndup(&c->out->arena, path, slash ? slash - path : 0);
}

static void index_source(struct comparison *c)
{
	vec_for_each(file, &c->facts->source->files)
		if ((*file)->boundary && (*file)->text) {
			strmap_put(&c->files, (*file)->path, *file);
			if (!(*file)->sidecar)
				strmap_put(&c->directories, directory_of(c, (*file)->path), *file);
		}
	vec_for_each(f, &c->facts->funcs) {
		char *key = arena_printf(&c->out->arena, "%s %s", f->src->at.file->path, f->name);

		if (f->src->at.file->text)
			strmap_put(&c->funcs, key, f->src);
	}
}

static int compare_anchors(const void *a, const void *b)
{
	const struct dw_func *x = ((const struct anchor *)a)->dw, *y = ((const struct anchor *)b)->dw;
	int order = lost_func_order(x, y);

	/* the copies with code first */
	return order ? order : (x->low_pc < y->low_pc) - (x->low_pc > y->low_pc);
}

static void add_anchor(struct comparison *c, const struct dw_func *dw, int unit)
{
	struct anchor a = { .dw = dw };

	if (!dw->file || !dw->line ||
	    (!strmap_get(&c->files, dw->file) &&
	     !strmap_get(&c->directories, directory_of(c, dw->file))))
		return;

	char *key = arena_printf(&c->out->arena, "%s %s", dw->file, dw->name);

	strmap_put(&c->known, key, key);
	a.src = strmap_get(&c->funcs, key);
	if (!a.src && facts_func(c->facts, dw->name, unit) == NONE)
		vec_push(&c->lost, ((struct lost_func){
					   .dw = dw, .no_file = !strmap_get(&c->files, dw->file) }));
	a.file = strmap_get(&c->files, dw->file);
	if (!a.file)
		return;
	if (a.src)
		a.src_line = source_position(a.file, a.src->at.name).line;
	vec_push(&c->anchors, a);
}

static void collect_anchors(struct comparison *c)
{
	size_t n = 0;

	for (size_t u = 0; u < c->facts->units.n; u++)
		if (c->facts->units.v[u].dwarf)
			vec_for_each(dw, &c->facts->units.v[u].dwarf->funcs)
				add_anchor(c, dw, u);
	vec_sort(&c->anchors, compare_anchors);
	vec_for_each(a, &c->anchors)
		if (!n || lost_func_order(c->anchors.v[n - 1].dw, a->dw))
			c->anchors.v[n++] = *a;
	c->anchors.n = n;
}

/* --- functions with more or fewer lines */

/* Does at most the rest of one statement follow the start of line @line in @f? */
static bool is_last_statement(const struct src_func *f, unsigned int line)
{
	const struct src_file *file = f->at.file;
	size_t pos = line <= file->lines.n ? file->lines.v[line - 1] : SIZE_MAX;
	struct text_token tok;
	bool ended = false;

	if (pos < f->at.start || pos >= f->at.end)
		return false;
	while (text_next(file, &pos, f->at.end, &tok)) {
		if (tok.kind == ';' || tok.kind == '}')
			ended = true;
		else if (ended)
			return false;
	}
	return true;
}

static bool is_resized_func(struct comparison *c, const struct anchor *a)
{
	const struct anchor *end = c->anchors.v + c->anchors.n, *next = a + 1, *known;
	unsigned int last, brace;
	bool closes;

	while (next < end && next->file == a->file && next->dw->line == a->dw->line)
		next++;
	for (known = next; known < end && known->file == a->file && !known->src; known++)
		;
	if (next == end || next->file != a->file)
		next = NULL;
	if (known == end || known->file != a->file)
		known = NULL;
	if (known && known->dw->line - a->dw->line == known->src_line - a->src_line)
		return false;
	last = kernel_last_line(c->kernel, a->dw->file, a->dw->line,
				next ? next->dw->line : UINT_MAX, &closes);
	if (last <= a->dw->line)
		return false;
	last = last - a->dw->line + a->src_line;
	brace = source_position(a->file, a->src->at.end - 1).line;
	return closes ? last != brace : known && !is_last_statement(a->src, last);
}

static void warn(struct comparison *c, const struct anchor *a, struct error *err, const char *remedy)
{
	struct src_position at = source_position(a->file, a->src->at.name);

	err->path = xstrdup(a->file->path);
	err->line = at.line;
	err->col = at.col;
	error_note(err, "%s", remedy);
	vec_push(&c->out->warnings, err);
}

/* "a, b" */
static const char *old_code_names(struct comparison *c, const struct func_decision *d)
{
	const char *names = "";

	vec_for_each(s, &d->old_code)
		names = arena_printf(&c->out->arena, "%s%s%s", names, *names ? ", " : "",
				     c->facts->symbols.v[*s].name);
	return names;
}

static void report_resized(struct comparison *c, const struct anchor *a)
{
	int func = facts_src_func(c->facts, a->src);
	const struct fact_func *f;
	const struct func_decision *d;
	_cleanup_free_ char *remedy = NULL;
	const struct no_effect *said;

	if (func == NONE)
		return;
	f = &c->facts->funcs.v[func];
	d = &c->decisions->funcs.v[func];
	vec_push(&c->out->resized, f->name);
	if (func_in_module(d)) {
		if (d->old_code.n)
			warn(c, a,
			     error_new("'%s' is edited, but old code of it stays in use, in vmlinux's %s",
				       f->name, old_code_names(c, d)),
			     "these functions stay in vmlinux and have it inlined (boundary.yaml says why); both versions must get along");
		return;
	}
	said = no_effect_of(func_class_name[d->class], d->reason.text);
	remedy = said ? xasprintf("%s: %s; %s", func_class_name[d->class], d->reason.text,
				  said->remedy) :
			NULL;
	if (said)
		warn(c, a, error_new("'%s' %s", f->name, said->message), remedy);
}

static void find_resized(struct comparison *c)
{
	vec_for_each(a, &c->anchors)
		if (a->src && is_resized_func(c, a))
			report_resized(c, a);
}

/* --- functions that would have run at boot */

/* Boot is over, and vmlinux has no such function: a patch has brought it. */
static void find_new_init(struct comparison *c)
{
	const struct no_effect *said = no_effect_of(func_class_name[FUNC_INIT], "");

	vec_for_each(f, &c->facts->funcs) {
		_cleanup_free_ char *key = xasprintf("%s %s", f->src->at.file->path, f->name);
		struct anchor a = { .src = f->src, .file = f->src->at.file };

		if (f->is_boot_only && !f->is_inline && a.file->text && !a.file->sidecar &&
		    !strmap_get(&c->known, key))
			warn(c, &a,
			     error_new("'%s' is __init, and vmlinux does not have it: nothing calls it",
				       f->name),
			     said->remedy);
	}
}

/* --- all of it */

static struct error *compare(struct comparison *c)
{
	for (size_t i = 0; i < c->facts->funcs.n; i++)
		TRY(check_signature(c, i));
	index_source(c);
	collect_anchors(c);
	TRY(lost_funcs_check(c->facts, c->decisions, c->rules, c->kernel, &c->lost));
	find_resized(c);
	if (c->facts->has_dwarf)
		find_new_init(c);
	return NULL;
}

struct error *stock_funcs_check(const struct facts *facts, const struct decisions *decisions,
				const struct rules *rules, struct kernel *kernel,
				struct stock_funcs **result)
{
	struct comparison c = { .facts = facts,
				.decisions = decisions,
				.rules = rules,
				.kernel = kernel,
				.out = xcalloc(1, sizeof(*c.out)) };
	struct error *err = compare(&c);

	vec_free(&c.anchors);
	vec_free(&c.lost);
	strmap_free(&c.directories);
	strmap_free(&c.files);
	strmap_free(&c.funcs);
	strmap_free(&c.known);
	if (err)
		stock_funcs_free(c.out);
	else
		*result = c.out;
	return err;
}

void stock_funcs_free(struct stock_funcs *stock)
{
	if (!stock)
		return;
	error_list_free(&stock->warnings);
	vec_free(&stock->resized);
	arena_free(&stock->arena);
	free(stock);
}
