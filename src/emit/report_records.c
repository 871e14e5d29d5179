// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_records.c - the records section of boundary.yaml.
 */
#include "emit/generate.h"
#include "base/quote.h"

static void print_counts(FILE *f, const char *which, const struct record_counts *c)
{
	fprintf(f,
		"    %s: {records: %zu, free: %zu, members: %zu, internal: %zu, "
		"reserved: %zu, padding: %zu}\n",
		which, c->records, c->free, c->members, c->internal, c->reserved, c->padding);
}

void generate_record_counts(const struct record_decisions *records, FILE *f)
{
	fprintf(f, "  records:\n");
	print_counts(f, "boundary", &records->boundary);
	print_counts(f, "other", &records->other);
}

/* Offset in bytes; where a byte is shared, bits of it and their number. */
static void print_place(FILE *f, unsigned long offset, unsigned long size, bool bits)
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
	print_place(f, m->src->offset, m->src->size, m->src->is_bitfield);
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
			print_place(f, gap->offset, gap->size, gap->offset % 8 || gap->size % 8);
			fputc('}', f);
		}
		fprintf(f, "]\n");
	}
	fprintf(f, "    members:%s\n", record->members.n ? "" : " []");
	vec_for_each(m, &record->members)
		print_member(f, m);
}

void generate_records(const struct record_decisions *records, FILE *f)
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
