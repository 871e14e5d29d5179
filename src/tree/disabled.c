// SPDX-License-Identifier: GPL-2.0-only
/*
 * disabled.c - find the blocks that the cut has disabled, by their first lines.
 */
#include "tree/disabled.h"

#include "emit/rewrite.h"
#include "source/source_text.h"

/* How @line changes the depth of conditionals. */
static int depth_change(const char *line)
{
	const char *word = text_directive(line);

	return str_starts(word, "if") ? 1 : str_starts(word, "endif") ? -1 : 0;
}

/* "NAME CLASS: REASON *" "/" at @text, to the end of the line; false: not the cut's. */
static bool read_start(struct arena *arena, const char *text, struct disabled_block *b)
{
	char *line = arena_strndup(arena, text, strcspn(text, "\n"));
	char *space = strchr(line, ' '), *colon = space ? strstr(space, ": ") : NULL;
	char *end = colon ? strstr(colon, " */") : NULL;

	if (!end)
		return false;
	*space = *colon = *end = '\0';
	b->name = line;
	b->class = space + 1;
	b->reason = colon + strlen(": ");
	return true;
}

static bool same_start(const struct disabled_block *a, const struct disabled_block *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->class, b->class) &&
	       !strcmp(a->reason, b->reason);
}

static void add_block(struct disabled_blocks *blocks, struct disabled_block b)
{
	vec_for_each(other, &blocks->list)
		b.nth += same_start(other, &b);
	vec_push(&blocks->list, b);
}

void disabled_find(struct disabled_blocks *blocks, char *text)
{
	struct disabled_block b = { 0 };
	unsigned int line = 0;
	int depth = 0;

	blocks->text = text;
	for (const char *p = text; p && *p;) {
		const char *end = p + strcspn(p, "\n"), *next = end + (*end == '\n');

		line++;
		if (depth) {
			depth += depth_change(p);
			b.len = p - b.text;
			if (!depth)
				add_block(blocks, b);
		} else if (str_starts(p, DISABLED_START)) {
			b = (struct disabled_block){ .text = next, .line = line + 1 };
			depth = read_start(&blocks->arena, p + strlen(DISABLED_START), &b);
		}
		p = next;
	}
}

const struct disabled_block *disabled_same(const struct disabled_blocks *blocks,
					   const struct disabled_block *block)
{
	vec_for_each(b, &blocks->list)
		if (same_start(b, block) && b->nth == block->nth)
			return b;
	return NULL;
}

unsigned int disabled_line(const struct disabled_block *b, size_t offset)
{
	unsigned int line = b->line;

	for (size_t i = 0; i < offset && i < b->len; i++)
		line += b->text[i] == '\n';
	return line;
}

void disabled_free(struct disabled_blocks *blocks)
{
	free(blocks->text);
	vec_free(&blocks->list);
	arena_free(&blocks->arena);
}
