/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * room.h - a temporary directory for a test's files.
 */
#pragma once

#include "base/os.h"
#include "test.h"

static char *room;

/* Make it; without one the test ends. */
static void room_open(void)
{
	struct error *err = os_temp_dir(&room);

	if (!err)
		return;
	error_print(stderr, err);
	exit(1);
}

static void room_close(void)
{
	os_remove_tree(room);
	free(room);
}

/* Write @name below the room, and make its directories. */
static void put_bytes(const char *name, const char *bytes, size_t len)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", room, name);
	_cleanup_free_ char *directory = xstrndup(path, strrchr(path, '/') - path);
	struct error *err = os_make_dirs(directory);

	if (!err)
		err = os_write_file(path, bytes, len, false);
	if (!err)
		return;
	error_print(stderr, err);
	abort();
}

static inline void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}
