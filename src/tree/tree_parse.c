// SPDX-License-Identifier: GPL-2.0-only
/*
 * tree_parse.c - which units an edit reaches, and what the source of both states says.
 * Facts of the cut do not change: they are kept in a cache.
 */
#include "tree/tree_parse.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "base/parallel.h"
#include "input/cflags.h"
#include "input/target.h"
#include "source/source_cache.h"

#define KEPT_FACTS 32 /* files in the cache: of a tree, one for each set of units */

/* --- which units a change reaches */

/* The file that @line includes by #include "...", below the tree, or NULL. */
static char *included(struct tree *tree, const char *line, const char *from)
{
	const char *name = tree_included(line);

	if (!name || *name++ != '"')
		return NULL;
	_cleanup_free_ char *path = xasprintf("%s/%.*s%.*s", tree->dir, (int)(base_name(from) - from),
					      from, (int)strcspn(name, "\"\n"), name);
	_cleanup_free_ char *below = tree_relative(tree, path);

	return below ? arena_strdup(&tree->arena, below) : NULL;
}

/* Does @path, or a file that it includes, differ from the cut?
 * Conditionals are not looked at: too many units do no harm. */
static bool reached(struct tree *tree, const char *path, struct strmap *seen)
{
	_cleanup_free_ char *full = xasprintf("%s/%s", tree->dir, path);

	if (tree_changed(tree, path))
		return true;
	if (strmap_put(seen, path, (void *)path))
		return false;

	_cleanup_free_ char *text = os_read_file(full);
	char *line, *rest = text;

	while (rest && (line = strsep(&rest, "\n"))) {
		const char *next = included(tree, line, path);

		if (next && reached(tree, next, seen))
			return true;
	}
	return false;
}

static void find_units(struct tree *tree)
{
	bool all = false;

	/* Files that include <...> are not looked for, and removed files are included nowhere. */
	vec_for_each(path, &tree->changed) {
		_cleanup_free_ char *full = xasprintf("%s/%s", tree->dir, *path);

		all |= tree_is_source(*path) && (target_include_dir(*path) || access(full, F_OK));
	}
	vec_for_each(unit, &tree->manifest->units) {
		char *path = arena_printf(&tree->arena, "generated/unit/%s.c", unit->name);
		struct strmap seen = { 0 };

		if (all || reached(tree, path, &seen))
			vec_push(&tree->units, unit - tree->manifest->units.v);
		strmap_free(&seen);
	}
}

/* Is @suffix of a variable of @kbuild "y", or "$(CONFIG_X)" of an option that is? */
static bool is_yes(const char *kbuild, const char *suffix, size_t len)
{
	if (len == 1)
		return *suffix == 'y';
	if (len < strlen("$(X)") || !str_starts(suffix, "$(CONFIG_"))
		return false;
	_cleanup_free_ char *line = xasprintf("\n%.*s := y\n", (int)(len - strlen("$()")),
					      suffix + strlen("$("));
	return strstr(kbuild, line);
}

/* Objects of the author's own that Kbuild adds to the scheduler. */
static void find_own_units(struct tree *tree)
{
	_cleanup_free_ char *path = xasprintf("%s/Kbuild", tree->dir);
	_cleanup_free_ char *text = os_read_file(path), *whole = text ? xstrdup(text) : NULL;
	_cleanup_free_ char *key = xasprintf("%s-", tree->manifest->name);
	char *line, *rest = text, *word;

	if (text)
		join_continued(text);
	while (rest && (line = strsep(&rest, "\n"))) {
		size_t len;

		if (!str_starts(line, key))
			continue;
		line += strlen(key);
		len = strcspn(line, " \t+:=");
		if (!is_yes(whole, line, len))
			continue;
		line += len;
		line[strcspn(line, "#")] = '\0';
		while ((word = strsep(&line, " \t+:="))) {
			if (!str_ends(word, ".o") || str_starts(word, "runtime/") ||
			    str_starts(word, "generated/"))
				continue;
			char *source = arena_printf(&tree->arena, "%.*s.c", (int)strlen(word) - 2,
						    word);
			_cleanup_free_ char *full = xasprintf("%s/%s", tree->dir, source);

			if (os_is_file(full))
				vec_push(&tree->own_units, source);
		}
	}
}

unsigned long tree_units(const struct tree *tree, unsigned long units)
{
	unsigned long bits = 0;

	for (size_t i = 0; i < tree->units.n; i++)
		if (units & 1UL << i)
			bits |= 1UL << tree->units.v[i];
	return bits;
}

/* --- parsing */

/* Kbuild's flags, and where the tree was when they were made. */
struct flags {
	struct target target;
	const char *dir;
};

/*
 * The directory of the tree that @command, the .cmd file of @object, is of; it
 * may have been moved or copied since. NULL: not said.
 */
static const char *built_in(struct tree *tree, const char *command, const char *object)
{
	const char *start = strstr(command, "cmd_/"), *end = start ? strstr(start, object) : NULL;

	if (!end || end > start + strcspn(start, " \n"))
		return NULL;
	start += strlen("cmd_");
	return arena_strndup(&tree->arena, start, end - start);
}

/* A Kbuild by which another directory's objects get the flags of the tree @dir. */
static const char *kbuild_of(struct tree *tree, const char *dir)
{
	return arena_printf(&tree->arena,
			    "own-src := $(src)\nown-obj := $(obj)\nsrc := %1$s\nobj := %1$s\n"
			    "include %1$s/Kbuild\n"
			    "src := $(own-src)\nobj := $(own-obj)\nobj-m :=\n",
			    dir);
}

/* Of the tree's own build if there was one. */
static struct error *find_cflags(struct tree *tree, struct flags *flags)
{
	const char *object = arena_printf(&tree->arena, "/generated/unit/%s.o",
					  tree->manifest->units.v[0].name);
	_cleanup_free_ char *path = xasprintf("%s/generated/unit/.%s.o.cmd", tree->dir,
					      tree->manifest->units.v[0].name);
	_cleanup_free_ char *command = os_read_file(path);
	_cleanup_free_ char *here = realpath(tree->dir, NULL);

	TRY(tree_need_headers(tree));
	if (!here)
		return error_errno(tree->dir, "cannot resolve the path");
	flags->target.headers = tree->headers;
	flags->dir = command ? built_in(tree, command, object) : NULL;
	if (!flags->dir)
		flags->dir = arena_strdup(&tree->arena, here);
	return command ? target_parse_command(&flags->target, path, command) :
			 target_cflags(&flags->target, kbuild_of(tree, here));
}

struct parse_job {
	struct source_options options;
	struct source **source;
	struct error *err;
	VEC(const char *) units, cflags;
};

/* @flag, or a path that belongs to one, with the tree at @root: headers of the
 * tree that @flags are of are compared, too. */
static const char *rooted(struct tree *tree, const struct flags *flags, const char *flag,
			  const char *root)
{
	size_t option = str_starts(flag, "-I") ? strlen("-I") : 0, len = strlen(flags->dir);
	const char *rest = flag + option;

	if (!str_starts(rest, flags->dir) || (rest[len] && rest[len] != '/'))
		return flag;
	return arena_printf(&tree->arena, "%.*s%s%s", (int)option, flag, root, rest + len);
}

static void prepare_job(struct tree *tree, struct parse_job *job, const char *root,
			const struct flags *flags)
{
	bool is_work = root == tree->dir;

	vec_for_each(i, &tree->units)
		vec_push(&job->units, arena_printf(&tree->arena, "generated/unit/%s.c",
						   tree->manifest->units.v[*i].name));
	/* Files of the author's own have no past. */
	if (is_work)
		vec_for_each(path, &tree->own_units)
			vec_push(&job->units, *path);
	vec_for_each(flag, &flags->target.cflags)
		vec_push(&job->cflags, rooted(tree, flags, *flag, root));
	vec_push(&job->cflags, "-DMODULE");
	vec_push(&job->cflags, "-DSCHEDCUT_CHECK");
	job->options = (struct source_options){
		.root = root,
		.units = job->units.v,
		.n_units = job->units.n,
		.directories = tree->manifest->directories.v,
		.n_directories = tree->manifest->directories.n,
		.cflags = job->cflags.v,
		.n_cflags = job->cflags.n,
		.tolerant = is_work,
	};
}

/* parallel_for(): both states at once. */
static void run_job(size_t item, unsigned int worker, void *arg)
{
	struct parse_job *job = (struct parse_job *)arg + item;

	(void)worker;
	if (job->units.n)
		job->err = source_load(&job->options, job->source);
}

/* --- facts of the cut, kept */

/*
 * Where the facts of the units at hand are kept, and what they depend on: the cut,
 * the flags, and this program. NULL: nowhere.
 */
static char *base_cache(struct tree *tree, const struct flags *flags, char **key)
{
	_cleanup_free_ char *dir = os_cache_dir("facts");
	uint64_t h = HASH_START;
	unsigned long units = 0;
	struct stat st;

	if (!dir || stat("/proc/self/exe", &st))
		return NULL;
	vec_for_each(flag, &flags->target.cflags)
		h = hash_string(hash_string(h, rooted(tree, flags, *flag, "")), "\t");
	vec_for_each(unit, &tree->units)
		units |= 1UL << *unit;
	*key = xasprintf("schedcut " SCHEDCUT_VERSION " %s %lx %" PRIx64 " %lld.%ld %lld",
			 tree->manifest->archive, units, h, (long long)st.st_mtim.tv_sec,
			 st.st_mtim.tv_nsec, (long long)st.st_size);
	return xasprintf("%s/%s-%lx", dir, tree->manifest->cut, units);
}

/* Not more of them than some trees need that are edited by turns. */
static void write_base_cache(const char *path, const char *key, const struct source *base)
{
	_cleanup_free_ char *dir = xstrndup(path, strrchr(path, '/') - path);

	source_cache_write(path, key, base);
	os_keep_newest(dir, KEPT_FACTS);
}

static struct error *parse_both(struct tree *tree, const struct flags *flags, struct error **broken)
{
	_cleanup_free_ char *key = NULL;
	_cleanup_free_ char *cache = base_cache(tree, flags, &key);

	struct parse_job jobs[] = { { .source = &tree->work }, { .source = &tree->base } };
	struct parse_job *work = &jobs[0], *base = &jobs[1];

	prepare_job(tree, base, tree->base_dir, flags);
	prepare_job(tree, work, tree->dir, flags);
	if (cache)
		tree->base = source_cache_read(cache, key, tree->base_dir);
	bool cached = tree->base;

	parallel_for(cached ? 1 : 2, 2, run_job, jobs);
	if (cached)
		utimensat(AT_FDCWD, cache, NULL, 0);
	else if (cache && tree->base)
		write_base_cache(cache, key, tree->base);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		vec_free(&jobs[i].units);
		vec_free(&jobs[i].cflags);
	}
	if (!tree->base && !base->err)
		tree->base = xcalloc(1, sizeof(*tree->base));
	*broken = work->err;
	return base->err;
}

struct error *tree_parse(struct tree *tree, struct error **broken)
{
	struct flags flags = { 0 };
	struct error *err;

	find_units(tree);
	find_own_units(tree);
	TRY(tree_unpack(tree));
	err = find_cflags(tree, &flags);
	if (!err)
		err = parse_both(tree, &flags, broken);
	vec_free(&flags.target.cflags);
	arena_free(&flags.target.arena);
	return err;
}
