// SPDX-License-Identifier: GPL-2.0-only
/*
 * check_block.c - text between "#if 0" and "#endif" that the cut put there.
 * It is not compiled: an edit has no effect, and its author should know. Nor has an
 * edit of what such text includes or expands, if it defines an object of vmlinux.
 *
 * The blocks of a file then and now are two sequences. The equal ones are
 * paired first (longest common subsequence), then those that remain between
 * two pairs, by what they declare.
 */
#include "tree/check.h"

#include "decide/no_effect.h"
#include "base/os.h"
#include "source/source_text.h"

static const char opening[] = "#if 0 /* schedcut: ";

struct block {
	char *reason;	  /* "outsider, sleeps: calls schedule" */
	const char *text; /* of the file, not terminated */
	size_t len;
	unsigned int line; /* of the first line of @text */
	int pair;	   /* of the other sequence; -1: none */
};

struct block_file {
	struct arena arena;
	const char *path; /* below the tree */
	char *text;
	VEC(struct block) blocks;
};

/* --- finding them */

/* How @line changes the depth of conditionals. */
static int depth_change(const char *line)
{
	line += strspn(line, " \t");
	if (*line != '#')
		return 0;
	line += 1 + strspn(line + 1, " \t");
	return str_starts(line, "if") ? 1 : str_starts(line, "endif") ? -1 : 0;
}

static void find_blocks(struct block_file *file)
{
	unsigned int line = 0;
	struct block b = { 0 };
	int depth = 0;

	for (const char *p = file->text; *p;) {
		const char *end = p + strcspn(p, "\n"), *next = end + (*end == '\n');

		line++;
		if (depth) {
			depth += depth_change(p);
			if (!depth) {
				b.len = p - b.text;
				vec_push(&file->blocks, b);
			}
		} else if (str_starts(p, opening)) {
			const char *reason = p + strlen(opening), *close = strstr(reason, " */");

			depth = 1;
			b = (struct block){ .reason = arena_strndup(&file->arena, reason,
								    close && close < end ?
									    close - reason :
									    end - reason),
					    .text = next,
					    .line = line + 1,
					    .pair = -1 };
		}
		p = next;
	}
}

static void read_blocks(struct block_file *file, const char *root, const char *path)
{
	_cleanup_free_ char *full = xasprintf("%s/%s", root, path);

	file->path = path;
	file->text = os_read_file(full);
	if (file->text)
		find_blocks(file);
}

static void free_blocks(struct block_file *file)
{
	free(file->text);
	vec_free(&file->blocks);
	arena_free(&file->arena);
}

/* --- pairing them */

static bool same_text(const struct block *a, const struct block *b)
{
	size_t where;

	return check_same_tokens(a->text, a->len, b->text, b->len, &where);
}

static void pair(struct block_file *then, struct block_file *now, size_t i, size_t j)
{
	then->blocks.v[i].pair = j;
	now->blocks.v[j].pair = i;
}

static void pair_equal(struct block_file *then, struct block_file *now)
{
	size_t n = then->blocks.n, m = now->blocks.n, i = 0, j = 0;
	_cleanup_free_ bool *same = xcalloc(n * m + 1, sizeof(*same));
	_cleanup_free_ unsigned int *best = xcalloc((n + 1) * (m + 1), sizeof(*best));
#define BEST(i, j) best[(i) * (m + 1) + (j)]

	for (size_t a = n; a-- > 0;)
		for (size_t b = m; b-- > 0;) {
			same[a * m + b] = same_text(&then->blocks.v[a], &now->blocks.v[b]);
			BEST(a, b) = same[a * m + b]		     ? BEST(a + 1, b + 1) + 1 :
				     BEST(a + 1, b) > BEST(a, b + 1) ? BEST(a + 1, b) :
								       BEST(a, b + 1);
		}
	while (i < n && j < m) {
		if (same[i * m + j])
			pair(then, now, i++, j++);
		else if (BEST(i + 1, j) >= BEST(i, j + 1))
			i++;
		else
			j++;
	}
#undef BEST
}

/* The tokens that two blocks begin with in common. */
static size_t common_start(const struct block *a, const struct block *b)
{
	size_t where = 0;

	check_same_tokens(a->text, a->len, b->text, b->len, &where);
	return where;
}

/* What is left: each block with the candidate that begins most like it. */
static void pair_edited(struct block_file *then, struct block_file *now)
{
	int from = 0;

	for (size_t i = 0; i < then->blocks.n; i++) {
		struct block *b = &then->blocks.v[i];
		size_t longest = 0;
		int found = -1;

		if (b->pair >= 0) {
			from = b->pair + 1;
			continue;
		}
		for (size_t j = from; j < now->blocks.n && now->blocks.v[j].pair < 0; j++) {
			size_t start = common_start(b, &now->blocks.v[j]);

			if (found < 0 || start > longest) {
				longest = start;
				found = j;
			}
		}
		if (found >= 0) {
			pair(then, now, i, found);
			from = found + 1;
		}
	}
}

/* --- what it means */

/* Does @name stand as a word in the first @len bytes of @text? */
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

/* "__do_sys_nice" is written SYSCALL_DEFINE1(nice, ...). */
static const char *written_name(const char *name)
{
	static const char *const prefixes[] = { "__do_sys_", "__do_compat_sys_" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_starts(name, prefixes[i]))
			return name + strlen(prefixes[i]);
	return name;
}

/* The function or variable that @b of @path declares, or what it begins with. */
static const char *name_of(struct check *c, const char *path, const struct block *b)
{
	const struct manifest *m = c->tree->manifest;
	size_t head = strcspn(b->text, "{=");

	head = head < b->len ? head : b->len;
	vec_for_each(f, &m->funcs)
		if (!func_class_in_module(f->class) && !strcmp(f->file, path) &&
		    has_word(b->text, head, written_name(f->name)))
			return f->name;
	vec_for_each(v, &m->vars)
		if ((v->class == VAR_SHARED || v->class == VAR_INIT) && !strcmp(v->file, path) &&
		    has_word(b->text, head, v->name))
			return v->name;
	head = strspn(b->text, " \t\n");
	return arena_strndup(&c->tree->arena, b->text + head, strcspn(b->text + head, "\n"));
}

static void found_edit(struct check *c, const char *path, unsigned int line, const struct block *then)
{
	const struct no_effect *said = no_effect_of(then->reason);

	if (said)
		error_note(check_found(c, said->is_error ? SEVERITY_ERROR : SEVERITY_WARNING, path,
				       line, "'%s' %s", name_of(c, path, then), said->message),
			   "%s", said->remedy);
}

static unsigned int line_at(const struct block *b, size_t offset)
{
	unsigned int line = b->line;

	for (size_t i = 0; i < offset && i < b->len; i++)
		line += b->text[i] == '\n';
	return line;
}

static void compare_blocks(struct check *c, struct block_file *then, struct block_file *now)
{
	unsigned int line = 1; /* behind the block before */

	vec_for_each(b, &then->blocks) {
		if (b->pair < 0) {
			found_edit(c, now->path, line, b);
			continue;
		}
		const struct block *other = &now->blocks.v[b->pair];
		size_t where;

		if (!check_same_tokens(b->text, b->len, other->text, other->len, &where))
			found_edit(c, now->path, line_at(other, where), b);
		line = line_at(other, other->len) + 1;
	}
}

/* @root: the cut; the file may be gone from either. */
static void check_file(struct check *c, const char *root, const char *path)
{
	struct block_file then = { 0 }, now = { 0 };

	read_blocks(&then, root, path);
	read_blocks(&now, c->tree->dir, path);
	if (then.blocks.n) {
		pair_equal(&then, &now);
		pair_edited(&then, &now);
		compare_blocks(c, &then, &now);
	}
	free_blocks(&then);
	free_blocks(&now);
}

struct error *check_blocks(struct check *c)
{
	TRY(tree_unpack(c->tree));
	vec_for_each(path, &c->tree->changed)
		if (str_ends(*path, ".c") || str_ends(*path, ".h"))
			check_file(c, c->tree->base_dir, *path);
	return NULL;
}

/* --- what initialises objects of vmlinux from elsewhere */

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
	const char *slash = strrchr(file->path, '/');
	struct block_file blocks = { .path = file->path, .text = xstrdup(file->text) };

	find_blocks(&blocks);
	vec_for_each(b, &blocks.blocks) {
		struct definition def = { .directory = "" };
		char *text;

		if (!str_starts(b->reason, "shared"))
			continue;
		text = arena_strndup(arena, b->text, b->len);
		text_blank_comments(text, b->len);
		def.text = text;
		def.name = name_of(d->c, file->path, b);
		if (slash)
			def.directory = arena_strndup(arena, file->path, slash + 1 - file->path);
		vec_push(&d->list, def);
	}
	free_blocks(&blocks);
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
		const char *word = text_directive(def->text + pos);

		if (!str_starts(word, "include"))
			continue;
		word += strlen("include");
		if (str_starts(word + strspn(word, " \t"), wanted))
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
		if (!str_ends(*path, ".c") && !str_ends(*path, ".h"))
			continue;
		check_included(&d, check_edited(c, *path));
		check_macros(&d, check_edited(c, *path));
	}
	vec_free(&d.list);
}
