/* SPDX-License-Identifier: GPL-2.0-only */
/* storage_table.h - the extra storage that a scheduler keeps for the objects of one record. */
#ifndef _SCHEDCUT_SAFETY_STORAGE_TABLE_H
#define _SCHEDCUT_SAFETY_STORAGE_TABLE_H

#include <linux/hash.h>
#include <linux/irq_work.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
/* Last: on some kernels it does not compile before the others. */
#include <linux/rculist_bl.h>
#include <schedcut/storage.h>

/**
 * struct extra - the storage of one object, followed by the author's structure
 * @node:	in a head of @table
 * @object:	the object; NULL: not assigned
 * @table:	the table that it belongs to
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
 * @heads:	hash of the entries that are assigned
 * @lock:	protects @ready and @nr_ready while the scheduler is active
 * @ready:	zeroed entries. Inside the stop the n-th object gets the n-th of them; the
 *		rest is the reserve, taken from the end.
 * @nr_ready:	entries of @ready in use
 * @nr_assigned: entries of @ready that the stop has used up
 * @room:	entries that @ready has room for
 * @spare:	entries that the reserve should have
 * @refill_soon: queues @refill; may be queued with a run queue locked
 * @refill:	fills the reserve up
 * @objects:	objects that have storage
 * @late:	how many of these got it from the reserve
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

struct extra *schedcut_extra_alloc(struct schedcut_table *t);
void schedcut_extra_free(struct extra *e);
struct extra *schedcut_extra_find(struct hlist_bl_head *head, const void *object);
void schedcut_extra_link(struct schedcut_table *t, struct hlist_bl_head *head, struct extra *e,
			 const void *object, bool init);
void schedcut_table_init(struct schedcut_table *t, struct schedcut_storage *storage);
long schedcut_storage_extras(void);

static inline void *schedcut_authors_part(struct extra *e)
{
	return (void *)e + e->table->offset;
}

static inline struct hlist_bl_head *schedcut_extra_head(const struct schedcut_table *t,
							const void *object)
{
	return &t->heads[hash_ptr(object, t->bits)];
}

#endif
