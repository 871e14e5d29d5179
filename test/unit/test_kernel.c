// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_kernel.c - kernel facts of a little vmlinux that is linked here. A damaged
 * one only causes an error.
 *
 * Usage: test_kernel [FIXTURES], from the source's root by default.
 */
#include "exercise.h"
#include "vmlinux/kernel_internal.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/file_groups.h"
#include "vmlinux/kernel_types.h"
#include "vmlinux/patch_sites.h"
#include "vmlinux/refs.h"
#include "base/os.h"
#include "vmlinux/vmlinux.h"
#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *fixtures = "test/unit/fixtures/vmlinux";
static char *room;	/* temporary directory */
static char *vmlinux;	/* the linked kernel */
static char *debug_dir; /* instead of /usr/lib/debug */
static struct kernel *kernel;

static bool is_named(const struct ksym *sym, void *name)
{
	return !strcmp(sym->name, name);
}

/* Link the little kernel to @path, with more @options. */
static void link_kernel(const char *path, const char *options)
{
	_cleanup_free_ char *command =
		xasprintf("cd '%s' && gcc -g -O2 -mcmodel=kernel -fno-pic -fno-pie"
			  " -ffreestanding -fcf-protection=none -fno-asynchronous-unwind-tables"
			  " -pg -mfentry -mrecord-mcount -nostdlib -static -no-pie"
			  " -Wl,--build-id=sha1,-z,max-page-size=4096"
			  " -Wl,--no-warn-rwx-segments,-T,vmlinux.lds %s"
			  " kernel/sched/core.c kernel/other/core.c entry.S -o '%s'",
			  fixtures, options, path);

	CHECK(system(command) == 0);
}

static void kernel_opens(void)
{
	link_kernel(vmlinux, "-Wl,--emit-relocs");
	struct error *err = kernel_open(vmlinux, &kernel);
	if (err)
		error_print(stdout, err);
	CHECK(!err);
	error_free(err);
	if (!kernel)
		return;
	CHECK_STR(kernel->release, "6.1.0-fixture");
	CHECK_STR(kernel->banner, "Linux version 6.1.0-fixture (builder) #1");
	CHECK(kernel->build_id_len == 20);
	CHECK(kernel->has_relocs);
}

static void symbols_are_recorded(void)
{
	struct ksym *tick = kernel_global(kernel, "schedule_tick");
	struct ksym *init = NULL, *rq = kernel_global(kernel, "runqueue");

	CHECK(tick && tick->is_func && tick->is_text && tick->is_exported && tick->size);
	CHECK(tick && !tick->is_boot_only && tick->file == -1);
	CHECK(tick && kernel_at(kernel, tick->addr + tick->size - 1) == tick);
	CHECK(rq && rq->is_percpu && rq->is_object && rq->addr < 32 && !rq->is_exported);
	CHECK(!kernel_global(kernel, "near_target") && !kernel_global(kernel, "none"));
	vec_for_each(sym, &kernel->syms)
		if (!strcmp(sym->name, "sched_init"))
			init = sym;
	CHECK(init && init->is_boot_only && init->file >= 0 && !init->is_global);
	for (size_t i = 1; i < kernel->by_addr.n; i++)
		CHECK(kernel->by_addr.v[i - 1]->addr <= kernel->by_addr.v[i]->addr);

	/* code without a size, and a label without one inside a function */
	struct ksym *startup = kernel_global(kernel, "startup");
	struct ksym *warm = kernel_global(kernel, "warm");
	CHECK(startup && !startup->size && kernel_at(kernel, startup->addr + 2) == startup);
	CHECK(warm && kernel_at(kernel, warm->addr + warm->size - 1) == warm);
	CHECK(!kernel_at(kernel, 0x1234567));

	CHECK(tick && kernel_bytes(kernel, tick->addr, 1));
	CHECK(rq && kernel_bytes(kernel, rq->addr, rq->size));
	CHECK(tick && !kernel_bytes(kernel, tick->addr, 1 << 20));
	CHECK(!kernel_bytes(kernel, 0x1234567, 1));
}

static void units_are_told_apart(void)
{
	static const char *const sched[] = { "update", "enqueue", "scale", "none" };
	static const char *const none[] = { "none" };
	size_t count;

	int file = kernel_match_unit(kernel, "kernel/sched/core.c", sched, ARRAY_SIZE(sched));
	CHECK(file >= 0);
	CHECK(kernel_match_unit(kernel, "kernel/sched/core.c", none, 1) == -1);
	CHECK(kernel_match_unit(kernel, "kernel/sched/fair.c", sched, 3) == -1);

	struct ksym *update = kernel_local(kernel, file, "update", &count);
	CHECK(update && count == 1 && update->file == file);
	CHECK(!kernel_local(kernel, file, "none", &count) && count == 0);
	CHECK(!kernel_local(kernel, -1, "update", &count) && count == 0);
	CHECK(!kernel_local(kernel, 1000, "update", &count) && count == 0);
}

static const char *path_of(const char *name)
{
	vec_for_each(sym, &kernel->syms)
		if (!strcmp(sym->name, name))
			return kernel_source_path(kernel, sym);
	return "no such symbol";
}

static void source_files_are_known(void)
{
	CHECK_STR(path_of("schedule_tick"), "kernel/sched/core.c");
	CHECK_STR(path_of("enqueue"), "kernel/sched/core.c");
	CHECK_STR(path_of("outside"), "kernel/other/core.c");
	CHECK_STR(path_of("startup"), "entry.S");
	/* objects: a function's static is local, a global one is in no group */
	vec_for_each(sym, &kernel->syms)
		if (str_starts(sym->name, "updates."))
			CHECK_STR(kernel_source_path(kernel, sym), "kernel/sched/core.c");
	CHECK_STR(path_of("avenrun"), NULL);
}

/* Is there a reference from @from (a function, or a section) to @to? */
static bool refers(const kref_vec *refs, const char *from, const char *to, enum kref_kind kind)
{
	vec_for_each(ref, refs)
		if (ref->kind == kind && !strcmp(ref->to->name, to) &&
		    !strcmp(ref->from ? ref->from->name : ref->section, from))
			return true;
	return false;
}

static void check_refs(const kref_vec *refs)
{
	CHECK(refers(refs, "schedule_tick", "enqueue", KREF_CALL));
	CHECK(refers(refs, "update", "schedule_tick", KREF_CALL));
	CHECK(refers(refs, "startup", "schedule_tick", KREF_CALL));
	CHECK(refers(refs, "sched_init", "schedule_notrace", KREF_CALL));
	CHECK(refers(refs, "warm", "warm.cold", KREF_JUMP));
	CHECK(refers(refs, "warm.cold", "warm", KREF_JUMP));
	CHECK(refers(refs, "near_caller", "near_target", KREF_JUMP));
	CHECK(!refers(refs, "near_miss", "near_target", KREF_JUMP));
	CHECK(refers(refs, "addresses", "schedule_tick", KREF_ADDR));
	CHECK(refers(refs, "outside", "schedule_notrace", KREF_ADDR));
	CHECK(refers(refs, "fair_class", "enqueue", KREF_DATA));
	CHECK(refers(refs, "hook", "schedule_tick", KREF_DATA));
	CHECK(refers(refs, ".init.data", "schedule_notrace", KREF_DATA));
	/* data that only describes code is no reference, nor is an export */
	CHECK(!refers(refs, "__ksymtab", "schedule_tick", KREF_DATA));
	CHECK(!refers(refs, ".init.data", "schedule_tick", KREF_DATA));
	CHECK(!refers(refs, ".init.data", "enqueue", KREF_DATA));
	for (size_t i = 1; i < refs->n; i++)
		CHECK(refs->v[i - 1].place < refs->v[i].place);
}

static void both_readers_agree(void)
{
	kref_vec relocs = { 0 }, scan = { 0 };

	CHECK(!kernel_refs(kernel, true, exercise_func, NULL, &relocs));
	CHECK(!kernel_refs(kernel, false, exercise_func, NULL, &scan));
	check_refs(&relocs);
	check_refs(&scan);
	CHECK(relocs.n == scan.n && relocs.n > 20);
	for (size_t i = 0; i < relocs.n && i < scan.n; i++) {
		const struct kref *a = &relocs.v[i], *b = &scan.v[i];

		CHECK(a->place == b->place && a->target == b->target && a->to == b->to &&
		      a->from == b->from && a->kind == b->kind);
	}
	vec_free(&relocs);
	vec_free(&scan);
}

static void scan_needs_no_relocations(void)
{
	_cleanup_free_ char *path = xasprintf("%s/stripped", room);
	kref_vec refs = { 0 };
	struct kernel *k;

	link_kernel(path, "");
	struct error *err = kernel_open(path, &k);
	CHECK(!err);
	error_free(err);
	if (err)
		return;
	CHECK(!k->has_relocs);
	err = kernel_refs(k, true, exercise_func, NULL, &refs);
	CHECK(err && !refs.n);
	error_free(err);
	CHECK(!kernel_refs(k, false, exercise_func, NULL, &refs));
	check_refs(&refs);
	vec_free(&refs);
	kernel_close(k);
}

/* An operand after the displacement does not shift the target. */
static void objects_are_found_by_relocation(void)
{
	struct ksym *avenrun = kernel_global(kernel, "avenrun");
	kref_vec refs = { 0 };
	size_t n = 0;

	CHECK(!kernel_refs(kernel, true, is_named, "avenrun", &refs));
	vec_for_each(ref, &refs) {
		CHECK(avenrun && ref->target == avenrun->addr && ref->kind == KREF_ADDR);
		n += ref->from && !strcmp(ref->from->name, "addresses");
	}
	CHECK(n == 1);
	vec_free(&refs);

	CHECK(!kernel_refs(kernel, true, is_named, "nothing", &refs) && !refs.n);
}

static void fentry_is_known(void)
{
	struct ksym *tick = kernel_global(kernel, "schedule_tick");
	struct ksym *quiet = kernel_global(kernel, "schedule_notrace");
	struct ksym *guarded = kernel_global(kernel, "guarded");

	CHECK(tick && kernel_fentry(kernel, tick->addr));
	CHECK(quiet && !kernel_fentry(kernel, quiet->addr));
	CHECK(guarded && kernel_fentry(kernel, guarded->addr));
	CHECK(guarded && kernel_endbr(kernel, guarded->addr) == 4);
	CHECK(tick && !kernel_endbr(kernel, tick->addr) && !kernel_endbr(kernel, 0x1234567));
	CHECK(!kernel_fentry(kernel, 0x1234567));
}

static void patched_code_is_known(void)
{
	struct ksym *warm = kernel_global(kernel, "warm");
	struct ksym *call = kernel_global(kernel, "addresses");
	struct ksym *alt = kernel_global(kernel, "patched");
	struct ksym *tick = kernel_global(kernel, "schedule_tick");
	bool live = false;

	CHECK_STR(kernel_code_site(kernel, warm->addr + warm->size - 2, warm->addr + warm->size,
				   &live),
		  "jump label");
	CHECK(live);
	CHECK(!kernel_code_site(kernel, warm->addr, warm->addr + 5, &live) && !live);
	CHECK_STR(kernel_code_site(kernel, call->addr + 4, call->addr + 5, &live), "static call");
	CHECK(live);
	CHECK(!kernel_code_site(kernel, call->addr + 5, call->addr + 6, NULL));
	CHECK_STR(kernel_code_site(kernel, alt->addr + 2, alt->addr + 3, &live), "alternative");
	CHECK(!live);
	CHECK(!kernel_code_site(kernel, alt->addr + 3, alt->addr + 4, NULL));
	CHECK_STR(kernel_code_site(kernel, tick->addr, tick->addr + 5, &live), "ftrace");
	CHECK(!live);
}

static void records_come_from_btf(void)
{
	CHECK(kernel_record_size(kernel, "rq") == 16);
	CHECK(kernel_record_size(kernel, "int") == -1);
	CHECK(kernel_record_size(kernel, "cpu") == -1);
	CHECK(kernel_has_member(kernel, "rq", "cpu") && !kernel_has_member(kernel, "rq", "int"));
	CHECK(!kernel_has_member(kernel, "int", "cpu") && !kernel_has_member(kernel, "", ""));
}

/* Two files have an update(): BTF does not say which one its prototype is for. */
static void prototypes_of_namesakes_are_not_known(void)
{
	_cleanup_arena_ struct arena arena = { 0 };
	_cleanup_vec_ kernel_names found = { 0 };

	kernel_prototypes(kernel, NULL, "update", &arena, &found);
	CHECK(!found.n);
	kernel_prototypes(kernel, NULL, "scale", &arena, &found);
	CHECK(found.n == 1);
}

static void dwarf_is_read(void)
{
	struct dwarf_unit *unit, *again;
	bool tick = false, inlined = false, local = false, percpu = false;
	const struct ksym *at;

	CHECK(!kernel_dwarf_unit(kernel, "kernel/none.c", &unit) && !unit);
	CHECK(!kernel_dwarf_unit(kernel, "ched/core.c", &unit) && !unit);
	CHECK(!kernel_dwarf_unit(kernel, "kernel/sched/core.c", &unit) && unit);
	CHECK(!kernel_dwarf_unit(kernel, "kernel/sched/core.c", &again) && again == unit);
	if (!unit)
		return;
	vec_for_each(f, &unit->funcs) {
		at = f->low_pc ? kernel_at(kernel, f->low_pc) : NULL;
		tick |= at && !strcmp(f->name, "schedule_tick") && at->addr == f->low_pc &&
			!strcmp(f->file, "kernel/sched/core.c") && f->line;
	}
	vec_for_each(i, &unit->inlines) {
		at = kernel_at(kernel, i->pc);
		inlined |= at && !strcmp(i->name, "add_load") && !strcmp(at->name, "schedule_tick");
	}
	vec_for_each(v, &unit->vars) {
		at = kernel_at(kernel, v->addr);
		local |= v->func && !strcmp(v->name, "updates") && !strcmp(v->func, "update") &&
			 at && str_starts(at->name, "updates.");
		percpu |= !v->func && !strcmp(v->name, "runqueue") &&
			  v->addr == kernel_global(kernel, "runqueue")->addr;
	}
	CHECK(tick);
	CHECK(inlined);
	CHECK(local);
	CHECK(percpu);
}

/* A parameter that GCC has removed moves those after it. */
static void moved_parameters_are_seen(void)
{
	struct ksym *tick = kernel_global(kernel, "schedule_tick"), *scale = NULL;
	struct dwarf_unit *unit;

	CHECK(!kernel_dwarf_unit(kernel, "kernel/sched/core.c", &unit) && unit);
	CHECK(kernel_param_in_place(kernel, unit, tick->addr, 0) == 1);
	CHECK(kernel_param_in_place(kernel, unit, tick->addr, 1) == -1);
	CHECK(kernel_param_in_place(kernel, unit, tick->addr + 1, 0) == -1);
	CHECK(kernel_param_in_place(kernel, unit, tick->addr, 6) == -1);
	CHECK(kernel_param_in_place(kernel, NULL, tick->addr, 0) == -1);
	vec_for_each(sym, &kernel->syms)
		if (str_starts(sym->name, "scale"))
			scale = sym;
	CHECK(scale && kernel_param_in_place(kernel, unit, scale->addr, 0) == 1);
	bool clone = scale && strchr(scale->name, '.');
	CHECK(scale && kernel_param_in_place(kernel, unit, scale->addr, 2) == !clone);
}

static void print_unit(FILE *out, struct kernel *k, const char *path)
{
	struct dwarf_unit *unit = NULL;

	error_free(kernel_dwarf_unit(k, path, &unit));
	if (!unit)
		return;
	vec_for_each(f, &unit->funcs)
		fprintf(out, "%s %s:%u %lx %d\n", f->name, f->file, f->line, f->low_pc,
			kernel_param_in_place(k, unit, f->low_pc, 0));
	vec_for_each(i, &unit->inlines)
		fprintf(out, "%s %s:%u %lx\n", i->name, i->file, i->line, i->pc);
	vec_for_each(v, &unit->vars)
		fprintf(out, "%s %s %s:%u %lx\n", v->name, v->func, v->file, v->line, v->addr);
}

static int cmp_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One line for each symbol, sorted, for comparisons that ignore the order. */
static void print_symbols(FILE *out, struct kernel *k)
{
	VEC(char *) lines = { 0 };

	vec_for_each(sym, &k->syms) {
		const char *path = kernel_source_path(k, sym);
		const char *file = sym->file < 0 ? "-" : k->file_groups.v[sym->file].name;

		vec_push(&lines, xasprintf("%s %lx %lx %s %s %d%d%d%d%d%d%d%d\n", sym->name, sym->addr,
					   sym->size, file, path, sym->is_func, sym->is_object,
					   sym->is_global, sym->is_weak, sym->is_percpu,
					   sym->is_boot_only, sym->is_text, sym->is_exported));
	}
	qsort(lines.v, lines.n, sizeof(*lines.v), cmp_line);
	vec_for_each(line, &lines) {
		fputs(*line, out);
		free(*line);
	}
	vec_free(&lines);
}

/* All that is known about @k, as text. */
static char *facts_of(struct kernel *k)
{
	kref_vec refs = { 0 };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fprintf(out, "%s %s\n", k->banner, k->build_id_text);
	print_symbols(out, k);
	print_unit(out, k, "kernel/sched/core.c");
	print_unit(out, k, "kernel/other/core.c");
	error_free(kernel_refs(k, k->has_relocs, exercise_func, NULL, &refs));
	vec_for_each(ref, &refs)
		fprintf(out, "%lx %lx %s %s %s %d\n", ref->place, ref->target,
			ref->from ? ref->from->name : "-", ref->section, ref->to->name, ref->kind);
	fprintf(out, "rq %ld\n", kernel_record_size(k, "rq"));
	vec_free(&refs);
	fclose(out);
	return text;
}

/* Does @path give the same facts as the kernel itself? */
static bool same_facts(const char *path)
{
	struct kernel *k;
	struct error *err = kernel_open(path, &k);

	if (err) {
		error_print(stdout, err);
		error_free(err);
		return false;
	}
	_cleanup_free_ char *expected = facts_of(kernel), *found = facts_of(k);
	bool same = !strcmp(expected, found);
	kernel_close(k);
	return same;
}

static void compression_changes_nothing(void)
{
	static const char *const commands[] = {
		"objcopy --compress-debug-sections=zlib",
		"objcopy --compress-debug-sections=zlib-gnu",
		"objcopy --compress-debug-sections=zstd",
		/* all sections that are not loaded, also symbols, relocations and names */
		"eu-elfcompress -q -f -n '*' -t zlib -o \"$2\" \"$1\"; :",
	};
	_cleanup_free_ char *path = xasprintf("%s/compressed", room);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		_cleanup_free_ char *command = xasprintf("set '%s' '%s'; %s \"$1\" \"$2\"", vmlinux,
							 path, commands[i]);

		CHECK(!system(command));
		CHECK(same_facts(path));
		remove(path);
	}
}

static char *units_of(struct kernel *k)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	print_unit(out, k, "kernel/sched/core.c");
	print_unit(out, k, "kernel/other/core.c");
	fclose(out);
	return text;
}

/* Debug information that the compiler was told to write elsewhere, or that is missing. */
static void forms_of_dwarf(void)
{
	static const char *const same[] = { "-gdwarf-4", "-gdwarf-5", "-gdwarf64" };
	static const char *const split[] = { "-gsplit-dwarf -gdwarf-4", "-gsplit-dwarf -gdwarf-5" };
	_cleanup_free_ char *path = xasprintf("%s/dwarf", room);
	_cleanup_free_ char *expected = units_of(kernel);
	struct dwarf_unit *unit;
	struct kernel *k;

	CHECK(*expected);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		link_kernel(path, same[i]);
		CHECK(!kernel_open(path, &k));
		_cleanup_free_ char *found = units_of(k);
		CHECK_STR(found, expected);
		kernel_close(k);
	}
	for (size_t i = 0; i < ARRAY_SIZE(split); i++) {
		_cleanup_free_ char *options = xasprintf("%s -dumpdir '%s/'", split[i], room);

		link_kernel(path, options);
		CHECK(!kernel_open(path, &k));
		_cleanup_error_ struct error *err = kernel_dwarf_unit(k, "kernel/sched/core.c",
								      &unit);
		CHECK_STR(err ? err->message : NULL, "its debug information is in .dwo files");
		kernel_close(k);
	}
}

/* Run @script in the room; $K is the kernel, $ID its build ID. */
static void prepare(const char *script)
{
	_cleanup_free_ char *path = xasprintf("%s/script", room);
	_cleanup_free_ char *text = xasprintf("set -e\ncd '%s'\nK='%s' ID=%s\n%s\n", room, vmlinux,
					      kernel->build_id_text, script);
	const char *const argv[] = { "bash", path, NULL };
	struct error *err = os_write_file(path, text, strlen(text), false);

	if (!err)
		err = os_run(argv, NULL);
	if (err)
		error_print(stdout, err);
	CHECK(!err);
	error_free(err);
}

static bool same_facts_of(const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", room, name);

	return same_facts(path);
}

/* Does opening @name fail with an error that contains @message and @note? */
static bool opening_says(const char *name, const char *message, const char *note)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", room, name);
	struct kernel *k;
	_cleanup_error_ struct error *err = kernel_open(path, &k);
	bool expected = err && strstr(err->message, message) && err->note && strstr(err->note, note);

	if (!expected && err)
		error_print(stdout, err);
	if (!err)
		kernel_close(k);
	return expected;
}

static void compressed_files_are_unpacked(void)
{
	static const char *const names[] = { "vmlinux.gz", "vmlinux.xz", "vmlinux.zst",
					     "vmlinux.bz2" };
	_cleanup_free_ char *cache = xasprintf("%s/cache", room);

	setenv("XDG_CACHE_HOME", cache, 1);
	prepare("gzip -kc $K >vmlinux.gz && xz -kc $K >vmlinux.xz && zstd -qc $K >vmlinux.zst && "
		"bzip2 -kc $K >vmlinux.bz2");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		CHECK(same_facts_of(names[i]));
	/* at most three are kept, none is incomplete, and they are used */
	prepare("test $(ls cache/schedcut/vmlinux | wc -l) = 3 && "
		"! ls cache/schedcut/vmlinux | grep -q schedcut");
	prepare("mkdir -p none && ln -sf $(command -v true) none/gzip");
	_cleanup_free_ char *path = xstrdup(getenv("PATH"));
	_cleanup_free_ char *none = xasprintf("%s/none", room);
	setenv("PATH", none, 1);
	CHECK(same_facts_of("vmlinux.bz2"));
	setenv("PATH", path, 1);
	prepare("rm none/gzip; head -c 3000 vmlinux.zst >short.zst");
	setenv("PATH", none, 1);
	CHECK(opening_says("vmlinux.gz", "is compressed, and gzip is not installed", "gzip -dc <"));
	setenv("PATH", path, 1);
	CHECK(opening_says("short.zst", "zstd failed with exit status", "complete"));
	prepare("test $(ls cache/schedcut/vmlinux | wc -l) = 3");
	/* no cache: a file without a name */
	setenv("XDG_CACHE_HOME", vmlinux, 1);
	setenv("TMPDIR", none, 1);
	CHECK(same_facts_of("vmlinux.gz"));
	prepare("test -z \"$(ls none)\"");
	setenv("XDG_CACHE_HOME", cache, 1);
}

/* A signal leaves no file behind. */
static void unpacking_is_interrupted(void)
{
	int status;

	prepare("rm -r cache");
	pid_t pid = fork();
	if (!pid) {
		os_catch_signals();
		raise(SIGTERM);
		_exit(!opening_says("vmlinux.xz", "interrupted by signal", "nothing was changed"));
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	prepare("test -d cache/schedcut/vmlinux; test -z \"$(ls cache/schedcut/vmlinux)\"");
}

static void two_halves_are_one_kernel(void)
{
	static const struct {
		const char *script, *code, *debug;
	} pairs[] = {
		{ "objcopy --strip-all $K h/vm && objcopy --only-keep-debug $K h/vm.debug", "h/vm",
		  "h/vm.debug" },
		{ "objcopy --strip-debug $K h/vm && objcopy --only-keep-debug $K h/vm.debug",
		  "h/vm", "h/vm.debug" },
		{ "eu-strip -o h/vm -f h/.debug/any.debug $K", "h/vm", NULL },
		{ "objcopy --strip-all $K h/vm && objcopy --only-keep-debug $K h/.debug/any && "
		  "objcopy --add-gnu-debuglink=h/.debug/any h/vm",
		  "h/vm", NULL },
		{ "objcopy --strip-all $K h/vm && objcopy --only-keep-debug $K h/.debug/vm", NULL,
		  "h/.debug/vm" },
		{ "D=debug$PWD/h && mkdir -p $D && eu-strip -o h/vm -f $D/vm.debug $K && gzip h/vm && "
		  "ln -sfn $D d",
		  "h/vm.gz", "d/vm.debug" },
		{ "D=debug/.build-id/${ID:0:2} && mkdir -p $D && objcopy --strip-all $K h/vm && "
		  "ln -s $PWD/h/vm $D/${ID:2} && objcopy --only-keep-debug "
		  "--compress-debug-sections=zstd $K $D/${ID:2}.debug && "
		  "ln -s ../$D/${ID:2}.debug h/link",
		  "h/vm", "h/link" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		_cleanup_free_ char *script = xasprintf("rm -rf h debug && mkdir -p h/.debug && %s",
							pairs[i].script);
		bool same;

		prepare(script);
		same = (!pairs[i].code || same_facts_of(pairs[i].code)) &&
		       (!pairs[i].debug || same_facts_of(pairs[i].debug));
		if (!same)
			printf("# pairs[%zu]\n", i);
		CHECK(same);
	}
}

/* The address of function @name of unit @path in @k; 0: none, or several. */
static uint64_t local_at(const struct kernel *k, const char *path, const char *name)
{
	size_t count;
	const struct ksym *sym = kernel_local(k, kernel_match_unit(k, path, &name, 1), name, &count);

	return sym && count == 1 ? sym->addr : 0;
}

/* eu-unstrip leaves one symbol for all files called core.c, and wrong relocations. */
static void merged_files_are_told_apart(void)
{
	static const struct {
		const char *path, *name;
	} funcs[] = {
		{ "kernel/sched/core.c", "update" },
		{ "kernel/sched/core.c", "enqueue" },
		{ "kernel/other/core.c", "update" },
	};
	_cleanup_free_ char *path = xasprintf("%s/h/whole", room);
	kref_vec expected = { 0 }, refs = { 0 };
	struct kernel *k;

	prepare("rm -rf h && mkdir h && eu-strip -o h/vm -f h/vm.debug $K && "
		"eu-unstrip -o h/whole h/vm h/vm.debug");
	struct error *err = kernel_open(path, &k);
	CHECK(!err);
	error_free(err);
	if (err)
		return;
	CHECK(k->file_groups.n < kernel->file_groups.n && !k->has_relocs);
	for (size_t i = 0; i < ARRAY_SIZE(funcs); i++) {
		const struct ksym *sym = kernel_at(kernel, local_at(k, funcs[i].path, funcs[i].name));

		CHECK_STR(sym ? sym->name : NULL, funcs[i].name);
		CHECK_STR(sym ? kernel_source_path(kernel, sym) : NULL, funcs[i].path);
	}
	CHECK(!kernel_refs(k, false, exercise_func, NULL, &refs));
	CHECK(!kernel_refs(kernel, true, exercise_func, NULL, &expected));
	CHECK(refs.n == expected.n);
	for (size_t i = 0; i < refs.n && i < expected.n; i++)
		CHECK(refs.v[i].place == expected.v[i].place &&
		      refs.v[i].target == expected.v[i].target);
	vec_for_each(sym, &k->syms) {
		const char *file = sym->is_global ? NULL : kernel_source_path(k, sym);

		if (file && str_starts(sym->name, "updates."))
			CHECK_STR(file, "kernel/sched/core.c");
	}
	vec_free(&refs);
	vec_free(&expected);
	kernel_close(k);
}

static void missing_halves_are_named(void)
{
	prepare("rm -rf h debug && mkdir h && objcopy --strip-all $K h/vm");
	CHECK(opening_says("h/vm", "holds no symbol table, and no file with the debug information",
			   "debug package"));
	CHECK(opening_says("h/vm", "/h/vm.debug, ", ""));
	CHECK(opening_says("h/vm", "/h/.debug/vm.debug, ", ""));
	prepare("objcopy --only-keep-debug $K h/vm.debug && rm h/vm");
	CHECK(opening_says("h/vm.debug", "holds debug information without code", "stripped"));
	/* another kernel's half */
	prepare("cp $K other && printf xyz | dd of=other conv=notrunc status=none bs=1 "
		"seek=$((0x$(readelf -SW $K | awk '$2 == \".notes\" || $3 == \".notes\" "
		"{ print $(NF - 6) }') + 20)) && objcopy --strip-all other h/vm");
	CHECK(opening_says("h/vm.debug", "/h/vm (has another build ID)", ""));
	prepare("objcopy --strip-all --remove-section=.notes $K h/vm");
	CHECK(opening_says("h/vm.debug", "/h/vm (has no build ID)", ""));
	CHECK(opening_says("h/vm", "holds no symbol table, and no build ID by which", "eu-unstrip"));
	/* a name of a missing file, although there are symbols */
	prepare("objcopy --strip-debug --add-gnu-debuglink=h/vm.debug $K h/vm && rm h/vm.debug");
	CHECK(opening_says("h/vm", "holds no debug information, and no file with", ""));
	/* what dwz has moved to a common file is missing, too */
	prepare("printf 'common.dwz\\0id' >link && "
		"objcopy --add-section=.gnu_debugaltlink=link $K h/vm");
	CHECK(opening_says("h/vm", "dwz has moved a part", "dwz -m"));
	/* symbols, but none of files */
	prepare("objcopy --strip-debug $K h/vm");
	CHECK(opening_says("h/vm", "which files it was made of", "strip -g"));
}

static void mistakes_are_named(void)
{
	prepare("head -c 4096 /dev/zero >bzImage && "
		"printf HdrS | dd of=bzImage bs=1 seek=$((0x202)) conv=notrunc status=none && "
		"printf '!<arch>\\ndebian-binary' >x.deb && printf '\\355\\253\\356\\333' >x.rpm");
	CHECK(opening_says("bzImage", "a boot image without symbols", "-dbg"));
	CHECK(opening_says("x.deb", "a Debian package", "dpkg-deb -x"));
	CHECK(opening_says("x.rpm", "an RPM package", "rpm2cpio"));
}

/* Run everything that reads the file. Return whether it could be opened. */
static bool exercise(const char *path)
{
	struct kernel *k;
	struct error *err = kernel_open(path, &k);

	if (err) {
		CHECK(err->path && !strcmp(err->path, path) && err->message);
		error_free(err);
		return false;
	}
	exercise_kernel(k);
	kernel_close(k);
	return true;
}

static char *read_kernel(size_t *len)
{
	_cleanup_fclose_ FILE *f = fopen(vmlinux, "rb");
	size_t cap = 1 << 20;
	char *text = xmalloc(cap);

	*len = f ? fread(text, 1, cap, f) : 0;
	return text;
}

static bool write_file(const char *path, const char *text, size_t len)
{
	_cleanup_fclose_ FILE *f = fopen(path, "wb");

	return f && fwrite(text, 1, len, f) == len;
}

static void truncated_files_are_errors(void)
{
	_cleanup_free_ char *path = xasprintf("%s/truncated", room);
	size_t len;
	_cleanup_free_ char *text = read_kernel(&len);

	CHECK(len > 4096);
	for (size_t n = 0; n < len; n += 64) {
		CHECK(write_file(path, text, n));
		CHECK(!exercise(path));
	}
}

static void damaged_files_never_crash(void)
{
	static const char *const values[] = {
		"\xff\xff\xff\xff\xff\xff\xff\xff",
		"\x00\x00\x00\x00\x00\x00\x00\x00",
		"\x00\x00\x00\x80\xff\xff\xff\x7f",
	};
	_cleanup_free_ char *path = xasprintf("%s/damaged", room);
	size_t len, opened = 0;
	_cleanup_free_ char *text = read_kernel(&len);

	for (size_t at = 0; at + 8 <= len; at += at < 256 || len - at < 2048 ? 8 : 136) {
		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			char saved[8];

			memcpy(saved, text + at, 8);
			memcpy(text + at, values[v], 8);
			CHECK(write_file(path, text, len));
			opened += exercise(path);
			memcpy(text + at, saved, 8);
		}
	}
	CHECK(opened);
}

static void other_files_are_errors(void)
{
	_cleanup_free_ char *none = xasprintf("%s/none", room);
	_cleanup_free_ char *text = xasprintf("%s/text", room);

	CHECK(!exercise(none));
	CHECK(!exercise(room));
	CHECK(write_file(text, "int main;\n", 10) && !exercise(text));
}

int main(int argc, char **argv)
{
	struct error *err = os_temp_dir(&room);

	if (err) {
		error_print(stderr, err);
		error_free(err);
		return 1;
	}
	if (argc > 1)
		fixtures = argv[1];
	vmlinux = xasprintf("%s/vmlinux", room);
	debug_dir = xasprintf("%s/debug", room);
	vmlinux_debug_dir = debug_dir;
	RUN(kernel_opens);
	if (kernel) {
		RUN(symbols_are_recorded);
		RUN(units_are_told_apart);
		RUN(source_files_are_known);
		RUN(both_readers_agree);
		RUN(scan_needs_no_relocations);
		RUN(objects_are_found_by_relocation);
		RUN(fentry_is_known);
		RUN(patched_code_is_known);
		RUN(records_come_from_btf);
		RUN(prototypes_of_namesakes_are_not_known);
		RUN(dwarf_is_read);
		RUN(moved_parameters_are_seen);
		RUN(forms_of_dwarf);
		RUN(compression_changes_nothing);
		RUN(compressed_files_are_unpacked);
		RUN(unpacking_is_interrupted);
		RUN(two_halves_are_one_kernel);
		RUN(merged_files_are_told_apart);
		RUN(missing_halves_are_named);
		RUN(mistakes_are_named);
		RUN(truncated_files_are_errors);
		RUN(damaged_files_never_crash);
	}
	RUN(other_files_are_errors);
	kernel_close(kernel);
	os_remove_tree(room);
	free(vmlinux);
	free(debug_dir);
	free(room);
	return TEST_STATUS;
}
