// SPDX-License-Identifier: GPL-2.0-only
#include "decide/stock_records.h"
#include "vmlinux/kernel_types.h"

struct layout record_layout(const struct src_record *record)
{
	struct layout layout = { .name = record->name,
				 .is_union = record->is_union,
				 .size = record->size };

	vec_for_each(m, &record->members)
		vec_push(&layout.members, ((struct layout_member){
						  .name = m->name,
						  .type = m->canonical,
						  .spelling = m->type,
						  .offset = m->offset,
						  .size = m->size,
						  .is_bitfield = m->is_bitfield,
						  .src = m,
					  }));
	return layout;
}

/* --- what differs */

static size_t count_differences(const struct layout *then, const struct layout *now)
{
	_cleanup_vec_ layout_differences found = { 0 };
	size_t n;

	layout_compare(then, now, LAYOUT_FIXED, &found);
	n = found.n;
	return n;
}

/* The record in @found, all of one name, that is most like @now, or NULL. *@least: how many
 * differences it has. */
static struct layout *most_alike(const layout_vec *found, const struct layout *now, size_t *least)
{
	struct layout *best = NULL;

	vec_for_each(then, found) {
		size_t n = count_differences(then, now);

		if (!best || n < *least) {
			best = then;
			*least = n;
		}
	}
	return best;
}

/* Is @src a record of the boundary that vmlinux's boundary does not know? Then what vmlinux
 * has under its name belongs to other code. */
static bool is_new_record(const struct kernel *kernel, const struct src_record *src)
{
	return src->boundary && kernel_units_lack(kernel, src->name, src->is_union);
}

static void compare_stock_record(struct stock_records *stock, const struct kernel *kernel,
				 const struct src_record *src, unsigned int number)
{
	struct stock_record record = { .src = src, .number = number };
	_cleanup_vec_ layout_vec found = { 0 };
	_cleanup_arena_ struct arena arena = { 0 };
	struct layout *then;
	size_t n = 0;

	record.now = record_layout(src);
	kernel_layouts(kernel, src->name, src->is_union, &arena, &found);
	then = most_alike(&found, &record.now, &n);
	if (then && !n)
		stock->same++;
	if (n && !is_new_record(kernel, src)) {
		vec_for_each(m, &then->members) {
			m->name = arena_strdup(&stock->arena, m->name);
			m->type = arena_strdup(&stock->arena, m->type);
		}
		record.then = *then;
		record.then.name = src->name;
		memset(&then->members, 0, sizeof(then->members));
		vec_push(&stock->changed, record);
	} else {
		layout_free(&record.now);
	}
	vec_for_each(layout, &found)
		layout_free(layout);
}

struct error *stock_records_find(const struct source *source, const struct kernel *kernel,
				 struct stock_records **result)
{
	struct stock_records *stock;

	if (kernel_lacks_types(kernel))
		return error_note(error_at(kernel->path, 0, 0, "neither BTF nor DWARF"),
				  "layouts of records cannot be verified without; use the vmlinux with debug information");
	stock = xcalloc(1, sizeof(*stock));
	for (size_t i = 0; i < source->records.n; i++)
		if (source->records.v[i].members.n)
			compare_stock_record(stock, kernel, &source->records.v[i], i);
	*result = stock;
	return NULL;
}

const char **stock_records_names(const struct stock_records *stock, const struct source *source,
				 size_t *n)
{
	VEC(const char *) names = { 0 };

	vec_for_each(record, &source->records)
		vec_for_each(m, &record->members)
			vec_push(&names, record_token(m->name));
	vec_for_each(r, &stock->changed)
		vec_for_each(m, &r->then.members)
			vec_push(&names, record_token(m->name));
	*n = names.n;
	return names.v;
}

void stock_records_free(struct stock_records *stock)
{
	if (!stock)
		return;
	vec_for_each(r, &stock->changed) {
		layout_free(&r->then);
		layout_free(&r->now);
	}
	vec_free(&stock->changed);
	arena_free(&stock->arena);
	free(stock);
}

/* --- what may differ */

static const struct record_decision *decision_on(const struct record_decisions *decisions,
						 const struct src_record *src)
{
	vec_for_each(d, &decisions->records)
		if (d->src == src)
			return d;
	return NULL;
}

/* Does the code of the boundary's units use member number @member of the record? */
static bool is_stock_member_used(const struct source *source, unsigned int record, unsigned int member)
{
	vec_for_each(access, &source->accesses)
		if (access->record == record && access->member == member)
			return true;
	return false;
}

static void mark_member(struct stock_record *r, struct layout_member *then,
			const struct source *source, const struct record_decisions *decisions,
			const struct record_decision *d)
{
	const struct layout_member *now = layout_member(&r->now, then->name);
	size_t number = now ? (const struct src_member *)now->src - r->src->members.v : 0;

	then->reserved = layout_is_reserved_name(record_token(then->name)) &&
			 (!now || !is_stock_member_used(source, r->number, number));
	if (!d)
		return;
	then->internal = now ? d->members.v[number].internal :
			       !record_name_is_used(decisions->search, r->src, then->name);
}

/* The line that the first difference is about. */
static struct error *error_at_difference(const struct stock_record *r, const layout_differences *found)
{
	_cleanup_free_ char *text = layout_message(&r->then, &r->now, found);
	const struct src_member *member = found->v[0].now ? found->v[0].now->src : NULL;

	return error_at(r->src->read_from, member ? member->line : r->src->line,
			member ? member->col : 0, "%s", text);
}

static struct error *check_record(struct stock_record *r, const struct source *source,
				  const struct record_decisions *decisions)
{
	const struct record_decision *d = decision_on(decisions, r->src);
	enum layout_freedom freedom = !d || d->lasting ? LAYOUT_FIXED :
				      d->free	       ? LAYOUT_FREE :
							 LAYOUT_SHARED;
	_cleanup_vec_ layout_differences found = { 0 };
	struct error *err = NULL;

	vec_for_each(then, &r->then.members)
		mark_member(r, then, source, decisions, d);
	layout_compare(&r->then, &r->now, freedom, &found);
	if (found.n)
		err = error_note(error_at_difference(r, &found),
				 *r->src->read_from == '/' ?
					 "headers and vmlinux must be those of one kernel package" :
					 "new members go into padding or in place of reserved ones, all others stay where and what they are; or the source is not that of this vmlinux");
	return err;
}

struct error *stock_records_check(struct stock_records *stock, const struct source *source,
				  const struct record_decisions *decisions)
{
	vec_for_each(r, &stock->changed)
		TRY(check_record(r, source, decisions));
	return NULL;
}
