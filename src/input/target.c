// SPDX-License-Identifier: GPL-2.0-only
#include "input/target.h"
#include "base/os.h"
#include "base/unpack.h"
#include "input/headers.h"
#include "input/requirements.h"

#include <fnmatch.h>
#include <sys/utsname.h>

#define RELEASE_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+~-"

static bool is_headers(const char *path)
{
	_cleanup_free_ char *config = xasprintf("%s/include/config/auto.conf", path);

	return os_is_file(config);
}

static bool is_kernel_source(const char *path)
{
	_cleanup_free_ char *makefile = xasprintf("%s/Makefile", path);

	return os_is_file(path) || os_is_file(makefile);
}

static const char *const no_suffixes[] = { "", NULL };
/* kernel_open() reads them all */
static const char *const vmlinux_suffixes[] = { "", ".zst", ".xz", ".gz", ".bz2", ".debug", NULL };

const struct place source_place = {
	.what = "kernel source",
	.option = "--source",
	.suffixes = no_suffixes,
	.usable = is_kernel_source,
	.wanted = "kernel source directory or tar archive",
	.remedy = "linux-source, which holds the source of ",
	.remedy_end = "",
	.remedy_rpm = "the unpacked source package of kernel-",
};
const struct place headers_place = { .what = "kernel headers",
				     .option = "--headers",
				     .suffixes = no_suffixes,
				     .usable = is_headers,
				     .wanted = "build directory for modules (include/config/auto.conf)",
				     .remedy = "linux-headers-",
				     .remedy_end = "",
				     .remedy_rpm = "kernel-devel-" };
const struct place vmlinux_place = { .what = "vmlinux with debug information",
				     .option = "--vmlinux",
				     .suffixes = vmlinux_suffixes,
				     .usable = os_is_file,
				     .wanted = "regular file",
				     .remedy = "linux-image-",
				     .remedy_end = "-dbg",
				     .remedy_rpm = "kernel-debuginfo-" };

struct error *place_note(struct error *err, const struct place *place, const char *release)
{
	return error_note(err, "install %s%s%s (Debian) or %s%s (RPM), or give %s", place->remedy,
			  release, place->remedy_end, place->remedy_rpm, release, place->option);
}

static struct error *find_release(const struct rules *rules, const char *given, struct target *target)
{
	struct utsname uts;

	if (!given) {
		if (uname(&uts))
			return error_errno(NULL, "cannot get the running kernel's release");
		given = uts.release;
	}
	/* It becomes part of paths, of the tree's Makefile and of C strings. */
	if (!*given || given[strspn(given, RELEASE_CHARACTERS)])
		return error_note(error_new("'%s' is not a kernel release", given),
				  "a release is what 'uname -r' prints");
	target->release = arena_strdup(&target->arena, given);
	for (size_t i = 0; i < rules->release.n; i++) {
		if (!fnmatch(rules->release.v[i].name, given, 0))
			return NULL;
	}
	if (!rules->release.n)
		return NULL;
	return error_note(error_at_rule(rules, &rules->release.v[0],
					"these rules are not for release %s", given),
			  "choose another kernel with --release, or its rules with --config");
}

/* "6.1" of "6.1.0-56-cloud-amd64". */
static size_t version_length(const char *release)
{
	size_t major = strspn(release, "0123456789");

	if (release[major] != '.')
		return major;
	return major + 1 + strspn(release + major + 1, "0123456789");
}

/* @pattern with ${release} and ${version} replaced. */
static struct error *expand(struct target *target, const struct rules *rules,
			    const struct rule_name *pattern, const char **path)
{
	const struct {
		const char *name;
		size_t len;
	} variables[] = {
		{ "${release}", strlen(target->release) },
		{ "${version}", version_length(target->release) },
	};
	const char *result = "", *rest = pattern->name, *dollar;

	while ((dollar = strstr(rest, "${"))) {
		size_t i = 0;

		while (i < ARRAY_SIZE(variables) && !str_starts(dollar, variables[i].name))
			i++;
		if (i == ARRAY_SIZE(variables))
			return error_note(error_at_rule(rules, pattern, "unknown variable in '%s'",
							pattern->name),
					  "paths may hold ${release} and ${version}");
		result = arena_printf(&target->arena, "%s%.*s%.*s", result, (int)(dollar - rest),
				      rest, (int)variables[i].len, target->release);
		rest = dollar + strlen(variables[i].name);
	}
	*path = arena_printf(&target->arena, "%s%s", result, rest);
	return NULL;
}

static struct error *keep_real_path(struct target *target, const char *path, const char **result)
{
	_cleanup_free_ char *real = realpath(path, NULL);

	if (!real)
		return error_errno(path, "cannot resolve the path");
	*result = arena_strdup(&target->arena, real);
	return NULL;
}

/* @given by the user, or the first usable one of @candidates. */
static struct error *find_place(struct target *target, const struct rules *rules,
				const struct place *place, const char *given,
				const rule_names *candidates, const char **result)
{
	const char *tried = "";

	if (given) {
		if (place->usable(given))
			return keep_real_path(target, given, result);
		return place_note(error_at(given, 0, 0, "%s names no %s", place->option,
					   place->wanted),
				  place, target->release);
	}
	for (size_t i = 0; i < candidates->n; i++) {
		const char *path = NULL;

		TRY(expand(target, rules, &candidates->v[i], &path));
		for (const char *const *suffix = place->suffixes; *suffix; suffix++) {
			const char *file = arena_printf(&target->arena, "%s%s", path, *suffix);

			if (place->usable(file))
				return keep_real_path(target, file, result);
		}
		tried = arena_printf(&target->arena, "%s%s%s", tried, i ? ", " : "", path);
	}
	if (!candidates->n)
		return place_note(error_at(rules->path, 0, 0, "the rules name no place for the %s",
					   place->what),
				  place, target->release);
	return place_note(error_at_rule(rules, &candidates->v[0], "no %s for %s, tried %s",
					place->what, target->release, tried),
			  place, target->release);
}

static struct error *find_source_directory(struct target *target, const char *path)
{
	_cleanup_free_ char *directory = NULL;

	target->source = path;
	if (os_is_dir(path))
		return NULL;
	if (!unpack_knows(path))
		return error_note(error_at(path, 0, 0,
					   "is no kernel source directory and no tar archive"),
				  "unpack it and apply its patches (rpmbuild -bp for a .src.rpm), then give --source DIRECTORY");
	TRY(unpack_source(path, &directory, &target->source_tmp));
	target->source = arena_strdup(&target->arena, directory);
	return NULL;
}

/* The source has @name, by @exists; @remedy: what to do if not. */
static struct error *check_exists(const struct target *target, const struct rules *rules,
				  const struct rule_name *name, bool (*exists)(const char *path),
				  const char *remedy)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", target->source, name->name);

	if (exists(path))
		return NULL;
	return error_note(error_at_rule(rules, name, "'%s' does not exist in %s", name->name,
					target->source),
			  "%s", remedy);
}

/* The source has what the rules name. */
static struct error *check_source_files(const struct target *target, const struct rules *rules)
{
	static const char other_rules[] =
		"are these the rules for this kernel? Choose others with --config, or another source with --source";
	static const char not_unpacked[] =
		"an archive is unpacked only in part: give an unpacked kernel source with --source, or remove the file from the rules";

	vec_for_each(directory, &rules->directories)
		TRY(check_exists(target, rules, directory, os_is_dir, other_rules));
	vec_for_each(unit, &rules->units)
		TRY(check_exists(target, rules, unit, os_is_file, other_rules));
	vec_for_each(sidecar, &rules->sidecars)
		TRY(check_exists(target, rules, &sidecar->file, os_is_file, not_unpacked));
	vec_for_each(file, &rules->extra_files)
		TRY(check_exists(target, rules, file, os_is_file, not_unpacked));
	return NULL;
}

/*
 * The number of a compiler in its version text: the first word outside of
 * parentheses that starts with a digit; "12.2.0" of "gcc-12 (Debian
 * 12.2.0-14) 12.2.0". Empty if there is none.
 */
static const char *compiler_number(struct arena *arena, const char *text)
{
	int depth = 0;

	for (const char *p = text; *p; p++) {
		depth += *p == '(';
		depth -= *p == ')';
		bool starts_word = p == text || p[-1] == ' ';
		if (!depth && starts_word && *p >= '0' && *p <= '9')
			return arena_strndup(arena, p, strcspn(p, " ,"));
	}
	return "";
}

/* Headers before 5.8 have only the compiler's number, CONFIG_GCC_VERSION=80301. */
static struct error *find_cc_version(struct target *target, const char *config)
{
	const char *number;

	TRY(file_value(&target->arena, config, "CONFIG_CC_VERSION_TEXT", &target->cc_version));
	if (target->cc_version && *compiler_number(&target->arena, target->cc_version))
		return NULL;
	TRY(file_value(&target->arena, config, "CONFIG_GCC_VERSION", &number));
	unsigned long n = number ? strtoul(number, NULL, 10) : 0;
	if (!n)
		return error_note(error_at(config, 0, 0,
					   "has neither CONFIG_CC_VERSION_TEXT nor CONFIG_GCC_VERSION"),
				  "only kernels from 4.18 on that GCC compiled can be cut");
	target->cc_version = arena_printf(&target->arena, "gcc %lu.%lu.%lu", n / 10000,
					  n / 100 % 100, n % 100);
	return NULL;
}

/* First line of "@cc --version"; NULL if there is no such command. */
static char *installed_version(const char *cc)
{
	const char *const argv[] = { cc, "--version", NULL };
	char *output = NULL;
	struct error *err = os_run(argv, &output);

	if (err) {
		error_free(err);
		return NULL;
	}
	output[strcspn(output, "\n")] = '\0';
	return output;
}

/*
 * The installed command of the compiler that built the kernel. The same package is
 * best, else the same version.
 */
static struct error *find_compiler(struct target *target)
{
	const char *config = arena_printf(&target->arena, "%s/include/config/auto.conf",
					  target->headers);
	TRY(find_cc_version(target, config));
	const char *number = compiler_number(&target->arena, target->cc_version);
	const char *major = arena_printf(&target->arena, "gcc-%.*s", (int)strcspn(number, "."),
					 number);
	/* clang-format off */
	const char *candidates[] = {
		arena_strndup(&target->arena, target->cc_version,
			      strcspn(target->cc_version, " ")),
		major, "gcc", "cc",
	};
	/* clang-format on */
	const char *seen = "";

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++) {
		_cleanup_free_ char *version = installed_version(candidates[i]);

		if (!version)
			continue;
		if (!strcmp(without_command(version), without_command(target->cc_version))) {
			target->cc = candidates[i];
			return NULL;
		}
		if (!target->cc && !strcmp(compiler_number(&target->arena, version), number))
			target->cc = candidates[i];
		seen = arena_printf(&target->arena, "%s; %s is '%s'", seen, candidates[i], version);
	}
	if (target->cc)
		return NULL;
	return error_note(error_at(config, 0, 0,
				   "the kernel's compiler is '%s', which is not installed%s",
				   target->cc_version, seen),
			  "install %s of the distribution that built the kernel", major);
}

static struct error *find_parts(struct target *target, const struct rules *rules,
				const struct target_options *options)
{
	const char *source, *path;

	TRY(find_release(rules, options->release, target));
	TRY(find_place(target, rules, &headers_place, options->headers, &rules->headers,
		       &target->headers));
	TRY(requirements_check(target->headers, &target->remarks));
	TRY(find_place(target, rules, &vmlinux_place, options->vmlinux, &rules->vmlinux,
		       &target->vmlinux));
	TRY(headers_package(&target->arena, target->headers, &target->package, &path));
	TRY(find_compiler(target));
	TRY(find_place(target, rules, &source_place, options->source, &rules->source, &source));
	TRY(find_source_directory(target, source));
	return check_source_files(target, rules);
}

struct error *target_find(const struct rules *rules, const struct target_options *options,
			  struct target **result)
{
	_cleanup_target_ struct target *target = xcalloc(1, sizeof(*target));

	TRY(find_parts(target, rules, options));
	*result = return_ptr(target);
	return NULL;
}

void target_free(struct target *target)
{
	if (!target)
		return;
	if (target->source_tmp)
		os_remove_tree(target->source_tmp);
	free(target->source_tmp);
	error_list_free(&target->remarks);
	vec_free(&target->cflags);
	arena_free(&target->arena);
	free(target);
}
