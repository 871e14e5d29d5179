/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * util.h - memory that cannot fail, growable vectors and searches in them, scope
 * guards.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define __printf(f, a) __attribute__((__format__(printf, f, a)))

/*
 * Allocation. A cut needs some hundred megabytes at most; when the machine
 * has none left there is nothing to clean up but the process itself, so
 * these print one line and exit(1) instead of returning NULL.
 */
void *or_die(void *p); /* @p, unless it is NULL */
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
/* Sort by @compare, as of qsort(). */
#define vec_sort(vec, compare)                                                   \
	do {                                                                     \
		if ((vec)->n)                                                    \
			qsort((vec)->v, (vec)->n, sizeof(*(vec)->v), (compare)); \
	} while (0)
/* The item for which @compare(@key, item) is 0, in a vector that is sorted by it; NULL:
 * there is none. Logarithmic. */
#define vec_search(vec, key, compare)                                                            \
	((__typeof__((vec)->v))((vec)->n ? bsearch((key), (vec)->v, (vec)->n, sizeof(*(vec)->v), \
						   (compare)) :                                  \
					   NULL))

/*
 * Binary search: the least i < @count for which the expression @is_before, of i, is
 * false; @count if there is none. It must be true of all before that one only.
 *	size_t n = bisect(i, n_ends, ends[i] <= addr);
 */
#define bisect(i, count, is_before)                      \
	({                                               \
		size_t __low = 0, __high = (count);      \
		while (__low < __high) {                 \
			size_t i = (__low + __high) / 2; \
			if (is_before)                   \
				__low = i + 1;           \
			else                             \
				__high = i;              \
		}                                        \
		__low;                                   \
	})
/* The same in a vector, with @p as pointer to the item; returns a number, too.
 *	size_t first = vec_bisect(site, &sites, site->start < addr); */
#define vec_bisect(p, vec, is_before)                             \
	bisect(__i, (vec)->n, ({                                  \
		       __typeof__(&*(vec)->v) p = &(vec)->v[__i]; \
		       (is_before);                               \
	       }))

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
#define _cleanup_arena_ __attribute__((__cleanup__(arena_free)))

/* Put '_' for everything in @s that a C identifier cannot contain. */
void str_identify(char *s);

/* < 0, 0 or > 0, for the order of two numbers or pointers. */
#define compare_values(a, b) (((a) > (b)) - ((a) < (b)))
/* Orders for qsort(): of two size_t, of two uint64_t. */
int compare_sizes(const void *a, const void *b);
int compare_addresses(const void *a, const void *b);

bool str_equals(const char *a, const char *b);
/* For vec_sort() of strings: by bytes. */
int str_compare(const void *a, const void *b);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* The first string t of the array @list for which @match(@s, t), one of the three
 * functions above, is true; NULL: there is none. */
#define str_find(s, list, match) str_find_in((s), (list), ARRAY_SIZE(list), (match))
const char *str_find_in(const char *s, const char *const *list, size_t n,
			bool (*match)(const char *s, const char *t));
/* What follows the last slash of @path, or all of it. */
const char *base_name(const char *path);
/* Join lines that end in a backslash with the next one, as make does. */
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
/*
 * Scope guards: a variable declared with one is released at the end of its scope.
 * It must be initialised. A header that declares an object with a release function
 * defines its guard so:
 *	DEFINE_CLEANUP(struct kernel *, kernel_close)
 *	#define _cleanup_kernel_ _cleanup_(kernel_close)
 */
#define DEFINE_CLEANUP(type, release)                     \
	static inline void release##_at_end(type *object) \
	{                                                 \
		release(*object);                         \
	}
#define _cleanup_(release) __attribute__((__cleanup__(release##_at_end)))
#define _cleanup_free_ __attribute__((__cleanup__(cleanup_free)))
/* A VEC(), whose items are not released; its first member is what has to be freed. */
#define _cleanup_vec_ _cleanup_free_
#define _cleanup_fclose_ __attribute__((__cleanup__(cleanup_fclose)))
#define _cleanup_close_ __attribute__((__cleanup__(cleanup_close)))
/* Hand a guarded pointer out of its scope: return return_ptr(p); */
#define return_ptr(p)                      \
	({                                 \
		__typeof__(p) __ret = (p); \
		(p) = NULL;                \
		__ret;                     \
	})
