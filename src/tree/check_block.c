// SPDX-License-Identifier: GPL-2.0-only
/*
 * check_block.c - edits of text that the cut has disabled. It is not compiled: such an
 * edit has no effect, and its author should know.
 */
#include "tree/check.h"

#include "base/os.h"
#include "decide/reason.h"
#include "tree/disabled.h"

static void found_edit(struct check *c, const char *path, unsigned int line,
		       const struct disabled_block *block)
{
	const struct no_effect *said = no_effect_of(block->class, block->reason);

	if (said)
		error_note(check_found(c, said->is_error ? SEVERITY_ERROR : SEVERITY_WARNING, path,
				       line, "'%s' %s", block->name, said->message),
			   "%s", said->remedy);
}

static void compare_blocks(struct check *c, const char *path, const struct disabled_blocks *then,
			   const struct disabled_blocks *now)
{
	unsigned int line = 1; /* after the block before: where one is missing */

	vec_for_each(b, &then->list) {
		const struct disabled_block *same = disabled_same(now, b);
		size_t where;

		if (!same) {
			found_edit(c, path, line, b);
			continue;
		}
		if (!check_same_tokens(b->text, b->len, same->text, same->len, &where))
			found_edit(c, path, disabled_line(same, where), b);
		line = disabled_line(same, same->len) + 1;
	}
}

/* The file may be gone from either state. */
static void check_file(struct check *c, const char *path)
{
	_cleanup_free_ char *old = xasprintf("%s/%s", c->tree->base_dir, path);
	_cleanup_free_ char *new = xasprintf("%s/%s", c->tree->dir, path);
	struct disabled_blocks then = { 0 }, now = { 0 };

	disabled_find(&then, os_read_file(old));
	disabled_find(&now, os_read_file(new));
	compare_blocks(c, path, &then, &now);
	disabled_free(&then);
	disabled_free(&now);
}

struct error *check_blocks(struct check *c)
{
	TRY(tree_unpack(c->tree));
	vec_for_each(path, &c->tree->changed)
		if (tree_is_c(*path))
			check_file(c, *path);
	return NULL;
}
