// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_refresh.c - which symbol of a little vmlinux, linked here, an edited tree gets.
 */
#include "base/os.h"
#include "tree/find_symbol.h"
#include "vmlinux/vmlinux.h"
#include "test.h"

static char *room; /* temporary directory */
static struct kernel *kernel;
static struct manifest manifest;

/* Two units of the scheduler, and a file outside it. */
static const char *const texts[][2] = {
	{ "core.c", "const char linux_banner[] = \"Linux version 6.1.0-mini (me)\";\n"
		    "__attribute__((__used__)) static int update(void) { return 1; }\n"
		    "__attribute__((__used__)) static int scale(void) { return 2; }\n"
		    "__attribute__((__used__)) static int moved(void) { return 3; }\n"
		    "__attribute__((__used__)) static int twice(void) { return 4; }\n"
		    "__attribute__((__used__)) static int state = 1;\n"
		    "int wake(void) { return 5; }\n"
		    "int insider(void) { return 6; }\n" },
	{ "fair.c", "__attribute__((__used__)) static int scale(void) { return 7; }\n"
		    "__attribute__((__used__)) static int balance(void) { return 8; }\n"
		    "__attribute__((__used__)) static int twice(void) { return 9; }\n"
		    "int _start(void) { return 10; }\n" },
	{ "fork.c", "__attribute__((__used__)) static int elsewhere(void) { return 11; }\n"
		    "int update(void) { return 13; }\n" },
};

static void link_kernel(void)
{
	_cleanup_free_ char *path = xasprintf("%s/vmlinux", room);
	_cleanup_free_ char *command =
		xasprintf("cd '%s' && gcc -O0 -ffreestanding -fno-pic -fno-pie -nostdlib -static -no-pie"
			  " core.c fair.c fork.c -o vmlinux",
			  room);

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_free_ char *file = xasprintf("%s/%s", room, texts[i][0]);
		_cleanup_fclose_ FILE *f = fopen(file, "w");

		CHECK(f && fputs(texts[i][1], f) >= 0);
	}
	CHECK(system(command) == 0);
	_cleanup_error_ struct error *err = kernel_open(path, &kernel);

	if (err)
		error_print(stdout, err);
	CHECK(!err);
}

static void describe_cut(void)
{
	static const struct manifest_func funcs[] = {
		{ .name = "update", .is_static = true, .units = 1, .class = FUNC_CALLBACK },
		{ .name = "scale", .is_static = true, .units = 1, .class = FUNC_CALLBACK },
		{ .name = "moved", .is_static = true, .units = 1, .class = FUNC_INTERFACE },
		{ .name = "twice", .is_static = true, .units = 1, .class = FUNC_INTERFACE },
		{ .name = "wake", .units = 1, .class = FUNC_INTERFACE },
		{ .name = "insider", .units = 1, .class = FUNC_INSIDER },
		{ .name = "scale", .is_static = true, .units = 2, .class = FUNC_INSIDER },
		{ .name = "balance", .is_static = true, .units = 2, .class = FUNC_OUTSIDER },
		{ .name = "twice", .is_static = true, .units = 2, .class = FUNC_OUTSIDER },
	};

	vec_push(&manifest.units, ((struct manifest_unit){ "core", "kernel/sched/core.c" }));
	vec_push(&manifest.units, ((struct manifest_unit){ "fair", "kernel/sched/fair.c" }));
	vec_push(&manifest.units, ((struct manifest_unit){ "idle", "kernel/sched/idle.c" }));
	for (size_t i = 0; i < ARRAY_SIZE(funcs); i++)
		vec_push(&manifest.funcs, funcs[i]);
}

/* Address of @name, in the symbols of file @file if it is not NULL. */
static uint64_t address(const char *name, const char *file)
{
	vec_for_each(sym, &kernel->syms)
		if (!strcmp(sym->name, name) &&
		    (file ? sym->file >= 0 && !strcmp(kernel->file_groups.v[sym->file].name, file) :
			    sym->is_global))
			return sym->addr;
	return 0;
}

static void symbols(void)
{
	static const struct {
		const char *label;
		const char *name, *file; /* as address(); NULL: refused */
		const char *refusal;
	} cases[] = {
		/* The unit's own symbol before a global one of another file. */
		{ "vml.core.update", "update", "core.c", NULL },
		{ "vml.fair.update", "update", NULL, NULL },
		{ "vml.core.scale", "scale", "core.c", NULL },
		{ "vml.core.state", "state", "core.c", NULL },
		{ "vml.fair.balance", "balance", "fair.c", NULL },
		/* Global symbols of other files, for any unit. */
		{ "vml.fair.wake", "wake", NULL, NULL },
		{ "vml.idle._start", "_start", NULL, NULL },
		/* A symbol of another unit than the label's. */
		{ "vml.fair.moved", "moved", "core.c", NULL },
		{ "vml.idle.balance", "balance", "fair.c", NULL },
		{ "vml.idle.twice", NULL, NULL, "vmlinux has 2 symbols 'twice'" },
		/* Old code. */
		{ "vml.core.insider", NULL, NULL, "vmlinux's 'insider' is the old code" },
		{ "vml.fair.insider", NULL, NULL, "vmlinux's 'insider' is the old code" },
		{ "vml.fair.scale", NULL, NULL, "vmlinux's 'scale' is the old code" },
		/* Static in a file that is not the scheduler's. */
		{ "vml.core.elsewhere", NULL, NULL, "vmlinux has no global symbol 'elsewhere'" },
		{ "vml.core.nothing", NULL, NULL, "vmlinux has no global symbol 'nothing'" },
		/* Plain names. */
		{ "elsewhere", "elsewhere", "fork.c", NULL },
		{ "update", "update", NULL, NULL },
		{ "nothing", NULL, NULL, "vmlinux has no symbol 'nothing'" },
		{ "wake", NULL, NULL, "the module's own 'wake' is gone" },
		{ "moved", NULL, NULL, "the module's own 'moved' is gone" },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; kernel && i < ARRAY_SIZE(cases); i++) {
		struct symbol_answer answer = find_symbol(kernel, &manifest, cases[i].label, &arena);
		uint64_t wanted = cases[i].name ? address(cases[i].name, cases[i].file) : 0;
		bool good = cases[i].refusal ? answer.refusal && answer.remedy &&
						       str_starts(answer.refusal, cases[i].refusal) :
					       !answer.refusal && wanted && answer.addr == wanted;

		CHECK(good);
		if (!good)
			printf("# %s: %s\n", cases[i].label,
			       answer.refusal ? answer.refusal : "another symbol");
	}
	arena_free(&arena);
}

int main(void)
{
	_cleanup_error_ struct error *err = os_temp_dir(&room);

	if (err)
		return 1;
	describe_cut();
	RUN(link_kernel);
	RUN(symbols);
	kernel_close(kernel);
	vec_free(&manifest.units);
	vec_free(&manifest.funcs);
	os_remove_tree(room);
	free(room);
	return TEST_STATUS;
}
