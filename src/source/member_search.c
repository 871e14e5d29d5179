// SPDX-License-Identifier: GPL-2.0-only
/*
 * member_search.c - one pass over the kernel's source for uses of members by name.
 *
 * list files -> scan each on one of several threads -> add up -> look into the
 * few files that include the boundary's headers
 *
 * A member's name counts behind '.' and '->', as the last argument of a call,
 * which offsetof(), container_of() and list_for_each_entry() are given, and as
 * any but the first of list_for_each_entry_rcu() and struct_size().
 * Comments and literals do not count.
 */
#include "source/member_search.h"
#include "source/source_files.h"
#include "base/os.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_JOBS 4
#define CHUNK 64 /* files that a thread takes at once */
#define UNREAD_NOTE "the search for uses of record members needs the whole source"

/* What every complete source has that holds code. */
/* clang-format off */
static const char *const code_directories[] = {
	"arch", "block", "crypto", "drivers", "fs", "include", "init", "ipc", "kernel",
	"lib", "mm", "net", "security", "sound", "virt",
};
/* clang-format on */

/* A name asked for, in the table that the scanner looks words up in. */
struct name_slot {
	const char *name; /* NULL: free */
	size_t len;
	unsigned int number;
};

/* An #include that may be one of the boundary's headers. */
struct inclusion {
	size_t file; /* in search.paths */
	char *what;  /* between the quotes or brackets */
	bool quoted;
};

struct search {
	const struct source *source;
	struct source_files listing;
	VEC(const char *) paths; /* of it, without the boundary's */
	struct name_slot *slots;
	size_t n_slots;			  /* a power of two */
	VEC(const char *) names;	  /* by number */
	struct strmap headers;		  /* basenames of the boundary's */
	_Atomic size_t next;		  /* in @paths */
	_Atomic(const char *) unreadable; /* a path, if there is one */
};

/* What one thread found. */
struct finder {
	struct search *search;
	struct tally {
		size_t n;
		size_t files[MEMBER_HITS_FILES]; /* the first ones, sorted */
		size_t last;			 /* file + 1 that was counted last */
	} * tallies;				 /* by number of the name */
	VEC(struct inclusion) inclusions;
	size_t file; /* being scanned */
	char *text;  /* its contents, NUL behind them */
	size_t cap;
};

/* --- words ------------------------------------------------------------------ */

static bool is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t hash_word(const char *word, size_t len)
{
	size_t h = len;

	for (size_t i = 0; i < len; i++)
		h = h * 31 + (unsigned char)word[i];
	return h ^ h >> 15;
}

/* The slot of the word, or the free one where it belongs. */
static struct name_slot *find_searched_name(const struct search *s, const char *word, size_t len)
{
	size_t slot = hash_word(word, len) & (s->n_slots - 1);

	while (s->slots[slot].name &&
	       (s->slots[slot].len != len || memcmp(s->slots[slot].name, word, len)))
		slot = (slot + 1) & (s->n_slots - 1);
	return &s->slots[slot];
}

static void add_names(struct search *s, const char *const *names, size_t n)
{
	for (s->n_slots = 64; s->n_slots < 4 * n; s->n_slots *= 2)
		;
	s->slots = xcalloc(s->n_slots, sizeof(*s->slots));
	for (size_t i = 0; i < n; i++) {
		struct name_slot *slot = find_searched_name(s, names[i], strlen(names[i]));

		if (slot->name)
			continue;
		*slot = (struct name_slot){ names[i], strlen(names[i]), s->names.n };
		vec_push(&s->names, names[i]);
	}
}

/* --- one file --------------------------------------------------------------- */

static void count(struct finder *f, const char *word, size_t len)
{
	const struct name_slot *slot = find_searched_name(f->search, word, len);
	struct tally *t = &f->tallies[slot->number];

	if (!slot->name || t->last == f->file + 1)
		return;
	t->last = f->file + 1;
	/* A thread takes files in ascending order. */
	if (t->n < MEMBER_HITS_FILES)
		t->files[t->n] = f->file;
	t->n++;
}

static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r' || *p == '\\')
		p++;
	return p;
}

/* The word behind @p, if there is one: past '.', '->'. */
static const char *member_word(struct finder *f, const char *p)
{
	const char *word = skip_blanks(p);

	if (!is_word(*word) || isdigit((unsigned char)*word))
		return p;
	for (p = word; is_word(*p); p++)
		;
	count(f, word, p - word);
	return p;
}

/* Is the argument at @p one of a macro that takes a member before others? */
static bool takes_member(const char *text, const char *p)
{
	int depth = 0;

	while (p > text && *p != ';' && *p != '{' && (*p != '(' || depth)) {
		depth += *p == ')';
		depth -= *p == '(';
		p--;
	}
	while (p > text && (p[-1] == ' ' || p[-1] == '\t'))
		p--;

	const char *end = p;

	while (p > text && is_word(p[-1]))
		p--;
	return memmem(p, end - p, "_entry", 6) || memmem(p, end - p, "struct_size", 11);
}

/* The word behind ',' if a call ends behind it, or a designator goes on. */
static const char *argument_word(struct finder *f, const char *p)
{
	const char *word = skip_blanks(p), *end;

	if (!is_word(*word) || isdigit((unsigned char)*word))
		return p;
	for (end = word; is_word(*end); end++)
		;
	p = skip_blanks(end);
	if (*p == ')' || *p == '.' || *p == '[' ||
	    (*p == ',' && find_searched_name(f->search, word, end - word)->name &&
	     takes_member(f->text, word)))
		count(f, word, end - word);
	return end;
}

static const char *skip_comment(const char *p)
{
	const char *end;

	if (p[1] == '*') {
		end = strstr(p + 2, "*/");
		return end ? end + 2 : p + strlen(p);
	}
	if (p[1] == '/')
		return p + strcspn(p, "\n");
	return p + 1;
}

/* A string ends with its line, so that a lone quote in text swallows no more. */
static const char *skip_string(const char *p)
{
	for (p++; *p && *p != '"' && *p != '\n'; p++)
		if (*p == '\\' && p[1])
			p++;
	return *p ? p + 1 : p;
}

static const char *skip_char(const char *p)
{
	if (p[1] == '\\' && p[2]) {
		const char *end = p + 3 + strcspn(p + 3, "'\n");

		return *end == '\'' ? end + 1 : p + 1;
	}
	return p[1] && p[2] == '\'' ? p + 3 : p + 1;
}

/* #include "a/b.h" where one of the boundary's headers is called b.h. */
static const char *note_include(struct finder *f, const char *p)
{
	const char *start, *end, *base;
	bool quoted;

	p += 1 + strspn(p + 1, " \t");
	if (strncmp(p, "include", 7))
		return p;
	p += 7 + strspn(p + 7, " \t");
	if (*p != '"' && *p != '<')
		return p;
	quoted = *p == '"';
	start = p + 1;
	end = start + strcspn(start, quoted ? "\"\n" : ">\n");
	for (base = end; base > start && base[-1] != '/'; base--)
		;

	_cleanup_free_ char *name = xstrndup(base, end - base);

	if (strmap_get(&f->search->headers, name))
		vec_push(&f->inclusions,
			 ((struct inclusion){ f->file, xstrndup(start, end - start), quoted }));
	return *end ? end + 1 : end;
}

static void scan_text(struct finder *f)
{
	/* clang-format off */
	static const bool stops[256] = {
		['\0'] = true, ['/'] = true, ['"'] = true, ['\''] = true, ['.'] = true,
		['-'] = true, [','] = true, ['#'] = true,
	};
	/* clang-format on */
	const char *p = f->text;

	for (;;) {
		while (!stops[(unsigned char)*p])
			p++;
		switch (*p) {
		case '\0': return;
		case '/': p = skip_comment(p); break;
		case '"': p = skip_string(p); break;
		case '\'': p = skip_char(p); break;
		case '.': p = member_word(f, p + 1); break;
		case '-': p = p[1] == '>' ? member_word(f, p + 2) : p + 1; break;
		case ',': p = argument_word(f, p + 1); break;
		default: p = note_include(f, p);
		}
	}
}

/* Read file number @file into f->text, which is empty if that fails. */
static void read_searched_file(struct finder *f, int root, size_t file)
{
	_cleanup_close_ int fd = openat(root, f->search->paths.v[file], O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;
	struct stat st;

	f->file = file;
	if (fd >= 0 && !fstat(fd, &st)) {
		if ((size_t)st.st_size >= f->cap) {
			f->cap = 2 * st.st_size + 1;
			free(f->text);
			f->text = xmalloc(f->cap);
		}
		n = 0;
		while (len < (size_t)st.st_size && (n = read(fd, f->text + len, st.st_size - len)) > 0)
			len += n;
	}
	if (n < 0)
		f->search->unreadable = f->search->paths.v[file];
	f->text[len] = '\0';
	/* A NUL in a source file does not end the scan early. */
	for (char *p = f->text; (p = memchr(p, '\0', f->text + len - p));)
		*p = ' ';
}

/* --- all files -------------------------------------------------------------- */

static void *run_finder(void *arg)
{
	struct finder *f = arg;
	struct search *s = f->search;
	_cleanup_close_ int root = open(s->source->root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (;;) {
		size_t first = atomic_fetch_add(&s->next, CHUNK);

		if (first >= s->paths.n)
			return NULL;
		for (size_t i = first; i < first + CHUNK && i < s->paths.n; i++) {
			read_searched_file(f, root, i);
			scan_text(f);
		}
	}
}

static void init_finder(struct finder *f, struct search *s)
{
	*f = (struct finder){ .search = s, .cap = 1 << 20 };
	f->text = xmalloc(f->cap);
	/* One more: the number of a free slot is 0, but there may be no name. */
	f->tallies = xcalloc(s->names.n + 1, sizeof(*f->tallies));
}

static void free_finder(struct finder *f)
{
	vec_for_each(i, &f->inclusions)
		free(i->what);
	vec_free(&f->inclusions);
	free(f->tallies);
	free(f->text);
}

static struct error *list_files(struct search *s)
{
	struct strmap boundary = { 0 };
	struct error *err = source_files_list(&s->listing, s->source, UNREAD_NOTE);

	vec_for_each(file, &s->source->files) {
		const char *path = (*file)->path, *slash = strrchr(path, '/');

		if (!(*file)->boundary)
			continue;
		strmap_put(&boundary, path, (void *)path);
		if (str_ends(path, ".h"))
			strmap_put(&s->headers, slash ? slash + 1 : path, (void *)path);
	}
	vec_for_each(path, &s->listing.paths)
		if (!strmap_get(&boundary, *path))
			vec_push(&s->paths, *path);
	strmap_free(&boundary);
	return err;
}

/* --- who sees the boundary's headers ---------------------------------------- */

/* "a/b/../c.h" from @what included by @file, without the detours. */
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
 * Which of the boundary's headers @what may be when @file includes it. An
 * include path that only Kbuild knows may lead to any that ends like it, but
 * not to a bare name: that needs the boundary's own directory in the path.
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

/* Add what the boundary's file @path includes of the boundary. */
static bool add_included(struct search *s, const char *path, struct strmap *headers)
{
	const struct src_file *file = source_file(s->source, path);
	struct finder f = { .search = s };
	size_t before = headers->n;

	if (file)
		for (const char *p = file->text; (p = strchr(p, '#'));)
			p = note_include(&f, p);
	vec_for_each(i, &f.inclusions) {
		add_headers(s, path, i->what, i->quoted, headers);
		free(i->what);
	}
	vec_free(&f.inclusions);
	return headers->n != before;
}

/* With what they include themselves. */
static void close_headers(struct search *s, struct strmap *headers)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < headers->cap && !changed; i++)
			if (headers->slots[i].key)
				changed = add_included(s, headers->slots[i].key, headers);
	} while (changed);
}

/* What an includer uses, by a finder of its own. */
static void look_for_names(struct search *s, struct member_search *out, size_t file,
			   struct strmap *names)
{
	_cleanup_close_ int root = open(s->source->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct finder f;

	init_finder(&f, s);
	read_searched_file(&f, root, file);
	scan_text(&f);
	for (size_t i = 0; i < s->names.n; i++)
		if (f.tallies[i].n) {
			char *name = arena_strdup(&out->arena, s->names.v[i]);

			strmap_put(names, name, name);
		}
	free_finder(&f);
}

static int compare_file_numbers(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

static int compare_inclusions(const void *a, const void *b)
{
	return compare_file_numbers(&((const struct inclusion *)a)->file,
				    &((const struct inclusion *)b)->file);
}

static void add_includer(struct search *s, struct member_search *out, size_t file,
			 struct header_includer includer)
{
	bool carries = !str_ends(s->paths.v[file], ".c");

	includer.path = arena_strdup(&out->arena, s->paths.v[file]);
	close_headers(s, &includer.headers);
	for (size_t i = 0; i < includer.headers.cap && carries; i++) {
		const char *header = includer.headers.slots[i].key;

		if (header)
			strmap_put(&out->carried, header, (void *)header);
	}
	look_for_names(s, out, file, &includer.names);
	vec_push(&out->includers, includer);
}

static void find_includers(struct search *s, struct member_search *out,
			   const struct finder *finders, size_t n)
{
	VEC(struct inclusion) all = { 0 };

	for (size_t i = 0; i < n; i++)
		vec_for_each(inclusion, &finders[i].inclusions)
			vec_push(&all, *inclusion);
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), compare_inclusions);
	for (size_t i = 0; i < all.n;) {
		struct header_includer includer = { 0 };
		size_t file = all.v[i].file;

		for (; i < all.n && all.v[i].file == file; i++)
			add_headers(s, s->paths.v[file], all.v[i].what, all.v[i].quoted,
				    &includer.headers);
		if (includer.headers.n)
			add_includer(s, out, file, includer);
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
	qsort(files, n, sizeof(*files), compare_file_numbers);
	memcpy(into->files, files, sizeof(into->files));
	into->n += from->n;
}

static void total_tallies(struct search *s, struct member_search *out, struct finder *finders,
			  size_t n)
{
	for (size_t i = 0; i < s->names.n; i++) {
		struct tally *t = &finders[0].tallies[i];
		struct member_hits m = { .name = arena_strdup(&out->arena, s->names.v[i]) };

		for (size_t j = 1; j < n; j++)
			merge_tally(t, &finders[j].tallies[i]);
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

static void find_missing_code(const struct search *s, struct member_search *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(code_directories); i++) {
		_cleanup_free_ char *dir = xasprintf("%s/%s", s->source->root, code_directories[i]);

		if (!os_is_dir(dir))
			vec_push(&out->missing, code_directories[i]);
	}
	vec_for_each(path, &s->listing.dangling)
		vec_push(&out->missing, arena_strdup(&out->arena, *path));
}

static size_t run_search(struct search *s, struct finder *finders)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[MAX_JOBS];
	size_t n = 0;

	init_finder(&finders[n++], s);
	while (n < MAX_JOBS && (long)n < cpus) {
		init_finder(&finders[n], s);
		if (pthread_create(&threads[n], NULL, run_finder, &finders[n])) {
			free_finder(&finders[n]);
			break;
		}
		n++;
	}
	run_finder(&finders[0]);
	for (size_t i = 1; i < n; i++)
		pthread_join(threads[i], NULL);
	return n;
}

struct error *member_search_run(const struct source *source, const char *const *names,
				size_t n_names, struct member_search **search)
{
	struct search s = { .source = source };
	struct finder finders[MAX_JOBS];
	struct error *err = list_files(&s);

	*search = NULL;
	if (!err) {
		struct member_search *out = xcalloc(1, sizeof(*out));

		add_names(&s, names, n_names);
		size_t n = run_search(&s, finders);

		out->n_files = s.paths.n;
		total_tallies(&s, out, finders, n);
		find_includers(&s, out, finders, n);
		find_missing_code(&s, out);
		for (size_t i = 0; i < n; i++)
			free_finder(&finders[i]);
		*search = out;
	}
	if (!err && s.unreadable) {
		err = error_note(error_at(s.unreadable, 0, 0, "cannot be read"), UNREAD_NOTE);
		member_search_free(*search);
		*search = NULL;
	}
	vec_free(&s.paths);
	vec_free(&s.names);
	free(s.slots);
	strmap_free(&s.headers);
	source_files_free(&s.listing);
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
