// SPDX-License-Identifier: GPL-2.0-only
#include "tree/check_record.h"

#include <limits.h>

#include "decide/stock_records.h"

/* The record of the same name in the same file, or the only one in other files, for it
 * may have moved; NULL: none. */
static const struct src_record *find_record(const struct source *source, const struct src_record *like)
{
	const struct src_record *elsewhere = NULL;
	size_t n = 0;

	vec_for_each(r, &source->records) {
		if (r->is_union != like->is_union || strcmp(r->name, like->name))
			continue;
		if (!strcmp(r->file, like->file))
			return r;
		elsewhere = r;
		n++;
	}
	return n == 1 ? elsewhere : NULL;
}

/* Defined in a file of the tree: others cannot have been edited. */
static bool in_tree(const struct src_record *record)
{
	return *record->file != '/' && !str_starts(record->file, "include/schedcut/");
}

/* May objects outlive the switch? Of records that the cut has not decided on, too. */
static bool is_lasting(const struct check *c, const struct src_record *record)
{
	return !manifest_record(c->tree->manifest, "transient", record->name, record->file);
}

/* What vmlinux has, and which of it is the module's: @base is the cut. */
static struct layout stock_layout(const struct check *c, const struct src_record *base,
				  bool *all_internal)
{
	const struct manifest *m = c->tree->manifest;
	struct layout layout = record_layout(base);

	*all_internal = true;
	vec_for_each(member, &layout.members) {
		member->internal = manifest_record(m, "internal", base->name, member->name);
		member->reserved = manifest_record(m, "reserved", base->name, member->name);
		*all_internal &= member->internal;
	}
	return layout;
}

/* --- records */

bool check_record_resized(const struct check *c, const char *type)
{
	if (str_starts(type, "const "))
		type += strlen("const ");
	vec_for_each(base, &c->tree->base->records) {
		const struct src_record *work;
		_cleanup_free_ char *name = NULL;

		if (!in_tree(base))
			continue;
		name = xasprintf("%s %s", base->is_union ? "union" : "struct", base->name);
		if (!str_starts(type, name) || (type[strlen(name)] && type[strlen(name)] != ' '))
			continue;
		work = find_record(c->tree->work, base);
		if (work && work->size != base->size && is_lasting(c, base))
			return true;
	}
	return false;
}

/* Offset of the first member that is an object of another resized record, in
 * bits; ULONG_MAX if there is none. */
static unsigned long first_resized(const struct check *c, const struct src_record *record)
{
	unsigned long first = ULONG_MAX;

	vec_for_each(member, &record->members) {
		_cleanup_free_ char *type = NULL;

		if (!member->record || member->offset >= first)
			continue;
		type = xasprintf("struct %s", member->record);
		if (check_record_resized(c, type))
			first = member->offset;
	}
	return first;
}

/* Does it follow from the size of the record that the member at @resized is? */
static bool is_explained(const struct layout_difference *d, unsigned long resized)
{
	if (resized == ULONG_MAX || d->change == LAYOUT_LOST)
		return false;
	if (d->change == LAYOUT_RETYPED)
		return !strcmp(d->then->type, d->now->type);
	return d->change == LAYOUT_RESIZED || d->then->offset >= resized;
}

/* Keep of @found what @resized, the first member whose record has another size,
 * does not explain. */
static void drop_explained(layout_differences *found, unsigned long resized)
{
	size_t n = 0;

	vec_for_each(d, found)
		if (!is_explained(d, resized))
			found->v[n++] = *d;
	found->n = n;
}

static void report_difference(struct check *c, const struct src_record *work,
			      const struct layout *then, const struct layout *now,
			      const layout_differences *found)
{
	_cleanup_free_ char *text = layout_message(then, now, found);
	const struct src_member *member = found->v[0].now ? found->v[0].now->src : NULL;
	struct src_position at = { work->line, 0 };

	if (member)
		at = (struct src_position){ member->line, member->col };
	error_note(check_found_in(c, SEVERITY_ERROR, work->file, at, "%s", text),
		   found->v[0].change == LAYOUT_RESIZED ?
			   "use reserved members or padding (boundary.yaml lists both), or extra storage for each object (schedcut/storage.h)" :
			   "vmlinux's objects and code have it so: let it be, and put new members into padding or in place of reserved ones (boundary.yaml lists both)");
}

/* One finding for all members that are elsewhere, one for each that is another. */
static void report_differences(struct check *c, const struct src_record *work,
			       const struct layout *then, const struct layout *now,
			       const layout_differences *found)
{
	layout_differences places = { 0 };

	if (found->n && found->v[0].change == LAYOUT_RESIZED) {
		report_difference(c, work, then, now, found);
		return;
	}
	vec_for_each(d, found) {
		if (d->change == LAYOUT_MOVED || d->change == LAYOUT_COVERS)
			vec_push(&places, *d);
		else
			report_difference(c, work, then, now,
					  &(layout_differences){ .v = d, .n = 1 });
	}
	if (places.n)
		report_difference(c, work, then, now, &places);
	vec_free(&places);
}

static void compare_record(struct check *c, const struct src_record *base,
			   const struct src_record *work)
{
	bool all_internal;
	struct layout then = stock_layout(c, base, &all_internal), now = record_layout(work);
	enum layout_freedom freedom = is_lasting(c, base) ? LAYOUT_FIXED :
				      all_internal	  ? LAYOUT_FREE :
							    LAYOUT_SHARED;
	layout_differences found = { 0 };

	layout_compare(&then, &now, freedom, &found);
	drop_explained(&found, first_resized(c, base));
	report_differences(c, work, &then, &now, &found);
	vec_free(&found);
	layout_free(&then);
	layout_free(&now);
}

void check_records(struct check *c)
{
	vec_for_each(base, &c->tree->base->records) {
		/* Renamed or gone: its users do not compile, or are the module's. */
		const struct src_record *work = in_tree(base) ? find_record(c->tree->work, base) :
								NULL;

		if (work)
			compare_record(c, base, work);
	}
}
