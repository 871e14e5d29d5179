// SPDX-License-Identifier: GPL-2.0-only
/*
 * golden_cut.c - cut a kernel without a target package, and print what can be
 * compared: no addresses, no paths of this machine. See test/golden/run.sh.
 *
 * Usage: golden_cut ROOT VMLINUX RULES OUTPUT relocs|scan
 */
#include <errno.h>

#include "emit/edges.h"
#include "input/cflags.h"
#include "emit/layout_table.h"
#include "emit/report.h"
#include "emit/rewrite.h"
#include "decide/stock_funcs.h"
#include "decide/stock_records.h"
#include "decide/variables.h"
#include "vmlinux/vmlinux.h"

/* Everything that the stages hand on. */
struct cutting {
	const char *root, *output;
	struct rules *rules;
	struct kernel *kernel;
	struct source *source;
	struct facts *facts;
	struct decisions *decisions;
	struct rewritten *rewritten;
	struct provision *provision;
	struct member_search *search;
	struct record_decisions *records;
	struct stock_records *stock_records;
	struct stock_funcs *stock_funcs;
};

static FILE *open_output(const struct cutting *c, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", c->output, name);
	FILE *f = fopen(path, "w");

	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

static struct error *load_source(struct cutting *c)
{
	const struct rules *rules = c->rules;
	_cleanup_free_ char *include = xasprintf("-I%s/include", c->root);
	size_t n_units = rules->units.n + rules->sidecars.n;
	_cleanup_free_ const char **units = xcalloc(n_units, sizeof(*units));
	_cleanup_free_ const char **directories = xcalloc(rules->directories.n, sizeof(*directories));
	struct target target = { 0 };

	for (size_t i = 0; i < rules->units.n; i++)
		units[i] = rules->units.v[i].name;
	for (size_t i = 0; i < rules->sidecars.n; i++)
		units[rules->units.n + i] = rules->sidecars.v[i].file.name;
	for (size_t i = 0; i < rules->directories.n; i++)
		directories[i] = rules->directories.v[i].name;
	vec_push(&target.cflags, include);
	vec_push(&target.cflags, "-ffreestanding");
	target_define_options(&target, rules);

	struct error *err =
		source_load(&(struct source_options){ .root = c->root,
						      .units = units,
						      .n_units = n_units,
						      .n_sidecars = rules->sidecars.n,
						      .directories = directories,
						      .n_directories = rules->directories.n,
						      .cflags = target.cflags.v,
						      .n_cflags = target.cflags.n },
			    &c->source);

	vec_free(&target.cflags);
	arena_free(&target.arena);
	return err;
}

static void print_files(const struct cutting *c)
{
	vec_for_each(file, &c->rewritten->files) {
		_cleanup_fclose_ FILE *f = open_output(c, file->file->path);

		fwrite(file->text, 1, file->len, f);
	}
}

static void print_place(FILE *f, const struct src_extent *at)
{
	fprintf(f, "%s:%u: ", at->file->path, source_position(at->file, at->start).line);
}

static void print_decisions(const struct cutting *c)
{
	_cleanup_fclose_ FILE *f = open_output(c, "decisions");
	const struct facts *facts = c->facts;

	for (size_t i = 0; i < facts->funcs.n; i++) {
		const struct func_decision *d = &c->decisions->funcs.v[i];

		print_place(f, &facts->funcs.v[i].src->at);
		fprintf(f, "%s(): %s, %s", facts->funcs.v[i].name, func_class_name[d->class],
			d->reason.text);
		vec_for_each(s, &d->old_code)
			fprintf(f, "%s %s", s == d->old_code.v ? "; old code in" : ",",
				facts->symbols.v[*s].name);
		fprintf(f, "%s\n", d->needs_orig ? "; address used" : "");
	}
	for (size_t i = 0; i < facts->vars.n; i++) {
		const struct fact_var *var = &facts->vars.v[i];

		print_place(f, &var->src->at);
		fprintf(f, "%s%s%s: %s, %s\n", var->src->owner ? var->src->owner->name : "",
			var->src->owner ? "." : "", var->name,
			var_class_name[c->decisions->vars.v[i].class],
			c->decisions->vars.v[i].reason);
	}
	vec_for_each(note, &c->rewritten->notes)
		fprintf(f, "%s\n", *note);
}

static struct error *print_records(struct cutting *c)
{
	_cleanup_fclose_ FILE *f = open_output(c, "records");
	size_t n;
	_cleanup_free_ const char **names = NULL;

	TRY(stock_records_find(c->source, c->kernel, &c->stock_records));
	names = stock_records_names(c->stock_records, c->source, &n);
	TRY(member_search_run(c->source, names, n, &c->search));
	c->records = decide_records(c->facts, c->decisions, c->search);
	TRY(stock_records_check(c->stock_records, c->source, c->records));
	TRY(stock_vars_check(c->facts, c->decisions));
	fprintf(f, "counts:\n");
	report_record_counts(c->records, f);
	report_records(c->records, f);
	return NULL;
}

/* Does another unit have an object or function with this name? */
static bool is_another(const struct cutting *c, const struct provided *s)
{
	const char *name = strrchr(s->name, '.');

	vec_for_each(other, &c->provision->symbols) {
		const char *same = strrchr(other->name, '.');

		if (same && other->addr != s->addr && !strcmp(same, name))
			return true;
	}
	return false;
}

/* Names only. Replaced code is named after its address: print its function instead. */
static void print_offered(const struct cutting *c)
{
	_cleanup_fclose_ FILE *f = open_output(c, "symbols");

	vec_for_each(s, &c->provision->symbols)
		if (!str_starts(s->name, VML_TEXT))
			fprintf(f, "%s%s%s\n", s->name, s->addr < 1UL << 63 ? " (per CPU)" : "",
				strchr(s->name, '.') && is_another(c, s) ? " (another in each unit)" :
									   "");
	vec_for_each(s, &c->facts->symbols) {
		char label[SYMBOL_NAME_MAX + 1];

		snprintf(label, sizeof(label), VML_TEXT "%lx", (unsigned long)s->addr);
		if (strmap_get(&c->provision->by_name, label))
			fprintf(f, VML_TEXT "(%s)\n", s->name);
	}
}

/* For each function with references across the boundary: these references. */
static void print_edges(const struct cutting *c)
{
	_cleanup_fclose_ FILE *f = open_output(c, "edges");
	struct edges edges;

	edges_find(c->facts, c->decisions, &edges);
	for (size_t i = 0; i < edges.funcs.n; i++) {
		const struct func_edges *e = &edges.funcs.v[i];

		if (!e->in.n && !e->out.n)
			continue;
		print_place(f, &c->facts->funcs.v[i].src->at);
		fprintf(f, "%s()\n", c->facts->funcs.v[i].name);
		vec_for_each(ref, &e->in)
			fprintf(f, "\tfrom %s, %s%s%s\n", ref->name, referrer_kind_name[ref->kind],
				ref->is_boot_only ? ", boot" : "",
				ref->stays_in_vmlinux ? ", kept" : "");
		vec_for_each(callee, &e->out)
			fprintf(f, "\tto %s%s\n", callee->name,
				callee->stays_in_vmlinux ? ", kept" : "");
	}
	edges_free(&edges);
}

/* The numbers that the compiler must find for the records; the digest covers them. */
static void print_layouts(const struct cutting *c)
{
	const struct generate_input in = { .facts = c->facts, .records = c->records };
	struct generated *generated = xcalloc(1, sizeof(*generated));
	uint64_t digest;

	generate_layouts(&in, generated, &digest);
	vec_for_each(file, &generated->files) {
		_cleanup_fclose_ FILE *f = open_output(c, (*file)->path);

		fwrite((*file)->text, 1, (*file)->len, f);
	}
	generated_free(generated);
}

static struct error *cut_all(struct cutting *c, const char *vmlinux, const char *rules,
			     bool use_relocs)
{
	TRY(rules_load(rules, &c->rules));
	TRY(kernel_open(vmlinux, &c->kernel));
	TRY(load_source(c));
	TRY(facts_join(c->source, c->kernel, c->rules->class_type.name, use_relocs, &c->facts));
	TRY(classify(c->facts, c->rules, &c->decisions));
	TRY(stock_funcs_check(c->facts, c->decisions, c->rules, c->kernel, &c->stock_funcs));
	vec_for_each(warning, &c->stock_funcs->warnings)
		error_print_as(stderr, *warning, "warning");
	TRY(rewrite(c->facts, c->decisions, c->rules, &c->rewritten));
	TRY(provide(c->facts, c->decisions, "mini", &c->provision));
	print_files(c);
	print_decisions(c);
	print_offered(c);
	print_edges(c);
	TRY(print_records(c));
	print_layouts(c);
	return NULL;
}

int main(int argc, char **argv)
{
	struct cutting c = { 0 };

	if (argc != 6) {
		fprintf(stderr, "usage: %s ROOT VMLINUX RULES OUTPUT relocs|scan\n", argv[0]);
		return 2;
	}
	c.root = argv[1];
	c.output = argv[4];

	_cleanup_error_ struct error *err = cut_all(&c, argv[2], argv[3], !strcmp(argv[5], "relocs"));

	if (err)
		error_print(stderr, err);
	record_decisions_free(c.records);
	member_search_free(c.search);
	stock_records_free(c.stock_records);
	stock_funcs_free(c.stock_funcs);
	provision_free(c.provision);
	rewritten_free(c.rewritten);
	decisions_free(c.decisions);
	facts_free(c.facts);
	source_free(c.source);
	kernel_close(c.kernel);
	rules_free(c.rules);
	return err != NULL;
}
