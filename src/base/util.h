/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * util.h - memory that cannot fail, growable vectors, a string map, scope
 * guards.
 */
#ifndef SCHEDCUT_UTIL_H
#define SCHEDCUT_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define __printf(f, a) __attribute__((__format__(printf, f, a)))

/*
 * Allocation. A cut needs some hundred megabytes at most; when the machine
 * has none left there is nothing to clean up but the process itself, so
 * these print one line and exit(1) instead of returning NULL.
 */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *ptr, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __printf(1, 2);
char *xvasprintf(const char *fmt, va_list ap) __printf(1, 0);

/* A growable vector of T; zero-initialised it is empty. */
#define VEC(T)                 \
	struct {               \
		T *v;          \
		size_t n, cap; \
	}
#define vec_push(vec, item)                                                            \
	do {                                                                           \
		if ((vec)->n == (vec)->cap) {                                          \
			(vec)->cap = (vec)->cap ? 2 * (vec)->cap : 16;                 \
			(vec)->v = xrealloc((vec)->v, (vec)->cap * sizeof(*(vec)->v)); \
		}                                                                      \
		(vec)->v[(vec)->n++] = (item);                                         \
	} while (0)
#define vec_free(vec) (free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0)
#define vec_for_each(p, vec) \
	for (__typeof__(&*(vec)->v) p = (vec)->v; (size_t)(p - (vec)->v) < (vec)->n; p++)

/*
 * Map from string to pointer, open addressing. Keys are not copied: they
 * must outlive the map. A stored value is never NULL.
 */
struct strmap {
	struct strmap_slot {
		const char *key;
		void *value;
	} * slots;
	size_t n;   /* keys stored */
	size_t cap; /* slots, a power of two, 0 while empty */
};
/* The value stored under @key, or NULL. */
void *strmap_get(const struct strmap *map, const char *key);
/* Store @value (not NULL) under @key; returns the value it replaces, or NULL. */
void *strmap_put(struct strmap *map, const char *key, void *value);
void strmap_free(struct strmap *map);

/* Strings and structs that live as long as the arena. */
struct arena {
	struct arena_chunk *chunks;
	size_t used, size;
};
void *arena_alloc(struct arena *arena, size_t size); /* zeroed, 16-aligned */
char *arena_strdup(struct arena *arena, const char *s);
char *arena_strndup(struct arena *arena, const char *s, size_t n);
char *arena_printf(struct arena *arena, const char *fmt, ...) __printf(2, 3);
void arena_free(struct arena *arena);

/* FNV-1a: the hash of what HASH_START or @hash stands for, and of @s. */
#define HASH_START 0xcbf29ce484222325
uint64_t hash_string(uint64_t hash, const char *s);

/* Put '_' for everything in @s that cannot stand in a C identifier. */
void str_identify(char *s);

/* Order of two size_t, for qsort(). */
int compare_sizes(const void *a, const void *b);

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* What follows the last slash of @path, or all of it. */
const char *base_name(const char *path);
/* Make one line of each that goes on in the next: for text of a Makefile. */
void join_continued(char *text);

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}
static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}
void cleanup_close(int *fd);
#define _cleanup_free_ __attribute__((__cleanup__(cleanup_free)))
#define _cleanup_fclose_ __attribute__((__cleanup__(cleanup_fclose)))
#define _cleanup_close_ __attribute__((__cleanup__(cleanup_close)))
/* Hand a guarded pointer out of its scope: return return_ptr(p); */
#define return_ptr(p)                      \
	({                                 \
		__typeof__(p) __ret = (p); \
		(p) = NULL;                \
		__ret;                     \
	})

#endif
