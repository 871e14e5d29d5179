// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_os.c - commands and files: the environment of a command, and what cannot be
 * read or written.
 */
#include <errno.h>

#include "base/os.h"
#include "test.h"

/* The output of a command; the test fails if it cannot be run. */
static char *output_of(const char *const argv[])
{
	char *output = NULL;
	struct error *err = os_run(argv, &output);

	CHECK(!err);
	if (err)
		error_print(stdout, err);
	error_free(err);
	return output ? output : xstrdup("");
}

/*
 * A make or git that called us means another directory. Git itself lists the
 * variables that describe a repository: all are removed, but settings are kept.
 */
static void callers_are_forgotten(void)
{
	static const char *const ask[] = { "git", "rev-parse", "--local-env-vars", NULL };
	static const char *const env[] = { "env", NULL };
	_cleanup_free_ char *names = output_of(ask), *environment = NULL;
	char *rest = names, *name;
	size_t n = 0;

	setenv("MAKEFLAGS", "j", 1);
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	setenv("SCHEDCUT_KEPT", "yes", 1);
	while ((name = strsep(&rest, "\n")))
		if (*name && strcmp(name, "GIT_CONFIG_COUNT") &&
		    strcmp(name, "GIT_CONFIG_PARAMETERS") && ++n)
			setenv(name, "elsewhere", 1);
	setenv("GIT_CONFIG_COUNT", "0", 1);
	CHECK(n > 5);
	environment = output_of(env);
	CHECK(!strstr(environment, "elsewhere"));
	CHECK(!strstr(environment, "MAKEFLAGS="));
	CHECK(strstr(environment, "LC_ALL=C\n"));
	CHECK(strstr(environment, "SCHEDCUT_KEPT=yes\n"));
	CHECK(strstr(environment, "GIT_CONFIG_COUNT=0\n"));
}

/* A file that can be read only in part is an error. */
static void read_errors_are_no_ends(void)
{
	_cleanup_free_ char *own = os_read_file("/proc/self/stat");

	CHECK(own && *own);
	errno = 0;
	/* Nothing is mapped at 0. */
	CHECK(!os_read_file("/proc/self/mem") && errno == EIO);
	CHECK(!os_read_file("/proc/self/none") && errno == ENOENT);
	CHECK(!os_read_file("/proc/self") && errno == EISDIR);
}

/* A command that prints more than a pipe holds. */
static void long_output_is_whole(void)
{
	static const char *const argv[] = { "seq", "20000", NULL };
	_cleanup_free_ char *output = output_of(argv);

	CHECK(str_starts(output, "1\n2\n") && str_ends(output, "\n20000\n"));
}

/* Output to be parsed contains no warnings; these explain why a command has failed. */
static void warnings_are_no_output(void)
{
	static const char *const well[] = { "sh", "-c", "echo told; echo warned >&2", NULL };
	static const char *const badly[] = { "sh", "-c", "echo told; echo why >&2; exit 3", NULL };
	static const char *const silent[] = { "sh", "-c", "echo told; exit 3", NULL };
	_cleanup_free_ char *output = output_of(well), *none = NULL;

	CHECK(!strcmp(output, "told\n"));
	_cleanup_error_ struct error *err = os_run(badly, &none);
	CHECK(err && strstr(err->message, "status 3") && strstr(err->message, "why") &&
	      !strstr(err->message, "told"));
	_cleanup_error_ struct error *unasked = os_run(badly, NULL);
	CHECK(unasked && strstr(unasked->message, "told\nwhy"));
	_cleanup_error_ struct error *mute = os_run(silent, &none);
	CHECK(mute && strstr(mute->message, "told"));
	CHECK(!none);
}

static void write_errors_are_seen(void)
{
	_cleanup_tree_ char *room = NULL;

	CHECK(!os_temp_dir(&room));
	if (!room)
		return;
	_cleanup_free_ char *path = xasprintf("%s/file", room);
	_cleanup_free_ char *nowhere = xasprintf("%s/none/file", room);
	size_t len;

	CHECK(!os_write_file(path, "longer than this", 16, false));
	CHECK(!os_write_file(path, "a\0b\n", 4, true));
	_cleanup_free_ char *bytes = os_read_bytes(path, &len);
	CHECK(bytes && len == 4 && !memcmp(bytes, "a\0b\n", 5));

	_cleanup_error_ struct error *created = os_write_file(nowhere, "", 0, false);
	CHECK(created && strstr(created->message, "cannot create"));
	_cleanup_error_ struct error *full = os_write_file("/dev/full", "a", 1, false);
	CHECK(full && strstr(full->message, "cannot write") && strstr(full->message, "No space"));
}

int main(void)
{
	RUN(callers_are_forgotten);
	RUN(read_errors_are_no_ends);
	RUN(long_output_is_whole);
	RUN(warnings_are_no_output);
	RUN(write_errors_are_seen);
	return TEST_STATUS;
}
