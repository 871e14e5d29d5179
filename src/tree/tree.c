// SPDX-License-Identifier: GPL-2.0-only
/*
 * tree.c - open an emitted tree: what changed since the cut, where its kernel is.
 */
#include "tree/tree.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/os.h"
#include "input/target_verify.h"
#include "source/source_text.h"
#include "vmlinux/vmlinux.h"

/* --- what changed */

bool tree_is_c(const char *path)
{
	return str_ends(path, ".c") || str_ends(path, ".h");
}

bool tree_is_source(const char *path)
{
	return (tree_is_c(path) || str_ends(path, ".S")) && !str_starts(path, "runtime/") &&
	       strcmp(path, SYMBOLS_PATH);
}

static void add_changed(struct tree *tree, const char *path)
{
	vec_push(&tree->changed, arena_strdup(&tree->arena, path));
	tree->sources_changed |= tree_is_source(path);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct manifest_file *)a)->path,
		      ((const struct manifest_file *)b)->path);
}

/* Files of the cut that are gone or have another text. */
static void find_edited(struct tree *tree)
{
	char digest[DIGEST_TEXT_LEN + 1];
	size_t len;

	vec_for_each(file, &tree->manifest->files) {
		_cleanup_free_ char *full = xasprintf("%s/%s", tree->dir, file->path);
		_cleanup_free_ char *bytes = os_read_bytes(full, &len);

		if (bytes)
			digest_lines(bytes, len, digest);
		if (!bytes || strcmp(digest, file->digest))
			add_changed(tree, file->path);
	}
}

/*
 * Files below @below ("" or "DIR/") that the cut does not have. What begins with a
 * dot is git's, Kbuild's or quilt's.
 */
static struct error *find_added(struct tree *tree, const char *below)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", tree->dir, below);
	struct error *err = NULL;
	DIR *d = opendir(path);

	if (!d)
		return error_errno(path, "cannot read the directory");
	for (struct dirent *e; !err && (e = readdir(d));) {
		_cleanup_free_ char *name = xasprintf("%s%s", below, e->d_name);
		_cleanup_free_ char *full = xasprintf("%s/%s", tree->dir, name);
		_cleanup_free_ char *deeper = xasprintf("%s/", name);
		const struct manifest_file key = { .path = name };
		struct stat st;

		if (*e->d_name == '.' || lstat(full, &st))
			continue;
		if (S_ISDIR(st.st_mode))
			err = find_added(tree, deeper);
		else if (manifest_is_written(e->d_name) && strcmp(name, BUILD_PATH) &&
			 !vec_search(&tree->manifest->files, &key, compare_paths))
			add_changed(tree, name);
	}
	closedir(d);
	return err;
}

/* Edits are compared with what is in it: it must be the one of the cut. */
static struct error *check_archive(const struct tree *tree)
{
	_cleanup_free_ char *path = xasprintf("%s/" ARCHIVE_PATH, tree->dir);
	char digest[DIGEST_TEXT_LEN + 1] = "";
	size_t len;
	_cleanup_free_ char *bytes = os_read_bytes(path, &len);

	if (bytes)
		digest_bytes(bytes, len, digest);
	if (!strcmp(digest, tree->manifest->archive))
		return NULL;
	return error_note(bytes ? error_at(path, 0, 0, "not the archive of cut %s",
					   tree->manifest->cut) :
				  error_errno(path, "cannot read the archive of the cut"),
			  "edits are compared with it: take it back from the cut (git checkout COMMIT " ARCHIVE_PATH
			  "), or cut again");
}

bool tree_changed(const struct tree *tree, const char *path)
{
	return vec_search(&tree->changed, &path, str_compare);
}

/* --- where the kernel is */

/* The value in @line if it is "NAME = VALUE", without what follows it; else NULL. */
static char *setting(char *line, const char *name)
{
	char *p;
	size_t len;

	if (!str_starts(line, name))
		return NULL;
	p = line + strlen(name);
	p += strspn(p, " \t");
	p += strspn(p, "?:");
	if (*p++ != '=')
		return NULL;
	p += strspn(p, " \t");
	len = strcspn(p, "#");
	while (len && strchr(" \t\r", p[len - 1]))
		len--;
	p[len] = '\0';
	return p;
}

/* The value of @name in the tree's local.mk, or NULL. */
static const char *local_setting(struct tree *tree, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/local.mk", tree->dir);
	_cleanup_free_ char *text = os_read_file(path);
	const char *value = NULL;
	char *line, *rest = text;

	while (rest && (line = strsep(&rest, "\n"))) {
		const char *found = setting(line, name);

		if (found && *found)
			value = arena_strdup(&tree->arena, found);
	}
	return value;
}

static const char *first_existing(struct tree *tree, const char *const *patterns, size_t n,
				  const char *below)
{
	for (size_t i = 0; i < n; i++) {
		char *path = arena_printf(&tree->arena, patterns[i], tree->manifest->release);
		char *probe = arena_printf(&tree->arena, "%s%s", path, below);

		if (!access(probe, R_OK))
			return path;
	}
	return NULL;
}

static void find_kernel_files(struct tree *tree, const struct tree_options *options)
{
	/* As in the Makefile. */
	static const char *const headers[] = {
		"/lib/modules/%s/build",
		"/usr/src/linux-headers-%s",
		"/usr/src/kernels/%s",
	};
	static const char *const vmlinux[] = {
		"/usr/lib/debug/boot/vmlinux-%s",
		"/usr/lib/debug/lib/modules/%s/vmlinux",
	};

	tree->headers = options->headers ? options->headers : local_setting(tree, "KDIR");
	if (!tree->headers)
		tree->headers = first_existing(tree, headers, ARRAY_SIZE(headers),
					       "/include/config/auto.conf");
	tree->vmlinux = options->vmlinux ? options->vmlinux : local_setting(tree, "VMLINUX");
	if (!tree->vmlinux)
		tree->vmlinux = first_existing(tree, vmlinux, ARRAY_SIZE(vmlinux), "");
}

struct error *tree_need_headers(const struct tree *tree)
{
	return tree->headers ?
		       NULL :
		       error_note(error_new("no headers of %s found", tree->manifest->release),
				  "install its headers package or say --headers DIR");
}

struct error *tree_compare_headers(const struct tree *tree)
{
	return tree->headers ? target_compare_headers(tree->headers, tree->manifest->release,
						      tree->manifest->package) :
			       NULL;
}

struct error *tree_open_kernel(const struct tree *tree, struct kernel **result)
{
	_cleanup_kernel_ struct kernel *kernel = NULL;

	*result = NULL;
	if (!tree->vmlinux)
		return NULL;
	TRY(kernel_open(tree->vmlinux, &kernel));
	if (strcmp(kernel->build_id_text, tree->manifest->build_id))
		return error_note(error_at(tree->vmlinux, 0, 0,
					   "not the kernel that this tree was cut from"),
				  "its build ID must be %s", tree->manifest->build_id);
	*result = return_ptr(kernel);
	return NULL;
}

/* --- the tree */

char *tree_relative(const struct tree *tree, const char *path)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	_cleanup_free_ char *root = realpath(tree->dir, NULL);

	if (!real || !root || !str_starts(real, root) || real[strlen(root)] != '/')
		return NULL;
	return xstrdup(real + strlen(root) + 1);
}

const char *tree_included(const char *line)
{
	const char *word = text_directive(line);

	if (!str_starts(word, "include"))
		return NULL;
	word += strlen("include");
	return word + strspn(word, " \t");
}

struct error *tree_unpack(struct tree *tree)
{
	if (tree->base_dir)
		return NULL;
	TRY(os_temp_dir(&tree->base_dir));

	_cleanup_free_ char *archive = xasprintf("%s/" ARCHIVE_PATH, tree->dir);
	/* clang-format off */
	const char *const tar[] = {
		"tar", "--extract", "--gzip", "--force-local", "--no-same-owner", "--file",
		archive, "--directory", tree->base_dir, NULL
	};
	/* clang-format on */

	return os_run(tar, NULL);
}

struct error *tree_open(const struct tree_options *options, struct tree **result)
{
	_cleanup_edited_tree_ struct tree *tree = xcalloc(1, sizeof(*tree));

	tree->dir = options->dir;
	TRY(manifest_read(options->dir, &tree->manifest));
	TRY(check_archive(tree));
	find_edited(tree);
	TRY(find_added(tree, ""));
	vec_sort(&tree->changed, str_compare);
	find_kernel_files(tree, options);
	*result = return_ptr(tree);
	return NULL;
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	source_free(tree->base);
	source_free(tree->work);
	if (tree->base_dir)
		os_remove_tree(tree->base_dir);
	free(tree->base_dir);
	vec_free(&tree->changed);
	vec_free(&tree->units);
	vec_free(&tree->own_units);
	manifest_free(tree->manifest);
	arena_free(&tree->arena);
	free(tree);
}
