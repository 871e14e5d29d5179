// SPDX-License-Identifier: GPL-2.0-only
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

struct option {
	enum option_state state;
	unsigned int line; /* of auto.conf, from 1; 0: it is from .config */
};

/* "CONFIG_X=y", "CONFIG_X=m", "CONFIG_X=3", "# CONFIG_X is not set" */
static void read_option_line(struct kconfig *config, const char *line, unsigned int number)
{
	bool off = str_starts(line, "# ");
	const char *name = line + (off ? strlen("# ") : 0);
	size_t len = kconfig_option_length(name);
	const char *value = name + len;

	if (!len || (off ? strcmp(value, " is not set") : *value != '='))
		return;
	off |= !strcmp(value, "=n");
	struct option *option = arena_alloc(&config->arena, sizeof(*option));
	option->state = off ? OPTION_OFF : strcmp(value, "=m") ? OPTION_SET : OPTION_MODULE;
	option->line = off ? 0 : number;
	strmap_put(&config->options,
		   arena_strndup(&config->arena, name + strlen(prefix), len - strlen(prefix)),
		   option);
}

struct error *kconfig_read(const char *headers, struct kconfig **result)
{
	_cleanup_free_ char *path = xasprintf("%s/include/config/auto.conf", headers);
	_cleanup_free_ char *all_path = xasprintf("%s/.config", headers);
	_cleanup_free_ char *set = os_read_file(path), *all = os_read_file(all_path);

	if (!set)
		return error_errno(path, "cannot read the kernel's configuration");

	struct kconfig *config = xcalloc(1, sizeof(*config));
	char *rest = all, *line;

	config->path = arena_strdup(&config->arena, path);
	while ((line = strsep(&rest, "\n")))
		read_option_line(config, line, 0);
	/* auto.conf comes second: should the two differ, the kernel was built with it. */
	rest = set;
	for (unsigned int number = 1; (line = strsep(&rest, "\n")); number++)
		read_option_line(config, line, number);
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
	const struct option *option = strmap_get(&config->options, name);

	return option ? option->state : OPTION_UNKNOWN;
}

unsigned int kconfig_line(const struct kconfig *config, const char *name)
{
	const struct option *option = strmap_get(&config->options, name);

	return option ? option->line : 0;
}

static bool names_option(const char *text, const char *option)
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

		if (text && names_option(text, option))
			found = xstrdup(entry->fts_path);
	}
	if (fts)
		fts_close(fts);
	return found;
}
