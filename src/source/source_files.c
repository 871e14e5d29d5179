// SPDX-License-Identifier: GPL-2.0-only
#include "source/source_files.h"
#include "base/unpack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_code_file(const char *path)
{
	return str_ends(path, ".c") || str_ends(path, ".h") || str_ends(path, ".rs");
}

/* Code of other architectures is not in this kernel. */
static bool is_own_arch(const struct source_files *l, const char *path)
{
	_cleanup_free_ char *part = xasprintf("%s/", path);

	vec_for_each(file, &l->source->files)
		if (strstr((*file)->real, part))
			return true;
	return false;
}

static bool is_listed_directory(const struct source_files *l, const char *parent, const char *path)
{
	for (size_t i = 0; unpack_omitted[i]; i++)
		if (!strcmp(path, unpack_omitted[i]))
			return false;
	return strcmp(parent, "arch") || is_own_arch(l, path);
}

static struct error *not_read(const struct source_files *l, const char *path)
{
	return error_note(error_errno(*path ? path : l->source->root, "cannot be read"), "%s",
			  l->remedy);
}

/* A key for the directory @st, owned by @arena. */
static char *directory_key(struct arena *arena, const struct stat *st)
{
	return arena_printf(arena, "%lx %lx", (unsigned long)st->st_dev, (unsigned long)st->st_ino);
}

/* Is this the first time that the directory @st is seen? */
static bool is_new_directory(struct source_files *l, const struct stat *st)
{
	char *key = directory_key(&l->arena, st);

	return !strmap_put(&l->listed, key, key);
}

/* Is the file @real listed in its own directory? */
static bool is_found_there(struct source_files *l, const char *real)
{
	const char *base = strrchr(real, '/') + 1;
	_cleanup_free_ char *dir = xstrndup(real, base - real);
	struct stat st;

	return base[0] != '.' && is_code_file(base) && !stat(dir, &st) &&
	       strmap_get(&l->listed, directory_key(&l->arena, &st));
}

/* @path is the arena's. */
static void add_code_file(struct source_files *l, const char *path)
{
	if (is_code_file(path))
		vec_push(&l->paths, path);
}

static struct error *list_directory(struct source_files *l, int fd, const char *path);

static struct error *list_entry(struct source_files *l, int dir, const struct dirent *e,
				const char *parent)
{
	char *path = arena_printf(&l->arena, "%s%s%s", parent, *parent ? "/" : "", e->d_name);
	struct stat st = { .st_mode = DTTOIF(e->d_type) };

	if (e->d_type == DT_UNKNOWN && fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW))
		return not_read(l, path);
	if (S_ISLNK(st.st_mode))
		vec_push(&l->links, path);
	else if (S_ISREG(st.st_mode))
		add_code_file(l, path);
	else if (S_ISDIR(st.st_mode) && is_listed_directory(l, parent, path))
		return list_directory(l,
				      openat(dir, e->d_name,
					     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
				      path);
	return NULL;
}

/* List and close the directory @fd at @path. It is negative if it could not be opened:
 * errno says why. */
static struct error *list_directory(struct source_files *l, int fd, const char *path)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct error *err = NULL;
	struct dirent *e;
	struct stat st;

	if (!dir || fstat(fd, &st)) {
		err = not_read(l, path);
		if (fd >= 0 && !dir)
			close(fd);
	} else if (is_new_directory(l, &st)) {
		while (!err && (errno = 0, e = readdir(dir)))
			if (e->d_name[0] != '.')
				err = list_entry(l, fd, e, path);
		if (!err && errno)
			err = not_read(l, path);
	}
	if (dir)
		closedir(dir);
	return err;
}

/* Is the source inside the directory @real? */
static bool holds_root(const struct source_files *l, const char *real)
{
	_cleanup_free_ char *root = realpath(l->source->root, NULL);
	size_t len = strlen(real);

	return root && !strncmp(root, real, len) &&
	       (!root[len] || root[len] == '/' || !strcmp(real, "/"));
}

/* The link at @path may lead to code that has not been listed: a source may consist of
 * links to another one. */
static struct error *follow_link(struct source_files *l, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *parent = xstrndup(path, slash ? slash - path : 0);
	_cleanup_free_ char *full = xasprintf("%s/%s", l->source->root, path);
	_cleanup_free_ char *real = realpath(full, NULL);
	struct stat st;

	if (!real && errno == ENOENT) {
		if (is_listed_directory(l, parent, path))
			vec_push(&l->dangling, path);
		return NULL;
	}
	if (!real || stat(real, &st))
		return not_read(l, path);
	if (S_ISREG(st.st_mode) && !is_found_there(l, real))
		add_code_file(l, path);
	if (S_ISDIR(st.st_mode) && is_listed_directory(l, parent, path) && !holds_root(l, real))
		return list_directory(l, open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
	return NULL;
}

static int compare_listed_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* After everything else, in the order of their names: so what is found under which name
 * is the same each time. Links to directories may yield further ones. */
static struct error *follow_links(struct source_files *l)
{
	for (size_t done = 0, end; done < l->links.n;) {
		end = l->links.n;
		qsort(l->links.v + done, end - done, sizeof(*l->links.v), compare_listed_paths);
		for (; done < end; done++)
			TRY(follow_link(l, l->links.v[done]));
	}
	return NULL;
}

struct error *source_files_list(struct source_files *l, const struct source *source,
				const char *remedy)
{
	_cleanup_close_ int root = open(source->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return error_errno(source->root, "cannot open the kernel source");
	l->source = source;
	l->remedy = remedy;
	TRY(list_directory(l, openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), ""));
	TRY(follow_links(l));
	vec_sort(&l->paths, compare_listed_paths);
	return NULL;
}

void source_files_free(struct source_files *l)
{
	vec_free(&l->paths);
	vec_free(&l->dangling);
	vec_free(&l->links);
	strmap_free(&l->listed);
	arena_free(&l->arena);
}
