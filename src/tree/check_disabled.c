// SPDX-License-Identifier: GPL-2.0-only
#include "tree/check_disabled.h"

#include "base/os.h"
#include "decide/reason.h"
#include "emit/rewrite.h"
#include "source/source_text.h"

/* --- the blocks of a file */

struct disabled_block {
	const char *name, *class, *reason; /* of its first line */
	const char *text;		   /* what follows that line, not terminated */
	size_t len;
	unsigned int line; /* of the first line of @text */
	unsigned int nth;  /* so many blocks above have the same first line */
};

typedef VEC(struct disabled_block) disabled_blocks;

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

static void add_block(disabled_blocks *blocks, struct disabled_block b)
{
	vec_for_each(other, blocks)
		b.nth += same_start(other, &b);
	vec_push(blocks, b);
}

/* Find the blocks of @text, which they refer to; NULL: there is no file. Other strings of
 * theirs are in @arena. */
static void disabled_find(struct arena *arena, const char *text, disabled_blocks *blocks)
{
	struct disabled_block b = { 0 };
	unsigned int line = 0;
	int depth = 0;

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
			depth = read_start(arena, p + strlen(DISABLED_START), &b);
		}
		p = next;
	}
}

/* The one that begins with the same line as @block, of another state of the file, or
 * NULL. */
static const struct disabled_block *disabled_same(const disabled_blocks *blocks,
						  const struct disabled_block *block)
{
	vec_for_each(b, blocks)
		if (same_start(b, block) && b->nth == block->nth)
			return b;
	return NULL;
}

/* The line of the file that @offset of @block's text is in. */
static unsigned int disabled_line(const struct disabled_block *block, size_t offset)
{
	unsigned int line = block->line;

	for (size_t i = 0; i < offset && i < block->len; i++)
		line += block->text[i] == '\n';
	return line;
}

/* --- edits of blocks */

static void found_edit(struct check *c, const char *path, unsigned int line,
		       const struct disabled_block *block)
{
	const struct no_effect *said = no_effect_of(block->class, block->reason);

	if (said)
		error_note(check_found(c, said->is_error ? SEVERITY_ERROR : SEVERITY_WARNING, path,
				       line, "'%s' %s", block->name, said->message),
			   "%s", said->remedy);
}

static void compare_blocks(struct check *c, const char *path, const disabled_blocks *then,
			   const disabled_blocks *now)
{
	unsigned int line = 1; /* after the block before: where one is missing */

	vec_for_each(b, then) {
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
	_cleanup_free_ char *old_text = os_read_file(old), *new_text = os_read_file(new);
	_cleanup_vec_ disabled_blocks then = { 0 }, now = { 0 };

	disabled_find(&c->tree->arena, old_text, &then);
	disabled_find(&c->tree->arena, new_text, &now);
	compare_blocks(c, path, &then, &now);
}

struct error *check_blocks(struct check *c)
{
	TRY(tree_unpack(c->tree));
	vec_for_each(path, &c->tree->changed)
		if (tree_is_c(*path))
			check_file(c, *path);
	return NULL;
}

/* --- what initialises objects */

/* Is @name a word of the first @len bytes of @text? */
static bool has_word(const char *text, size_t len, const char *name)
{
	const struct src_file file = { .text = text, .len = len };
	struct text_token tok;
	size_t pos = 0;

	while (text_next(&file, &pos, len, &tok))
		if (tok.end - tok.start == strlen(name) &&
		    !memcmp(text + tok.start, name, tok.end - tok.start))
			return true;
	return false;
}

/* A disabled definition of an object of vmlinux. */
struct definition {
	const char *name;
	const char *text;      /* of the block, terminated, without comments */
	const char *directory; /* of its file, "kernel/sched/" */
};

struct definitions {
	struct check *c;
	VEC(struct definition) list;
};

/* Those in @file, which need not have been edited. */
static void add_definitions(struct definitions *d, const struct src_file *file)
{
	struct arena *arena = &d->c->tree->arena;
	const char *directory = arena_strndup(arena, file->path, base_name(file->path) - file->path);
	_cleanup_vec_ disabled_blocks blocks = { 0 };

	disabled_find(arena, file->text, &blocks);
	vec_for_each(b, &blocks) {
		char *text;

		if (strcmp(b->class, var_class_name[VAR_SHARED]))
			continue;
		text = arena_strndup(arena, b->text, b->len);
		text_blank_comments(text, b->len);
		vec_push(&d->list, ((struct definition){ b->name, text, directory }));
	}
}

static unsigned long size_of(const struct source *source, const char *name)
{
	unsigned long size = 0;

	vec_for_each(v, &source->vars)
		if (!strcmp((*v)->name, name) && (*v)->size > size)
			size = (*v)->size;
	return size;
}

/* An edit that changes the size of @def has been said to be an error. */
static bool is_resized(const struct definitions *d, const struct definition *def)
{
	return size_of(d->c->tree->base, def->name) != size_of(d->c->tree->work, def->name);
}

/* Does @def include the file @path? */
static bool includes(const struct definition *def, const char *path)
{
	size_t dir = strlen(def->directory);
	unsigned int line = 1;

	if (!str_starts(path, def->directory))
		return false;
	_cleanup_free_ char *wanted = xasprintf("\"%s\"", path + dir);

	for (size_t pos = 0; def->text[pos]; pos = text_next_line(def->text, pos, &line)) {
		const char *name = tree_included(def->text + pos);

		if (name && str_starts(name, wanted))
			return true;
	}
	return false;
}

/* "'a', 'b'" of the objects that include @path; NULL: none, or a size has changed. */
static const char *initialised_by(const struct definitions *d, const char *path)
{
	const char *names = NULL;

	vec_for_each(def, &d->list) {
		if (!includes(def, path))
			continue;
		if (is_resized(d, def))
			return NULL;
		names = arena_printf(&d->c->tree->arena, "%s%s'%s'", names ? names : "",
				     names ? ", " : "", def->name);
	}
	return names;
}

/* features.h is one: each SCHED_FEAT in it is a part of three objects. */
static void check_included(struct definitions *d, const struct edited *edited)
{
	const char *names = edited->diff.hunks.n ? initialised_by(d, edited->path) : NULL;

	if (!names)
		return;
	error_note(check_found(d->c, SEVERITY_ERROR, edited->path, edited->diff.hunks.v[0].now,
			       "this is what vmlinux has initialised %s with: an edit has no effect on %s",
			       names, strchr(names, ',') ? "them" : "it"),
		   "take the edit back and set a new value in schedcut_in_stop_activate(), or say 'private' in the rules and cut again");
}

/* The name that @directive, "define NAME...", defines, the caller's; NULL: another one. */
static char *defined_name(const char *directive)
{
	static const char define[] = "define";
	const char *name = directive + strlen(define);

	if (!str_starts(directive, define) || !strchr(" \t", *name))
		return NULL;
	name += strspn(name, " \t");
	return xstrndup(name, strcspn(name, " \t(\n\\"));
}

/* @def is made with macro @name, perhaps by way of another one; @macro was edited. */
static void found_macro(struct definitions *d, const struct definition *def, const char *path,
			unsigned int line, const char *name, const char *macro)
{
	size_t head = strcspn(def->text, "=;");

	if (is_resized(d, def) || !has_word(def->text, strlen(def->text), name))
		return;
	/* In an array's bound, or a name for the type. */
	if (has_word(def->text, head, name))
		error_note(check_found(d->c, SEVERITY_ERROR, path, line,
				       "vmlinux has defined '%s' with the old '%s'", def->name, macro),
			   "the object stays as it is: take the edit back, or say 'private' in the rules and cut again");
	else
		error_note(check_found(d->c, SEVERITY_WARNING, path, line,
				       "vmlinux has initialised '%s' with the old '%s'", def->name,
				       macro),
			   "set a new value in schedcut_in_stop_activate(), or say 'private' in the rules and cut again");
}

/* Macro @name is @macro, which was edited at @line of @path, or expands to it. */
static void check_macro(struct definitions *d, const char *path, unsigned int line,
			const char *name, const char *macro, struct strmap *seen)
{
	unsigned int unused = 1;

	if (strmap_put(seen, name, (void *)name))
		return;
	vec_for_each(def, &d->list)
		found_macro(d, def, path, line, name, macro);
	vec_for_each(file, &d->c->tree->base->files)
		for (size_t pos = 0, next; (*file)->text && (*file)->text[pos]; pos = next) {
			const char *text = text_directive((*file)->text + pos);

			next = text_next_line((*file)->text, pos, &unused);
			_cleanup_free_ char *other = *text == 'd' ? defined_name(text) : NULL;

			if (other && has_word(text, (*file)->text + next - text, name))
				check_macro(d, path, line, arena_strdup(&d->c->tree->arena, other),
					    macro, seen);
		}
}

static void check_macros(struct definitions *d, const struct edited *edited)
{
	unsigned int line = 1, next = 1;

	for (size_t pos = 0; edited->now[pos]; line = next) {
		const char *text = text_directive(edited->now + pos);
		unsigned int edit;

		pos = text_next_line(edited->now, pos, &next);
		edit = line_diff_first(&edited->diff, line, next - 1);
		if (!edit || !line_diff_is_new(&edited->diff, edit))
			continue;
		_cleanup_free_ char *name = defined_name(text);
		struct strmap seen = { 0 };

		if (name)
			check_macro(d, edited->path, line, name, name, &seen);
		strmap_free(&seen);
	}
}

void check_initialisers(struct check *c)
{
	struct definitions d = { .c = c };

	vec_for_each(file, &c->tree->base->files)
		if ((*file)->text && check_is_source(*file))
			add_definitions(&d, *file);
	vec_for_each(path, &c->tree->changed) {
		if (!tree_is_c(*path))
			continue;
		check_included(&d, check_edited(c, *path));
		check_macros(&d, check_edited(c, *path));
	}
	vec_free(&d.list);
}
