// SPDX-License-Identifier: GPL-2.0-only
#include "base/util.h"

#include <ctype.h>
#include <unistd.h>

void *or_die(void *p)
{
	if (!p) {
		fputs("schedcut: error: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

void *xmalloc(size_t size)
{
	return or_die(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return or_die(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *ptr, size_t size)
{
	return or_die(realloc(ptr, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return or_die(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
	return or_die(strndup(s, n));
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	return or_die(vasprintf(&s, fmt, ap) < 0 ? NULL : s);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

struct arena_chunk {
	struct arena_chunk *next;
	/* Keeps the bytes that follow 16-aligned. */
	size_t unused;
};

#define ARENA_CHUNK (64 * 1024)

void *arena_alloc(struct arena *arena, size_t size)
{
	size = (size + 15) & ~(size_t)15;
	if (!arena->chunks || arena->size - arena->used < size) {
		size_t payload = size > ARENA_CHUNK ? size : ARENA_CHUNK;
		struct arena_chunk *chunk = xcalloc(1, sizeof(struct arena_chunk) + payload);

		chunk->next = arena->chunks;
		arena->chunks = chunk;
		arena->used = 0;
		arena->size = payload;
	}

	void *p = (char *)(arena->chunks + 1) + arena->used;

	arena->used += size;
	return p;
}

char *arena_strndup(struct arena *arena, const char *s, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);

	memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *s)
{
	return arena_strndup(arena, s, strlen(s));
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	_cleanup_free_ char *s = xvasprintf(fmt, ap);
	va_end(ap);
	return arena_strdup(arena, s);
}

void arena_free(struct arena *arena)
{
	while (arena->chunks) {
		struct arena_chunk *next = arena->chunks->next;

		free(arena->chunks);
		arena->chunks = next;
	}
	*arena = (struct arena){ 0 };
}

void str_identify(char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s))
			*s = '_';
}

bool str_equals(const char *a, const char *b)
{
	return !strcmp(a, b);
}

bool str_starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int str_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && !strcmp(s + n - m, suffix);
}

const char *str_find_in(const char *s, const char *const *list, size_t n,
			bool (*match)(const char *s, const char *t))
{
	for (size_t i = 0; i < n; i++)
		if (match(s, list[i]))
			return list[i];
	return NULL;
}

void join_continued(char *text)
{
	for (char *p = text; (p = strstr(p, "\\\n"));)
		p[0] = p[1] = ' ';
}

void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

int compare_sizes(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return compare_values(x, y);
}

int compare_addresses(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return compare_values(x, y);
}
