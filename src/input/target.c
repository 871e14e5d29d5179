// SPDX-License-Identifier: GPL-2.0-only
/*
 * target.c - find release, source, headers, vmlinux and compiler of a
 * kernel, and verify that they belong together.
 */
#include "input/target.h"
#include "base/os.h"
#include "base/unpack.h"

#include <fnmatch.h>
#include <sys/utsname.h>

#define RELEASE_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+~-"

/* Something on disk that the rules know how to find. */
struct place {
	const char *what;	     /* "headers" */
	const char *option;	     /* the option that names it */
	const char *const *suffixes; /* of files that will do as well; NULL at the end */
	bool (*usable)(const char *path);
	const char *wanted;	/* what @usable asks for */
	const char *remedy;	/* packages that hold it, before the release */
	const char *remedy_end; /* and after it */
	const char *remedy_rpm;
};

static bool is_headers(const char *path)
{
	_cleanup_free_ char *config = xasprintf("%s/include/config/auto.conf", path);

	return os_is_file(config);
}

static bool is_source(const char *path)
{
	_cleanup_free_ char *makefile = xasprintf("%s/Makefile", path);

	return os_is_file(path) || os_is_file(makefile);
}

static const char *const no_suffixes[] = { "", NULL };
/* kernel_open() reads them all */
static const char *const vmlinux_suffixes[] = { "", ".zst", ".xz", ".gz", ".bz2", ".debug", NULL };

static const struct place source_place = {
	.what = "kernel source",
	.option = "--source",
	.suffixes = no_suffixes,
	.usable = is_source,
	.wanted = "kernel source directory or tar archive",
	.remedy = "linux-source, which holds the source of ",
	.remedy_end = "",
	.remedy_rpm = "the unpacked source package of kernel-",
};
static const struct place headers_place = {
	.what = "kernel headers",
	.option = "--headers",
	.suffixes = no_suffixes,
	.usable = is_headers,
	.wanted = "build directory for modules (include/config/auto.conf)",
	.remedy = "linux-headers-",
	.remedy_end = "",
	.remedy_rpm = "kernel-devel-"
};
static const struct place vmlinux_place = { .what = "vmlinux with debug information",
					    .option = "--vmlinux",
					    .suffixes = vmlinux_suffixes,
					    .usable = os_is_file,
					    .wanted = "regular file",
					    .remedy = "linux-image-",
					    .remedy_end = "-dbg",
					    .remedy_rpm = "kernel-debuginfo-" };

static struct error *place_note(struct error *err, const struct place *place, const char *release)
{
	return error_note(err, "install %s%s%s (Debian) or %s%s (RPM), or give %s", place->remedy,
			  release, place->remedy_end, place->remedy_rpm, release, place->option);
}

static struct error *find_release(const struct rules *rules, const char *given, struct target *target)
{
	struct utsname uts;

	if (!given) {
		if (uname(&uts))
			return error_errno(NULL, "cannot ask for the running release");
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
	return error_note(error_at(rules->path, rules->release.v[0].line, rules->release.v[0].col,
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
			return error_note(error_at(rules->path, pattern->line, pattern->col,
						   "unknown variable in '%s'", pattern->name),
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
	return place_note(error_at(rules->path, candidates->v[0].line, candidates->v[0].col,
				   "no %s for %s, tried %s", place->what, target->release, tried),
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

static struct error *check_file(const struct target *target, const struct rules *rules,
				const struct rule_name *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", target->source, name->name);

	if (os_is_file(path))
		return NULL;
	return error_note(error_at(rules->path, name->line, name->col, "'%s' does not exist in %s",
				   name->name, target->source),
			  "of an archive not everything is unpacked: give an unpacked kernel source with --source, or take it out of the rules");
}

/* The source holds what the rules want to cut out of it. */
static struct error *check_boundary(const struct target *target, const struct rules *rules)
{
	const struct {
		const rule_names *names;
		bool (*exists)(const char *path);
	} lists[] = {
		{ &rules->directories, os_is_dir },
		{ &rules->units, os_is_file },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (size_t j = 0; j < lists[i].names->n; j++) {
			const struct rule_name *name = &lists[i].names->v[j];
			_cleanup_free_ char *path = xasprintf("%s/%s", target->source, name->name);

			if (!lists[i].exists(path))
				return error_note(error_at(rules->path, name->line, name->col,
							   "'%s' does not exist in %s", name->name,
							   target->source),
						  "are these the rules for this kernel? --source and --config change either");
		}
	}
	vec_for_each(sidecar, &rules->sidecars)
		TRY(check_file(target, rules, &sidecar->file));
	vec_for_each(file, &rules->extra_files)
		TRY(check_file(target, rules, file));
	return NULL;
}

/*
 * The value of @key in @text, as a Makefile, a .config or a header writes
 * it: "KEY = value", "KEY=value", "KEY value", quotes dropped. NULL if
 * there is none.
 */
static const char *value_of(struct arena *arena, const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) || !line[len] || !strchr(" \t=", line[len]))
			continue;
		const char *value = line + len + strspn(line + len, " \t=");
		size_t n = strcspn(value, "\n");
		while (n && strchr(" \t\r", value[n - 1]))
			n--;
		if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
			value++;
			n -= 2;
		}
		return arena_strndup(arena, value, n);
	}
	return NULL;
}

/* The same, from a file. */
static struct error *file_value(struct arena *arena, const char *path, const char *key,
				const char **value)
{
	_cleanup_free_ char *text = os_read_file(path);

	if (!text)
		return error_errno(path, "cannot read it");
	*value = value_of(arena, text, key);
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

/* Version text without the command: "(Debian 12.2.0-14) 12.2.0". */
static const char *without_command(const char *text)
{
	const char *blank = strchr(text, ' ');

	return blank ? blank + 1 : text;
}

/*
 * What the headers say of the compiler. Before 5.8 they have its number
 * only, as CONFIG_GCC_VERSION=80301.
 */
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
 * The installed command of the compiler that built the kernel: best the very
 * package, else the same version of the compiler.
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

/*
 * The version of the package that @headers are of, and the file that says it; ""
 * where they do not carry one. Debian's do.
 */
static struct error *headers_package(struct arena *arena, const char *headers, const char **package,
				     const char **path)
{
	*path = arena_printf(arena, "%s/include/generated/package.h", headers);
	*package = NULL;
	if (os_is_file(*path))
		TRY(file_value(arena, *path, "#define LINUX_PACKAGE_ID", package));
	*package = *package ? *package + strspn(*package, " ") : "";
	/* It becomes part of the tree's Makefile. */
	if (strpbrk(*package, "'\"\\$#`"))
		return error_note(error_at(*path, 0, 0,
					   "the version '%s' is none that a package has", *package),
				  "reinstall the kernel headers");
	return NULL;
}

static struct error *find_all(struct target *target, const struct rules *rules,
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
	return check_boundary(target, rules);
}

struct error *target_find(const struct rules *rules, const struct target_options *options,
			  struct target **result)
{
	_cleanup_target_ struct target *target = xcalloc(1, sizeof(*target));

	TRY(find_all(target, rules, options));
	*result = return_ptr(target);
	return NULL;
}

/* A kernel's number. */
struct version {
	unsigned long major, minor, sub;
	bool capped; /* @sub is 255, or more */
};

static bool versions_match(const struct version *a, const struct version *b)
{
	if (a->major != b->major || a->minor != b->minor)
		return false;
	if (a->capped || b->capped)
		return a->sub >= 255 && b->sub >= 255;
	return a->sub == b->sub;
}

static const char *version_text(struct arena *arena, const struct version *v)
{
	return arena_printf(arena, "%lu.%lu.%lu%s", v->major, v->minor, v->sub,
			    v->capped ? " or later" : "");
}

/* The three numbers that @keys name in the file @path. */
static struct error *read_version(struct arena *arena, const char *path, const char *const keys[3],
				  struct version *version, bool *found)
{
	unsigned long *const numbers[] = { &version->major, &version->minor, &version->sub };

	*version = (struct version){ 0 };
	*found = true;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const char *value;

		TRY(file_value(arena, path, keys[i], &value));
		if (value && *value)
			*numbers[i] = strtoul(value, NULL, 10);
		else
			*found = false;
	}
	return NULL;
}

static struct error *source_version(struct arena *arena, const char *path, struct version *version)
{
	static const char *const keys[] = { "VERSION", "PATCHLEVEL", "SUBLEVEL" };
	bool found;

	TRY(read_version(arena, path, keys, version, &found));
	return found ? NULL :
		       error_note(error_at(path, 0, 0, "names no kernel version"),
				  "--source wants the top directory of a kernel source");
}

/*
 * LINUX_VERSION_CODE holds the sublevel in one byte; newer headers have the
 * three numbers as well.
 */
static struct error *headers_version(struct arena *arena, const char *path, struct version *version)
{
	/* clang-format off */
	static const char *const keys[] = {
		"#define LINUX_VERSION_MAJOR", "#define LINUX_VERSION_PATCHLEVEL",
		"#define LINUX_VERSION_SUBLEVEL",
	};
	/* clang-format on */
	const char *value;
	bool found;

	TRY(read_version(arena, path, keys, version, &found));
	if (found)
		return NULL;
	TRY(file_value(arena, path, "#define LINUX_VERSION_CODE", &value));
	unsigned long code = value ? strtoul(value, NULL, 10) : 0;
	if (!code)
		return error_note(error_at(path, 0, 0, "has no LINUX_VERSION_CODE"),
				  "reinstall the kernel headers");
	*version = (struct version){
		.major = code >> 16,
		.minor = code >> 8 & 255,
		.sub = code & 255,
		.capped = (code & 255) == 255,
	};
	return NULL;
}

static struct error *verify_version(struct arena *arena, const struct target *target)
{
	const char *makefile = arena_printf(arena, "%s/Makefile", target->source);
	const char *header = arena_printf(arena, "%s/include/generated/uapi/linux/version.h",
					  target->headers);
	struct version source, headers;

	TRY(source_version(arena, makefile, &source));
	TRY(headers_version(arena, header, &headers));
	if (versions_match(&source, &headers))
		return NULL;
	return place_note(error_at(makefile, 0, 0, "is of %s, but %s says %s",
				   version_text(arena, &source), header,
				   version_text(arena, &headers)),
			  &source_place, target->release);
}

/*
 * The release that the headers were made for, and the file that says it.
 * utsrelease.h comes first: Debian's kernel.release holds the number of the
 * kernel, not its release.
 */
static struct error *headers_release(struct arena *arena, const char *headers, const char **release,
				     const char **path)
{
	*path = arena_printf(arena, "%s/include/generated/utsrelease.h", headers);
	if (os_is_file(*path)) {
		TRY(file_value(arena, *path, "#define UTS_RELEASE", release));
		if (*release)
			return NULL;
	}
	*path = arena_printf(arena, "%s/include/config/kernel.release", headers);
	_cleanup_free_ char *text = os_read_file(*path);
	if (!text)
		return error_note(error_errno(*path, "cannot read it"),
				  "reinstall the kernel headers");
	*release = arena_strndup(arena, text, strcspn(text, " \n"));
	return NULL;
}

static struct error *verify_release(struct arena *arena, const struct target *target,
				    const struct kernel *kernel)
{
	const char *release, *path;

	if (!kernel->release || strcmp(kernel->release, target->release))
		return place_note(error_at(target->vmlinux, 0, 0,
					   "its banner says release %s, the target is %s",
					   kernel->release ? kernel->release : "(none)",
					   target->release),
				  &vmlinux_place, target->release);
	TRY(headers_release(arena, target->headers, &release, &path));
	if (!strcmp(release, target->release))
		return NULL;
	return place_note(error_at(path, 0, 0, "says release %s, the target is %s", release,
				   target->release),
			  &headers_place, target->release);
}

/*
 * A distribution may ship several builds under one release. Debian's headers
 * carry the version of the package, which the banner of vmlinux ends with.
 */
static struct error *verify_package(struct arena *arena, const struct target *target,
				    const struct kernel *kernel)
{
	const char *path, *package;

	TRY(headers_package(arena, target->headers, &package, &path));
	if (!*package)
		return NULL;
	/* A prefix of another version is another version. */
	const char *spaced = arena_printf(arena, " %s ", package);
	if (strstr(arena_printf(arena, "%s ", kernel->banner), spaced))
		return NULL;
	return error_note(error_at(path, 0, 0,
				   "the headers are of package version '%s', but the banner of %s says '%s'",
				   package, target->vmlinux, kernel->banner),
			  "install headers and debug package of one version");
}

static struct error *verify_compiler(const struct target *target, const struct kernel *kernel)
{
	const char *version = without_command(target->cc_version);

	if (strstr(kernel->banner, version))
		return NULL;
	return place_note(error_at(target->vmlinux, 0, 0,
				   "%s/include/config/auto.conf says compiler '%s', but the banner says '%s'",
				   target->headers, target->cc_version, kernel->banner),
			  &headers_place, target->release);
}

static struct error *compare_headers(struct arena *arena, const char *headers, const char *release,
				     const char *package)
{
	const char *theirs, *path;

	if (!os_is_dir(headers))
		return error_note(error_at(headers, 0, 0, "no such directory"),
				  "give --headers DIR, or correct KDIR in the tree's local.mk");
	TRY(headers_release(arena, headers, &theirs, &path));
	if (strcmp(theirs, release))
		return place_note(error_at(path, 0, 0, "says release %s, the tree was cut from %s",
					   theirs, release),
				  &headers_place, release);
	TRY(headers_package(arena, headers, &theirs, &path));
	if (!*package || !strcmp(theirs, package))
		return NULL;
	return error_note(error_at(path, 0, 0, "says package '%s', the tree was cut from '%s'",
				   theirs, package),
			  "install the headers of that version, or cut again from these");
}

struct error *target_compare_headers(const char *headers, const char *release, const char *package)
{
	_cleanup_arena_ struct arena arena = { 0 };

	return compare_headers(&arena, headers, release, package);
}

struct error *target_verify(const struct target *target, const struct kernel *kernel)
{
	_cleanup_arena_ struct arena arena = { 0 };

	TRY(verify_release(&arena, target, kernel));
	if (!kernel->banner)
		return error_note(error_at(target->vmlinux, 0, 0, "has no linux_banner"),
				  "is this a vmlinux with its symbol table?");
	TRY(verify_version(&arena, target));
	TRY(verify_package(&arena, target, kernel));
	return verify_compiler(target, kernel);
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
