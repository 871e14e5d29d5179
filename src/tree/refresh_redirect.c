// SPDX-License-Identifier: GPL-2.0-only
/*
 * refresh_redirect.c - a static function that the kernel enters has moved to
 * another unit: its line goes to that unit's redirect table. (The linker finds a
 * global one wherever it is.)
 *
 * A line of the table names a label that stands above it, numbered:
 *
 *	extern char schedcut_vml_7[] __asm__("vml.text.ffffffff810c2b90");
 *	{ "sched_tick", schedcut_vml_7, sched_tick, 312, SCHEDCUT_FENTRY },
 */
#include "tree/refresh.h"

#include "base/os.h"

static const char entry_start[] = "\t{ \"";
static const char label_start[] = "extern char schedcut_vml_";
static const char table_start[] = "static const struct schedcut_redirect schedcut_redirects[]";

/* The text of each unit's generated file. */
struct unit_texts {
	const struct tree *tree;
	struct refresh_file *files; /* as manifest.units */
};

static struct error *read_units(struct unit_texts *u)
{
	const struct manifest *m = u->tree->manifest;

	u->files = xcalloc(m->units.n, sizeof(*u->files));
	for (size_t i = 0; i < m->units.n; i++) {
		_cleanup_free_ char *full = NULL;

		u->files[i].path = xasprintf("generated/unit/%s.c", m->units.v[i].name);
		full = xasprintf("%s/%s", u->tree->dir, u->files[i].path);
		u->files[i].text = os_read_file(full);
		if (!u->files[i].text)
			return error_errno(full, "cannot read");
	}
	return NULL;
}

static void free_units(struct unit_texts *u)
{
	for (size_t i = 0; u->files && i < u->tree->manifest->units.n; i++) {
		free(u->files[i].path);
		free(u->files[i].text);
	}
	free(u->files);
}

/* The line of @text's table whose third field is @function, or NULL. */
static const char *find_entry(const char *text, const char *function)
{
	_cleanup_free_ char *field = xasprintf(", %s, ", function);

	for (const char *p = strstr(text, table_start); p && *p; p += strcspn(p, "\n") + 1) {
		const char *found = strstr(p, field);

		if (str_starts(p, "};") || !found)
			return NULL;
		if (str_starts(p, entry_start) && found < p + strcspn(p, "\n"))
			return p;
	}
	return NULL;
}

/* The only unit whose table lists @function; -1: none or several do. */
static int listed_in(const struct unit_texts *u, const char *function)
{
	int unit = -1;

	for (size_t i = 0; i < u->tree->manifest->units.n; i++) {
		if (!find_entry(u->files[i].text, function))
			continue;
		if (unit >= 0)
			return -1;
		unit = i;
	}
	return unit;
}

bool redirect_listed(const struct tree *tree, const char *function, unsigned long units)
{
	struct unit_texts u = { .tree = tree };
	struct error *err = read_units(&u);
	bool listed = false;

	for (size_t i = 0; !err && i < tree->manifest->units.n; i++)
		listed |= (units & 1UL << i) && find_entry(u.files[i].text, function);
	error_free(err);
	free_units(&u);
	return listed;
}

/* --- moving */

/* The unit that now defines @f though the table of unit @at lists it; -1: none. */
static int moved_to(const struct tree *tree, const char *function, int at)
{
	for (size_t i = 0; i < tree->units.n; i++)
		if (tree->units.v[i] == at && check_func(tree->work, function, 1UL << i))
			return -1;
	for (size_t i = 0; i < tree->units.n; i++) {
		const struct src_func *func = check_func(tree->work, function, 1UL << i);

		/* A header's copy is every unit's: nothing has moved. */
		if (func && func->is_static && !(func->units & (func->units - 1)))
			return tree->units.v[i];
	}
	return -1;
}

/* Cut the line at @line out of @text, which is replaced; the line is returned. */
static char *take_line(char **text, const char *line)
{
	size_t start = line - *text, len = strcspn(line, "\n") + 1;
	char *taken = xstrndup(line, len);

	memmove(*text + start, *text + start + len, strlen(*text + start + len) + 1);
	return taken;
}

static void insert(char **text, const char *at, const char *line)
{
	char *longer = xasprintf("%.*s%s%s", (int)(at - *text), *text, line, at);

	free(*text);
	*text = longer;
}

/* A number that no label of @text has. */
static unsigned int free_number(const char *text)
{
	unsigned int n = 0, seen;

	for (const char *p = strstr(text, label_start); p; p = strstr(p + 1, label_start))
		if (sscanf(p + strlen(label_start), "%u", &seen) == 1 && seen >= n)
			n = seen + 1;
	return n;
}

/* Move the entry of @function and its label; false: the text is not ours. */
static bool move_entry(struct refresh_file *from, struct refresh_file *to, const char *function)
{
	const char *table = strstr(to->text, table_start),
		   *end = table ? strstr(table, "\n};") : NULL;
	const char *entry = find_entry(from->text, function), *rest;
	unsigned int number, fresh = free_number(to->text);
	_cleanup_free_ char *label = NULL, *taken = NULL, *line = NULL;

	rest = strstr(entry, "schedcut_vml_");
	if (!end || !rest || sscanf(rest, "schedcut_vml_%u", &number) != 1)
		return false;
	label = xasprintf("%s%u[]", label_start, number);
	if (!strstr(from->text, label))
		return false;

	taken = take_line(&from->text, entry);
	line = xasprintf("%.*sschedcut_vml_%u%s", (int)(strstr(taken, "schedcut_vml_") - taken),
			 taken, fresh, strchr(strstr(taken, "schedcut_vml_"), ','));
	insert(&to->text, end + 1, line);
	free(taken);
	free(line);
	taken = take_line(&from->text, strstr(from->text, label));
	line = xasprintf("%s%u%s", label_start, fresh, strchr(taken, '['));
	insert(&to->text, strstr(to->text, table_start), line);
	from->changed = to->changed = true;
	return true;
}

static struct error *move_all(struct unit_texts *u, size_t *n_moved)
{
	const struct manifest *m = u->tree->manifest;

	vec_for_each(f, &m->funcs) {
		int from = func_class_redirected(f->class) ? listed_in(u, f->name) : -1;
		int to = from < 0 ? -1 : moved_to(u->tree, f->name, from);

		if (to < 0)
			continue;
		if (!move_entry(&u->files[from], &u->files[to], f->name))
			return error_note(error_at(u->files[from].path, 0, 0,
						   "the redirect of '%s' is not as the cut wrote it",
						   f->name),
					  "take generated/ back from git");
		printf("moved: %s from %s to %s\n", f->name, m->units.v[from].name,
		       m->units.v[to].name);
		++*n_moved;
	}
	return NULL;
}

struct error *refresh_redirects(const struct tree *tree, size_t *n_moved)
{
	struct unit_texts u = { .tree = tree };
	struct error *err;

	*n_moved = 0;
	if (!tree->work)
		return NULL;
	err = read_units(&u);
	if (!err)
		err = move_all(&u, n_moved);
	if (!err)
		err = refresh_write(tree, u.files, tree->manifest->units.n);
	free_units(&u);
	return err;
}
