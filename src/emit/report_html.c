// SPDX-License-Identifier: GPL-2.0-only
#include "emit/report_html.h"

#include "base/quote.h"
#include "emit/template.h"

/* Strings in the order of their first use. */
struct table {
	struct strmap index; /* string -> index + 1 */
	VEC(const char *) strings;
};

struct page {
	const struct generate_input *in;
	const struct edges *edges;
	struct arena arena;
	struct table paths, texts; /* texts: reasons, obstacles, symbols with old copies,
					   types, observers of members */
	struct table outside;	   /* symbols out there: "PATH,name", PATH an index */
	FILE *f;
};

static long intern(struct table *t, const char *s)
{
	void *found = strmap_get(&t->index, s);

	if (found)
		return (intptr_t)found - 1;
	vec_push(&t->strings, s);
	strmap_put(&t->index, s, (void *)(intptr_t)t->strings.n);
	return t->strings.n - 1;
}

/* The index of a symbol outside the module. */
static long intern_outside(struct page *p, const char *name, const char *path)
{
	long at = path ? intern(&p->paths, path) : -1;
	char *key = arena_printf(&p->arena, "%ld,%s", at, name);

	return intern(&p->outside, key);
}

static void free_table(struct table *t)
{
	strmap_free(&t->index);
	vec_free(&t->strings);
}

static void print_strings(FILE *f, const char *key, const char *const *strings, size_t n)
{
	fprintf(f, "\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "," : "", f);
		print_quoted(f, strings[i]);
	}
	fputs("],\n", f);
}

/* name, path, line */
static void print_place(struct page *p, const char *name, const struct src_extent *at)
{
	print_quoted(p->f, name);
	fprintf(p->f, ",%ld,%u", intern(&p->paths, at->file->path),
		source_position(at->file, at->start).line);
}

/* Flags that the page's report.js knows. */
enum { FLAG_INIT = 1, FLAG_STAYS = 2 };

static void print_edges(struct page *p, const struct func_edges *e)
{
	fputs(",[", p->f);
	vec_for_each(ref, &e->in)
		fprintf(p->f, "%s%ld,%d,%d", ref == e->in.v ? "" : ",",
			intern_outside(p, ref->name, ref->path), ref->kind,
			(ref->is_boot_only ? FLAG_INIT : 0) |
				(ref->stays_in_vmlinux ? FLAG_STAYS : 0));
	fputs("],[", p->f);
	vec_for_each(callee, &e->out)
		fprintf(p->f, "%s%ld,%d", callee == e->out.v ? "" : ",",
			intern_outside(p, callee->name, callee->path),
			callee->stays_in_vmlinux ? FLAG_STAYS : 0);
	fputs("]", p->f);
}

static void print_funcs(struct page *p)
{
	const struct facts *facts = p->in->facts;

	fputs("\"functions\":[\n", p->f);
	for (size_t i = 0; i < facts->funcs.n; i++) {
		const struct func_decision *d = &p->in->decisions->funcs.v[i];
		const char *obstacle = d->symbol == NONE ? NULL :
							   facts->symbols.v[d->symbol].obstacle;

		fputs(i ? ",\n[" : "[", p->f);
		print_place(p, facts->funcs.v[i].name, &facts->funcs.v[i].src->at);
		fprintf(p->f, ",%d,%ld,%ld", d->class, intern(&p->texts, d->reason.text),
			obstacle ? intern(&p->texts, obstacle) : -1);
		print_edges(p, &p->edges->funcs.v[i]);
		fputs(",[", p->f);
		vec_for_each(symbol, &d->old_code)
			fprintf(p->f, "%s%ld", symbol == d->old_code.v ? "" : ",",
				intern(&p->texts, facts->symbols.v[*symbol].name));
		fputs("]]", p->f);
	}
	fputs("\n],\n", p->f);
}

static void print_vars(struct page *p)
{
	const struct facts *facts = p->in->facts;

	fputs("\"variables\":[\n", p->f);
	for (size_t i = 0; i < facts->vars.n; i++) {
		const struct var_decision *d = &p->in->decisions->vars.v[i];

		fputs(i ? ",\n[" : "[", p->f);
		print_place(p, facts->vars.v[i].name, &facts->vars.v[i].src->at);
		fprintf(p->f, ",%d,%d,%ld,%ld]", facts->vars.v[i].link, d->class,
			intern(&p->texts, d->reason),
			d->rule ? intern(&p->texts, private_init_name[d->rule->init]) : -1);
	}
	fputs("\n],\n", p->f);
}

/* Flags of members that the page's report.js knows. */
enum { MEMBER_INTERNAL = 1, MEMBER_USED = 2, MEMBER_RESERVED = 4, MEMBER_BITS = 8 };

/* name, type, offset and size in bits, flags, observers, how many there are */
static void print_member(struct page *p, const struct member_decision *m)
{
	print_quoted(p->f, m->src->name);
	fprintf(p->f, ",%ld,%lu,%lu,%d,[", intern(&p->texts, m->src->type), m->src->offset,
		m->src->size,
		(m->internal ? MEMBER_INTERNAL : 0) | (m->used ? MEMBER_USED : 0) |
			(m->reserved ? MEMBER_RESERVED : 0) |
			(m->src->is_bitfield ? MEMBER_BITS : 0));
	for (size_t i = 0; i < record_observers(m); i++) {
		const struct record_observer *o = &m->observers[i];

		fprintf(p->f, "%s%d,%ld,%ld", i ? "," : "", o->kind, intern(&p->texts, o->name),
			o->where ? intern(&p->texts, o->where) : -1);
	}
	fprintf(p->f, "],%zu", m->n_observers);
}

static void print_record(struct page *p, const struct record_decision *record)
{
	const struct src_record *src = record->src;

	print_quoted(p->f, src->name);
	fprintf(p->f, ",%ld,%u,%d,%d,%d,%d,%lu,[", intern(&p->paths, src->file), src->line,
		src->is_union, src->boundary, record->free, record->lasting, src->size);
	vec_for_each(m, &record->members) {
		fputs(m == record->members.v ? "[" : ",[", p->f);
		print_member(p, m);
		fputs("]", p->f);
	}
	fputs("],[", p->f);
	vec_for_each(gap, &record->padding)
		fprintf(p->f, "%s%lu,%lu", gap == record->padding.v ? "" : ",", gap->offset,
			gap->size);
	fputs("]", p->f);
}

static void print_records(struct page *p)
{
	const struct record_decisions *records = p->in->records;
	const struct member_search *search = records->search;

	print_strings(p->f, "observer_kinds", observer_kind_name, OBSERVER_NR_KINDS);
	fputs("\"records\":[\n", p->f);
	vec_for_each(record, &records->records) {
		fputs(record == records->records.v ? "[" : ",\n[", p->f);
		print_record(p, record);
		fputs("]", p->f);
	}
	fprintf(p->f, "\n],\n\"searched\":%zu,\n", search->n_files);
	print_strings(p->f, "not_searched", search->missing.v, search->missing.n);
}

static void print_head(struct page *p)
{
	const struct kernel *k = p->in->facts->kernel;

	fputs("{\"name\":", p->f);
	print_quoted(p->f, p->in->name);
	fputs(",\"release\":", p->f);
	print_quoted(p->f, p->in->target->release);
	fputs(",\"schedcut\":", p->f);
	print_quoted(p->f, SCHEDCUT_VERSION);
	fprintf(p->f, ",\"build_id\":\"%s\",\"inlining_known\":%s,\n\"references_from\":\"%s\",\n",
		k->build_id_text, p->in->facts->has_dwarf ? "true" : "false",
		p->in->facts->use_relocs ? "relocations" : "scan");
	print_strings(p->f, "function_classes", func_class_name, FUNC_NR_CLASSES);
	print_strings(p->f, "variable_classes", var_class_name, VAR_NR_CLASSES);
	print_strings(p->f, "links", var_link_name, VAR_IN_FUNCTION + 1);
	print_strings(p->f, "kinds", referrer_kind_name, REF_NR_KINDS);
}

/* The tables, filled by now: [path, name] for what is outside. */
static void print_tables(struct page *p)
{
	print_strings(p->f, "texts", p->texts.strings.v, p->texts.strings.n);
	print_strings(p->f, "paths", p->paths.strings.v, p->paths.strings.n);
	fputs("\"outside\":[", p->f);
	vec_for_each(key, &p->outside.strings) {
		const char *comma = strchr(*key, ',');

		fprintf(p->f, "%s[%.*s,", key == p->outside.strings.v ? "" : ",\n",
			(int)(comma - *key), *key);
		print_quoted(p->f, comma + 1);
		fputc(']', p->f);
	}
	fputs("]}\n", p->f);
}

static struct error *print_page(FILE *f, const char *report)
{
	const struct template_value values[] = {
		{ "style.css", embedded_text("style.css") },
		{ "report", report },
		{ "report.js", embedded_text("report.js") },
		{ "picture.js", embedded_text("picture.js") },
		{ "table.js", embedded_text("table.js") },
		{ "main.js", embedded_text("main.js") },
		{},
	};

	return template_print(f, "page.html", values);
}

struct error *report_html(const struct generate_input *in, const struct edges *edges, FILE *f)
{
	_cleanup_free_ char *report = NULL;
	size_t len;
	struct page p = { .in = in, .edges = edges, .f = text_open(&report, &len) };

	print_head(&p);
	print_funcs(&p);
	print_vars(&p);
	print_records(&p);
	print_tables(&p);
	fclose(p.f);
	free_table(&p.paths);
	free_table(&p.texts);
	free_table(&p.outside);
	arena_free(&p.arena);
	return print_page(f, report);
}
