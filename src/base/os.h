/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * os.h - what the stages want from the system: run a command without a
 * shell, read and write a file, make and remove directories.
 */
#pragma once

#include "base/diag.h"

/*
 * Signals that ask a process to end are only noted from here on, so that what
 * the stages have on disk is removed on the way out; a second one of its kind
 * ends the process at once. A full file system or quota is an error of the
 * write, not a signal.
 */
void os_catch_signals(void);
/* The signal that was noted, or 0. */
int os_signal(void);
/* An error if a signal was noted; for what takes long, between its steps. */
struct error *os_interrupted(void);

/* Print each command that is run to stderr: schedcut -vv. */
extern bool os_print_commands;

/*
 * Run @argv (NULL-terminated, argv[0] looked up in PATH) with LC_ALL=C and
 * without the variables of a make or a git that called us; wait for it. @output
 * (may be NULL) receives what it wrote to stdout, owned by the caller. Error: it
 * cannot be started, its output cannot be read, or its exit status is not 0; the
 * message then ends with the last lines of what it complained of, or wrote. A signal
 * ends the command, too.
 */
struct error *os_run(const char *const argv[], char **output);

/* The same with stdin from the file @in and stdout into the file @out, which may
 * get @limit bytes. If it cannot be started, the error has no remedy yet. */
struct error *os_filter(const char *const argv[], const char *in, int out, uint64_t limit);

/* All of @path, NUL-terminated, owned by the caller; NULL: errno says why. */
#define os_read_file(path) os_read_bytes((path), &(size_t){ 0 })
/* The same of a file that may hold NULs: @len bytes and one more. */
char *os_read_bytes(const char *path, size_t *len);
/*
 * Make a file of @len bytes at @path, or of the one that is there; with @sync it
 * is on disk afterwards, so that it can take another one's place. Error: it cannot
 * be created, or not be written to the end; a part of it may be there then.
 */
struct error *os_write_file(const char *path, const char *bytes, size_t len, bool sync);
bool os_is_dir(const char *path);
bool os_is_file(const char *path);

/* Create @path and its parents. */
struct error *os_make_dirs(const char *path);
/* ${XDG_CACHE_HOME:-~/.cache}/schedcut/@name, made if need be, owned by the caller;
 * NULL: nothing can be written there. */
char *os_cache_dir(const char *name);
/*
 * Remove from the directory @parent, a cache, all files but the @n that were written
 * or touched last. Another process that has one open can go on with it.
 */
void os_keep_newest(const char *parent, size_t n);
/* Where temporary files are made: $TMPDIR, or what the system has for it. */
const char *os_temp_parent(void);
/* A new directory there; the caller frees the path after removing it. */
struct error *os_temp_dir(char **path);
/* Remove @path and everything below it; links are not followed. */
void os_remove_tree(const char *path);

/* A scope guard that removes a temporary directory. */
static inline void cleanup_tree(char **path)
{
	if (*path)
		os_remove_tree(*path);
	free(*path);
}
#define _cleanup_tree_ __attribute__((__cleanup__(cleanup_tree)))
