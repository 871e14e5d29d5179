// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_target.c - find and verify a made-up kernel: headers, source, vmlinux, make and
 * compiler are small files in a temporary directory.
 */
#include "input/requirements.h"
#include "input/cflags.h"
#include "input/target_verify.h"
#include "base/os.h"
#include "input/target.h"
#include "room.h"

#include <sys/stat.h>
#include <unistd.h>

#define AUTO_CONF "headers/include/config/auto.conf"

static const char banner[] =
	"Linux version 9.8.0-7-toy (b@h) (toycc (Toy 3.2.1-4) 3.2.1, GNU ld) #1 SMP Toy 9.8.65-4 (2020-01-01)\n";

/* A configuration that can be cut, without the option @name, and with @lines at its end. */
static void put_config(const char *name, const char *lines)
{
	_cleanup_free_ char *text = xstrdup("#\n# made up\n#\n");

	for (const struct requirement *o = requirements; o->name; o++) {
		if (o->demand != DEMAND_SET || (name && !strcmp(o->name, name)))
			continue;
		char *longer = xasprintf("%sCONFIG_%s=y\n", text, o->name);
		free(text);
		text = longer;
	}
	_cleanup_free_ char *all = xasprintf("%s%s", text, lines);
	put(AUTO_CONF, all);
}

/* The files that a kernel's packages would install. */
static void make_kernel(void)
{
	_cleanup_free_ char *cc = xasprintf("%s/bin/toycc", room);
	_cleanup_free_ char *path = xasprintf("%s/bin:%s", room, getenv("PATH"));
	_cleanup_free_ char *cache = xasprintf("%s/cache", room);

	put("bin/toycc", "#!/bin/sh\necho 'toycc (Toy 3.2.1-4) 3.2.1'\n");
	chmod(cc, 0755);
	setenv("PATH", path, 1);
	setenv("XDG_CACHE_HOME", cache, 1);
	put("source/Makefile", "VERSION = 9\nPATCHLEVEL = 8\nSUBLEVEL = 65\nEXTRAVERSION =\n");
	put("source/kernel/sched/core.c", "int core;\n");
	put("source/drivers/used.c", "int used;\n");
	put("source/Documentation/big.rst", "Long.\n");
	put_config(NULL, "CONFIG_A=y\nCONFIG_CC_VERSION_TEXT=\"toycc (Toy 3.2.1-4) 3.2.1\"\n");
	put("headers/include/generated/utsrelease.h", "#define UTS_RELEASE \"9.8.0-7-toy\"\n");
	put("headers/include/generated/package.h", "#define LINUX_PACKAGE_ID \" Toy 9.8.65-4\"\n");
	put("headers/include/generated/uapi/linux/version.h",
	    "#define LINUX_VERSION_CODE 591937\n"
	    "#define KERNEL_VERSION(a,b,c) (((a) << 16) + ((b) << 8) + (c))\n");
	put("headers/Makefile", "probe.o:\n\tgrep -q obj-y $(M)/Kbuild && test -f $(M)/probe.c\n"
				"\tcp command $(M)/.probe.o.cmd\n");
	put("headers/command",
	    "savedcmd_M/probe.o := toycc -Wp,-MMD,x/.probe.o.d -nostdinc -I/abs/include -I./include"
	    " -I include/uapi -include ./include/linux/kconfig.h -D__KERNEL__ -DA='\"a b\"' -DB=\\\"c\\\""
	    " -DC='$$d$(pound)e' -Wall -fplugin=x.so -falign-jumps=1 --param allow=1 -O2 -std=gnu11"
	    " -fshort-wchar -mpreferred-stack-boundary=3 -mno-sse -DKBUILD_MODNAME='\"probe\"'"
	    " -c -o probe.o probe.c ; ./objtool -Dno probe.o\n\nsource_probe.o := -Dneither\n");
	put("vmlinux", "not read by target_find");
}

/* Rules for the kernel of make_kernel(), with @source as target.source. */
static struct rules *make_rules(const char *source)
{
	_cleanup_free_ char *text =
		xasprintf("target:\n"
			  "  release: ['9.8.*-toy']\n"
			  "  source: ['%s/none', '%s/%s']\n"
			  "  headers: ['%s/headers-${release}', '%s/headers']\n"
			  "  vmlinux: ['%s/vmlinux-${version}-${release}', '%s/vmlinux']\n"
			  "boundary: {directories: [kernel/sched], units: [kernel/sched/core.c]}\n",
			  room, room, source, room, room, room, room);
	struct rules *rules = NULL;
	struct error *err = rules_parse("r.yaml", text, strlen(text), &rules);

	if (err)
		error_print(stdout, err);
	error_free(err);
	return rules;
}

/* target_find() by those rules; prints and frees an error. */
static struct target *find(const char *source)
{
	struct rules *rules = make_rules(source);
	struct target_options options = { .release = "9.8.0-7-toy" };
	struct target *target = NULL;
	struct error *err = target_find(rules, &options, &target);

	if (err)
		error_print(stdout, err);
	error_free(err);
	rules_free(rules);
	return target;
}

/* Does the error contain both texts? Frees it. */
static bool says(struct error *err, const char *message, const char *note)
{
	bool right = err && strstr(err->message, message) && err->note && strstr(err->note, note);

	if (!right && err)
		error_print(stdout, err);
	error_free(err);
	return right;
}

static void everything_is_found(void)
{
	struct target *target = find("source");
	struct kernel kernel = { .release = "9.8.0-7-toy", .banner = banner };

	CHECK(target);
	if (!target)
		return;
	CHECK(str_ends(target->source, "/source"));
	CHECK(str_ends(target->headers, "/headers"));
	CHECK(str_ends(target->vmlinux, "/vmlinux"));
	CHECK(!target->source_tmp);
	CHECK_STR(target->release, "9.8.0-7-toy");
	CHECK_STR(target->cc, "toycc");
	CHECK_STR(target->cc_version, "toycc (Toy 3.2.1-4) 3.2.1");
	struct error *err = target_verify(target, &kernel);
	CHECK(!err);
	error_free(err);
	target_free(target);
}

/* A target as a tree has it: without the source. */
static void headers_are_compared(void)
{
	_cleanup_free_ char *headers = xasprintf("%s/headers", room);

	CHECK(!target_compare_headers(headers, "9.8.0-7-toy", "Toy 9.8.65-4"));
	CHECK(!target_compare_headers(headers, "9.8.0-7-toy", ""));
	CHECK(says(target_compare_headers(headers, "9.8.0-8-toy", ""),
		   "says release 9.8.0-7-toy, the tree was cut from 9.8.0-8-toy", "9.8.0-8-toy"));
	CHECK(says(target_compare_headers(headers, "9.8.0-7-toy", "Toy 9.8.65-5"),
		   "says package 'Toy 9.8.65-4'", "cut again"));
	CHECK(says(target_compare_headers("/none", "9.8.0-7-toy", ""), "no such directory",
		   "local.mk"));
}

/* Packed, or the half with debug information: kernel_open() finds the rest. */
static void other_forms_of_vmlinux_are_found(void)
{
	static const char *const suffixes[] = { ".zst", ".xz", ".gz", ".bz2", ".debug" };
	_cleanup_free_ char *plain = xasprintf("%s/vmlinux", room);

	CHECK(!unlink(plain));
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		_cleanup_free_ char *path = xasprintf("%s%s", plain, suffixes[i]);

		CHECK(!os_write_file(path, "", 0, false));
		struct target *target = find("source");
		CHECK_STR(target ? target->vmlinux : NULL, path);
		target_free(target);
		unlink(path);
	}
	make_kernel();
}

static void what_is_missing_is_named(void)
{
	struct rules *rules = make_rules("nothing");
	struct target_options options = { .release = "9.9.0-7-toy" };
	struct target *target;

	CHECK(says(target_find(rules, &options, &target), "not for release 9.9.0-7-toy", "--release"));
	options.release = "../x";
	CHECK(says(target_find(rules, &options, &target), "not a kernel release", "uname -r"));
	options.release = "9.8.0-7-toy";
	CHECK(says(target_find(rules, &options, &target), "/nothing", "--source"));
	options.headers = room;
	CHECK(says(target_find(rules, &options, &target), "--headers names no",
		   "linux-headers-9.8.0-7-toy"));
	options.headers = NULL;
	options.vmlinux = "does-not-exist";
	CHECK(says(target_find(rules, &options, &target), "--vmlinux names no",
		   "linux-image-9.8.0-7-toy-dbg"));
	rules_free(rules);

	rules = make_rules("source/kernel/sched/core.c");
	options.vmlinux = NULL;
	CHECK(says(target_find(rules, &options, &target), "no tar archive", ".src.rpm"));
	put("other/Makefile", "VERSION = 1\n");
	rules_free(rules);
	rules = make_rules("other");
	CHECK(says(target_find(rules, &options, &target), "'kernel/sched' does not exist",
		   "--source"));
	rules_free(rules);
}

static void mismatches_are_errors(void)
{
	struct target *target = find("source");
	struct kernel kernel = { .release = "9.8.0-7-toy", .banner = banner };

	CHECK(target);
	if (!target)
		return;
	kernel.release = "9.8.0-8-toy";
	CHECK(says(target_verify(target, &kernel), "banner says release 9.8.0-8-toy", "-dbg"));
	kernel.release = "9.8.0-7-toy";
	kernel.banner = "Linux (toycc (Toy 3.2.1-4) 3.2.1) Toy 9.8.65-40 (2020)";
	CHECK(says(target_verify(target, &kernel), "package version 'Toy 9.8.65-4'", "one version"));
	kernel.banner = "Linux (toycc (Toy 3.2.1-5) 3.2.1) Toy 9.8.65-4 (2020)";
	CHECK(says(target_verify(target, &kernel), "says compiler 'toycc (Toy 3.2.1-4) 3.2.1'",
		   "linux-headers"));
	kernel.banner = banner;
	put("source/Makefile", "VERSION = 9\nPATCHLEVEL = 8\nSUBLEVEL = 64\n");
	CHECK(says(target_verify(target, &kernel), "is of 9.8.64, but", "linux-source"));
	put("source/Makefile", "VERSION = 9\nPATCHLEVEL = 8\nSUBLEVEL = 300\n");
	put("headers/include/generated/uapi/linux/version.h", "#define LINUX_VERSION_CODE 592127\n");
	struct error *err = target_verify(target, &kernel);
	CHECK(!err); /* 255 means any later sublevel */
	error_free(err);
	put("headers/include/generated/uapi/linux/version.h",
	    "#define LINUX_VERSION_CODE 592127\n#define LINUX_VERSION_MAJOR 9\n"
	    "#define LINUX_VERSION_PATCHLEVEL 8\n#define LINUX_VERSION_SUBLEVEL 301\n");
	CHECK(says(target_verify(target, &kernel), "is of 9.8.300, but", "linux-source"));
	put("headers/include/generated/utsrelease.h", "#define UTS_RELEASE \"9.8.0-6-toy\"\n");
	CHECK(says(target_verify(target, &kernel), "says release 9.8.0-6-toy", "linux-headers"));
	target_free(target);
	make_kernel();
}

/* Each option by itself: an error at its line, before anything else is looked for. */
static void configuration_comes_first(void)
{
	struct rules *rules = make_rules("nothing");
	struct target_options options = { .release = "9.8.0-7-toy", .vmlinux = "nowhere" };
	struct target *target;

	for (const struct requirement *o = requirements; o->name; o++) {
		_cleanup_free_ char *set = xasprintf("CONFIG_%s=y\n", o->name);
		_cleanup_free_ char *message = xasprintf("CONFIG_%s is %sset: %s", o->name,
							 o->demand == DEMAND_SET ? "not " : "",
							 o->why);

		if (o->demand == DEMAND_NOTED)
			continue;
		put_config(o->name, o->demand == DEMAND_SET ? "" : set);
		_cleanup_error_ struct error *err = target_find(rules, &options, &target);
		CHECK(err && err->note && str_ends(err->path, "/" AUTO_CONF));
		CHECK_STR(err ? err->message : NULL, message);
		CHECK_STR(err ? err->note : NULL, o->remedy);
		CHECK(err && !err->line == (o->demand == DEMAND_SET));
	}
	put_config(NULL, "CONFIG_LTO_CLANG=y\nCONFIG_CC_IS_CLANG=y\nCONFIG_CFI=y\n"
			 "CONFIG_UML=n\n# CONFIG_UML is not set\nCONFIG_RANDSTRUCT_NONE=y\n");
	CHECK(says(target_find(rules, &options, &target), "clang are not supported yet",
		   "GCC has built; also in the way: CONFIG_LTO_CLANG, CONFIG_CFI"));
	put(AUTO_CONF, "");
	CHECK(says(target_find(rules, &options, &target), "CONFIG_X86_64 is not set", "CONFIG_SMP"));
	rules_free(rules);
	make_kernel();
}

static void remarks_are_no_errors(void)
{
	put_config(NULL, "CONFIG_CC_VERSION_TEXT=\"toycc (Toy 3.2.1-4) 3.2.1\"\n"
			 "CONFIG_MODULE_SIG_FORCE=y\nCONFIG_PREEMPT_RT=y\n");
	struct target *target = find("source");

	CHECK(target && target->remarks.n == 2);
	if (target && target->remarks.n == 2) {
		CHECK(strstr(target->remarks.v[0]->message, "CONFIG_MODULE_SIG_FORCE is set: "));
		CHECK(strstr(target->remarks.v[0]->note, "sign-file") && target->remarks.v[0]->line);
	}
	target_free(target);
	make_kernel();
}

/* The row of docs/requirements.md for @o, as it should be. */
static char *row_of(const struct requirement *o)
{
	/* clang-format off */
	static const char *const demands[] = {
		[DEMAND_SET] = "required", [DEMAND_UNSET] = "refused",
		[DEMAND_NOTED] = "warned of",
	};
	/* clang-format on */

	return xasprintf("\n| `CONFIG_%s` | %s | %s | %s |\n", o->name, demands[o->demand], o->why,
			 o->remedy);
}

static void documentation_has_the_same_table(void)
{
	_cleanup_free_ char *text = os_read_file("docs/requirements.md");
	char *end = text ? strstr(text, "## What is not required") : NULL;
	size_t rows = 0, options = 0;

	CHECK(end);
	if (end)
		*end = '\0';
	for (const char *at = text; at && (at = strstr(at, "\n| `CONFIG_")); at++)
		rows++;
	for (const struct requirement *o = requirements; text && o->name; o++, options++) {
		_cleanup_free_ char *row = row_of(o);

		if (!strstr(text, row))
			printf("# docs/requirements.md lacks:%s", row);
		CHECK(strstr(text, row));
	}
	CHECK(rows == options);
}

static void compiler_must_be_installed(void)
{
	struct rules *rules = make_rules("source");
	struct target_options options = { .release = "9.8.0-7-toy" };
	struct target *target;

	put_config(NULL, "CONFIG_CC_VERSION_TEXT=\"toycc (Toy) 2.0.0\"\n");
	CHECK(says(target_find(rules, &options, &target),
		   "'toycc (Toy) 2.0.0', which is not installed; toycc is", "gcc-2"));
	put_config(NULL, "CONFIG_A=y\n");
	CHECK(says(target_find(rules, &options, &target), "CONFIG_GCC_VERSION", "GCC"));
	/* The same version from another package, and a kernel without the text. */
	put_config(NULL, "CONFIG_CC_VERSION_TEXT=\"toycc (Toy 3.2.1-3) 3.2.1\"\n");
	target = find("source");
	CHECK_STR(target ? target->cc : NULL, "toycc");
	target_free(target);
	rules_free(rules);
	make_kernel();
}

static void archive_is_unpacked_once(void)
{
	_cleanup_free_ char *archive = xasprintf("%s/toy.tar", room);
	_cleanup_free_ char *file = xasprintf("--file=%s", archive);
	const char *const pack[] = { "tar", "--create", file, "-C", room, "source", NULL };
	struct stat first, second;

	error_free(os_run(pack, NULL));
	struct target *target = find("toy.tar");
	CHECK(target && strstr(target->source, "/cache/schedcut/source/"));
	if (!target)
		return;
	_cleanup_free_ char *core = xasprintf("%s/kernel/sched/core.c", target->source);
	_cleanup_free_ char *drivers = xasprintf("%s/drivers", target->source);
	_cleanup_free_ char *texts = xasprintf("%s/Documentation", target->source);
	CHECK(!stat(core, &first));
	CHECK(os_is_dir(drivers) && !os_is_dir(texts));
	target_free(target);

	target = find("toy.tar");
	CHECK(target && !stat(core, &second) && first.st_ino == second.st_ino);
	target_free(target);

	/* No cache: a directory of its own, removed with the target. */
	put("file", "");
	_cleanup_free_ char *no_cache = xasprintf("%s/file", room);
	setenv("XDG_CACHE_HOME", no_cache, 1);
	setenv("TMPDIR", room, 1);
	target = find("toy.tar");
	CHECK(target && target->source_tmp && os_is_dir(target->source_tmp));
	_cleanup_free_ char *tmp = target ? xstrdup(target->source) : NULL;
	target_free(target);
	CHECK(tmp && !os_is_dir(tmp));
	make_kernel();

	put("bad.tar", "this is no archive");
	struct rules *rules = make_rules("bad.tar");
	struct target_options options = { .release = "9.8.0-7-toy" };
	CHECK(says(target_find(rules, &options, &target), "tar failed", "bad.tar"));
	rules_free(rules);
}

static void flags_are_sorted(void)
{
	struct target *target = find("source");

	CHECK(target);
	if (!target)
		return;
	struct error *err = target_cflags(target, "");
	CHECK(!err);
	if (err)
		error_print(stdout, err);
	error_free(err);
	_cleanup_free_ char *include = xasprintf("-I%s/include", target->headers);
	_cleanup_free_ char *uapi = xasprintf("%s/include/uapi", target->headers);
	_cleanup_free_ char *kconfig = xasprintf("%s/include/linux/kconfig.h", target->headers);
	/* clang-format off */
	const char *const expected[] = {
		"-nostdinc", "-I/abs/include", include, "-I", uapi, "-include",
		kconfig, "-D__KERNEL__", "-DA=\"a b\"", "-DB=\"c\"", "-DC=$d#e", "-O2", "-std=gnu11",
		"-fshort-wchar", "-mno-sse", "-DKBUILD_MODNAME=\"schedcut\"",
	};
	/* clang-format on */
	CHECK(target->cflags.n == ARRAY_SIZE(expected));
	for (size_t i = 0; i < target->cflags.n && i < ARRAY_SIZE(expected); i++)
		CHECK_STR(target->cflags.v[i], expected[i]);

	put("headers/Makefile", "probe.o:\n\t@echo no rule today; exit 1\n");
	CHECK(says(target_cflags(target, ""), "no rule today", "build a module"));
	put("headers/Makefile", "probe.o:\n\techo nothing > $(M)/.probe.o.cmd\n");
	CHECK(says(target_cflags(target, ""), "has no command", "nothing"));
	target_free(target);
	make_kernel();
}

int main(void)
{
	room_open();
	make_kernel();
	RUN(everything_is_found);
	RUN(headers_are_compared);
	RUN(other_forms_of_vmlinux_are_found);
	RUN(what_is_missing_is_named);
	RUN(mismatches_are_errors);
	RUN(configuration_comes_first);
	RUN(remarks_are_no_errors);
	RUN(documentation_has_the_same_table);
	RUN(compiler_must_be_installed);
	RUN(archive_is_unpacked_once);
	RUN(flags_are_sorted);
	room_close();
	return TEST_STATUS;
}
