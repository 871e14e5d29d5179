// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - boundary.yaml: what became of everything, and why.
 */
#include "emit/report.h"

#include "base/quote.h"
#include "emit/report_html.h"

static const char *const var_link_name[] = {
	[VAR_STATIC] = "static",
	[VAR_GLOBAL] = "global",
	[VAR_IN_FUNCTION] = "function",
};

static const char *const private_init_name[] = {
	[PRIVATE_KEEP] = "keep",
	[PRIVATE_COPY] = "copy",
	[PRIVATE_REBUILD] = "rebuild",
};

/* "key: value"; @key carries its indentation. */
static void print_key(FILE *f, const char *key, const char *value)
{
	fprintf(f, "%s: ", key);
	print_scalar(f, value);
	fputc('\n', f);
}

/* "path:line", the caller's. */
static char *place_of(const struct src_extent *at)
{
	return xasprintf("%s:%u", at->file->path, source_position(at->file, at->start).line);
}

static void print_place(FILE *f, const struct src_extent *at)
{
	_cleanup_free_ char *place = place_of(at);

	print_key(f, "    at", place);
}

/* --- records */

static void print_record_counts(FILE *f, const char *which, const struct record_counts *c)
{
	fprintf(f,
		"    %s: {records: %zu, free: %zu, members: %zu, internal: %zu, "
		"reserved: %zu, padding: %zu}\n",
		which, c->records, c->free, c->members, c->internal, c->reserved, c->padding);
}

void report_record_counts(const struct record_decisions *records, FILE *f)
{
	fprintf(f, "  records:\n");
	print_record_counts(f, "boundary", &records->boundary);
	print_record_counts(f, "other", &records->other);
}

/* Offset in bytes; where a byte is shared, bits of it and their number. */
static void print_bytes(FILE *f, unsigned long offset, unsigned long size, bool bits)
{
	if (bits)
		fprintf(f, "offset: %lu, bit: %lu, bits: %lu", offset / 8, offset % 8, size);
	else
		fprintf(f, "offset: %lu, size: %lu", offset / 8, size / 8);
}

static void print_observers(FILE *f, const struct member_decision *m)
{
	size_t n = record_observers(m);

	if (!m->n_observers)
		return;
	fprintf(f, ", by: [");
	for (size_t i = 0; i < n; i++) {
		const struct record_observer *o = &m->observers[i];

		fprintf(f, "%s{%s: ", i ? ", " : "", observer_kind_name[o->kind]);
		print_quoted(f, o->name);
		if (o->where) {
			fprintf(f, ", in: ");
			print_quoted(f, o->where);
		}
		fputc('}', f);
	}
	fputc(']', f);
	if (m->n_observers > n)
		fprintf(f, ", more: %zu", m->n_observers - n);
}

static void print_member(FILE *f, const struct member_decision *m)
{
	fprintf(f, "      - {name: ");
	print_scalar(f, m->src->name);
	fprintf(f, ", ");
	print_bytes(f, m->src->offset, m->src->size, m->src->is_bitfield);
	fprintf(f, ", type: ");
	print_quoted(f, m->src->type);
	fprintf(f, ", internal: %s", m->internal ? "true" : "false");
	if (m->reserved)
		fprintf(f, ", reserved: true");
	else if (!m->used)
		fprintf(f, ", used: false");
	print_observers(f, m);
	fprintf(f, "}\n");
}

static void print_record(FILE *f, const struct record_decision *record)
{
	const struct src_record *src = record->src;

	_cleanup_free_ char *at = xasprintf("%s:%u", src->file, src->line);

	fprintf(f, "  - name: ");
	print_scalar(f, src->name);
	fprintf(f, "\n    kind: %s\n    at: ", src->is_union ? "union" : "struct");
	print_scalar(f, at);
	fprintf(f, "\n    size: %lu\n", src->size);
	fprintf(f, "    boundary: %s\n    free: %s\n    lasting: %s\n",
		src->boundary ? "true" : "false", record->free ? "true" : "false",
		record->lasting ? "true" : "false");
	if (record->padding.n) {
		fprintf(f, "    padding: [");
		vec_for_each(gap, &record->padding) {
			fprintf(f, "%s{", gap == record->padding.v ? "" : ", ");
			print_bytes(f, gap->offset, gap->size, gap->offset % 8 || gap->size % 8);
			fputc('}', f);
		}
		fprintf(f, "]\n");
	}
	fprintf(f, "    members:%s\n", record->members.n ? "" : " []");
	vec_for_each(m, &record->members)
		print_member(f, m);
}

void report_records(const struct record_decisions *records, FILE *f)
{
	fprintf(f, "records:\n");
	vec_for_each(record, &records->records)
		print_record(f, record);
	fprintf(f, "records_search:\n  files: %zu\n", records->search->n_files);
	fprintf(f, "  includers: [");
	vec_for_each(includer, &records->search->includers) {
		fputs(includer == records->search->includers.v ? "" : ", ", f);
		print_quoted(f, includer->path);
	}
	fprintf(f, "]\n  missing: [");
	vec_for_each(dir, &records->search->missing) {
		fputs(dir == records->search->missing.v ? "" : ", ", f);
		print_scalar(f, *dir);
	}
	fprintf(f, "]\n");
}

/* --- functions and variables */

static void print_counts(const struct generate_input *in, FILE *f)
{
	size_t funcs[FUNC_NR_CLASSES] = { 0 }, vars[VAR_NR_CLASSES] = { 0 };

	vec_for_each(d, &in->decisions->funcs)
		funcs[d->class]++;
	vec_for_each(d, &in->decisions->vars)
		vars[d->class]++;
	fprintf(f, "counts:\n  functions:\n");
	for (int i = 0; i < FUNC_NR_CLASSES; i++)
		fprintf(f, "    %s: %zu\n", func_class_name[i], funcs[i]);
	fprintf(f, "  variables:\n");
	for (int i = 0; i < VAR_NR_CLASSES; i++)
		fprintf(f, "    %s: %zu\n", var_class_name[i], vars[i]);
	report_record_counts(in->records, f);
}

/* "referrers" or "calls": what is at the other end of @edges. */
static void print_edges(FILE *f, const char *key, const edge_vec *edges)
{
	bool in = *key == 'r';

	if (edges->n)
		fprintf(f, "    %s:\n", key);
	vec_for_each(edge, edges) {
		fprintf(f, "      - {%s: ", in ? "from" : "to");
		print_scalar(f, edge->name);
		if (edge->path) {
			fprintf(f, ", in: ");
			print_scalar(f, edge->path);
		}
		if (in)
			fprintf(f, ", by: %s", referrer_kind_name[edge->kind]);
		fprintf(f, "%s%s}\n", edge->is_boot_only ? ", init: true" : "",
			edge->stays_in_vmlinux ? ", stays_in_vmlinux: true" : "");
	}
}

/* Where the reason of what @reason refers to is. */
static void print_next(const struct generate_input *in, FILE *f, const char *indent,
		       const struct reason *reason)
{
	if (reason->kind == REASON_NONE || reason->func == NONE)
		return;
	if (reason->symbol != NONE && func_in_module(&in->decisions->funcs.v[reason->func])) {
		fprintf(f, "%snext: {old_code: ", indent);
		print_scalar(f, in->facts->symbols.v[reason->symbol].name);
	} else {
		_cleanup_free_ char *place = place_of(&in->facts->funcs.v[reason->func].src->at);

		fprintf(f, "%snext: {function: ", indent);
		print_scalar(f, in->facts->funcs.v[reason->func].name);
		fprintf(f, ", at: ");
		print_scalar(f, place);
	}
	fprintf(f, "}\n");
}

/* Old code of functions of the module that stays in use, and what keeps it so. */
static void print_old_code(const struct generate_input *in, FILE *f)
{
	struct arena arena = { 0 };
	bool any = false;

	fprintf(f, "old_code:");
	for (size_t i = 0; i < in->facts->symbols.n; i++) {
		const struct fact_symbol *symbol = &in->facts->symbols.v[i];
		const struct reason *reason = &in->decisions->old_code.v[i];

		if (!is_old_code(in->decisions, i) ||
		    !func_in_module(&in->decisions->funcs.v[symbol->func]))
			continue;
		fputs(any ? "" : "\n", f);
		any = true;
		print_key(f, "  - name", symbol->name);
		print_key(f, "    function", in->facts->funcs.v[symbol->func].name);
		print_key(f, "    reason", reason_text(&arena, reason));
		print_next(in, f, "    ", reason);
	}
	fputs(any ? "" : " []\n", f);
	arena_free(&arena);
}

static void print_func(const struct generate_input *in, const struct func_edges *edges, FILE *f,
		       int func)
{
	const struct fact_symbol *symbols = in->facts->symbols.v;
	const struct fact_func *fact = &in->facts->funcs.v[func];
	const struct func_decision *d = &in->decisions->funcs.v[func];

	print_key(f, "  - name", fact->name);
	print_place(f, &fact->src->at);
	print_key(f, "    class", func_class_name[d->class]);
	print_key(f, "    reason", d->reason.text);
	print_next(in, f, "    ", &d->reason);
	if (d->symbol != NONE && symbols[d->symbol].obstacle)
		print_key(f, "    not_redirectable", symbols[d->symbol].obstacle);
	print_edges(f, "referrers", &edges->in);
	print_edges(f, "calls", &edges->out);
	if (!d->old_code.n)
		return;
	fprintf(f, "    old_code_in: [");
	vec_for_each(symbol, &d->old_code) {
		fprintf(f, "%s", symbol == d->old_code.v ? "" : ", ");
		print_scalar(f, symbols[*symbol].name);
	}
	fprintf(f, "]\n");
}

static void print_var(const struct generate_input *in, FILE *f, int var)
{
	const struct fact_var *fact = &in->facts->vars.v[var];
	const struct var_decision *d = &in->decisions->vars.v[var];

	print_key(f, "  - name", fact->name);
	print_place(f, &fact->src->at);
	print_key(f, "    link", var_link_name[fact->link]);
	print_key(f, "    class", var_class_name[d->class]);
	print_key(f, "    reason", d->reason);
	if (d->rule)
		print_key(f, "    init", private_init_name[d->rule->init]);
}

/* Options of the rules, with values as .config has them. */
static void print_options(const struct generate_input *in, FILE *f)
{
	if (in->rules->config.n)
		fprintf(f, "config:\n");
	vec_for_each(option, &in->rules->config) {
		fprintf(f, "  ");
		print_scalar(f, option->name.name);
		print_key(f, "", option->is_yes ? "y" : option->value);
	}
}

static void print_yaml(const struct generate_input *in, const struct edges *edges, FILE *f)
{
	const struct kernel *k = in->facts->kernel;

	fprintf(f,
		"# What the cut decided, and why; boundary.html shows it. Generated by schedcut.\n");
	fprintf(f, "format: %d\n", REPORT_FORMAT);
	print_key(f, "name", in->name);
	print_key(f, "schedcut", SCHEDCUT_VERSION);
	print_key(f, "release", in->target->release);
	print_key(f, "build_id", k->build_id_text);
	fprintf(f, "references_from: %s\ninlining_known: %s\n",
		in->facts->use_relocs ? "relocations" : "scan",
		in->facts->has_dwarf ? "true" : "false");
	print_options(in, f);
	print_counts(in, f);
	fprintf(f, "functions:\n");
	for (size_t i = 0; i < in->facts->funcs.n; i++)
		print_func(in, &edges->funcs.v[i], f, i);
	print_old_code(in, f);
	fprintf(f, "variables:\n");
	for (size_t i = 0; i < in->facts->vars.n; i++)
		print_var(in, f, i);
	report_records(in->records, f);
}

struct error *generate_report(const struct generate_input *in, struct generated *out)
{
	struct edges edges;

	edges_find(in->facts, in->decisions, &edges);

	FILE *f = generated_open(out, "boundary.yaml");

	print_yaml(in, &edges, f);
	fclose(f);
	edges_free(&edges);

	const char *yaml = out->files.v[out->files.n - 1]->text;

	f = generated_open(out, "boundary.html");
	struct error *err = report_html(yaml, f);
	fclose(f);
	return err;
}
