// SPDX-License-Identifier: GPL-2.0-only
#include "emit/emit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "emit/build_files.h"
#include "emit/manifest.h"
#include "emit/template.h"
#include "base/os.h"

/* --- what is copied */

/* The files that a tree gets from elsewhere, each path once. */
struct gathering {
	const struct emit_input *in;
	struct generated *out;
	struct strmap paths;
};

/* @text is the gathering's from here on. */
static void add_file(struct gathering *g, const char *path, char *text, size_t len)
{
	struct generated_file *file = arena_alloc(&g->out->arena, sizeof(*file));

	file->path = arena_strdup(&g->out->arena, path);
	file->text = text;
	file->len = len;
	vec_push(&g->out->files, file);
	strmap_put(&g->paths, file->path, file);
}

/* Copy @from to @path, unless a file of that path is there. */
static struct error *gather_file(struct gathering *g, const char *from, const char *path)
{
	size_t len;

	if (strmap_get(&g->paths, path))
		return NULL;
	char *bytes = os_read_bytes(from, &len);

	if (!bytes)
		return error_errno(from, "cannot read the file");
	add_file(g, path, bytes, len);
	return NULL;
}

/* The sources of @from, sorted, not those below its directories. */
static struct error *gather_dir(struct gathering *g, const char *from, const char *path)
{
	_cleanup_arena_ struct arena arena = { 0 };
	_cleanup_vec_ VEC(const char *) names = { 0 };
	DIR *d = opendir(from);

	if (!d)
		return error_errno(from, "cannot read the directory");
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.' && manifest_is_written(e->d_name))
			vec_push(&names, arena_strdup(&arena, e->d_name));
	closedir(d);
	vec_sort(&names, str_compare);
	vec_for_each(name, &names) {
		_cleanup_free_ char *source = xasprintf("%s/%s", from, *name);
		_cleanup_free_ char *target = xasprintf("%s/%s", path, *name);

		if (!os_is_dir(source))
			TRY(gather_file(g, source, target));
	}
	return NULL;
}

static struct error *gather_kernel_files(struct gathering *g)
{
	const struct rules *rules = g->in->generate->rules;
	const char *source = g->in->generate->target->source;

	vec_for_each(file, &g->in->rewritten->files) {
		char *text = xmalloc(file->len + 1);

		memcpy(text, file->text, file->len);
		text[file->len] = '\0';
		add_file(g, file->file->path, text, file->len);
	}
	/* What this configuration does not compile, so that patches apply. */
	vec_for_each(dir, &rules->directories) {
		_cleanup_free_ char *from = xasprintf("%s/%s", source, dir->name);

		TRY(gather_dir(g, from, dir->name));
	}
	vec_for_each(file, &rules->extra_files) {
		_cleanup_free_ char *from = xasprintf("%s/%s", source, file->name);

		TRY(gather_file(g, from, file->name));
	}
	return NULL;
}

struct error *emit_gather(const struct emit_input *in, struct generated **copied)
{
	struct gathering g = { .in = in, .out = xcalloc(1, sizeof(*g.out)) };
	struct error *err = gather_kernel_files(&g);

	for (const struct embedded_file *file = embedded_files; file->name; file++)
		if (strchr(file->name, '/'))
			add_file(&g, file->name, xstrdup(file->text), strlen(file->text));
	strmap_free(&g.paths);
	*copied = g.out;
	return err;
}

/* --- writing */

/* Write @path below @root. */
static struct error *write_file(const char *root, const char *path, const char *text, size_t len)
{
	_cleanup_free_ char *full = xasprintf("%s/%s", root, path);
	char *slash = strrchr(full, '/');

	TRY(os_interrupted());
	*slash = '\0';
	TRY(os_make_dirs(full));
	*slash = '/';
	return os_write_file(full, text, len, false);
}

static struct error *write_files(const struct generated *list, const char *root)
{
	vec_for_each(file, &list->files)
		TRY(write_file(root, (*file)->path, (*file)->text, (*file)->len));
	return NULL;
}

/* --- the cut as the check knows it */

/* The same bytes for the same files, whoever makes them where. */
static struct error *write_archive(const struct generated *const *lists, size_t n_lists,
				   const char *root, const char *archive)
{
	/* clang-format off */
	const char *const fixed[] = {
		"tar", "--create", "--format=ustar", "--mtime=@0", "--owner=0",
		"--group=0", "--numeric-owner", "--mode=u=rw,go=r", "--force-local",
		"--use-compress-program=gzip -n3", "--file", archive, "--directory", root, "--",
	};
	/* clang-format on */
	_cleanup_vec_ VEC(const char *) argv = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		vec_push(&argv, fixed[i]);
	for (size_t i = 0; i < n_lists; i++)
		vec_for_each(file, &lists[i]->files)
			if (manifest_compares((*file)->path))
				vec_push(&argv, (*file)->path);
	vec_push(&argv, NULL);
	return os_run(argv.v, NULL);
}

static const char *text_of(const struct generated *list, const char *path)
{
	vec_for_each(file, &list->files)
		if (!strcmp((*file)->path, path))
			return (*file)->text;
	return "";
}

/* The archive, and the manifest with its digest. */
static struct error *write_reference(const struct emit_input *in, const char *root)
{
	const struct generated *const lists[] = { in->copied, in->generated };
	_cleanup_free_ char *archive = xasprintf("%s/" ARCHIVE_PATH, root);
	char digest[DIGEST_TEXT_LEN + 1];
	size_t len;

	TRY(write_archive(lists, ARRAY_SIZE(lists), root, archive));
	_cleanup_free_ char *bytes = os_read_bytes(archive, &len);
	if (!bytes)
		return error_errno(archive, "cannot read what tar wrote");
	digest_bytes(bytes, len, digest);
	_cleanup_free_ char *manifest = manifest_seal(text_of(in->generated, MANIFEST_PATH),
						      in->generated->cut, digest, lists,
						      ARRAY_SIZE(lists));
	return write_file(root, MANIFEST_PATH, manifest, strlen(manifest));
}

/* --- the repository */

/*
 * When the kernel was built, so that the same input gives the same commit:
 * $SOURCE_DATE_EPOCH, else the date in the kernel's banner, else 1970.
 */
static long commit_time(const struct kernel *kernel)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	if (epoch)
		return strtol(epoch, NULL, 10);
	for (const char *p = kernel->banner; p && *p; p++) {
		struct tm tm = { 0 };

		if (*p == '(' && strptime(p + 1, "%Y-%m-%d)", &tm))
			return timegm(&tm);
	}
	return 0;
}

static struct error *commit_tree(const struct emit_input *in, const char *root)
{
	const struct kernel *kernel = in->generate->facts->kernel;
	_cleanup_free_ char *date = xasprintf("@%ld +0000", commit_time(kernel));

	_cleanup_free_ char *message =
		xasprintf("The scheduler of %s\n\nCut out by schedcut " SCHEDCUT_VERSION ".\n\n"
			  "Release: %s\nBuild-ID: %s\n",
			  in->generate->target->release, in->generate->target->release,
			  kernel->build_id_text);
	const char *const init[] = { "git", "init", "-q", "-b", "main", root, NULL };
	const char *const add[] = { "git", "-C", root, "add", "-A", "-f", ".", NULL };
	/* clang-format off */
	const char *const commit[] = {
		"git", "-C", root, "-c", "commit.gpgsign=false", "-c",
		"core.hooksPath=/dev/null", "commit", "-q", "-m", message, NULL,
	};
	/* clang-format on */
	/* Builds of the tree are named after it; `git tag` may be set to sign. */
	const char *const tag[] = { "git", "-C", root, "update-ref", "refs/tags/cut", "HEAD", NULL };

	/* Whoever calls us from git may have set them, and they win over -c. */
	setenv("GIT_AUTHOR_NAME", "schedcut", 1);
	setenv("GIT_AUTHOR_EMAIL", "schedcut@localhost", 1);
	setenv("GIT_COMMITTER_NAME", "schedcut", 1);
	setenv("GIT_COMMITTER_EMAIL", "schedcut@localhost", 1);
	setenv("GIT_AUTHOR_DATE", date, 1);
	setenv("GIT_COMMITTER_DATE", date, 1);
	TRY(os_run(init, NULL));
	TRY(os_run(add, NULL));
	TRY(os_run(commit, NULL));
	return os_run(tag, NULL);
}

/* --- what git does not see */

/* Where this machine has the kernel and the tool: variables of the Makefile. */
static struct error *write_local(const struct emit_input *in, const char *root)
{
	const struct target *target = in->generate->target;
	_cleanup_free_ char *headers = realpath(target->headers, NULL);
	_cleanup_free_ char *vmlinux = realpath(target->vmlinux, NULL);
	_cleanup_free_ char *tool = realpath("/proc/self/exe", NULL);
	_cleanup_free_ char *text = xasprintf("# Written by the cut; yours to change, git ignores it.\n"
					      "KDIR ?= %s\nVMLINUX ?= %s\nSCHEDCUT ?= %s\n",
					      headers ? headers : target->headers,
					      vmlinux ? vmlinux : target->vmlinux,
					      tool ? tool : "schedcut");

	return write_file(root, "local.mk", text, strlen(text));
}

/* --- into place */

/* @dir without slashes at its end. */
static char *without_slashes(const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	return xstrndup(dir, n);
}

struct error *emit_check_path(const char *given)
{
	_cleanup_free_ char *dir = without_slashes(given);
	const char *slash = strrchr(dir, '/');
	_cleanup_free_ char *parent = slash ? xstrndup(dir, slash - dir + 1) : xstrdup(".");
	_cleanup_free_ char *real = realpath(parent, NULL);

	if (!real)
		return error_note(error_errno(parent, "cannot resolve the path"),
				  "the tree's parent directory must exist");
	_cleanup_free_ char *path = xasprintf("%s/%s", real, slash ? slash + 1 : dir);
	return build_files_check_path(path);
}

struct error *emit_check_dir(const char *dir, bool force)
{
	struct stat st;

	if (force || lstat(dir, &st))
		return NULL;
	return error_note(error_at(dir, 0, 0, "exists already"),
			  "give another -o DIR, or --force to replace it");
}

/*
 * At no time is there anything else at @dir than all of the old tree or all of
 * the new one. Only a file system that cannot exchange two directories has
 * none for a moment.
 */
static struct error *move_into_place(const char *tmp, const char *dir, bool force)
{
	_cleanup_free_ char *old = xasprintf("%s.old", tmp);

	if (!renameat2(AT_FDCWD, tmp, AT_FDCWD, dir, RENAME_NOREPLACE))
		return NULL;
	TRY(emit_check_dir(dir, force));
	if (!renameat2(AT_FDCWD, tmp, AT_FDCWD, dir, RENAME_EXCHANGE)) {
		os_remove_tree(tmp);
		return NULL;
	}
	if (rename(dir, old) && errno != ENOENT)
		return error_errno(dir, "cannot move the old tree away");
	if (rename(tmp, dir)) {
		struct error *err = error_errno(dir, "cannot rename the new tree to this");

		rename(old, dir);
		return err;
	}
	os_remove_tree(old);
	return NULL;
}

static struct error *write_tree(const struct emit_input *in, const char *root)
{
	TRY(write_files(in->copied, root));
	TRY(write_files(in->generated, root));
	TRY(write_reference(in, root));
	TRY(commit_tree(in, root));
	return write_local(in, root);
}

struct error *emit_tree(const struct emit_input *in)
{
	_cleanup_free_ char *dir = without_slashes(in->dir);
	_cleanup_free_ char *tmp = xasprintf("%s.XXXXXX", dir);

	if (!mkdtemp(tmp))
		return error_note(error_errno(tmp, "cannot create a directory beside the tree"),
				  "its parent directory must exist and be writable");
	chmod(tmp, 0755);

	struct error *err = write_tree(in, tmp);

	if (!err)
		err = os_interrupted();
	if (!err)
		err = move_into_place(tmp, dir, in->force);
	if (err)
		os_remove_tree(tmp);
	return err;
}
