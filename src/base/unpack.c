// SPDX-License-Identifier: GPL-2.0-only
#include "base/unpack.h"
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE (8ULL << 30) /* bytes of an unpacked file; a vmlinux has half a gigabyte */
#define KEPT_FILES 3	      /* in the cache: of a series of cuts, each is used again */

/* clang-format off */
const char *const unpack_omitted[] = {
	"Documentation", "LICENSES", "samples", "scripts", "tools",
	"drivers/gpu/drm/amd/include", NULL
};
/* clang-format on */

static struct error *run_tar(const char *archive, const char *directory)
{
	_cleanup_vec_ VEC(const char *) argv = { 0 };
	_cleanup_arena_ struct arena arena = { 0 };
	/* clang-format off */
	const char *const fixed[] = {
		"tar", "--extract", arena_printf(&arena, "--file=%s", archive),
		arena_printf(&arena, "--directory=%s", directory), "--force-local", "--strip-components=1",
		"--no-same-owner", "--anchored", "--wildcards",
		"--no-wildcards-match-slash",
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		vec_push(&argv, fixed[i]);
	for (size_t i = 0; unpack_omitted[i]; i++)
		vec_push(&argv, arena_printf(&arena, "--exclude=*/%s", unpack_omitted[i]));
	vec_push(&argv, NULL);
	return os_run(argv.v, NULL);
}

static struct error *unpack(const char *archive, const char *directory)
{
	_cleanup_free_ char *makefile = xasprintf("%s/Makefile", directory);

	struct error *err = run_tar(archive, directory);
	if (err)
		return error_note(err,
				  "is %s complete, is the program that decompresses it installed, is there space in %s?",
				  archive, directory);
	if (os_is_file(makefile))
		return NULL;
	return error_note(error_at(archive, 0, 0, "holds no Makefile in its top directory"),
			  "is this a kernel source archive?");
}

/* Of what changes when the file does. */
static uint64_t file_hash(const char *path, const struct stat *st)
{
	_cleanup_free_ char *identity = xasprintf("%s %jd %jd.%09ld", path, (intmax_t)st->st_size,
						  (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);

	return hash_string(HASH_START, identity);
}

/* The same, and of what is left out of the archive. */
static uint64_t archive_hash(const char *archive, const struct stat *st)
{
	uint64_t hash = file_hash(archive, st);

	for (size_t i = 0; unpack_omitted[i]; i++)
		hash = hash_string(hash, unpack_omitted[i]);
	return hash;
}

/*
 * Unpack into @directory of the cache, under a name of its own until it is
 * complete.
 */
static struct error *unpack_cached(const char *archive, const char *directory)
{
	_cleanup_tree_ char *unfinished = NULL;
	_cleanup_free_ char *name = xasprintf("%s.XXXXXX", directory);

	if (!mkdtemp(name))
		return error_errno(name, "cannot create the directory");
	unfinished = return_ptr(name);
	TRY(unpack(archive, unfinished));
	if (!rename(unfinished, directory))
		return NULL;

	struct error *err = error_errno(directory, "cannot rename the unpacked source to this");

	/* Another cut may have been faster: then its copy is as good. */
	if (!os_is_dir(directory))
		return err;
	error_free(err);
	return NULL;
}

bool unpack_knows(const char *path)
{
	static const char *const suffixes[] = {
		".tar", ".tar.xz", ".tar.gz", ".tar.zst", ".tar.bz2", ".tgz", ".txz",
	};

	return str_find(path, suffixes, str_ends);
}

struct error *unpack_source(const char *archive, char **directory, char **temporary)
{
	struct stat st;

	if (stat(archive, &st))
		return error_errno(archive, "cannot look at the archive");
	_cleanup_free_ char *parent = os_cache_dir("source");
	if (!parent) {
		TRY(os_temp_dir(temporary));
		*directory = xstrdup(*temporary);
		return unpack(archive, *temporary);
	}
	*directory = xasprintf("%s/%016" PRIx64, parent, archive_hash(archive, &st));
	return os_is_dir(*directory) ? NULL : unpack_cached(archive, *directory);
}

/* What decompresses a file that begins with these bytes. */
static const struct packer {
	const char *command;
	size_t len;
	const char *magic;
} packers[] = {
	{ "gzip", 2, "\x1f\x8b" },
	{ "bzip2", 3, "BZh" },
	{ "zstd", 4, "\x28\xb5\x2f\xfd" },
	{ "xz", 6,
	  "\xfd"
	  "7zXZ" },
};

static const struct packer *packer_of(int fd)
{
	char head[6];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	for (size_t i = 0; i < ARRAY_SIZE(packers); i++)
		if (n == sizeof(head) && !memcmp(head, packers[i].magic, packers[i].len))
			return &packers[i];
	return NULL;
}

/* Decompress @path to @to, the open file @fd. */
static struct error *run_packer(const struct packer *packer, const char *path, const char *to, int fd)
{
	const char *const argv[] = { packer->command, "-dc", NULL };
	struct error *err = os_filter(argv, path, fd, MAX_FILE);

	if (!err)
		return NULL;
	if (!strcmp(err->path ? err->path : "", packer->command)) {
		error_free(err);
		return error_note(error_at(path, 0, 0, "is compressed, and %s is not installed",
					   packer->command),
				  "install %s, or unpack it elsewhere (%s -dc <%s >vmlinux) and give that file",
				  packer->command, packer->command, path);
	}
	return error_note(err, "is %s complete, and is there space for it in %s?", path, to);
}

/* Decompress @path to a new file in @parent, which is called @name when it is
 * complete, or has no name if that is NULL. */
static struct error *unpack_into(const struct packer *packer, const char *path, const char *parent,
				 const char *name, int *fd)
{
	_cleanup_free_ char *unfinished = xasprintf("%s/schedcut.XXXXXX", parent);
	_cleanup_close_ int file = mkostemp(unfinished, O_CLOEXEC);

	if (file < 0)
		return error_errno(unfinished, "cannot create the file");
	struct error *err = run_packer(packer, path, parent, file);
	if (!err && name && fdatasync(file))
		err = error_errno(unfinished, "cannot write the unpacked file");
	/* Without a name in the cache, which another cut may trim, it is as good: it is open. */
	if (err || !name || rename(unfinished, name))
		unlink(unfinished);
	if (err)
		return err;
	*fd = file;
	file = -1;
	return NULL;
}

struct error *unpack_file(const char *path, int *fd)
{
	const struct packer *packer = packer_of(*fd);
	struct stat st;
	int unpacked;

	if (!packer || fstat(*fd, &st))
		return NULL;
	_cleanup_free_ char *parent = os_cache_dir("vmlinux");
	_cleanup_free_ char *name = parent ? xasprintf("%s/%016" PRIx64, parent,
						       file_hash(path, &st)) :
					     NULL;

	unpacked = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	if (unpacked >= 0)
		futimens(unpacked, NULL);
	else
		TRY(unpack_into(packer, path, parent ? parent : os_temp_parent(), name, &unpacked));
	close(*fd);
	*fd = unpacked;
	if (parent)
		os_keep_newest(parent, KEPT_FILES);
	return NULL;
}
