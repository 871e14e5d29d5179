// SPDX-License-Identifier: GPL-2.0-only
#include "base/map.h"

#include "base/util.h"

/* http://www.isthe.com/chongo/tech/comp/fnv/ */
#define FNV_PRIME 0x100000001b3

uint64_t hash_string(uint64_t hash, const char *s)
{
	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * FNV_PRIME;
	return hash;
}

static struct map_slot *find_map_slot(const struct map *map, uint64_t hash, const void *key,
				      map_equal *equal)
{
	size_t i = hash & (map->cap - 1);
	struct map_slot *slot;

	while ((slot = &map->slots[i])->value &&
	       (slot->hash != hash || !(slot->key == key || (equal && equal(slot->key, key)))))
		i = (i + 1) & (map->cap - 1);
	return slot;
}

void *map_get(const struct map *map, uint64_t hash, const void *key, map_equal *equal)
{
	return map->cap ? find_map_slot(map, hash, key, equal)->value : NULL;
}

static void grow_map(struct map *map)
{
	struct map bigger = { .n = map->n, .cap = map->cap ? 2 * map->cap : 64 };

	bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < map->cap; i++) {
		size_t to = map->slots[i].hash & (bigger.cap - 1);

		while (map->slots[i].value && bigger.slots[to].value)
			to = (to + 1) & (bigger.cap - 1);
		if (map->slots[i].value)
			bigger.slots[to] = map->slots[i];
	}
	free(map->slots);
	*map = bigger;
}

void *map_put(struct map *map, uint64_t hash, const void *key, void *value, map_equal *equal)
{
	/* Never more than half full: probing stays short. */
	if (2 * (map->n + 1) > map->cap)
		grow_map(map);

	struct map_slot *slot = find_map_slot(map, hash, key, equal);
	void *old = slot->value;

	if (!old) {
		slot->hash = hash;
		slot->key = key;
		map->n++;
	}
	slot->value = value;
	return old;
}

void map_free(struct map *map)
{
	free(map->slots);
	*map = (struct map){ 0 };
}

static bool equal_strings(const void *a, const void *b)
{
	return !strcmp(a, b);
}

void *strmap_get(const struct strmap *map, const char *key)
{
	return map_get(&map->base, hash_string(HASH_START, key), key, equal_strings);
}

void *strmap_put(struct strmap *map, const char *key, void *value)
{
	return map_put(&map->base, hash_string(HASH_START, key), key, value, equal_strings);
}

void strmap_free(struct strmap *map)
{
	map_free(&map->base);
}

/* Numbers that are multiples of a power of two differ in the low bits, too. */
static uint64_t hash_number(uint64_t n)
{
	n *= FNV_PRIME;
	return n ^ n >> 32;
}

void *nummap_get(const struct nummap *map, uint64_t key)
{
	return map_get(&map->base, hash_number(key), (const void *)(uintptr_t)key, NULL);
}

void *nummap_put(struct nummap *map, uint64_t key, void *value)
{
	return map_put(&map->base, hash_number(key), (const void *)(uintptr_t)key, value, NULL);
}
