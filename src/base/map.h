/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map.h - the hash table: from a string, a number or any other key to a pointer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Open addressing, at most half full: get and put take constant time on average.
 * Zero-initialised it is empty. Keys are not copied: they must outlive the map. A
 * value is never NULL. Nothing is ever taken out.
 */
struct map {
	struct map_slot {
		uint64_t hash; /* of @key */
		const void *key;
		void *value; /* NULL: the slot is free */
	} * slots;
	size_t n;   /* keys stored */
	size_t cap; /* slots, a power of two, 0 while empty */
};

/* Are two keys that have one hash the same key? NULL instead of such a function: if
 * they are the same pointer. */
typedef bool map_equal(const void *a, const void *b);

/* The value stored under @key, or NULL. */
void *map_get(const struct map *map, uint64_t hash, const void *key, map_equal *equal);
/* Store @value (not NULL) under @key; returns the value it replaces, or NULL. The key
 * that was stored first stays. */
void *map_put(struct map *map, uint64_t hash, const void *key, void *value, map_equal *equal);

void map_free(struct map *map);

/* Strings as keys. */
struct strmap {
	struct map base;
};
void *strmap_get(const struct strmap *map, const char *key);
void *strmap_put(struct strmap *map, const char *key, void *value);
void strmap_free(struct strmap *map);
#define _cleanup_strmap_ __attribute__((__cleanup__(strmap_free)))

/* Numbers, also 0, as keys. */
struct nummap {
	struct map base;
};
void *nummap_get(const struct nummap *map, uint64_t key);
void *nummap_put(struct nummap *map, uint64_t key, void *value);
#define nummap_free(map) map_free(&(map)->base)

/* FNV-1a: the hash of what has the hash @hash, or HASH_START, followed by @s. */
#define HASH_START 0xcbf29ce484222325
uint64_t hash_string(uint64_t hash, const char *s);
