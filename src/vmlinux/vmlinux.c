// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/vmlinux.h"

#include "vmlinux/elf.h"
#include "vmlinux/kernel_internal.h"
#include "base/os.h"
#include "base/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *vmlinux_debug_dir = "/usr/lib/debug";

/* --- one file */

/* What people take for a vmlinux, told by bytes at its beginning. */
static const struct {
	size_t at, len;
	const char *bytes, *what, *remedy;
} mistakes[] = {
	{ 0x202, 4, "HdrS", "a boot image without symbols (bzImage, vmlinuz)",
	  "give the vmlinux with debug information: 'linux-image-RELEASE-dbg' (Debian) or 'kernel-debuginfo' (RPM) has it" },
	{ 0, 8, "!<arch>\n", "a Debian package",
	  "unpack it (dpkg-deb -x FILE DIRECTORY) and give the vmlinux in it" },
	{ 0, 4, "\xed\xab\xee\xdb", "an RPM package",
	  "unpack it (rpm2cpio FILE | cpio -id) and give the vmlinux in it" },
};

static struct error *check_mistakes(const char *path, int fd)
{
	char head[0x206] = { 0 };

	if (pread(fd, head, sizeof(head), 0) < 0)
		return error_errno(path, "cannot read it");
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++)
		if (!memcmp(head + mistakes[i].at, mistakes[i].bytes, mistakes[i].len))
			return error_note(error_at(path, 0, 0, "is %s", mistakes[i].what), "%s",
					  mistakes[i].remedy);
	return NULL;
}

/* Open one file, which may be compressed. */
static struct error *open_file(const char *path, struct kernel **kernel)
{
	/* opening a FIFO would wait for its writer */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(path, "cannot open");
	if (!S_ISREG(st.st_mode))
		return error_at(path, 0, 0, "not a regular file");
	TRY(check_mistakes(path, fd));
	TRY(unpack_file(path, &fd));
	if (fstat(fd, &st))
		return error_errno(path, "cannot look at it");
	if (!st.st_size)
		return error_at(path, 0, 0, "empty file");
	void *map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return error_errno(path, "cannot map");
	return kernel_open_sections(path, map, st.st_size, true, kernel);
}

/* --- the other half */

/* Where the other half of @k was looked for. */
struct search {
	struct kernel *k;
	bool for_code;
	struct kernel *found;
	const char *tried; /* "PATH, PATH (why not)" */
};

static bool has_wanted(const struct search *search, const struct kernel *half)
{
	if (search->for_code)
		return half->priv->has_code;
	return half->priv->has_debug && (half->priv->has_symbols || search->k->priv->has_symbols);
}

static void note_tried(struct search *search, const char *path, const char *why)
{
	search->tried = arena_printf(&search->k->arena, "%s%s%s%s", search->tried,
				     *search->tried ? ", " : "", path, why);
}

/* Is the file @path, if there is one, the other half? */
static void try_path(struct search *search, const char *path)
{
	struct kernel *half = NULL;
	_cleanup_error_ struct error *err = NULL;

	if (search->found || !os_is_file(path))
		return;
	err = open_file(path, &half);
	if (err) {
		_cleanup_free_ char *why = xasprintf(" (%s)", err->message);

		note_tried(search, path, why);
		return;
	}
	if (strcmp(half->build_id_text, search->k->build_id_text))
		note_tried(search, path,
			   half->build_id_len ? " (has another build ID)" : " (has no build ID)");
	else if (!has_wanted(search, half))
		note_tried(search, path,
			   search->for_code ? " (has no code)" : " (has no debug information)");
	else
		search->found = half;
	if (!search->found)
		kernel_close(half);
}

static const char *const suffixes[] = { ".gz", ".xz", ".zst", ".bz2" };

/* The same, and with the name's suffix of a compressed file. */
static void try_name(struct search *search, const char *fmt, ...) __printf(2, 3);
static void try_name(struct search *search, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	_cleanup_free_ char *path = xvasprintf(fmt, ap);
	va_end(ap);
	if (search->found)
		return;
	bool exists = os_is_file(path);
	try_path(search, path);
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		_cleanup_free_ char *packed = xasprintf("%s%s", path, suffixes[i]);

		exists |= os_is_file(packed);
		try_path(search, packed);
	}
	if (!exists)
		note_tried(search, path, "");
}

/* The name that .gnu_debuglink gives to the file with debug information, or NULL. */
static const char *debug_link(const struct kernel *k)
{
	const struct ksection *s = kernel_section(k, ".gnu_debuglink");
	const char *name = s ? (const char *)s->bytes : NULL;

	if (!name || !memchr(name, '\0', s->size) || !*name || strchr(name, '/'))
		return NULL;
	return elf_is_printable(name) ? name : NULL;
}

static void try_build_id(struct search *search, const char *root, const char *suffix)
{
	const char *id = search->k->build_id_text;

	try_name(search, "%s/.build-id/%.2s/%s%s", root, id, id + 2, suffix);
}

/* @name without @suffix, if it ends so; NULL: none. */
static char *without_suffix(const char *name, const char *suffix)
{
	size_t len = suffix && str_ends(name, suffix) ? strlen(suffix) : 0;

	return xstrndup(name, strlen(name) - len);
}

static void try_debug(struct search *search, const char *dir, const char *file)
{
	try_name(search, "%s/%s", dir, file);
	try_name(search, "%s/.debug/%s", dir, file);
	try_name(search, "%s%s/%s", vmlinux_debug_dir, dir, file);
}

/* As gdb looks for it, and as RPM names it. */
static void find_debug(struct search *search, const char *dir, const char *name)
{
	const char *link = debug_link(search->k);
	_cleanup_free_ char *own = xasprintf("%s.debug", name);

	try_build_id(search, vmlinux_debug_dir, ".debug");
	if (link)
		try_debug(search, dir, link);
	if (!link || strcmp(own, link))
		try_debug(search, dir, own);
}

static void find_code(struct search *search, const char *dir, const char *name)
{
	_cleanup_free_ char *plain = without_suffix(name, ".debug");
	_cleanup_free_ char *above = without_suffix(dir, "/.debug");
	size_t root = strlen(vmlinux_debug_dir);

	if (strcmp(plain, name))
		try_name(search, "%s/%s", dir, plain);
	if (strcmp(above, dir))
		try_name(search, "%s/%s", above, plain);
	if (!strncmp(dir, vmlinux_debug_dir, root) && dir[root] == '/')
		try_name(search, "%s/%s", dir + root, plain);
	try_build_id(search, vmlinux_debug_dir, "");
	/* where RPM has links to code */
	try_build_id(search, "/usr/lib", "");
}

static void find_half(struct search *search)
{
	_cleanup_free_ char *real = realpath(search->k->path, NULL);
	const char *file = real ? real : search->k->path;
	_cleanup_free_ char *path = without_suffix(file, str_find(file, suffixes, str_ends));
	_cleanup_free_ char *name = xstrdup(base_name(path));
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	if (search->for_code)
		find_code(search, slash ? path : ".", name);
	else
		find_debug(search, slash ? path : ".", name);
}

static struct error *not_found(const struct search *search)
{
	const struct kernel *k = search->k;
	const char *has = search->for_code     ? "debug information without code" :
			  k->priv->has_symbols ? "no debug information" :
						 "no symbol table";
	const char *wanted = search->for_code ? "code" : "debug information";

	if (!k->build_id_len)
		return error_note(error_at(k->path, 0, 0,
					   "holds %s, and no build ID by which the file with the %s could be known",
					   has, wanted),
				  "make one file of the two (eu-unstrip CODE DEBUG -o vmlinux) and give that");
	return error_note(error_at(k->path, 0, 0,
				   "holds %s, and no file with the %s of build ID %s is at %s", has,
				   wanted, k->build_id_text, search->tried),
			  "%s, or a link to it, at one of these paths",
			  search->for_code ? "put the kernel's vmlinux that was stripped" :
					     "install the kernel's debug package, or put its file");
}

/*
 * Find what @k lacks in another file: *@half, or NULL if it lacks nothing. A file
 * with symbols that names none may do without debug information.
 */
static struct error *complete(struct kernel *k, struct kernel **half)
{
	struct search search = { .k = k, .tried = "", .for_code = !k->priv->has_code };
	bool needed = search.for_code || !k->priv->has_symbols || debug_link(k);

	*half = NULL;
	if (!search.for_code && k->priv->has_symbols && k->priv->has_debug)
		return NULL;
	/* some other file: what is read of it says what is wrong */
	if (search.for_code && !k->priv->has_debug)
		return NULL;
	if (k->build_id_len)
		find_half(&search);
	*half = search.found;
	return search.found || !needed ? NULL : not_found(&search);
}

/*
 * Which of the two has the symbols to be read. That is the file with debug
 * information, in which nothing is stripped; but eu-strip leaves relocations, which
 * name symbols by number, and the symbols for them with the code.
 */
static void choose_first(struct kernel **first, struct kernel **half)
{
	struct kernel *code = (*first)->priv->has_code ? *first : *half;
	struct kernel *debug = code == *first ? *half : *first;
	bool by_code = code->priv->has_symbols &&
		       (!debug->priv->has_symbols || (code->has_relocs && !debug->has_relocs));

	*first = by_code ? code : debug;
	*half = by_code ? debug : code;
}

/* Without either, nothing says which static function is whose. */
static struct error *check_files(const struct kernel *k)
{
	if (k->file_groups.n || k->priv->has_debug ||
	    (k->priv->half && k->priv->half->priv->has_debug))
		return NULL;
	return error_note(error_at(k->path, 0, 0,
				   "neither its symbols nor debug information say which files it was made of"),
			  "its file symbols were stripped (strip -g): use the vmlinux of the kernel's debug package");
}

struct error *kernel_open(const char *path, struct kernel **kernel)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	struct kernel *half;

	TRY(open_file(path, &k));
	TRY(complete(k, &half));
	if (half)
		choose_first(&k, &half);
	TRY(kernel_read(k, half));
	TRY(check_files(k));
	*kernel = return_ptr(k);
	return NULL;
}
