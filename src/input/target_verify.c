// SPDX-License-Identifier: GPL-2.0-only
#include "input/target_verify.h"
#include "base/os.h"
#include "input/headers.h"

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

struct error *target_compare_headers(const char *headers, const char *release, const char *package)
{
	_cleanup_arena_ struct arena arena = { 0 };
	const char *theirs, *path;

	if (!os_is_dir(headers))
		return error_note(error_at(headers, 0, 0, "no such directory"),
				  "give --headers DIR, or correct KDIR in the tree's local.mk");
	TRY(headers_release(&arena, headers, &theirs, &path));
	if (strcmp(theirs, release))
		return place_note(error_at(path, 0, 0, "says release %s, the tree was cut from %s",
					   theirs, release),
				  &headers_place, release);
	TRY(headers_package(&arena, headers, &theirs, &path));
	if (!*package || !strcmp(theirs, package))
		return NULL;
	return error_note(error_at(path, 0, 0, "says package '%s', the tree was cut from '%s'",
				   theirs, package),
			  "install the headers of that version, or cut again from these");
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
