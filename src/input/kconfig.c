// SPDX-License-Identifier: GPL-2.0-only
/*
 * kconfig.c - read auto.conf and .config.
 */
#include "input/kconfig.h"

#include <ctype.h>
#include <fts.h>

#include "base/os.h"

static const char prefix[] = "CONFIG_";

size_t kconfig_option_length(const char *s)
{
	size_t len = strlen(prefix);

	if (!str_starts(s, prefix))
		return 0;
	while (isalnum((unsigned char)s[len]) || s[len] == '_')
		len++;
	return len > strlen(prefix) ? len : 0;
}

static void put(struct kconfig *config, const char *option, size_t len, enum option_state state)
{
	char *name = arena_strndup(&config->arena, option + strlen(prefix), len - strlen(prefix));

	strmap_put(&config->options, name, (void *)(uintptr_t)state);
}

/* "CONFIG_X=y", "CONFIG_X=m", "CONFIG_X=3", "# CONFIG_X is not set" */
static void read_line(struct kconfig *config, const char *line)
{
	bool off = str_starts(line, "# ");
	const char *option = line + (off ? strlen("# ") : 0);
	size_t len = kconfig_option_length(option);

	if (!len)
		return;
	if (off && !strcmp(option + len, " is not set"))
		put(config, option, len, OPTION_OFF);
	else if (!off && option[len] == '=')
		put(config, option, len, strcmp(option + len, "=m") ? OPTION_SET : OPTION_MODULE);
}

static void read_text(struct kconfig *config, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		read_line(config, line);
}

struct error *kconfig_read(const char *headers, struct kconfig **result)
{
	_cleanup_free_ char *path = xasprintf("%s/include/config/auto.conf", headers);
	_cleanup_free_ char *all_path = xasprintf("%s/.config", headers);
	_cleanup_free_ char *set = os_read_file(path), *all = os_read_file(all_path);
	struct kconfig *config;

	if (!set)
		return error_errno(path, "cannot read the kernel's configuration");
	config = xcalloc(1, sizeof(*config));
	/* What was built counts, should the two differ. */
	if (all)
		read_text(config, all);
	read_text(config, set);
	*result = config;
	return NULL;
}

void kconfig_free(struct kconfig *config)
{
	if (!config)
		return;
	strmap_free(&config->options);
	arena_free(&config->arena);
	free(config);
}

enum option_state kconfig_state(const struct kconfig *config, const char *name)
{
	return (enum option_state)(uintptr_t)strmap_get(&config->options, name);
}

static bool has_option(const char *text, const char *option)
{
	size_t len = strlen(option);

	while ((text = strstr(text, option))) {
		if (kconfig_option_length(text) == len)
			return true;
		text += len;
	}
	return false;
}

char *kconfig_header_with(const char *directory, const char *name)
{
	_cleanup_free_ char *option = xasprintf("%s%s", prefix, name);
	_cleanup_free_ char *top = xstrdup(directory);
	char *const tops[] = { top, NULL };
	FTS *fts = fts_open(tops, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	char *found = NULL;
	FTSENT *entry;

	while (fts && !found && (entry = fts_read(fts))) {
		if (entry->fts_info != FTS_F || !str_ends(entry->fts_name, ".h"))
			continue;
		_cleanup_free_ char *text = os_read_file(entry->fts_path);

		if (text && has_option(text, option))
			found = xstrdup(entry->fts_path);
	}
	if (fts)
		fts_close(fts);
	return found;
}
