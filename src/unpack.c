// SPDX-License-Identifier: GPL-2.0-only
/*
 * unpack.c - unpack what a cut needs of a kernel source archive, once: the
 * result stays in the user's cache directory.
 */
#include "unpack.h"
#include "os.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const unpack_omitted[] = {
	"Documentation", "LICENSES", "samples", "scripts", "tools",
	"drivers/gpu/drm/amd/include", NULL
};

static struct error *run_tar(const char *archive, const char *directory)
{
	VEC(const char *) argv = { 0 };
	_cleanup_free_ char *file = xasprintf("--file=%s", archive);
	_cleanup_free_ char *into = xasprintf("--directory=%s", directory);
	char *excludes[ARRAY_SIZE(unpack_omitted)] = { NULL };
	const char *const fixed[] = {
		"tar", "--extract", file, into, "--force-local", "--strip-components=1",
		"--no-same-owner", "--anchored", "--wildcards",
		"--no-wildcards-match-slash",
	};

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		vec_push(&argv, fixed[i]);
	for (size_t i = 0; unpack_omitted[i]; i++) {
		excludes[i] = xasprintf("--exclude=*/%s", unpack_omitted[i]);
		vec_push(&argv, excludes[i]);
	}
	vec_push(&argv, NULL);
	struct error *err = os_run(argv.v, NULL);
	for (size_t i = 0; excludes[i]; i++)
		free(excludes[i]);
	vec_free(&argv);
	return err;
}

static struct error *unpack(const char *archive, const char *directory)
{
	_cleanup_free_ char *makefile = xasprintf("%s/Makefile", directory);

	struct error *err = run_tar(archive, directory);
	if (err)
		return error_note(err, "is %s complete, is the program that decompresses it installed, is there space in %s?",
				  archive, directory);
	if (os_is_file(makefile))
		return NULL;
	return error_note(error_at(archive, 0, 0, "holds no Makefile in its top directory"),
			  "is this a kernel source archive?");
}

/* Of what changes when the archive does, or what is left out of it. */
static uint64_t archive_hash(const char *archive, const struct stat *st)
{
	_cleanup_free_ char *identity = xasprintf("%s %jd %jd.%09ld", archive,
						  (intmax_t)st->st_size,
						  (intmax_t)st->st_mtim.tv_sec,
						  st->st_mtim.tv_nsec);
	uint64_t hash = hash_string(HASH_START, identity);

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

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (str_ends(path, suffixes[i]))
			return true;
	}
	return false;
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
