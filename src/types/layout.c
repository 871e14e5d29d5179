// SPDX-License-Identifier: GPL-2.0-only
#include "types/layout.h"

#include <limits.h>

const char *layout_keyword(const struct layout *layout)
{
	return layout->is_union ? "union" : "struct";
}

const struct layout_member *layout_member(const struct layout *layout, const char *name)
{
	vec_for_each(m, &layout->members)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

/* --- messages */

/* "byte 4", "byte 4 bit 3" */
static char *place_text(const struct layout_member *m)
{
	if (m->is_bitfield)
		return xasprintf("byte %lu bit %lu", m->offset / CHAR_BIT, m->offset % CHAR_BIT);
	return xasprintf("byte %lu", m->offset / CHAR_BIT);
}

/* "8 bytes, 'unsigned long'", "1 bit, 'unsigned int'" */
static char *type_text(const struct layout_member *m)
{
	unsigned long n = m->is_bitfield ? m->size : m->size / CHAR_BIT;

	return xasprintf("%lu %s%s, '%s'", n, m->is_bitfield ? "bit" : "byte", n == 1 ? "" : "s",
			 m->spelling ? m->spelling : m->type);
}

static char *difference_text(const struct layout *then, const struct layout *now,
			     const struct layout_difference *d)
{
	_cleanup_free_ char *record = xasprintf("%s %s", layout_keyword(now), now->name);
	_cleanup_free_ char *was_at = d->then ? place_text(d->then) : NULL;
	_cleanup_free_ char *was = d->then ? type_text(d->then) : NULL;
	_cleanup_free_ char *is_at = d->now ? place_text(d->now) : NULL;
	_cleanup_free_ char *is = d->now ? type_text(d->now) : NULL;

	switch (d->change) {
	case LAYOUT_LOST:
		return xasprintf("%s has lost '%s', which vmlinux has at %s (%s)", record,
				 d->then->name, was_at, was);
	case LAYOUT_RETYPED:
		return xasprintf("'%s' of %s has %s, but in vmlinux %s", d->now->name, record, is,
				 was);
	case LAYOUT_COVERS:
		return xasprintf("'%s' of %s is new and lies at %s, where vmlinux has '%s' (%s, %s)",
				 d->now->name, record, is_at, d->then->name, was_at, was);
	case LAYOUT_MOVED:
		return xasprintf("'%s' of %s has moved from %s to %s", d->now->name, record, was_at,
				 is_at);
	case LAYOUT_RESIZED: break;
	}
	return xasprintf("%s now has %lu bytes, but objects that vmlinux has made have %lu", record,
			 now->size, then->size);
}

char *layout_message(const struct layout *then, const struct layout *now,
		     const layout_differences *found)
{
	_cleanup_free_ char *first = difference_text(then, now, &found->v[0]);
	size_t others = found->n - 1;

	if (!others || found->v[0].change == LAYOUT_RESIZED)
		return return_ptr(first);
	return xasprintf("%s; %zu other member%s differ%s, too", first, others,
			 others == 1 ? "" : "s", others == 1 ? "s" : "");
}

/* --- comparison */

bool layout_is_reserved_name(const char *name)
{
	static const char *const parts[] = { "reserved", "kabi", "padding", "unused" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strcasestr(name, parts[i]))
			return true;
	name += strspn(name, "_");
	return str_starts(name, "pad") && !name[3 + strspn(name + 3, "_0123456789")];
}

static bool same_type(const struct layout_member *a, const struct layout_member *b)
{
	return a->size == b->size && a->is_bitfield == b->is_bitfield && !strcmp(a->type, b->type);
}

static bool same_place(const struct layout_member *a, const struct layout_member *b)
{
	return a->offset == b->offset && same_type(a, b);
}

static bool overlap(const struct layout_member *a, const struct layout_member *b)
{
	return a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

/* Is @now what the member @then is called by now? */
static bool is_renamed(const struct layout *old, const struct layout *new,
		       const struct layout_member *then, const struct layout_member *now)
{
	return then->internal && same_place(then, now) && !layout_member(new, then->name) &&
	       !layout_member(old, now->name);
}

static bool was_renamed(const struct layout *old, const struct layout *new,
			const struct layout_member *then)
{
	vec_for_each(now, &new->members)
		if (is_renamed(old, new, then, now))
			return true;
	return false;
}

/* Does an old member have to be where and what it was? */
static bool is_fixed(const struct layout_member *then, enum layout_freedom freedom)
{
	return freedom == LAYOUT_FIXED ?
		       !then->reserved :
		       freedom == LAYOUT_SHARED && !then->internal && !then->reserved;
}

/* Is it said already that a new member has the place of @then? */
static bool is_covered(const layout_differences *found, const struct layout_member *then)
{
	vec_for_each(d, found)
		if (d->change == LAYOUT_COVERS && d->then == then)
			return true;
	return false;
}

static void compare_old(const struct layout *old, const struct layout *new,
			enum layout_freedom freedom, layout_differences *found)
{
	vec_for_each(then, &old->members) {
		const struct layout_member *now = layout_member(new, then->name);
		struct layout_difference d = { .then = then, .now = now };

		if (!is_fixed(then, freedom) || (now && same_place(then, now)) ||
		    (!now && (was_renamed(old, new, then) || is_covered(found, then))))
			continue;
		d.change = !now			 ? LAYOUT_LOST :
			   !same_type(then, now) ? LAYOUT_RETYPED :
						   LAYOUT_MOVED;
		vec_push(found, d);
	}
}

/* The old member that the new one @now must not lie on, or NULL. */
static const struct layout_member *covered(const struct layout *old, const struct layout *new,
					   const struct layout_member *now)
{
	vec_for_each(then, &old->members) {
		const struct layout_member *still = layout_member(new, then->name);

		if (!overlap(then, now) || then->reserved || is_renamed(old, new, then, now) ||
		    (then->internal && still && same_place(then, still)))
			continue;
		return then;
	}
	return NULL;
}

static void compare_new(const struct layout *old, const struct layout *new, layout_differences *found)
{
	vec_for_each(now, &new->members) {
		const struct layout_member *then;

		if (layout_member(old, now->name))
			continue;
		then = covered(old, new, now);
		if (then)
			vec_push(found, ((struct layout_difference){ LAYOUT_COVERS, then, now }));
	}
}

static unsigned long place_of(const struct layout_difference *d)
{
	return d->now ? d->now->offset : d->then->offset;
}

static int compare_differences(const void *a, const void *b)
{
	const struct layout_difference *x = a, *y = b;

	return compare_values(place_of(x), place_of(y)) ?: compare_values(x->change, y->change);
}

void layout_compare(const struct layout *then, const struct layout *now,
		    enum layout_freedom freedom, layout_differences *found)
{
	size_t first = found->n;

	if (freedom == LAYOUT_FREE)
		return;
	if (freedom == LAYOUT_FIXED && then->size != now->size) {
		vec_push(found, ((struct layout_difference){ .change = LAYOUT_RESIZED }));
		first++;
	}
	if (freedom == LAYOUT_FIXED)
		compare_new(then, now, found);
	compare_old(then, now, freedom, found);
	if (found->n > first)
		qsort(found->v + first, found->n - first, sizeof(*found->v), compare_differences);
}

void layout_free(struct layout *layout)
{
	vec_free(&layout->members);
}

void layout_vec_free(layout_vec *layouts)
{
	vec_for_each(layout, layouts)
		layout_free(layout);
	vec_free(layouts);
}
