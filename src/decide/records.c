// SPDX-License-Identifier: GPL-2.0-only
/*
 * records.c - which members of which records only the module accesses.
 *
 * Old code of the boundary that stays in use in vmlinux is an observer like any other: it
 * reads and writes the members that it was compiled for.
 */
#include "decide/records.h"

#include "types/layout.h"

const char *const observer_kind_name[OBSERVER_NR_KINDS] = {
	[OBSERVER_OUTSIDER] = "outsider", [OBSERVER_OLD_CODE] = "old_code",
	[OBSERVER_CODE] = "code",	  [OBSERVER_ADDRESS] = "address",
	[OBSERVER_CALLBACK] = "callback", [OBSERVER_NAME] = "name",
};

struct recorder {
	const struct facts *facts;
	const struct source *source;
	const struct decisions *decisions;
	const struct member_search *search;
	int *old_code;			 /* by function: symbol in which old code of it lives
				   on; NONE: in none */
	struct record_decision *records; /* as source->records */
	bool *listed;			 /* the same */
};

const char *record_token(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot + 1 : name;
}

/* --- functions */

/*
 * Without DWARF it is not known what is inlined where. Then anything that old code calls in
 * the source may be inlined into it, except what it enters through a redirect.
 */
static void spread_over_calls(struct recorder *r)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < r->facts->funcs.n; i++) {
			if (r->old_code[i] == NONE)
				continue;
			vec_for_each(callee, &r->facts->funcs.v[i].callees) {
				const struct func_decision *d = &r->decisions->funcs.v[*callee];

				if (r->old_code[*callee] != NONE ||
				    func_class_redirected(d->class) || d->class == FUNC_INIT)
					continue;
				r->old_code[*callee] = r->old_code[i];
				changed = true;
			}
		}
	} while (changed);
}

static void find_old_code_of(struct recorder *r)
{
	const struct facts *facts = r->facts;

	r->old_code = xcalloc(facts->funcs.n + 1, sizeof(*r->old_code));
	for (size_t i = 0; i < facts->funcs.n; i++)
		r->old_code[i] = NONE;
	for (size_t i = facts->symbols.n; i-- > 0;) {
		const struct fact_symbol *sym = &facts->symbols.v[i];

		if (!is_old_code(r->decisions, i))
			continue;
		r->old_code[sym->func] = i;
		vec_for_each(func, &sym->inlined)
			if (r->old_code[*func] == NONE ||
			    facts->symbols.v[r->old_code[*func]].func != *func)
				r->old_code[*func] = i;
	}
	if (!facts->has_dwarf)
		spread_over_calls(r);
}

/* --- members */

static void observe(struct member_decision *m, enum observer_kind kind, const char *name,
		    const char *where)
{
	if (m->n_observers < RECORD_OBSERVERS)
		m->observers[m->n_observers] = (struct record_observer){ kind, name, where };
	m->n_observers++;
}

/* A use that libclang has seen, in code or in an initialiser. */
static void note_access(struct recorder *r, const struct src_access *access)
{
	struct member_decision *m = &r->records[access->record].members.v[access->member];
	const struct func_decision *d;
	int func;

	if (!access->from) {
		m->used = true;
		return;
	}
	func = facts_src_func(r->facts, access->from);
	if (func == NONE) {
		observe(m, OBSERVER_CODE, access->from->name, access->from->at.file->path);
		return;
	}
	m->used = true;
	if (access->given_to) {
		if (facts_func(r->facts, access->given_to, NONE) == NONE)
			observe(m, OBSERVER_ADDRESS, access->given_to, NULL);
		return;
	}
	d = &r->decisions->funcs.v[func];
	if (r->old_code[func] != NONE)
		observe(m, func_in_module(d) ? OBSERVER_OLD_CODE : OBSERVER_OUTSIDER,
			access->from->name,
			func_in_module(d) ? r->facts->symbols.v[r->old_code[func]].name : NULL);
	/* Files that include the header may have compiled it, too. */
	if (r->facts->funcs.v[func].in_header)
		vec_for_each(includer, &r->search->includers)
			if (strmap_get(&includer->headers, access->from->at.file->path))
				observe(m, OBSERVER_CODE, access->from->name, includer->path);
}

static void observe_by_name(const struct recorder *r, struct member_decision *m)
{
	const struct member_hits *hits = strmap_get(&r->search->by_name, record_token(m->src->name));

	for (size_t i = 0; hits && i < hits->n_files; i++)
		observe(m, OBSERVER_NAME, i < MEMBER_HITS_FILES ? hits->files[i] : NULL, NULL);
}

/* May any file use @record's members? Else only those that include its header. */
static bool seen_by_anyone(const struct member_search *search, const struct src_record *record)
{
	return !record->boundary || strmap_get(&search->carried, record->file);
}

/* Does @includer see @record, and use @token? */
static bool may_use(const struct header_includer *includer, const struct src_record *record,
		    const char *token)
{
	return strmap_get(&includer->headers, record->file) && strmap_get(&includer->names, token);
}

bool record_name_is_used(const struct member_search *search, const struct src_record *record,
			 const char *name)
{
	const char *token = record_token(name);

	if (seen_by_anyone(search, record))
		return strmap_get(&search->by_name, token);
	vec_for_each(includer, &search->includers)
		if (may_use(includer, record, token))
			return true;
	return false;
}

static void note_member_hits(const struct recorder *r, struct record_decision *record)
{
	vec_for_each(m, &record->members) {
		if (seen_by_anyone(r->search, record->src)) {
			observe_by_name(r, m);
			continue;
		}
		vec_for_each(includer, &r->search->includers)
			if (may_use(includer, record->src, record_token(m->src->name)))
				observe(m, OBSERVER_NAME, includer->path, NULL);
	}
}

/* --- padding */

/* Bits without a member. Members of unions cover the same bits. */
static void find_padding(struct record_decision *record)
{
	_cleanup_vec_ VEC(struct record_gap) taken = { 0 };
	unsigned long end = 0;

	vec_for_each(m, &record->members)
		vec_push(&taken, ((struct record_gap){ m->src->offset, m->src->size }));
	vec_sort(&taken, compare_sizes); /* by offset */
	vec_push(&taken, ((struct record_gap){ 8 * record->src->size, 0 }));
	vec_for_each(t, &taken) {
		if (t->offset > end)
			vec_push(&record->padding, ((struct record_gap){ end, t->offset - end }));
		if (t->offset + t->size > end)
			end = t->offset + t->size;
	}
}

/* --- records */

/* Is @type, canonical, the record itself or an array of it? */
static bool is_type_of(const char *type, const struct src_record *record)
{
	const char *keyword = record->is_union ? "union " : "struct ";
	size_t len = strlen(record->name);

	while (str_starts(type, "const ") || str_starts(type, "volatile "))
		type = strchr(type, ' ') + 1;
	if (!str_starts(type, keyword))
		return false;
	type += strlen(keyword);
	return !strncmp(type, record->name, len) && !strchr(type, '*') &&
	       !type[len + strspn(type + len, " []0123456789")];
}

static bool record_contains(const struct src_record *outer, const struct src_record *inner)
{
	vec_for_each(m, &outer->members)
		if (m->record && !strcmp(m->record, inner->name))
			return true;
	return false;
}

/* Objects of records in other headers may be anywhere. */
static bool is_lasting_itself(const struct recorder *r, const struct src_record *record)
{
	if (!record->boundary || record->is_measured)
		return true;
	vec_for_each(var, &r->source->vars)
		if (is_type_of((*var)->canonical, record))
			return true;
	return false;
}

/* The record, and those that it contains. */
static void mark_lasting(struct recorder *r, size_t number)
{
	if (r->records[number].lasting)
		return;
	r->records[number].lasting = true;
	for (size_t i = 0; i < r->source->records.n; i++)
		if (r->records[i].members.n &&
		    record_contains(r->records[number].src, r->records[i].src))
			mark_lasting(r, i);
}

static void find_lasting(struct recorder *r)
{
	for (size_t i = 0; i < r->source->records.n; i++)
		if (r->records[i].members.n && is_lasting_itself(r, r->records[i].src))
			mark_lasting(r, i);
}

static bool is_member_used(const struct record_decision *record)
{
	vec_for_each(m, &record->members)
		if (m->used)
			return true;
	return false;
}

static void list_with_parts(struct recorder *r, size_t number)
{
	const struct record_decision *record = &r->records[number];

	if (r->listed[number])
		return;
	r->listed[number] = true;
	for (size_t i = 0; i < r->source->records.n; i++) {
		const struct record_decision *part = &r->records[i];

		if (is_member_used(part) && !strcmp(part->src->file, record->src->file) &&
		    record_contains(record->src, part->src))
			list_with_parts(r, i);
	}
}

/* Does only the boundary give a meaning to some member? */
static bool is_ours(const struct record_decision *record)
{
	vec_for_each(m, &record->members)
		if (m->used && m->internal)
			return true;
	return record->src->boundary;
}

static void begin_record(struct recorder *r, size_t number)
{
	struct record_decision *record = &r->records[number];

	record->src = &r->source->records.v[number];
	vec_for_each(m, &record->src->members) {
		struct member_decision member = { .src = m };

		if (m->has_callback)
			observe(&member, OBSERVER_CALLBACK, m->type, NULL);
		vec_push(&record->members, member);
	}
}

static void finish_record(struct record_decision *record)
{
	record->free = true;
	vec_for_each(m, &record->members) {
		m->internal = !m->n_observers;
		m->reserved = !m->used && layout_is_reserved_name(record_token(m->src->name));
		record->free &= m->internal;
	}
	find_padding(record);
}

static int compare_records(const void *a, const void *b)
{
	const struct src_record *x = ((const struct record_decision *)a)->src;
	const struct src_record *y = ((const struct record_decision *)b)->src;
	int order = strcmp(x->file, y->file);

	if (x->boundary != y->boundary)
		return x->boundary ? -1 : 1;
	return order ? order : x->start < y->start ? -1 : x->start > y->start;
}

static void total_members(struct record_decisions *out)
{
	vec_for_each(record, &out->records) {
		struct record_counts *c = record->src->boundary ? &out->boundary : &out->other;
		unsigned long gaps = 0;

		c->records++;
		c->free += record->free;
		vec_for_each(m, &record->members) {
			c->members++;
			c->internal += m->internal;
			c->reserved += m->reserved;
		}
		vec_for_each(gap, &record->padding)
			gaps += gap->size;
		c->padding += gaps / 8;
	}
}

struct record_decisions *decide_records(const struct facts *facts, const struct decisions *decisions,
					const struct member_search *search)
{
	const struct source *source = facts->source;
	size_t n = source->records.n;
	struct record_decisions *out = xcalloc(1, sizeof(*out));
	struct recorder r = { .facts = facts,
			      .source = source,
			      .decisions = decisions,
			      .search = search,
			      .records = xcalloc(n + 1, sizeof(*r.records)),
			      .listed = xcalloc(n + 1, sizeof(*r.listed)) };

	out->search = search;
	find_old_code_of(&r);
	for (size_t i = 0; i < n; i++)
		begin_record(&r, i);
	vec_for_each(access, &source->accesses)
		note_access(&r, access);
	for (size_t i = 0; i < n; i++) {
		note_member_hits(&r, &r.records[i]);
		finish_record(&r.records[i]);
	}
	find_lasting(&r);
	for (size_t i = 0; i < n; i++)
		if (is_ours(&r.records[i]))
			list_with_parts(&r, i);
	for (size_t i = 0; i < n; i++) {
		if (r.listed[i]) {
			vec_push(&out->records, r.records[i]);
			continue;
		}
		vec_free(&r.records[i].members);
		vec_free(&r.records[i].padding);
	}
	vec_sort(&out->records, compare_records);
	total_members(out);
	free(r.old_code);
	free(r.records);
	free(r.listed);
	return out;
}

void record_decisions_free(struct record_decisions *records)
{
	if (!records)
		return;
	vec_for_each(record, &records->records) {
		vec_free(&record->members);
		vec_free(&record->padding);
	}
	vec_free(&records->records);
	free(records);
}
