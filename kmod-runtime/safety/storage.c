// SPDX-License-Identifier: GPL-2.0-only
/*
 * storage.c - extra storage that a scheduler keeps for the kernel's objects.
 *
 *	prepare		count objects, allocate for all and a reserve	process context
 *	  -> assign	one entry for each object, into the hash	in the stop, all CPUs
 *	  -> publish, init						in the stop
 *	  -> of, new, free						while active
 *	  -> release	everything					process context
 *
 * Objects are found by their address in a hash of RCU-protected lists with a
 * lock in each head: look-ups take no lock. The number of heads follows from
 * the size of memory, like that of the kernel's own boot-time hashes, since
 * memory bounds the number of objects; so it never has to change.
 */
#include <linux/cpumask.h>
#include <linux/hash.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/rculist_bl.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "../base/runtime.h"

/* One head for so much memory: a task alone takes a fraction of it. */
#define MEMORY_PER_HEAD (512 << 10)
#define MIN_HEAD_BITS 8
#define MAX_HEAD_BITS 21
#define MAX_RESERVE (1U << 20)

static unsigned int reserve = 256;
module_param(reserve, uint, 0600);
MODULE_PARM_DESC(reserve, "spare storage for objects that come into being at a switch (tests: 0)");

/**
 * struct extra - the storage of one object, the author's structure behind it
 * @node:	in a head of @table
 * @object:	whose it is; NULL: not assigned
 * @table:	where it belongs
 * @rcu:	frees it
 */
struct extra {
	struct hlist_bl_node node;
	const void *object;
	struct schedcut_table *table;
	struct rcu_head rcu;
};

/**
 * struct schedcut_table - all the storage for one record
 * @storage:	as the author defined it
 * @cache:	allocates struct extra with the author's structure
 * @offset:	bytes from struct extra to the author's structure
 * @bits:	log2 of the number of @heads
 * @heads:	hash of those that are assigned
 * @lock:	protects @ready and @nr_ready while the scheduler is active
 * @ready:	zeroed entries. Inside the stop the n-th object gets the n-th of
 *		them, what is left is the reserve, taken from the end.
 * @nr_ready:	entries of @ready in use
 * @nr_assigned: entries of @ready that the stop has used up
 * @room:	entries that @ready has room for
 * @spare:	entries that the reserve should have
 * @refill_soon: queues @refill; may be queued with a run queue locked
 * @refill:	fills the reserve up
 * @objects:	those that have storage
 * @late:	of these, those that got it from the reserve
 * @missing:	look-ups that found the reserve empty
 */
struct schedcut_table {
	struct schedcut_storage *storage;
	struct kmem_cache *cache;
	unsigned int offset, bits;
	struct hlist_bl_head *heads;
	raw_spinlock_t lock;
	struct extra **ready;
	unsigned int nr_ready, nr_assigned, room, spare;
	struct irq_work refill_soon;
	struct work_struct refill;
	atomic_long_t objects, late, missing;
};

/* Everything that is allocated for objects, of all schedulers: only the sum
 * over the CPUs means something. */
static DEFINE_PER_CPU(long, nr_extras);

/* For stats: 0 while no scheduler is active. */
long schedcut_storage_extras(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(nr_extras, cpu));
	return sum;
}

/* --- entries */

static struct extra *extra_alloc(struct schedcut_table *t)
{
	struct extra *e = kmem_cache_zalloc(t->cache, GFP_KERNEL);

	if (e) {
		e->table = t;
		this_cpu_inc(nr_extras);
	}
	return e;
}

static void extra_free(struct extra *e)
{
	if (e) {
		this_cpu_dec(nr_extras);
		kmem_cache_free(e->table->cache, e);
	}
}

static void extra_free_rcu(struct rcu_head *rcu)
{
	extra_free(container_of(rcu, struct extra, rcu));
}

static void *authors_part(struct extra *e)
{
	return (void *)e + e->table->offset;
}

static struct hlist_bl_head *head_of(const struct schedcut_table *t, const void *object)
{
	return &t->heads[hash_ptr(object, t->bits)];
}

/* Inside an RCU reader, or with @head locked. */
static struct extra *find(struct hlist_bl_head *head, const void *object)
{
	struct hlist_bl_node *node;
	struct extra *e;

	hlist_bl_for_each_entry_rcu(e, node, head, node) {
		if (e->object == object)
			return e;
	}
	return NULL;
}

/* Give @e to @object; initialised, if @init, before anybody can find it. With
 * @head locked. */
static void link_to(struct schedcut_table *t, struct hlist_bl_head *head, struct extra *e,
		    const void *object, bool init)
{
	e->object = object;
	if (init)
		t->storage->init((void *)object, authors_part(e));
	hlist_bl_add_head_rcu(&e->node, head);
}

/* --- the reserve */

static struct extra *take_spare(struct schedcut_table *t)
{
	struct extra *e = NULL;
	unsigned int left;

	raw_spin_lock(&t->lock);
	if (t->nr_ready > t->nr_assigned)
		e = t->ready[--t->nr_ready];
	left = t->nr_ready - t->nr_assigned;
	raw_spin_unlock(&t->lock);
	if (left < t->spare / 2)
		irq_work_queue(&t->refill_soon);
	return e;
}

/* False: there is no room, or as many as there should be. */
static bool put_spare(struct schedcut_table *t, struct extra *e)
{
	unsigned long flags;
	bool put;

	raw_spin_lock_irqsave(&t->lock, flags);
	put = t->nr_ready - t->nr_assigned < t->spare && t->nr_ready < t->room;
	if (put)
		t->ready[t->nr_ready++] = e;
	raw_spin_unlock_irqrestore(&t->lock, flags);
	return put;
}

static void refill_soon(struct irq_work *work)
{
	schedule_work(&container_of(work, struct schedcut_table, refill_soon)->refill);
}

static void refill(struct work_struct *work)
{
	struct schedcut_table *t = container_of(work, struct schedcut_table, refill);
	struct extra *e;

	do {
		e = extra_alloc(t);
	} while (e && put_spare(t, e));
	extra_free(e);
}

/* @object was being made or unmade at the switch, and so was on no list. */
static noinline struct extra *make_late(struct schedcut_table *t, const void *object)
{
	struct hlist_bl_head *head = head_of(t, object);
	unsigned long flags;
	struct extra *e;

	local_irq_save(flags);
	hlist_bl_lock(head);
	e = find(head, object);
	if (!e) {
		e = take_spare(t);
		atomic_long_inc(e ? &t->late : &t->missing);
		if (e) {
			link_to(t, head, e, object, true);
			atomic_long_inc(&t->objects);
		}
	}
	hlist_bl_unlock(head);
	local_irq_restore(flags);
	return e;
}

/* --- for authors: storage.h */

void *schedcut_storage_of(struct schedcut_storage *storage, const void *object)
{
	struct schedcut_table *t = READ_ONCE(storage->table);
	struct extra *e;

	if (unlikely(!t))
		return NULL;
	rcu_read_lock();
	e = find(head_of(t, object), object);
	rcu_read_unlock();
	if (unlikely(!e))
		e = make_late(t, object);
	return e ? authors_part(e) : NULL;
}
EXPORT_SYMBOL_GPL(schedcut_storage_of);

void *schedcut_storage_new(struct schedcut_storage *storage, const void *object)
{
	struct schedcut_table *t = READ_ONCE(storage->table);
	struct hlist_bl_head *head;
	struct extra *e, *old;
	unsigned long flags;

	might_sleep();
	e = t ? extra_alloc(t) : NULL;
	if (!e)
		return NULL;
	head = head_of(t, object);
	local_irq_save(flags);
	hlist_bl_lock(head);
	old = find(head, object);
	if (!old) {
		link_to(t, head, e, object, true);
		atomic_long_inc(&t->objects);
	} else {
		/* Of an object that was here before and went without notice. */
		memset(authors_part(old), 0, storage->size);
		storage->init((void *)object, authors_part(old));
	}
	hlist_bl_unlock(head);
	local_irq_restore(flags);
	if (old)
		extra_free(e);
	return authors_part(old ?: e);
}
EXPORT_SYMBOL_GPL(schedcut_storage_new);

void schedcut_storage_free(struct schedcut_storage *storage, const void *object)
{
	struct schedcut_table *t = READ_ONCE(storage->table);
	struct hlist_bl_head *head;
	unsigned long flags;
	struct extra *e;

	if (!t || !object)
		return;
	head = head_of(t, object);
	local_irq_save(flags);
	hlist_bl_lock(head);
	e = find(head, object);
	if (e)
		hlist_bl_del_rcu(&e->node);
	hlist_bl_unlock(head);
	local_irq_restore(flags);
	if (e) {
		atomic_long_dec(&t->objects);
		call_rcu(&e->rcu, extra_free_rcu);
	}
}
EXPORT_SYMBOL_GPL(schedcut_storage_free);

/* --- a switch */

static struct schedcut_table *table_in(const struct schedcut_state *state, unsigned int object)
{
	struct schedcut_table *tables = state->tables;

	return tables && tables[object].storage ? &tables[object] : NULL;
}

static struct schedcut_table *table_of(const struct schedcut_scheduler *s, unsigned int object)
{
	return table_in(s->state, object);
}

static int count_one(void *object, void *arg)
{
	++*(unsigned int *)arg;
	return 0;
}

/* How many there are while they come and go. Process context. */
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
	/* A try before this one may have left something. */
	size = sizeof(*t->heads) << t->bits;
	memset(t->heads, 0, size);
	return 0;
}

/* At least @wanted entries, and room for the reserve to be filled again. */
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
		struct extra *e = extra_alloc(t);

		if (!e)
			return -ENOMEM;
		t->ready[t->nr_ready++] = e;
		cond_resched();
	}
	return schedcut_fail_step() ? -ENOMEM : 0;
}

/*
 * Get storage for all objects that exist, and more for those to come, before a
 * try to make @s active. Called again before each further try. 0 or -ENOMEM,
 * and schedcut_storage_release() in both cases. Process context.
 */
int schedcut_storage_prepare(struct schedcut_scheduler *s)
{
	unsigned int i, count, spare = min(READ_ONCE(reserve), MAX_RESERVE);
	int ret = 0;

	for (i = 0; i < SCHEDCUT_NR_OBJECTS && !ret; i++) {
		struct schedcut_table *t = table_of(s, i);

		if (!t)
			continue;
		count = schedcut_count_objects(s, i);
		t->spare = spare ? spare + count / 8 : 0;
		t->nr_assigned = 0;
		atomic_long_set(&t->objects, 0);
		atomic_long_set(&t->late, 0);
		atomic_long_set(&t->missing, 0);
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
	head = head_of(t, object);
	hlist_bl_lock(head);
	if (!find(head, object)) /* else it has come up twice */
		link_to(t, head, e, object, false);
	hlist_bl_unlock(head);
	return 0;
}

/*
 * Give every @n-th object its storage, beginning with the one at @index. On
 * every CPU, inside the stop, while it can still be called off. 0, or -ENOBUFS:
 * there are more objects than storage.
 */
int schedcut_storage_assign(const struct schedcut_scheduler *s, unsigned int index, unsigned int n)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < SCHEDCUT_NR_OBJECTS && !ret; i++) {
		struct assignment a = { .table = table_of(s, i), .index = index, .n = n };

		if (!a.table)
			continue;
		ret = s->for_each_object(i, true, assign_one, &a);
		if (!index)
			a.table->nr_assigned = min(a.number, a.table->nr_ready);
	}
	return ret;
}

/* Let @s's code look storage up. On one CPU, inside the stop. */
void schedcut_storage_publish(const struct schedcut_scheduler *s)
{
	unsigned int i;

	for (i = 0; i < SCHEDCUT_NR_OBJECTS; i++) {
		struct schedcut_table *t = table_of(s, i);

		if (t)
			WRITE_ONCE(t->storage->table, t);
	}
}

/* Initialise this CPU's share of what was assigned for @object. On every CPU,
 * inside the stop, one kind of objects after the other. False: there is no
 * storage for that kind. */
bool schedcut_storage_init(const struct schedcut_scheduler *s, unsigned int object,
			   unsigned int index, unsigned int n)
{
	struct schedcut_table *t = table_of(s, object);
	unsigned int i, done = 0;

	if (!t)
		return false;
	for (i = index; i < t->nr_assigned; i += n) {
		struct extra *e = t->ready[i];

		if (!e->object)
			continue;
		t->storage->init((void *)e->object, authors_part(e));
		t->ready[i] = NULL; /* the hash's from now on */
		done++;
	}
	atomic_long_add(done, &t->objects);
	return true;
}

static void release(struct schedcut_table *t, bool published)
{
	struct hlist_bl_node *node, *next;
	struct extra *e;
	unsigned int i;

	irq_work_sync(&t->refill_soon);
	cancel_work_sync(&t->refill);
	for (i = 0; published && i < 1U << t->bits; i++) {
		hlist_bl_for_each_entry_safe(e, node, next, &t->heads[i], node)
			extra_free(e);
		cond_resched();
	}
	for (i = 0; i < t->nr_ready; i++)
		extra_free(t->ready[i]);
	kvfree(t->ready);
	kvfree(t->heads);
	kmem_cache_destroy(t->cache);
	t->ready = NULL;
	t->heads = NULL;
	t->cache = NULL;
	t->nr_ready = t->nr_assigned = t->room = 0;
	atomic_long_set(&t->objects, 0);
	atomic_long_set(&t->late, 0);
	atomic_long_set(&t->missing, 0);
}

/* Free everything: @state's scheduler has stopped being active, or never was, and
 * does not become so meanwhile. Process context, schedcut_mutex not held: it waits
 * for grace periods and a work item. */
void schedcut_storage_release(struct schedcut_state *state)
{
	bool published[SCHEDCUT_NR_OBJECTS] = { false };
	struct schedcut_table *t;
	bool any = false;
	unsigned int i;

	for (i = 0; i < SCHEDCUT_NR_OBJECTS; i++) {
		t = table_in(state, i);
		if (t && t->storage->table) {
			WRITE_ONCE(t->storage->table, NULL);
			published[i] = any = true;
		}
	}
	if (any) {
		synchronize_rcu();
		rcu_barrier(); /* those that were freed while it was active */
	}
	for (i = 0; i < SCHEDCUT_NR_OBJECTS; i++) {
		t = table_in(state, i);
		if (t && t->cache)
			release(t, published[i]);
	}
}

/* --- registration, sysfs */

static bool has_storage(const struct schedcut_scheduler *s)
{
	unsigned int i;

	for (i = 0; s->storages && i < SCHEDCUT_NR_OBJECTS; i++) {
		if (s->storages[i])
			return true;
	}
	return false;
}

/* Make @state's tables, if it has any storage. 0, -ENOMEM or -EINVAL. */
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
		tables[i].storage = storage;
		raw_spin_lock_init(&tables[i].lock);
		init_irq_work(&tables[i].refill_soon, refill_soon);
		INIT_WORK(&tables[i].refill, refill);
	}
	return 0;
}

/* One line for each record with storage. Needs no lock: only counts. */
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
