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
#include "storage_table.h"

/* One head for so much memory: a task alone takes a fraction of it. */
#define MEMORY_PER_HEAD (512 << 10)
#define MIN_HEAD_BITS 8
#define MAX_HEAD_BITS 21
#define MAX_RESERVE (1U << 20)

static unsigned int reserve = 256;
module_param(reserve, uint, 0600);
MODULE_PARM_DESC(reserve, "spare storage for objects that are created during a switch (tests: 0)");

static struct schedcut_table *storage_table_in(const struct schedcut_state *state, unsigned int object)
{
	struct schedcut_table *tables = state->tables;

	return tables && tables[object].storage ? &tables[object] : NULL;
}

static struct schedcut_table *storage_table_of(const struct schedcut_scheduler *s, unsigned int object)
{
	return storage_table_in(s->state, object);
}

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
	size_t size;

	if (!t->heads) {
		si_meminfo(&memory);
		wanted = memory.totalram / (MEMORY_PER_HEAD >> PAGE_SHIFT);
		t->bits = clamp(ilog2(wanted | 1), MIN_HEAD_BITS, MAX_HEAD_BITS);
		t->heads = schedcut_try(kvmalloc(sizeof(*t->heads) << t->bits, GFP_KERNEL));
	}
	if (!t->heads)
		return -ENOMEM;
	/* An earlier try may have left entries. */
	size = sizeof(*t->heads) << t->bits;
	memset(t->heads, 0, size);
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

	for (i = 0; i < SCHEDCUT_NR_OBJECTS && !ret; i++) {
		struct schedcut_table *t = storage_table_of(s, i);

		if (!t)
			continue;
		count = schedcut_count_objects(s, i);
		t->spare = spare ? spare + count / 8 : 0;
		t->nr_assigned = 0;
		storage_reset_counts(t);
		ret = make_cache(t, s->name);
		if (!ret)
			ret = make_heads(t);
		if (!ret)
			ret = make_ready(t, count + t->spare);
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

	for (i = 0; i < SCHEDCUT_NR_OBJECTS && !ret; i++) {
		struct assignment a = { .table = storage_table_of(s, i), .index = index, .n = n };

		if (!a.table)
			continue;
		ret = s->for_each_object(i, true, assign_one, &a);
		if (!index)
			a.table->nr_assigned = min(a.number, a.table->nr_ready);
	}
	return ret;
}

/* Let @s's code look storage up. Inside the stop, on one CPU. */
void schedcut_storage_publish(const struct schedcut_scheduler *s)
{
	unsigned int i;

	for (i = 0; i < SCHEDCUT_NR_OBJECTS; i++) {
		struct schedcut_table *t = storage_table_of(s, i);

		if (t)
			WRITE_ONCE(t->storage->table, t);
	}
}

/* Initialise this CPU's share of what was assigned for @object. False: that kind of objects has
 * no storage. Inside the stop, on every CPU, one kind of objects after the other. */
bool schedcut_storage_init(const struct schedcut_scheduler *s, unsigned int object,
			   unsigned int index, unsigned int n)
{
	struct schedcut_table *t = storage_table_of(s, object);
	unsigned int i, done = 0;

	if (!t)
		return false;
	for (i = index; i < t->nr_assigned; i += n) {
		struct extra *e = t->ready[i];

		if (!e->object)
			continue;
		t->storage->init((void *)e->object, schedcut_authors_part(e));
		t->ready[i] = NULL; /* owned by the hash from now on */
		done++;
	}
	atomic_long_add(done, &t->objects);
	return true;
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
	bool published[SCHEDCUT_NR_OBJECTS] = { false };
	struct schedcut_table *t;
	bool any = false;
	unsigned int i;

	might_sleep();
	for (i = 0; i < SCHEDCUT_NR_OBJECTS; i++) {
		t = storage_table_in(state, i);
		if (t && t->storage->table) {
			WRITE_ONCE(t->storage->table, NULL);
			published[i] = any = true;
		}
	}
	if (any) {
		synchronize_rcu();
		rcu_barrier(); /* entries that were freed while it was active */
	}
	for (i = 0; i < SCHEDCUT_NR_OBJECTS; i++) {
		t = storage_table_in(state, i);
		if (t && t->cache)
			storage_release_table(t, published[i]);
	}
}

static bool has_storage(const struct schedcut_scheduler *s)
{
	unsigned int i;

	for (i = 0; s->storages && i < SCHEDCUT_NR_OBJECTS; i++) {
		if (s->storages[i])
			return true;
	}
	return false;
}

/* Make @state's tables, if its scheduler has any storage. 0, -ENOMEM or -EINVAL. Process
 * context. */
int schedcut_storage_register(struct schedcut_state *state)
{
	const struct schedcut_scheduler *s = state->scheduler;
	struct schedcut_table *tables;
	unsigned int i;

	if (!has_storage(s))
		return 0;
	tables = schedcut_try(kcalloc(SCHEDCUT_NR_OBJECTS, sizeof(*tables), GFP_KERNEL));
	if (!tables)
		return -ENOMEM;
	state->tables = tables;
	for (i = 0; i < SCHEDCUT_NR_OBJECTS; i++) {
		struct schedcut_storage *storage = s->storages[i];

		if (!storage)
			continue;
		if (storage->object != i || !storage->size || !storage->init || storage->table) {
			pr_err("%s refused: storage %u is not complete\n", s->name, i);
			return -EINVAL;
		}
		schedcut_table_init(&tables[i], storage);
	}
	return 0;
}

/* One line for each record with storage. Reads only counts, so it needs no lock. */
ssize_t schedcut_storage_show(const struct schedcut_state *state, char *buf)
{
	unsigned int i;
	ssize_t n = 0;

	for (i = 0; state->tables && i < SCHEDCUT_NR_OBJECTS; i++) {
		const struct schedcut_table *t = &state->tables[i];

		if (!t->storage)
			continue;
		n += sysfs_emit_at(buf, n, "%s size %u objects %ld spare %u late %ld missing %ld\n",
				   t->storage->record, t->storage->size,
				   atomic_long_read(&t->objects),
				   READ_ONCE(t->nr_ready) - READ_ONCE(t->nr_assigned),
				   atomic_long_read(&t->late), atomic_long_read(&t->missing));
	}
	return n;
}
