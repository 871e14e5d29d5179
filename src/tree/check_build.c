// SPDX-License-Identifier: GPL-2.0-only
#include "tree/check_build.h"

#include <ctype.h>

#include "base/os.h"

struct builds {
	struct check *c;
	char *kbuild;	    /* of the tree's top, without comments; "" if it is gone */
	struct strmap said; /* sources whose object a Makefile lists to no effect */
};

/* Does @text have @word between blanks and what else separates words of make? */
static bool has_word(const char *text, const char *word)
{
	static const char separators[] = " \t\n:=+";
	size_t len = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p++)
		if ((p == text || strchr(separators, p[-1])) && strchr(separators, p[len]))
			return true;
	return false;
}

/* Is source @path the cut's, read by a unit, or its object listed? */
static bool is_built(const struct builds *b, const char *path)
{
	const struct source *work = b->c->tree->work;
	_cleanup_free_ char *object = xasprintf("%.*so", (int)strlen(path) - 1, path);
	_cleanup_free_ char *before = xasprintf("%s/%s", b->c->tree->base_dir, path);

	if (has_word(b->kbuild, object) || os_is_file(before))
		return true;
	for (size_t i = 0; work && i < work->files.n; i++)
		if (!strcmp(work->files.v[i]->path, path))
			return true;
	return false;
}

/* --- new sources */

/* Does an edited source include a file called @name? It is not read then because
 * of a condition, which has been said. */
static bool is_mentioned(const struct builds *b, const char *name)
{
	_cleanup_free_ char *first = xasprintf("\"%s\"", name);
	_cleanup_free_ char *below = xasprintf("/%s\"", name);

	vec_for_each(path, &b->c->tree->changed) {
		const char *text = check_edited(b->c, *path)->now;

		if (!tree_is_c(*path))
			continue;
		for (; (text = strstr(text, "#include")); text++) {
			_cleanup_free_ char *line = xstrndup(text, strcspn(text, "\n"));

			if (strstr(line, first) || strstr(line, below))
				return true;
		}
	}
	return false;
}

static void check_new_source(struct builds *b, const struct edited *edited)
{
	const char *path = edited->path;

	if (!edited->is_new || is_built(b, path) || is_mentioned(b, base_name(path)) ||
	    strmap_get(&b->said, path))
		return;
	error_note(check_found(b->c, SEVERITY_WARNING, path, 1,
			       "nothing includes this file, and Kbuild does not list it"),
		   "include it in a file of the scheduler, or add '%s-y += %.*so' to Kbuild",
		   b->c->tree->manifest->name, (int)strlen(path) - 1, path);
}

/* --- Makefiles of the kernel */

/* Objects of @line, "obj-$(CONFIG_X) += a.o b.o", that are not in the module. */
static void check_objects_line(struct builds *b, const char *makefile, char *line, unsigned int number)
{
	int dir = base_name(makefile) - makefile;
	char *word;

	while ((word = strsep(&line, " \t"))) {
		if (!str_ends(word, ".o"))
			continue;
		char *source = arena_printf(&b->c->tree->arena, "%.*s%.*sc", dir, makefile,
					    (int)strlen(word) - 1, word);

		if (is_built(b, source))
			continue;
		strmap_put(&b->said, source, source);
		error_note(check_found(b->c, SEVERITY_WARNING, makefile, number,
				       "the tree's build does not read this file: '%.*s%s' is not built",
				       dir, makefile, word),
			   "add '%s-y += %.*s%s' to the tree's Kbuild", b->c->tree->manifest->name,
			   dir, makefile, word);
	}
}

/* Line @number of @text, the caller's to free. */
static char *line_of(const char *text, unsigned int number)
{
	while (--number && *text)
		text += strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n');
	return xstrndup(text, strcspn(text, "\n"));
}

/* Lists of objects are looked at one by one, the rest of a hunk is one edit. */
static void check_makefile(struct builds *b, const struct edited *edited)
{
	vec_for_each(hunk, &edited->diff.hunks) {
		unsigned int other = hunk->now_n ? 0 : hunk->now;

		for (unsigned int i = hunk->now; i < hunk->now + hunk->now_n; i++) {
			_cleanup_free_ char *line = line_of(edited->now, i);
			size_t blanks = strspn(line, " \t");

			if (str_starts(line + blanks, "obj-"))
				check_objects_line(b, edited->path, line, i);
			else if (line[blanks] && !other)
				other = i;
		}
		if (other)
			error_note(check_found(b->c, SEVERITY_WARNING, edited->path, other,
					       "the tree's build does not read this file: this edit has no effect"),
				   "flags and objects of the scheduler are in the tree's Kbuild");
	}
}

/* --- Kconfig */

/* "X" of a line "config X" or "menuconfig X", the caller's to free, or NULL. */
static char *declared_option(const char *line)
{
	line += strspn(line, " \t");
	line += str_starts(line, "menu") ? strlen("menu") : 0;
	if (!str_starts(line, "config") || !isspace((unsigned char)line[strlen("config")]))
		return NULL;
	line += strlen("config");
	line += strspn(line, " \t");
	return xstrndup(line, strcspn(line, " \t"));
}

/* Is line @number of @text about an option that the tree defines? */
static bool is_about_own(const struct builds *b, const char *text, unsigned int number)
{
	while (number) {
		_cleanup_free_ char *line = line_of(text, number--);
		_cleanup_free_ char *name = declared_option(line);
		_cleanup_free_ char *full = name ? xasprintf("CONFIG_%s", name) : NULL;

		if (name)
			return check_defines_option(b->c, full);
	}
	return false;
}

/* One finding for each option that @hunk declares, else one for all of it. */
static void check_kconfig_hunk(struct builds *b, const struct edited *edited,
			       const struct line_hunk *hunk)
{
	unsigned int n = hunk->now_n ? hunk->now_n : 1;

	for (unsigned int i = hunk->now; i < hunk->now + n; i++) {
		_cleanup_free_ char *line = line_of(edited->now, i);
		_cleanup_free_ char *option = hunk->now_n ? declared_option(line) : NULL;
		struct error *err;

		if ((i > hunk->now && !option) || is_about_own(b, edited->now, i))
			continue;
		err = check_found(b->c, SEVERITY_WARNING, edited->path, i,
				  "no configuration is made from this file: this edit has no effect");
		if (option)
			error_note(err, "say 'config: {%s: y}' in the rules and cut again", option);
		else
			error_note(err,
				   "vmlinux's configuration stays as it is: leave the hunk out; options of the patch's own are set by 'config' in the rules");
	}
}

/* --- the tree's own Kbuild */

/* "NAME-$(CONFIG_X) += a.o" of an option that is not set. */
static void check_kbuild_line(struct builds *b, const char *path, const char *line,
			      unsigned int number)
{
	const char *option = strstr(line, "-$(CONFIG_");
	size_t len = option ? kconfig_option_length(option + strlen("-$(")) : 0;
	_cleanup_free_ char *full = len ? xstrndup(option + strlen("-$("), len) : NULL;
	enum option_state state = full ? kconfig_state(b->c->config, full + strlen("CONFIG_")) :
					 OPTION_SET;

	if (state == OPTION_SET || state == OPTION_MODULE || !strstr(line, ".o") ||
	    check_defines_option(b->c, full))
		return;
	error_note(check_found(b->c, SEVERITY_WARNING, path, number,
			       "nothing is built by this line: %s is not set", full),
		   "say 'config: {%s: y}' in the rules and cut again, or write '-y'",
		   full + strlen("CONFIG_"));
}

static struct error *check_kbuild(struct builds *b, const struct edited *edited)
{
	TRY(check_config(b->c));
	vec_for_each(hunk, &edited->diff.hunks)
		for (unsigned int i = 0; i < hunk->now_n; i++) {
			_cleanup_free_ char *line = line_of(edited->now, hunk->now + i);

			check_kbuild_line(b, edited->path, line, hunk->now + i);
		}
	return NULL;
}

/* A Makefile, Kconfig file or Kbuild. */
static struct error *check_build_file(struct builds *b, const char *path)
{
	const char *name = base_name(path);

	if (!strcmp(path, "Kbuild"))
		return check_kbuild(b, check_edited(b->c, path));
	if (name != path && (!strcmp(name, "Makefile") || !strcmp(name, "Kbuild")))
		check_makefile(b, check_edited(b->c, path));
	if (str_starts(name, "Kconfig"))
		vec_for_each(hunk, &check_edited(b->c, path)->diff.hunks)
			check_kconfig_hunk(b, check_edited(b->c, path), hunk);
	return NULL;
}

struct error *check_builds(struct check *c)
{
	_cleanup_free_ char *path = xasprintf("%s/Kbuild", c->tree->dir);
	struct builds b = { .c = c, .kbuild = os_read_file(path) };
	struct error *err;

	b.kbuild = b.kbuild ? b.kbuild : xstrdup("");
	line_blank_hash_comments(b.kbuild);
	err = tree_unpack(c->tree);
	vec_for_each(changed, &c->tree->changed)
		err = err ? err : check_build_file(&b, *changed);
	/* What the sources include is not known if clang had to stop. */
	vec_for_each(changed, &c->tree->changed)
		if (!err && !c->unread && (str_ends(*changed, ".c") || str_ends(*changed, ".S")))
			check_new_source(&b, check_edited(c, *changed));
	strmap_free(&b.said);
	free(b.kbuild);
	return err;
}
