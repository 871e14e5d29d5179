// SPDX-License-Identifier: GPL-2.0-only
/*
 * member_search.c - one pass over the kernel's source for uses of members by name.
 *
 * list files -> scan each on one of several threads -> add up -> scan again the few
 * files that include the boundary's headers
 */
#include "source/member_search.h"

#include "base/os.h"
#include "base/parallel.h"
#include "source/member_scan.h"
#include "source/source_files.h"

#define MAX_JOBS 4
#define UNREAD_NOTE "the search for uses of record members needs the whole source"

/* What every complete source has that holds code. */
/* clang-format off */
static const char *const code_directories[] = {
	"arch", "block", "crypto", "drivers", "fs", "include", "init", "ipc", "kernel",
	"lib", "mm", "net", "security", "sound", "virt",
};
/* clang-format on */

struct search {
	const struct source *source;
	struct member_search *out;
	struct source_files listing;
	VEC(const char *) paths;	  /* of it, without the boundary's */
	struct strmap numbers;		  /* name -> number + 1 */
	VEC(const char *) names;	  /* by number */
	struct strmap headers;		  /* base names of the boundary's */
	_Atomic(const char *) unreadable; /* a path, if there is one */
	struct finder *finders;		  /* of the threads, PARALLEL_MAX */
};

/* Uses of one name that a thread has found. */
struct tally {
	size_t n;
	size_t files[MEMBER_HITS_FILES]; /* the first ones, sorted */
	size_t last;			 /* file + 1 that was counted last */
};

struct finder {
	struct member_scanner scanner; /* first: what found() is given */
	struct tally *tallies;	       /* by number of the name */
};

/* --- one file --------------------------------------------------------------- */

/* Once for each file. A thread takes files in ascending order. */
static void count(struct member_scanner *scanner, size_t name)
{
	struct tally *t = &((struct finder *)scanner)->tallies[name - 1];

	if (t->last == scanner->file + 1)
		return;
	t->last = scanner->file + 1;
	if (t->n < MEMBER_HITS_FILES)
		t->files[t->n] = scanner->file;
	t->n++;
}

static void init_finder(struct finder *f, const struct search *s)
{
	*f = (struct finder){
		.scanner = { .names = &s->numbers, .headers = &s->headers, .found = count },
		.tallies = xcalloc(s->names.n + 1, sizeof(*f->tallies)),
	};
}

static void free_finder(struct finder *f)
{
	member_scanner_free(&f->scanner);
	free(f->tallies);
}

/* Scan file number @file; one that cannot be read is noted. */
static void scan_file(struct search *s, struct finder *f, size_t file)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", s->source->root, s->paths.v[file]);
	size_t len;
	_cleanup_free_ char *text = os_read_bytes(path, &len);

	if (!text) {
		s->unreadable = s->paths.v[file];
		return;
	}
	/* A NUL in a source file does not end the scan early. */
	for (char *p = text; (p = memchr(p, '\0', text + len - p));)
		*p = ' ';
	f->scanner.file = file;
	f->scanner.text = text;
	member_scan(&f->scanner);
}

/* --- all files -------------------------------------------------------------- */

static void scan_item(size_t file, unsigned int worker, void *arg)
{
	struct search *s = arg;

	scan_file(s, &s->finders[worker], file);
}

static void add_names(struct search *s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strmap_get(&s->numbers, names[i]))
			continue;
		vec_push(&s->names, names[i]);
		strmap_put(&s->numbers, names[i], (void *)(uintptr_t)s->names.n);
	}
}

static struct error *list_files(struct search *s)
{
	_cleanup_strmap_ struct strmap boundary = { 0 };
	struct error *err = source_files_list(&s->listing, s->source, UNREAD_NOTE);

	vec_for_each(file, &s->source->files) {
		const char *path = (*file)->path;

		if (!(*file)->boundary)
			continue;
		strmap_put(&boundary, path, (void *)path);
		if (str_ends(path, ".h"))
			strmap_put(&s->headers, base_name(path), (void *)path);
	}
	vec_for_each(path, &s->listing.paths)
		if (!strmap_get(&boundary, *path))
			vec_push(&s->paths, *path);
	return err;
}

/* --- files that include the boundary's headers ---------------------------------------- */

/* Path of @what if @file includes it, without "..". */
static char *resolve_include(const char *file, const char *what)
{
	const char *slash = strrchr(file, '/');
	char *path = xasprintf("%.*s%s", slash ? (int)(slash - file + 1) : 0, file, what);
	char *up;

	while ((up = strstr(path, "/../"))) {
		char *from = up;

		while (from > path && from[-1] != '/')
			from--;
		memmove(from, up + 4, strlen(up + 4) + 1);
	}
	return path;
}

/*
 * The headers of the boundary that @what may mean when @file includes it. An include path
 * that only Kbuild knows may lead to any header that ends like it; but not to a bare name,
 * which needs the boundary's own directory in the include path.
 */
static void add_headers(const struct search *s, const char *file, const char *what, bool quoted,
			struct strmap *headers)
{
	_cleanup_free_ char *path = resolve_include(file, what);
	_cleanup_free_ char *full = xasprintf("%s/%s", s->source->root, path);
	_cleanup_free_ char *tail = NULL;
	bool exact = quoted && os_is_file(full);

	while (str_starts(what, "../") || str_starts(what, "./"))
		what += strcspn(what, "/") + 1;
	tail = xasprintf("/%s", what);
	vec_for_each(f, &s->source->files) {
		const char *known = (*f)->path;

		if ((*f)->boundary &&
		    (exact ? !strcmp(known, path) :
			     strchr(what, '/') && (str_ends(known, tail) || !strcmp(known, what))))
			strmap_put(headers, known, (void *)known);
	}
}

/* Add the headers of the boundary that its file @path includes. */
static bool add_included(struct search *s, const char *path, struct strmap *headers)
{
	const struct src_file *file = source_file(s->source, path);
	struct member_scanner scanner = { .headers = &s->headers, .text = file ? file->text : "" };
	size_t before = headers->base.n;

	member_scan_inclusions(&scanner);
	vec_for_each(i, &scanner.inclusions)
		add_headers(s, path, i->what, i->quoted, headers);
	member_scanner_free(&scanner);
	return headers->base.n != before;
}

/* Add what they include themselves. */
static void close_headers(struct search *s, struct strmap *headers)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < headers->base.cap && !changed; i++)
			if (headers->base.slots[i].key)
				changed = add_included(s, headers->base.slots[i].key, headers);
	} while (changed);
}

/* What an includer uses, found by a scan of its own. */
static void look_for_names(struct search *s, size_t file, struct strmap *names)
{
	struct finder f;

	init_finder(&f, s);
	scan_file(s, &f, file);
	for (size_t i = 0; i < s->names.n; i++)
		if (f.tallies[i].n) {
			char *name = arena_strdup(&s->out->arena, s->names.v[i]);

			strmap_put(names, name, name);
		}
	free_finder(&f);
}

static void add_includer(struct search *s, size_t file, struct header_includer includer)
{
	bool carries = !str_ends(s->paths.v[file], ".c");

	includer.path = arena_strdup(&s->out->arena, s->paths.v[file]);
	close_headers(s, &includer.headers);
	for (size_t i = 0; i < includer.headers.base.cap && carries; i++) {
		const char *header = includer.headers.base.slots[i].key;

		if (header)
			strmap_put(&s->out->carried, header, (void *)header);
	}
	look_for_names(s, file, &includer.names);
	vec_push(&s->out->includers, includer);
}

static void find_includers(struct search *s)
{
	VEC(struct inclusion) all = { 0 };

	for (size_t i = 0; i < PARALLEL_MAX; i++)
		vec_for_each(inclusion, &s->finders[i].scanner.inclusions)
			vec_push(&all, *inclusion);
	vec_sort(&all, compare_sizes); /* by file */
	for (size_t i = 0; i < all.n;) {
		struct header_includer includer = { 0 };
		size_t file = all.v[i].file;

		for (; i < all.n && all.v[i].file == file; i++)
			add_headers(s, s->paths.v[file], all.v[i].what, all.v[i].quoted,
				    &includer.headers);
		if (includer.headers.base.n)
			add_includer(s, file, includer);
	}
	vec_free(&all);
}

/* --- adding up -------------------------------------------------------------- */

static void merge_tally(struct tally *into, const struct tally *from)
{
	size_t files[2 * MEMBER_HITS_FILES], n = 0;

	for (size_t i = 0; i < MEMBER_HITS_FILES && i < into->n; i++)
		files[n++] = into->files[i];
	for (size_t i = 0; i < MEMBER_HITS_FILES && i < from->n; i++)
		files[n++] = from->files[i];
	qsort(files, n, sizeof(*files), compare_sizes);
	memcpy(into->files, files, sizeof(into->files));
	into->n += from->n;
}

static void total_tallies(struct search *s)
{
	struct member_search *out = s->out;

	for (size_t i = 0; i < s->names.n; i++) {
		struct tally *t = &s->finders[0].tallies[i];
		struct member_hits m = { .name = arena_strdup(&out->arena, s->names.v[i]) };

		for (size_t j = 1; j < PARALLEL_MAX; j++)
			merge_tally(t, &s->finders[j].tallies[i]);
		if (!t->n)
			continue;
		m.n_files = t->n;
		for (size_t k = 0; k < MEMBER_HITS_FILES && k < t->n; k++)
			m.files[k] = arena_strdup(&out->arena, s->paths.v[t->files[k]]);
		vec_push(&out->all, m);
	}
	vec_for_each(m, &out->all)
		strmap_put(&out->by_name, m->name, m);
}

static void find_missing_code(const struct search *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(code_directories); i++) {
		_cleanup_free_ char *dir = xasprintf("%s/%s", s->source->root, code_directories[i]);

		if (!os_is_dir(dir))
			vec_push(&s->out->missing, code_directories[i]);
	}
	vec_for_each(path, &s->listing.dangling)
		vec_push(&s->out->missing, arena_strdup(&s->out->arena, *path));
}

static struct error *run_search(struct search *s)
{
	struct finder finders[PARALLEL_MAX];

	for (size_t i = 0; i < PARALLEL_MAX; i++)
		init_finder(&finders[i], s);
	s->finders = finders;
	parallel_for(s->paths.n, MAX_JOBS, scan_item, s);
	s->out->n_files = s->paths.n;
	total_tallies(s);
	find_includers(s);
	find_missing_code(s);
	for (size_t i = 0; i < PARALLEL_MAX; i++)
		free_finder(&finders[i]);
	if (!s->unreadable)
		return NULL;
	return error_note(error_at(s->unreadable, 0, 0, "cannot be read"), UNREAD_NOTE);
}

struct error *member_search_run(const struct source *source, const char *const *names,
				size_t n_names, struct member_search **search)
{
	struct search s = { .source = source, .out = xcalloc(1, sizeof(*s.out)) };
	struct error *err = list_files(&s);

	add_names(&s, names, n_names);
	if (!err)
		err = run_search(&s);
	vec_free(&s.paths);
	vec_free(&s.names);
	strmap_free(&s.numbers);
	strmap_free(&s.headers);
	source_files_free(&s.listing);
	*search = err ? NULL : s.out;
	if (err)
		member_search_free(s.out);
	return err;
}

void member_search_free(struct member_search *search)
{
	if (!search)
		return;
	vec_for_each(includer, &search->includers) {
		strmap_free(&includer->headers);
		strmap_free(&includer->names);
	}
	strmap_free(&search->carried);
	vec_free(&search->includers);
	vec_free(&search->all);
	vec_free(&search->missing);
	strmap_free(&search->by_name);
	arena_free(&search->arena);
	free(search);
}
