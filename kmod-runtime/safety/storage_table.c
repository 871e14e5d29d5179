// SPDX-License-Identifier: GPL-2.0-only
/*
 * storage_table.c - the extra storage that a scheduler keeps for the objects of one
 * record.
 *
 * Objects are found by their address in a hash of RCU-protected lists with a lock in each
 * head: look-ups take no lock. The number of heads follows from the size of memory, like
 * that of the kernel's own boot-time hashes, because memory limits the number of objects.
 * So it never has to change.
 */
#include "../base/common.h"
#include "storage_table.h"

/* Everything that is allocated for objects of all schedulers. Only the sum over the CPUs means
 * something. */
static DEFINE_PER_CPU(long, nr_extras);

/* For stats: 0 while no scheduler is active. Any context. */
long schedcut_storage_extras(void)
{
	return schedcut_sum(nr_extras);
}

/* A zeroed entry for @t, or NULL. Process context. */
struct extra *schedcut_extra_alloc(struct schedcut_table *t)
{
	struct extra *e = kmem_cache_zalloc(t->cache, GFP_KERNEL);

	if (e) {
		e->table = t;
		this_cpu_inc(nr_extras);
	}
	return e;
}

/* NULL is ignored. */
void schedcut_extra_free(struct extra *e)
{
	if (e) {
		this_cpu_dec(nr_extras);
		kmem_cache_free(e->table->cache, e);
	}
}

static void extra_free_rcu(struct rcu_head *rcu)
{
	schedcut_extra_free(container_of(rcu, struct extra, rcu));
}

/* The entry of @object, or NULL. Inside an RCU reader, or with @head locked. */
struct extra *schedcut_extra_find(struct hlist_bl_head *head, const void *object)
{
	struct hlist_bl_node *node;
	struct extra *e;

	hlist_bl_for_each_entry_rcu(e, node, head, node) {
		if (e->object == object)
			return e;
	}
	return NULL;
}

/* Give @e to @object; with @init, initialised before it can be found. @head is locked. */
void schedcut_extra_link(struct schedcut_table *t, struct hlist_bl_head *head, struct extra *e,
			 const void *object, bool init)
{
	e->object = object;
	if (init)
		t->storage->init((void *)object, schedcut_authors_part(e));
	hlist_bl_add_head_rcu(&e->node, head);
}

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

static void queue_refill(struct irq_work *work)
{
	schedule_work(&container_of(work, struct schedcut_table, refill_soon)->refill);
}

static void refill_reserve(struct work_struct *work)
{
	struct schedcut_table *t = container_of(work, struct schedcut_table, refill);
	struct extra *e;

	do {
		e = schedcut_extra_alloc(t);
	} while (e && put_spare(t, e));
	schedcut_extra_free(e);
}

/* @storage is complete. */
void schedcut_table_init(struct schedcut_table *t, struct schedcut_storage *storage)
{
	t->storage = storage;
	raw_spin_lock_init(&t->lock);
	init_irq_work(&t->refill_soon, queue_refill);
	INIT_WORK(&t->refill, refill_reserve);
}

/* @object was being created or destroyed at the switch, and so was on no list. */
static noinline struct extra *make_late(struct schedcut_table *t, const void *object)
{
	struct hlist_bl_head *head = schedcut_extra_head(t, object);
	unsigned long flags;
	struct extra *e;

	local_irq_save(flags);
	hlist_bl_lock(head);
	e = schedcut_extra_find(head, object);
	if (!e) {
		e = take_spare(t);
		atomic_long_inc(e ? &t->late : &t->missing);
		if (e) {
			schedcut_extra_link(t, head, e, object, true);
			atomic_long_inc(&t->objects);
		}
	}
	hlist_bl_unlock(head);
	local_irq_restore(flags);
	return e;
}

/* For these three see schedcut/storage.h. */
void *schedcut_storage_of(struct schedcut_storage *storage, const void *object)
{
	struct schedcut_table *t = READ_ONCE(storage->table);
	struct extra *e;

	if (unlikely(!t))
		return NULL;
	rcu_read_lock();
	e = schedcut_extra_find(schedcut_extra_head(t, object), object);
	rcu_read_unlock();
	if (unlikely(!e))
		e = make_late(t, object);
	return e ? schedcut_authors_part(e) : NULL;
}
EXPORT_SYMBOL_GPL(schedcut_storage_of);

void *schedcut_storage_new(struct schedcut_storage *storage, const void *object)
{
	struct schedcut_table *t = READ_ONCE(storage->table);
	struct hlist_bl_head *head;
	struct extra *e, *old;
	unsigned long flags;

	might_sleep();
	e = t ? schedcut_extra_alloc(t) : NULL;
	if (!e)
		return NULL;
	head = schedcut_extra_head(t, object);
	local_irq_save(flags);
	hlist_bl_lock(head);
	old = schedcut_extra_find(head, object);
	if (!old) {
		schedcut_extra_link(t, head, e, object, true);
		atomic_long_inc(&t->objects);
	} else {
		/* It belonged to an earlier object that was freed without notice. */
		memset(schedcut_authors_part(old), 0, storage->size);
		storage->init((void *)object, schedcut_authors_part(old));
	}
	hlist_bl_unlock(head);
	local_irq_restore(flags);
	if (old)
		schedcut_extra_free(e);
	return schedcut_authors_part(old ?: e);
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
	head = schedcut_extra_head(t, object);
	local_irq_save(flags);
	hlist_bl_lock(head);
	e = schedcut_extra_find(head, object);
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
