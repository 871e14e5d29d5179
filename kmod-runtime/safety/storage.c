// SPDX-License-Identifier: GPL-2.0-only
/*
 * storage.c - extra storage around a switch.
 *
 *	prepare		count objects, allocate for all and a reserve	process context
 *	  -> assign	one entry for each object, into the hash	in the stop, all CPUs
 *	  -> publish, init						in the stop
 *	  -> of, new, free (storage_table.c)				while active
 *	  -> release	everything					process context
 */
#include <linux/log2.h>

#include "../base/common.h"
#include "storage.h"

/* One head for so much memory: a task alone takes a fraction of it. */
#define MEMORY_PER_HEAD (512 << 10)
#define MIN_HEAD_BITS 8
#define MAX_HEAD_BITS 21
#define MAX_RESERVE (1U << 20)

static unsigned int reserve = 256;
module_param(reserve, uint, 0600);
MODULE_PARM_DESC(reserve, "spare storage for objects that are created during a switch (tests: 0)");

static int count_one(void *object, void *arg)
{
	++*(unsigned int *)arg;
	return 0;
}

/* How many objects there are, while they come and go. Process context. */
unsigned int schedcut_count_objects(const struct schedcut_scheduler *s, enum schedcut_object object)
{
	unsigned int count = 0;

	s->for_each_object(object, false, count_one, &count);
	return count;
}

static int make_cache(struct schedcut_table *t, const char *scheduler)
{
	const struct schedcut_storage *storage = t->storage;
	char *name;

	if (t->cache)
		return 0;
	name = schedcut_try(kasprintf(GFP_KERNEL, "schedcut_%s_%s", scheduler, storage->record));
	if (!name)
		return -ENOMEM;
	t->offset = ALIGN(sizeof(struct extra), storage->align);
	t->cache = schedcut_try(
		kmem_cache_create(name, t->offset + storage->size,
				  max_t(unsigned int, storage->align, __alignof__(struct extra)), 0,
				  NULL));
	kfree(name);
	return t->cache ? 0 : -ENOMEM;
}

static int make_heads(struct schedcut_table *t)
{
	struct sysinfo memory;
	unsigned long wanted;

	if (!t->heads) {
		si_meminfo(&memory);
		wanted = memory.totalram / (MEMORY_PER_HEAD >> PAGE_SHIFT);
		t->bits = clamp(ilog2(wanted | 1), MIN_HEAD_BITS, MAX_HEAD_BITS);
		t->heads = schedcut_try(kvmalloc(sizeof(*t->heads) << t->bits, GFP_KERNEL));
	}
	if (!t->heads)
		return -ENOMEM;
	/* An earlier try may have left entries. */
	memset(t->heads, 0, sizeof(*t->heads) << t->bits);
	return 0;
}

/* At least @wanted entries, and room to refill the reserve. */
static int make_ready(struct schedcut_table *t, unsigned int wanted)
{
	unsigned int room = wanted + t->spare;
	struct extra **ready;

	if (t->room < room) {
		ready = schedcut_try(kvmalloc_array(room, sizeof(*ready), GFP_KERNEL));
		if (!ready)
			return -ENOMEM;
		if (t->nr_ready)
			memcpy(ready, t->ready, t->nr_ready * sizeof(*ready));
		kvfree(t->ready);
		t->ready = ready;
		t->room = room;
	}
	while (t->nr_ready < wanted) {
		struct extra *e = schedcut_extra_alloc(t);

		if (!e)
			return -ENOMEM;
		t->ready[t->nr_ready++] = e;
		cond_resched();
	}
	return schedcut_fail_step() ? -ENOMEM : 0;
}

static void storage_reset_counts(struct schedcut_table *t)
{
	atomic_long_set(&t->objects, 0);
	atomic_long_set(&t->late, 0);
	atomic_long_set(&t->missing, 0);
}

/* Allocate storage for all objects that exist, and a reserve, before a try to make @s active.
 * Called again before each further try. 0 or -ENOMEM; schedcut_storage_release() is due in both
 * cases. Process context. */
int schedcut_storage_prepare(struct schedcut_scheduler *s)
{
	unsigned int i, count, spare = min(READ_ONCE(reserve), MAX_RESERVE);
	int ret = 0;

	for (i = 0; i < s->state->nr_tables && !ret; i++) {
		struct schedcut_table *t = &s->state->tables[i];

		count = schedcut_count_objects(s, t->storage->object);
		t->spare = spare ? spare + count / 8 : 0;
		t->nr_assigned = 0;
		storage_reset_counts(t);
		ret = make_cache(t, s->name) ?: make_heads(t) ?: make_ready(t, count + t->spare);
	}
	return ret;
}

struct assignment {
	struct schedcut_table *table;
	unsigned int index, n, number;
};

static int assign_one(void *object, void *arg)
{
	struct assignment *a = arg;
	struct schedcut_table *t = a->table;
	unsigned int number = a->number++;
	struct hlist_bl_head *head;
	struct extra *e;

	if (number >= t->nr_ready)
		return -ENOBUFS;
	if (number % a->n != a->index)
		return 0;
	e = t->ready[number];
	e->object = NULL;
	head = schedcut_extra_head(t, object);
	hlist_bl_lock(head);
	if (!schedcut_extra_find(head, object)) /* else it was passed twice */
		schedcut_extra_link(t, head, e, object, false);
	hlist_bl_unlock(head);
	return 0;
}

/* Give every @n-th object its storage, beginning with that at @index. 0, or -ENOBUFS: there are
 * more objects than storage. Inside the stop, on every CPU, while the switch can still be
 * cancelled. */
int schedcut_storage_assign(const struct schedcut_scheduler *s, unsigned int index, unsigned int n)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < s->state->nr_tables && !ret; i++) {
		struct schedcut_table *t = &s->state->tables[i];
		struct assignment a = { .table = t, .index = index, .n = n };

		ret = s->for_each_object(t->storage->object, true, assign_one, &a);
		if (!index)
			t->nr_assigned = min(a.number, t->nr_ready);
	}
	return ret;
}

/* Let @s's code look storage up. Inside the stop, on one CPU. */
void schedcut_storage_publish(const struct schedcut_scheduler *s)
{
	struct schedcut_table *tables = s->state->tables;
	unsigned int i;

	for (i = 0; i < s->state->nr_tables; i++)
		WRITE_ONCE(tables[i].storage->table, &tables[i]);
}

/* Initialise this CPU's share of what was assigned in @t. Inside the stop, on every CPU, one kind
 * of objects after the other. */
void schedcut_storage_init(struct schedcut_table *t, unsigned int index, unsigned int n)
{
	unsigned int i, done = 0;

	for (i = index; i < t->nr_assigned; i += n) {
		struct extra *e = t->ready[i];

		if (!e->object)
			continue;
		t->storage->init((void *)e->object, schedcut_authors_part(e));
		t->ready[i] = NULL; /* owned by the hash from now on */
		done++;
	}
	atomic_long_add(done, &t->objects);
}

static void storage_release_table(struct schedcut_table *t, bool published)
{
	struct hlist_bl_node *node, *next;
	struct extra *e;
	unsigned int i;

	irq_work_sync(&t->refill_soon);
	cancel_work_sync(&t->refill);
	for (i = 0; published && i < 1U << t->bits; i++) {
		hlist_bl_for_each_entry_safe(e, node, next, &t->heads[i], node)
			schedcut_extra_free(e);
		cond_resched();
	}
	for (i = 0; i < t->nr_ready; i++)
		schedcut_extra_free(t->ready[i]);
	kvfree(t->ready);
	kvfree(t->heads);
	kmem_cache_destroy(t->cache);
	t->ready = NULL;
	t->heads = NULL;
	t->cache = NULL;
	t->nr_ready = t->nr_assigned = t->room = 0;
	storage_reset_counts(t);
}

/* Free everything. @state's scheduler has stopped being active, or never was, and does not
 * become active meanwhile. Process context. schedcut_mutex must not be held: this waits for
 * grace periods and for a work item. */
void schedcut_storage_release(struct schedcut_state *state)
{
	bool published[SCHEDCUT_NR_OBJECTS], any = false;
	unsigned int i;

	might_sleep();
	for (i = 0; i < state->nr_tables; i++) {
		published[i] = state->tables[i].storage->table;
		any |= published[i];
		WRITE_ONCE(state->tables[i].storage->table, NULL);
	}
	if (any) {
		synchronize_rcu();
		rcu_barrier(); /* entries that were freed while it was active */
	}
	for (i = 0; i < state->nr_tables; i++) {
		if (state->tables[i].cache)
			storage_release_table(&state->tables[i], published[i]);
	}
}

/* Make @state's tables, if its scheduler has any storage. 0, -ENOMEM or -EINVAL. Process
 * context. */
int schedcut_storage_register(struct schedcut_state *state)
{
	const struct schedcut_scheduler *s = state->scheduler;
	unsigned int i;

	for (i = 0; s->storages && i < SCHEDCUT_NR_OBJECTS; i++) {
		struct schedcut_storage *storage = s->storages[i];

		if (!storage)
			continue;
		if (storage->object != i || !storage->size || !storage->init || storage->table) {
			pr_err("%s refused: storage %u is not complete\n", s->name, i);
			return -EINVAL;
		}
		if (!state->tables)
			state->tables = schedcut_try(
				kcalloc(SCHEDCUT_NR_OBJECTS, sizeof(*state->tables), GFP_KERNEL));
		if (!state->tables)
			return -ENOMEM;
		schedcut_table_init(&state->tables[state->nr_tables++], storage);
	}
	return 0;
}

/* One line for each record with storage. Reads only counts, so it needs no lock. */
ssize_t schedcut_storage_show(const struct schedcut_state *state, char *buf)
{
	unsigned int i;
	ssize_t n = 0;

	for (i = 0; i < state->nr_tables; i++) {
		const struct schedcut_table *t = &state->tables[i];

		n += sysfs_emit_at(buf, n, "%s size %u objects %ld spare %u late %ld missing %ld\n",
				   t->storage->record, t->storage->size,
				   atomic_long_read(&t->objects),
				   READ_ONCE(t->nr_ready) - READ_ONCE(t->nr_assigned),
				   atomic_long_read(&t->late), atomic_long_read(&t->missing));
	}
	return n;
}
