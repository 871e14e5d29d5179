// SPDX-License-Identifier: GPL-2.0-only
#include "input/headers.h"
#include "base/os.h"

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

struct error *file_value(struct arena *arena, const char *path, const char *key, const char **value)
{
	_cleanup_free_ char *text = os_read_file(path);

	if (!text)
		return error_errno(path, "cannot read it");
	*value = value_of(arena, text, key);
	return NULL;
}

const char *without_command(const char *text)
{
	const char *blank = strchr(text, ' ');

	return blank ? blank + 1 : text;
}

struct error *headers_package(struct arena *arena, const char *headers, const char **package,
			      const char **path)
{
	*path = arena_printf(arena, "%s/include/generated/package.h", headers);
	*package = NULL;
	if (os_is_file(*path))
		TRY(file_value(arena, *path, "#define LINUX_PACKAGE_ID", package));
	*package = *package ? *package + strspn(*package, " ") : "";
	/* It becomes part of the tree's Makefile. */
	if (strpbrk(*package, "'\"\\$#`"))
		return error_note(error_at(*path, 0, 0, "'%s' is not a package version", *package),
				  "reinstall the kernel headers");
	return NULL;
}

/* utsrelease.h comes first: Debian's kernel.release has the version, not the release. */
struct error *headers_release(struct arena *arena, const char *headers, const char **release,
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
