// SPDX-License-Identifier: GPL-2.0-only
/*
 * check_record.c - layouts of structs and unions.
 *
 * Objects that live through the switch have vmlinux's layout: their size is
 * fixed, and so is every member that somebody outside the module accesses.
 * Of a record that lives on stacks only the latter holds.
 */
#include "check.h"

#include <limits.h>

#include "records.h"
#include "tu_internal.h"

static const struct src_record *find_record(const struct source *source,
					    const struct src_record *like)
{
	vec_for_each(r, &source->records)
		if (r->is_union == like->is_union && !strcmp(r->name, like->name) &&
		    !strcmp(r->file, like->file))
			return r;
	return NULL;
}

static const struct src_member *find_member(const struct src_record *record, const char *name)
{
	vec_for_each(m, &record->members)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

static const char *kind_of(const struct src_record *record)
{
	return record->is_union ? "union" : "struct";
}

/* Defined in a file of the tree: others cannot have been edited. */
static bool in_tree(const struct src_record *record)
{
	return *record->file != '/' && !str_starts(record->file, "include/schedcut/");
}

/* --- members */

/* Where @member is declared in the braces behind the record's name. */
static size_t member_offset(const struct src_file *file, const struct src_record *record,
			    const struct src_member *member)
{
	const char *name = record_member_token(member);
	size_t pos = record->start;
	struct text_token tok, next;
	int depth = 0;

	while (text_next(file, &pos, file->len, &tok)) {
		size_t behind = pos;

		depth += (tok.kind == '{') - (tok.kind == '}');
		if (tok.kind == '}' && !depth)
			break;
		if (depth && text_is_name(file, tok.start, name) &&
		    text_next(file, &behind, file->len, &next) && strchr(";,[:)", next.kind))
			return tok.start;
	}
	return record->start;
}

static struct error * __printf(4, 5) found_at_member(struct check *c,
						     const struct src_record *record,
						     const struct src_member *member,
						     const char *fmt, ...)
{
	const struct src_file *file = source_file(c->tree->work, record->file);
	va_list ap;

	va_start(ap, fmt);
	_cleanup_free_ char *text = xvasprintf(fmt, ap);
	va_end(ap);
	return error_note(file ? check_found_at(c, SEVERITY_ERROR, file,
						member_offset(file, record, member), "%s", text) :
				 check_found(c, SEVERITY_ERROR, record->file, record->line, "%s",
					     text),
		"vmlinux's code uses it: let it be, and put new members into padding or reserved ones (boundary.yaml lists both)");
}

/* What is left of @then in @work, or NULL after a finding that says so. */
static const struct src_member *check_member(struct check *c, const struct src_record *work,
					     const struct src_member *then)
{
	const struct src_member *now = find_member(work, then->name);

	if (!now)
		error_note(check_found(c, SEVERITY_ERROR, work->file, work->line,
				"%s %s has lost '%s', which not only the scheduler uses",
				kind_of(work), work->name, then->name),
			   "bring the member back, as %s at byte %lu", then->type,
			   then->offset / CHAR_BIT);
	else if (now->size != then->size || strcmp(now->type, then->type))
		found_at_member(c, work, now,
				"'%s' of %s %s was '%s' and is '%s', but not only the scheduler uses it",
				then->name, kind_of(work), work->name, then->type, now->type);
	return now;
}

/* One finding for all members that have moved, at the first of them. Those
 * behind @resized, a member that has another size, are no finding of theirs. */
static void check_members(struct check *c, const struct src_record *base,
			  const struct src_record *work, unsigned long resized)
{
	const struct src_member *moved = NULL;
	_cleanup_free_ char *others = NULL;
	unsigned long from = 0;
	size_t n_moved = 0;

	vec_for_each(then, &base->members) {
		const struct src_member *now;

		if (manifest_internal(c->tree->manifest, work->name, then->name))
			continue;
		now = check_member(c, work, then);
		if (!now || now->offset == then->offset || then->offset > resized)
			continue;
		n_moved++;
		if (moved && now->offset > moved->offset)
			continue;
		moved = now;
		from = then->offset;
	}
	if (n_moved > 1)
		others = xasprintf(" (%zu others have moved, too)", n_moved - 1);
	if (moved)
		found_at_member(c, work, moved,
				"'%s' of %s %s has moved from byte %lu to %lu, but not only the scheduler uses it%s",
				moved->name, kind_of(work), work->name, from / CHAR_BIT,
				moved->offset / CHAR_BIT, others ? others : "");
}

/* --- records */

static bool is_resized(const struct check *c, const struct src_record *base,
		       const struct src_record *work)
{
	return work->size != base->size &&
	       manifest_lasting(c->tree->manifest, base->name, base->file);
}

bool check_record_resized(const struct check *c, const char *type)
{
	vec_for_each(base, &c->tree->base->records) {
		const struct src_record *work;
		_cleanup_free_ char *name = NULL;

		if (!in_tree(base))
			continue;
		name = xasprintf("%s %s", kind_of(base), base->name);
		if (!str_starts(type, name) || (type[strlen(name)] && type[strlen(name)] != ' '))
			continue;
		work = find_record(c->tree->work, base);
		if (work && is_resized(c, base, work))
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

void check_records(struct check *c)
{
	vec_for_each(base, &c->tree->base->records) {
		const struct src_record *work;
		unsigned long resized;

		/* Renamed or gone: its users do not compile, or are the module's. */
		work = in_tree(base) ? find_record(c->tree->work, base) : NULL;
		if (!work)
			continue;
		resized = first_resized(c, base);
		if (is_resized(c, base, work) && resized == ULONG_MAX)
			error_note(check_found(c, SEVERITY_ERROR, work->file, work->line,
				"%s %s now has %lu bytes, but objects that vmlinux has made have %lu",
				kind_of(work), work->name, work->size, base->size),
				"use reserved members or padding (boundary.yaml lists both), or extra storage for each object (schedcut/storage.h)");
		check_members(c, base, work, resized);
	}
}
