// SPDX-License-Identifier: GPL-2.0-only
/*
 * cut.c - the pipeline, top to bottom.
 *
 *   rules ──▶ target ──▶ source facts ─┐
 *                └─────▶ kernel facts ─┴▶ join ─▶ classify ─▶ rewrite ─▶ emit
 */
#include "cut.h"

#include <stdarg.h>
#include <sys/resource.h>
#include <time.h>

#include "input/cflags.h"
#include "input/target_verify.h"
#include "decide/classify.h"
#include "emit/emit.h"
#include "facts/facts.h"
#include "emit/generate.h"
#include "input/kconfig.h"
#include "base/os.h"
#include "emit/provide.h"
#include "decide/records.h"
#include "emit/rewrite.h"
#include "decide/stock_funcs.h"
#include "decide/stock_records.h"
#include "decide/variables.h"
#include "vmlinux/vmlinux.h"

/* Everything that the stages hand on. */
struct pipeline {
	const struct cut_options *options;
	struct rules *rules;
	struct target *target;
	struct kernel *kernel;
	struct source *source;
	struct facts *facts;
	struct decisions *decisions;
	struct member_search *search;
	struct stock_funcs *stock_funcs;
	struct stock_records *stock;
	struct record_decisions *records;
	struct rewritten *rewritten;
	struct provision *provision;
	struct generated *copied, *generated;
	struct arena arena;
	struct timespec stage_start;
};

/* --- progress */

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - start->tv_sec + (now.tv_nsec - start->tv_nsec) / 1e9;
}

/* "stage      1.23 s  what it found" */
static void __printf(3, 4) report_stage(struct pipeline *p, const char *stage, const char *fmt, ...)
{
	va_list ap;

	if (p->options->verbosity >= 1) {
		fprintf(stderr, "%-9s %6.2f s  ", stage, seconds_since(&p->stage_start));
		va_start(ap, fmt);
		vfprintf(stderr, fmt, ap);
		va_end(ap);
		fputc('\n', stderr);
	}
	clock_gettime(CLOCK_MONOTONIC, &p->stage_start);
}

/* --- the stages */

/* Before it is parsed, which fails on a file that needs the one around it. */
static struct error *check_sidecars(const struct pipeline *p)
{
	vec_for_each(sidecar, &p->rules->sidecars) {
		const struct rule_name *file = &sidecar->file;
		const char *base = base_name(file->name);
		bool found = false;

		vec_for_each(group, &p->kernel->file_groups)
			found |= !strcmp(group->name, base);
		if (!found)
			return error_note(error_at_rule(p->rules, file,
							"'%s' is no unit of this kernel: vmlinux has no symbols of it",
							file->name),
					  "if another file includes it, name that one; if the configuration leaves it out, remove the entry");
	}
	return NULL;
}

/* A header of the kernel's, not of the source, that asks for @option, or NULL. */
static char *kernels_header_with(const struct target *target, const char *option)
{
	vec_for_each(flag, &target->cflags) {
		char *header = NULL;

		if (str_starts(*flag, "-I") && !str_ends(*flag, "/uapi"))
			header = kconfig_header_with(*flag + strlen("-I"), option);
		if (header)
			return header;
	}
	return NULL;
}

/*
 * The headers and vmlinux are compiled as they are: their options are theirs. One
 * that others rule out is not in the configuration, but the headers know it:
 * PREEMPT_RT.
 */
static struct error *check_option(const struct pipeline *p, const struct kconfig *config,
				  const struct rule_name *name)
{
	enum option_state state = kconfig_state(config, name->name);
	_cleanup_free_ char *header = state == OPTION_UNKNOWN ?
					      kernels_header_with(p->target, name->name) :
					      NULL;

	if (state == OPTION_UNKNOWN && !header)
		return NULL;
	return error_note(error_at_rule(p->rules, name,
					"'%s' is an option that vmlinux was built %s%s%s", name->name,
					state == OPTION_OFF || header ? "without" : "with",
					header ? ", and that its headers ask for: " : "",
					header ? header : ""),
			  "a module cannot change it: give the patch's option another name, or remove the entry");
}

static struct error *check_options(const struct pipeline *p)
{
	_cleanup_kconfig_ struct kconfig *config = NULL;

	if (!p->rules->config.n)
		return NULL;
	TRY(kconfig_read(p->target->headers, &config));
	vec_for_each(option, &p->rules->config)
		TRY(check_option(p, config, &option->name));
	return NULL;
}

static struct error *find_target(struct pipeline *p)
{
	const struct cut_options *o = p->options;

	TRY(rules_load(o->config, &p->rules));
	if (o->verbosity >= 1)
		vec_for_each(note, &p->rules->notes)
			error_print_as(stderr, *note, "note");
	TRY(emit_check_path(o->output));
	TRY(emit_check_dir(o->output, o->force));
	TRY(target_find(p->rules, &o->target, &p->target));
	if (o->verbosity >= 1)
		vec_for_each(remark, &p->target->remarks)
			error_print_as(stderr, *remark, "warning");
	TRY(kernel_open(p->target->vmlinux, &p->kernel));
	TRY(target_verify(p->target, p->kernel));
	TRY(check_sidecars(p));
	TRY(target_cflags(p->target, ""));
	TRY(check_options(p));
	target_define_options(p->target, p->rules);
	report_stage(p, "target", "%s, %s, %zu symbols", p->target->release, p->target->cc,
		     p->kernel->syms.n);
	return NULL;
}

/* What is parsed: the boundary's units, then the sidecars. */
static const char **units_of(struct arena *arena, const struct rules *rules)
{
	const char **list = arena_alloc(arena,
					(rules->units.n + rules->sidecars.n + 1) * sizeof(*list));
	size_t n = 0;

	vec_for_each(unit, &rules->units)
		list[n++] = unit->name;
	vec_for_each(sidecar, &rules->sidecars)
		list[n++] = sidecar->file.name;
	return list;
}

static const char **names_of(struct arena *arena, const rule_names *names)
{
	const char **list = arena_alloc(arena, (names->n + 1) * sizeof(*list));

	for (size_t i = 0; i < names->n; i++)
		list[i] = names->v[i].name;
	return list;
}

static struct error *read_sources(struct pipeline *p)
{
	struct source_options options = { .root = p->target->source,
					  .units = units_of(&p->arena, p->rules),
					  .n_units = p->rules->units.n + p->rules->sidecars.n,
					  .n_sidecars = p->rules->sidecars.n,
					  .directories = names_of(&p->arena, &p->rules->directories),
					  .n_directories = p->rules->directories.n,
					  .cflags = p->target->cflags.v,
					  .n_cflags = p->target->cflags.n };

	TRY(source_load(&options, &p->source));
	report_stage(p, "source", "%zu units, %zu functions, %zu variables, %zu references",
		     p->source->units.n, p->source->funcs.n, p->source->vars.n, p->source->refs.n);
	return NULL;
}

static struct error *join_facts(struct pipeline *p)
{
	bool relocs = p->kernel->has_relocs && !p->options->scan;

	TRY(facts_join(p->source, p->kernel, p->rules->class_type.name, relocs, &p->facts));
	report_stage(p, "vmlinux",
		     "%zu functions in %zu symbols, %zu references from outside (%s), inlining %s",
		     p->facts->funcs.n, p->facts->symbols.n, p->facts->outside.n,
		     relocs ? "relocations" : "scan",
		     p->facts->has_dwarf ? "known" : "not known: no DWARF");
	return NULL;
}

/* What of a patched source has no effect, and in a line what was patched. */
static void report_stock_funcs(const struct pipeline *p)
{
	const struct stock_funcs *stock = p->stock_funcs;

	vec_for_each(warning, &stock->warnings)
		error_print_as(stderr, *warning, "warning");
	if (!stock->resized.n || p->options->verbosity < 1)
		return;
	fprintf(stderr, "note: %zu function%s longer or shorter than in vmlinux: ", stock->resized.n,
		stock->resized.n == 1 ? " is" : "s are");
	for (size_t i = 0; i < stock->resized.n && i < 5; i++)
		fprintf(stderr, "%s%s", i ? ", " : "", stock->resized.v[i]);
	fprintf(stderr, "%s\n", stock->resized.n > 5 ? " ..." : "");
}

static struct error *decide(struct pipeline *p)
{
	size_t funcs[FUNC_NR_CLASSES] = { 0 }, vars[VAR_NR_CLASSES] = { 0 };

	TRY(classify(p->facts, p->rules, &p->decisions));
	TRY(stock_funcs_check(p->facts, p->decisions, p->rules, p->kernel, &p->stock_funcs));
	vec_for_each(d, &p->decisions->funcs)
		funcs[d->class]++;
	vec_for_each(d, &p->decisions->vars)
		vars[d->class]++;
	report_stage(p, "classify",
		     "%zu interface, %zu callback, %zu insider, %zu outsider, %zu init; variables: %zu shared, %zu private",
		     funcs[FUNC_INTERFACE], funcs[FUNC_CALLBACK], funcs[FUNC_INSIDER],
		     funcs[FUNC_OUTSIDER] + funcs[FUNC_UNUSED], funcs[FUNC_INIT], vars[VAR_SHARED],
		     vars[VAR_PRIVATE]);
	report_stock_funcs(p);
	return NULL;
}

static struct error *look_at_records(struct pipeline *p)
{
	_cleanup_free_ const char **names = NULL;
	size_t n;

	TRY(stock_records_find(p->source, p->kernel, &p->stock));
	names = stock_records_names(p->stock, p->source, &n);
	TRY(member_search_run(p->source, names, n, &p->search));
	p->records = decide_records(p->facts, p->decisions, p->search);

	const struct record_counts *own = &p->records->boundary, *other = &p->records->other;

	TRY(stock_records_check(p->stock, p->source, p->records));
	/* After it: a record that grew is said where it did. */
	TRY(stock_vars_check(p->facts, p->decisions));
	report_stage(p, "records",
		     "%zu as in vmlinux; %zu of the boundary, %zu free; %zu of other headers; %zu of %zu members internal, %zu files searched",
		     p->stock->same, own->records, own->free, other->records,
		     own->internal + other->internal, own->members + other->members,
		     p->search->n_files);
	return NULL;
}

static struct error *rewrite_sources(struct pipeline *p)
{
	TRY(rewrite(p->facts, p->decisions, p->rules, &p->rewritten));
	TRY(provide(p->facts, p->decisions, p->options->name, &p->provision));
	report_stage(p, "rewrite",
		     "%zu files, %zu edits, %zu of them addresses; %zu symbols from vmlinux",
		     p->rewritten->files.n, p->rewritten->n_edits, p->rewritten->n_orig,
		     p->provision->symbols.n - 1 /* the provider's own */);
	if (p->options->verbosity >= 2)
		vec_for_each(text, &p->rewritten->notes)
			fprintf(stderr, "note: %s\n", *text);
	return NULL;
}

static struct error *emit(struct pipeline *p)
{
	struct generate_input generate_in = {
		.name = p->options->name,
		.target = p->target,
		.facts = p->facts,
		.decisions = p->decisions,
		.records = p->records,
		.provision = p->provision,
		.rules = p->rules,
	};

	struct emit_input emit_in = { .dir = p->options->output,
				      .force = p->options->force,
				      .generate = &generate_in,
				      .rewritten = p->rewritten };

	TRY(emit_gather(&emit_in, &p->copied));
	emit_in.copied = generate_in.copied = p->copied;
	TRY(generate(&generate_in, &p->generated));
	emit_in.generated = p->generated;
	TRY(emit_tree(&emit_in));
	report_stage(p, "emit", "%s: %zu entries redirected, %zu more looked for on stacks",
		     p->options->output, p->generated->n_redirects, p->generated->n_checked);
	return NULL;
}

static struct error *run_stages(struct pipeline *p)
{
	TRY(find_target(p));
	TRY(read_sources(p));
	TRY(os_interrupted());
	TRY(join_facts(p));
	TRY(decide(p));
	TRY(look_at_records(p));
	TRY(rewrite_sources(p));
	TRY(os_interrupted());
	return emit(p);
}

struct error *cut(const struct cut_options *options)
{
	struct pipeline p = { .options = options };
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	p.stage_start = start;

	struct error *err = run_stages(&p);

	if (!err && options->verbosity >= 1) {
		struct rusage usage;

		getrusage(RUSAGE_SELF, &usage);
		fprintf(stderr, "%-9s %6.2f s  peak memory %ld MB\n", "total",
			seconds_since(&start), usage.ru_maxrss / 1024);
	}
	generated_free(p.generated);
	generated_free(p.copied);
	provision_free(p.provision);
	rewritten_free(p.rewritten);
	record_decisions_free(p.records);
	stock_records_free(p.stock);
	stock_funcs_free(p.stock_funcs);
	member_search_free(p.search);
	decisions_free(p.decisions);
	facts_free(p.facts);
	source_free(p.source);
	kernel_close(p.kernel);
	target_free(p.target);
	rules_free(p.rules);
	arena_free(&p.arena);
	return err;
}
