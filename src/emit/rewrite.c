// SPDX-License-Identifier: GPL-2.0-only
/*
 * rewrite.c - decisions become byte edits of the kernel's files.
 *
 * Untouched text stays as it is, byte for byte. Removed text stays in place
 * between "#if 0" and "#endif", so that a reader sees what the kernel had.
 */
#include "emit/rewrite.h"

#include <ctype.h>

#include "emit/edit.h"
#include "decide/names.h"
#include "source/source_text.h"

struct rewriter {
	const struct facts *facts;
	const struct decisions *decisions;
	const struct rules *rules;
	struct rewritten *out;
	struct edits *edits; /* one for each of source->files */
};

static struct edits *edits_of(struct rewriter *r, const struct src_file *file)
{
	for (size_t i = 0; i < r->facts->source->files.n; i++)
		if (r->facts->source->files.v[i] == file)
			return &r->edits[i];
	return NULL;
}

static void note(struct rewriter *r, const struct src_file *file, size_t offset, const char *what,
		 const char *name)
{
	struct src_position at = source_position(file, offset);

	vec_push(&r->out->notes, arena_printf(&r->out->arena, "%s:%u:%u: '%s' %s", file->path,
					      at.line, at.col, name, what));
}

static struct error *cannot_remove(const struct src_extent *at, const char *name, const char *why)
{
	struct src_position start = source_position(at->file, at->start);

	return error_note(error_at(at->file->path, start.line, start.col, "cannot remove '%s': %s",
				   name, why),
			  at->file->sidecar ? "add it to the sidecar's functions in the rules" :
					      "keep it with interface.add or private in the rules");
}

/* The lines that hold [start, end) and a comment after it, if they hold nothing else. */
static bool whole_lines(const struct src_file *file, size_t *start, size_t *end)
{
	while (*start && file->text[*start - 1] != '\n') {
		if (!isspace((unsigned char)file->text[*start - 1]))
			return false;
		--*start;
	}
	while (*end < file->len && file->text[*end] != '\n') {
		size_t after = text_skip_comment(file->text + *end) - file->text;

		if (after == *end && !isspace((unsigned char)file->text[*end]) &&
		    file->text[*end] != ';')
			return false;
		*end = after > *end ? after : *end + 1;
	}
	if (*end < file->len)
		++*end;
	return true;
}

/* Do #if and #endif pair up within [start, end)? */
static bool balanced_conditionals(const struct src_file *file, size_t start, size_t end)
{
	int depth = 0;

	for (size_t i = start; i < end; i++) {
		if (file->text[i] != '#' || (i && file->text[i - 1] != '\n'))
			continue;
		const char *p = file->text + i + 1;

		while (*p == ' ' || *p == '\t')
			p++;
		if (str_starts(p, "if"))
			depth++;
		else if (str_starts(p, "endif"))
			depth--;
		else if (str_starts(p, "el") && !depth)
			return false;
		if (depth < 0)
			return false;
	}
	return !depth;
}

/*
 * A definition whose head is one of several alternatives: from @start on it
 * goes back to the #if that these begin with. False if something else that is
 * compiled is in between.
 */
static bool include_alternatives(const struct src_file *file, size_t *start, size_t end)
{
	size_t line = *start;

	while (line > 0) {
		for (line--; line > 0 && file->text[line - 1] != '\n'; line--)
			;
		if (file->text[line] == '#' && balanced_conditionals(file, line, end))
			break;
	}
	if (!balanced_conditionals(file, line, end))
		return false;
	vec_for_each(other, &file->toplevel)
		if (*other > line && *other <= *start)
			return false;
	*start = line;
	return true;
}

/* The first line says what it is; see DISABLED_START. */
static void disable_lines(struct edits *edits, size_t start, size_t end, const char *name,
			  const char *class, const char *reason, const char *replacement)
{
	edits_insert_before(edits, start, DISABLED_START "%s %s: %s */\n", name, class, reason);
	edits_insert_after(edits, end, "#endif\n%s%s", replacement, *replacement ? "\n" : "");
}

/* Disable the text at @at, of @name, and add @replacement (may be "") after it. */
static struct error *remove_text(struct rewriter *r, const struct src_extent *at, const char *name,
				 const char *class, const char *reason, const char *replacement)
{
	size_t start = at->start, end = at->end;

	if (!whole_lines(at->file, &start, &end))
		return cannot_remove(at, name, "it shares a line with something else");
	if (!balanced_conditionals(at->file, start, end) &&
	    !include_alternatives(at->file, &start, end))
		return cannot_remove(at, name, "an #if begins or ends within it");
	disable_lines(edits_of(r, at->file), start, end, name, class, reason, replacement);
	return NULL;
}

/* --- functions */

/* Of what stays in vmlinux; "": it needs none. */
static const char *func_declaration(struct rewriter *r, int func)
{
	const struct func_decision *d = &r->decisions->funcs.v[func];
	const struct fact_func *f = &r->facts->funcs.v[func];

	if (d->class != FUNC_OUTSIDER || d->symbol == NONE || f->src->at.macro)
		return "";
	if (f->is_static)
		return arena_printf(&r->out->arena, "extern %s __asm__(SCHEDCUT_VML(\"%s\"));",
				    f->src->proto, f->name);
	return arena_printf(&r->out->arena, "extern %s;", f->src->proto);
}

/* Disable @at, the definition or a declaration of @func, unless the module has it. */
static struct error *remove_func(struct rewriter *r, int func, const struct src_extent *at,
				 const char *reason)
{
	const struct func_decision *d = &r->decisions->funcs.v[func];

	if (func_in_module(d) || r->facts->funcs.v[func].in_header)
		return NULL;
	return remove_text(r, at, r->facts->funcs.v[func].name, func_class_name[d->class], reason,
			   func_declaration(r, func));
}

static struct error *rewrite_funcs(struct rewriter *r)
{
	for (size_t i = 0; i < r->facts->funcs.n; i++)
		if (r->facts->funcs.v[i].group == (int)i)
			TRY(remove_func(r, i, &r->facts->funcs.v[i].src->at,
					r->decisions->funcs.v[i].reason.text));
	return NULL;
}

/* A forward declaration "static int f(int);" of what is no longer defined here. */
static struct error *rewrite_func_decls(struct rewriter *r)
{
	vec_for_each(decl, &r->facts->source->func_decls) {
		const struct src_ref here = {
			.name = decl->name,
			.is_static = decl->is_static,
			.unit = __builtin_ctzl(decl->units | 1UL << 63),
		};
		int func = facts_ref_func(r->facts, &here);

		if (decl->is_static && decl->at.file->boundary && func != NONE &&
		    r->facts->funcs.v[func].is_static)
			TRY(remove_func(r, func, &decl->at, "declaration"));
	}
	return NULL;
}

static struct error *rewrite_counts(struct rewriter *r)
{
	vec_for_each(name, &r->rules->count_calls) {
		int func = r->decisions->counted.v[name - r->rules->count_calls.v];
		const struct fact_func *f = &r->facts->funcs.v[func];
		const struct func_decision *d = &r->decisions->funcs.v[func];

		if (!func_in_module(d) || !f->src->body)
			return error_note(error_at_rule(r->rules, name,
							"entries of '%s' cannot be counted: %s%s%s",
							name->name,
							func_in_module(d) ? "a macro makes it" :
									    func_class_name[d->class],
							func_in_module(d) ? "" : ", ",
							func_in_module(d) ? "" : d->reason.text),
					  "count a function that is in the module, as plain text");
		edits_insert_after(edits_of(r, f->src->at.file), f->src->body + 1,
				   "\n\tSCHEDCUT_COUNT(%s);",
				   name_identifier(&r->out->arena, name->name));
	}
	return NULL;
}

/* --- variables */

static char *var_declaration(struct rewriter *r, const struct fact_var *var,
			     const struct src_var *decl)
{
	struct arena *arena = &r->out->arena;
	const char *percpu = var->src->kind == SRC_VAR_PERCPU ? "__percpu " : "";
	const char *text = var->src->decl ? var->src->decl : decl->decl;

	if (decl->at.macro && str_starts(decl->at.macro, "DEFINE_STATIC_CALL")) {
		size_t args = decl->at.start + strlen(decl->at.macro);

		return arena_printf(arena, "DECLARE_STATIC_CALL%.*s", (int)(decl->at.end - args),
				    decl->at.file->text + args);
	}
	if (var->link == VAR_GLOBAL)
		return arena_printf(arena, "extern %s%s;", percpu, text);
	return arena_printf(arena, "%sextern %s%s __asm__(SCHEDCUT_VML(\"%s\"));",
			    var->link == VAR_IN_FUNCTION ? "\t" : "", percpu, text, var->name);
}

/* "const struct sched_class fair_sched_class ... =" becomes the module's object. */
static void rewrite_class(struct rewriter *r, const struct fact_var *var)
{
	vec_for_each(p, &var->decls) {
		const struct src_var *decl = *p;
		struct edits *edits = edits_of(r, decl->at.file);

		if (decl == var->src)
			edits_replace(edits, decl->at.start, decl->initializer_offset,
				      "const struct %s schedcut_class_%s ",
				      r->rules->class_type.name, var->name);
		else if (decl->is_definition)
			edits_insert_before(edits, decl->at.start, "extern ");
	}
}

/* Does @var have a declaration where @at begins? */
static const struct src_var *declared_at(const struct fact_var *var, const struct src_extent *at)
{
	vec_for_each(decl, &var->decls)
		if ((*decl)->at.file == at->file && (*decl)->at.start == at->start)
			return *decl;
	return NULL;
}

/* Has an earlier variable seen to the text at @at? */
static bool removed_before(const struct rewriter *r, const struct fact_var *var,
			   const struct src_extent *at)
{
	for (const struct fact_var *v = r->facts->vars.v; v < var; v++) {
		enum var_class class = r->decisions->vars.v[v - r->facts->vars.v].class;

		if ((class == VAR_SHARED || class == VAR_INIT) && declared_at(v, at))
			return true;
	}
	return false;
}

/*
 * Declarations of all shared variables that @at, of @name, declares: one macro call, or
 * one declaration with several declarators, makes them. "int a, b;" and a macro call go
 * as a whole: nothing may be the module's own.
 */
static struct error *declarations_at(struct rewriter *r, const struct src_extent *at,
				     const char *name, const char **text)
{
	*text = "";
	for (size_t i = 0; i < r->facts->vars.n; i++) {
		const struct fact_var *var = &r->facts->vars.v[i];
		const struct src_var *decl = declared_at(var, at);
		enum var_class class = r->decisions->vars.v[i].class;

		if (decl && class == VAR_PRIVATE)
			return cannot_remove(at, name,
					     arena_printf(&r->out->arena,
							  "it is declared together with '%s', which is private",
							  var->name));
		if (decl && class == VAR_SHARED)
			*text = arena_printf(&r->out->arena, "%s%s%s", *text, **text ? "\n" : "",
					     var_declaration(r, var, decl));
	}
	return NULL;
}

static struct error *rewrite_var(struct rewriter *r, const struct fact_var *var,
				 const struct var_decision *d)
{
	if (var->owner == NONE && var->link == VAR_IN_FUNCTION)
		return NULL;
	if (d->class == VAR_CLASS) {
		rewrite_class(r, var);
		return NULL;
	}
	if (d->class != VAR_SHARED && d->class != VAR_INIT)
		return NULL;
	/* It goes with its function. */
	if (var->owner != NONE && !func_in_module(&r->decisions->funcs.v[var->owner]))
		return NULL;
	vec_for_each(p, &var->decls) {
		const struct src_var *decl = *p;
		const char *replacement;

		if (!decl->is_definition || removed_before(r, var, &decl->at))
			continue;
		TRY(declarations_at(r, &decl->at, var->name, &replacement));
		TRY(remove_text(r, &decl->at, var->name, var_class_name[d->class], d->reason,
				replacement));
	}
	return NULL;
}

/* --- addresses */

static bool in_shared_local(const struct rewriter *r, const struct src_ref *ref)
{
	vec_for_each(var, &r->facts->vars)
		if (var->link == VAR_IN_FUNCTION && !var->glue && var->src->at.file == ref->file &&
		    ref->start >= var->src->at.start && ref->start < var->src->at.end)
			return true;
	return false;
}

/* Does a function in the module, or a private variable, make @ref? */
static bool from_module(const struct rewriter *r, const struct src_ref *ref)
{
	int func = facts_src_func(r->facts, ref->from);
	int var = facts_src_var(r->facts, ref->from_var);

	if (ref->from)
		return func != NONE && func_in_module(&r->decisions->funcs.v[func]);
	return var != NONE && r->decisions->vars.v[var].class == VAR_PRIVATE;
}

static void rewrite_address(struct rewriter *r, const struct src_ref *ref)
{
	int func = facts_ref_func(r->facts, ref);

	/* A header's inline function: code that keeps its address would call the module's
	 * copy when that is gone. */
	if (func == NONE) {
		if (ref->is_static && ref->use >= SRC_USE_STORED && from_module(r, ref))
			note(r, ref->file, ref->start,
			     "is used by address, and the module has a copy of its own", ref->name);
		return;
	}
	if (!from_module(r, ref))
		return;

	enum func_class class = r->decisions->funcs.v[func].class;

	if (!func_class_redirected(class)) {
		if (class == FUNC_INSIDER && !r->facts->funcs.v[func].is_inline)
			note(r, ref->file, ref->start,
			     "is used by address, and vmlinux has no entry for it", ref->name);
		return;
	}
	if (ref->in_macro && !ref->in_arg) {
		note(r, ref->file, ref->start,
		     arena_printf(&r->out->arena, "is used by address in the body of %s",
				  ref->in_macro),
		     ref->name);
		return;
	}
	if (ref->from && !in_shared_local(r, ref)) {
		edits_replace(edits_of(r, ref->file), ref->start, ref->end, "SCHEDCUT_ORIG(%s)",
			      ref->name);
		r->out->n_orig++;
		return;
	}
	/* An initialiser wants a constant, and SCHEDCUT_ORIG() is none: left as it is. */
	note(r, ref->file, ref->start, "is used by address in a private initialiser", ref->name);
}

static void rewrite_addresses(struct rewriter *r)
{
	vec_for_each(ref, &r->facts->source->refs)
		if (ref->kind == SRC_REF_ADDR && ref->file->emitted)
			rewrite_address(r, ref);
}

/* --- directives */

/* vmlinux has the tracepoints; the module must not make them again. */
static void rewrite_trace_points(struct rewriter *r, const struct src_file *file)
{
	static const char directive[] = "#define CREATE_TRACE_POINTS";
	const char *p = file->text;

	while ((p = strstr(p, directive))) {
		size_t start = p - file->text, end = start + strlen(directive);

		if ((!start || file->text[start - 1] == '\n') && whole_lines(file, &start, &end))
			disable_lines(edits_of(r, file), start, end, "CREATE_TRACE_POINTS",
				      "directive", "vmlinux has the tracepoints", "");
		p += strlen(directive);
	}
}

static struct error *collect_edits(struct rewriter *r)
{
	TRY(rewrite_funcs(r));
	TRY(rewrite_func_decls(r));
	TRY(rewrite_counts(r));
	for (size_t i = 0; i < r->facts->vars.n; i++)
		TRY(rewrite_var(r, &r->facts->vars.v[i], &r->decisions->vars.v[i]));
	rewrite_addresses(r);
	vec_for_each(file, &r->facts->source->files)
		if ((*file)->emitted && (*file)->boundary)
			rewrite_trace_points(r, *file);
	return NULL;
}

static struct error *apply_edits(struct rewriter *r)
{
	for (size_t i = 0; i < r->facts->source->files.n; i++) {
		const struct src_file *file = r->facts->source->files.v[i];
		struct rewritten_file out = { .file = file };

		if (!file->emitted)
			continue;
		TRY(edits_apply(&r->edits[i], file, &out.text, &out.len));
		r->out->n_edits += r->edits[i].list.n;
		vec_push(&r->out->files, out);
	}
	return NULL;
}

struct error *rewrite(const struct facts *facts, const struct decisions *decisions,
		      const struct rules *rules, struct rewritten **rewritten)
{
	struct rewriter r = { .facts = facts,
			      .decisions = decisions,
			      .rules = rules,
			      .out = xcalloc(1, sizeof(*r.out)),
			      .edits = xcalloc(facts->source->files.n, sizeof(*r.edits)) };
	struct error *err = collect_edits(&r);

	if (!err)
		err = apply_edits(&r);
	for (size_t i = 0; i < facts->source->files.n; i++)
		edits_free(&r.edits[i]);
	free(r.edits);
	if (err)
		rewritten_free(r.out);
	else
		*rewritten = r.out;
	return err;
}

void rewritten_free(struct rewritten *rewritten)
{
	if (!rewritten)
		return;
	vec_for_each(file, &rewritten->files)
		free(file->text);
	vec_free(&rewritten->files);
	vec_free(&rewritten->notes);
	arena_free(&rewritten->arena);
	free(rewritten);
}
