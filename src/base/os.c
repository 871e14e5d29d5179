// SPDX-License-Identifier: GPL-2.0-only
#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOWN_OUTPUT 2000 /* bytes of a failed command's output to show */

extern char **environ;

static volatile sig_atomic_t noted_signal;

static void note_signal(int sig)
{
	noted_signal = sig;
}

void os_catch_signals(void)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
	/* no SA_RESTART: a read from a command returns */
	struct sigaction old, note = { .sa_handler = note_signal };

	for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
		/* one line to a closed pipe raises several */
		note.sa_flags = ending[i] == SIGPIPE ? 0 : SA_RESETHAND;
		if (!sigaction(ending[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(ending[i], &note, NULL);
	}
	signal(SIGXFSZ, SIG_IGN);
}

int os_signal(void)
{
	return noted_signal;
}

struct error *os_interrupted(void)
{
	int sig = noted_signal;

	if (!sig)
		return NULL;
	return error_note(error_new("interrupted by signal %d (%s)", sig, strsignal(sig)),
			  "nothing was changed");
}

/*
 * The environment of a command: ours, but no language, and neither the make
 * nor the git that may have called us. Flags and job server are not meant for
 * our make, and what a git hook has in mind is another repository.
 */
static char **command_environment(void)
{
	/* clang-format off */
	static const char *const dropped[] = {
		"LC_ALL=", "LANGUAGE=", "MAKEFLAGS=", "MFLAGS=", "MAKELEVEL=",
		"MAKEOVERRIDES=", "MAKEFILES=", "GNUMAKEFLAGS=",
		/* What git 2.39 says to rev-parse --local-env-vars, but for settings
		 * ("-c", safe.directory of a container): they are about no repository. */
		"GIT_ALTERNATE_OBJECT_DIRECTORIES=", "GIT_COMMON_DIR=", "GIT_CONFIG=",
		"GIT_DIR=",
		"GIT_GRAFT_FILE=", "GIT_IMPLICIT_WORK_TREE=", "GIT_INDEX_FILE=",
		"GIT_INTERNAL_SUPER_PREFIX=", "GIT_NO_REPLACE_OBJECTS=",
		"GIT_OBJECT_DIRECTORY=", "GIT_PREFIX=", "GIT_REPLACE_REF_BASE=",
		"GIT_SHALLOW_FILE=", "GIT_WORK_TREE=",
	};
	/* clang-format on */
	VEC(char *) env = { 0 };

	for (char **variable = environ; *variable; variable++)
		if (!str_find(*variable, dropped, str_starts))
			vec_push(&env, *variable);
	vec_push(&env, "LC_ALL=C");
	vec_push(&env, NULL);
	return env.v;
}

/* Everything from @fd until its end; NULL: errno says why, EINTR for a signal. */
static char *read_to_end(int fd, size_t *length)
{
	size_t len = 0, cap = 4096;
	char *text = xmalloc(cap);

	for (;;) {
		if (len + 1 == cap)
			text = xrealloc(text, cap *= 2);
		ssize_t n = read(fd, text + len, cap - len - 1);
		if (n < 0 && errno == EINTR && !noted_signal)
			continue;
		if (n < 0) {
			int err = errno;

			free(text);
			errno = err;
			return NULL;
		}
		if (!n)
			break;
		len += n;
	}
	text[len] = '\0';
	*length = len;
	return text;
}

bool os_print_commands;

static void print_command(const char *const argv[])
{
	fputs("run      ", stderr);
	for (; *argv; argv++)
		fprintf(stderr, " %s", *argv);
	fputc('\n', stderr);
}

/* Start @argv with stdin from the file @in, stdout into @out, stderr into @errors. */
static int spawn(const char *const argv[], const char *in, int out, int errors, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	_cleanup_free_ char **env = command_environment();

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, in, O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, errors, 2);
	/* posix_spawnp() does not write to argv, its prototype predates const. */
	int ret = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, env);
	posix_spawn_file_actions_destroy(&actions);
	return ret;
}

static struct error *exit_error(const char *command, int status, const char *output)
{
	size_t len = strlen(output);
	const char *tail = len > SHOWN_OUTPUT ? output + len - SHOWN_OUTPUT : output;

	if (WIFSIGNALED(status))
		return error_new("%s was killed by signal %d", command, WTERMSIG(status));
	while (len && output[len - 1] == '\n')
		len--;
	return error_new("%s failed with exit status %d%s%.*s", command, WEXITSTATUS(status),
			 len ? ", it says:\n" : "", (int)(output + len - tail), tail);
}

/* Until @pid has ended, which a signal makes it do. */
static int wait_for(pid_t pid, int *status)
{
	pid_t ended;

	do {
		if (noted_signal)
			kill(pid, SIGTERM);
		ended = waitpid(pid, status, 0);
	} while (ended < 0 && errno == EINTR);
	return ended < 0 ? -1 : 0;
}

/*
 * Run @argv to its end with stdin from the file @in. stdout goes into @out and
 * stderr into @errors, or into *@text, owned by the caller, where they are -1. The
 * files that it writes are at most @limit bytes long, if that is not 0. *@status is
 * how it ended; -1: it could not be started.
 */
static struct error *run(const char *const argv[], const char *in, int out, int errors,
			 rlim_t limit, char **text, int *status)
{
	_cleanup_close_ int reader = -1, writer = -1;
	int fds[2];
	size_t len;
	pid_t pid;

	*status = -1;
	if (pipe2(fds, O_CLOEXEC))
		return error_errno(argv[0], "cannot make a pipe");
	reader = fds[0];
	writer = fds[1];
	if (os_print_commands)
		print_command(argv);
	int err = spawn(argv, in, out < 0 ? writer : out, errors < 0 ? writer : errors, &pid);
	if (err) {
		errno = err;
		return error_errno(argv[0], "cannot run the command");
	}
	*status = 0;
	if (limit)
		prlimit(pid, RLIMIT_FSIZE, &(struct rlimit){ limit, limit }, NULL);
	close(writer);
	writer = -1;
	*text = read_to_end(reader, &len);
	int read_err = *text ? 0 : errno;
	/* It may still write, which nobody reads. */
	close(reader);
	reader = -1;
	int ended = wait_for(pid, status);
	TRY(os_interrupted());
	if (ended)
		return error_errno(argv[0], "cannot wait for the command");
	if (read_err) {
		errno = read_err;
		return error_errno(argv[0], "cannot read what the command says");
	}
	return NULL;
}

static bool has_failed(int status)
{
	return !WIFEXITED(status) || WEXITSTATUS(status);
}

struct error *os_run(const char *const argv[], char **output)
{
	_cleanup_free_ char *complaints = NULL, *text = NULL;
	_cleanup_close_ int errors = -1;
	size_t len;
	int status;

	/* A warning is none of what was asked for. */
	if (output && (errors = memfd_create("stderr", MFD_CLOEXEC)) < 0)
		return error_errno(argv[0], "cannot keep what the command complains of");
	struct error *err = run(argv, "/dev/null", -1, errors, 0, &text, &status);
	if (err)
		return status < 0 ? error_note(err, "install it, or correct PATH") : err;
	if (has_failed(status)) {
		/* Without it at least what it wrote. */
		if (output && !lseek(errors, 0, SEEK_SET))
			complaints = read_to_end(errors, &len);
		return exit_error(argv[0], status, complaints && *complaints ? complaints : text);
	}
	if (output)
		*output = return_ptr(text);
	return NULL;
}

struct error *os_filter(const char *const argv[], const char *in, int out, uint64_t limit)
{
	_cleanup_free_ char *text = NULL;
	int status;

	TRY(run(argv, in, out, -1, limit, &text, &status));
	return has_failed(status) ? exit_error(argv[0], status, text) : NULL;
}

char *os_read_bytes(const char *path, size_t *len)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return NULL;
	}
	return read_to_end(fd, len);
}

struct error *os_write_file(const char *path, const char *bytes, size_t len, bool sync)
{
	struct error *err = NULL;
	FILE *f = fopen(path, "we");

	if (!f)
		return error_errno(path, "cannot create the file");
	if (fwrite(bytes, 1, len, f) != len || fflush(f) || (sync && fsync(fileno(f))))
		err = error_errno(path, "cannot write the file");
	/* Some file systems only say here that there is no space. */
	if (fclose(f) && !err)
		err = error_errno(path, "cannot write the file");
	return err;
}

bool os_is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

bool os_is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

struct error *os_make_dirs(const char *path)
{
	_cleanup_free_ char *prefix = xstrdup(path);

	for (char *p = prefix + (*prefix == '/');; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(prefix, 0777) && errno != EEXIST)
			return error_errno(prefix, "cannot create the directory");
		*p = c;
		if (!c)
			return NULL;
	}
}

char *os_cache_dir(const char *name)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	_cleanup_free_ char *dir = NULL;

	if (cache && *cache == '/')
		dir = xasprintf("%s/schedcut/%s", cache, name);
	else if (home && *home == '/')
		dir = xasprintf("%s/.cache/schedcut/%s", home, name);
	else
		return NULL;
	struct error *err = os_make_dirs(dir);
	if (err) {
		error_free(err);
		return NULL;
	}
	return access(dir, W_OK | X_OK) ? NULL : return_ptr(dir);
}

/* A file of a cache; when sorted, the one that was used last comes first. */
struct cached {
	char *path;
	struct timespec used;
};

static int cmp_cached(const void *a, const void *b)
{
	const struct timespec *x = &((const struct cached *)a)->used;
	const struct timespec *y = &((const struct cached *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec > y->tv_sec ? -1 : 1;
	return (x->tv_nsec < y->tv_nsec) - (x->tv_nsec > y->tv_nsec);
}

void os_keep_newest(const char *parent, size_t n)
{
	VEC(struct cached) files = { 0 };
	const struct dirent *entry;
	DIR *dir = opendir(parent);

	while (dir && (entry = readdir(dir))) {
		struct cached file = { .path = xasprintf("%s/%s", parent, entry->d_name) };
		struct stat st;

		if (lstat(file.path, &st) || !S_ISREG(st.st_mode)) {
			free(file.path);
			continue;
		}
		file.used = st.st_mtim;
		vec_push(&files, file);
	}
	if (dir)
		closedir(dir);
	vec_sort(&files, cmp_cached);
	for (size_t i = 0; i < files.n; i++) {
		if (i >= n)
			unlink(files.v[i].path);
		free(files.v[i].path);
	}
	vec_free(&files);
}

const char *os_temp_parent(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : P_tmpdir;
}

struct error *os_temp_dir(char **path)
{
	_cleanup_free_ char *dir = xasprintf("%s/schedcut.XXXXXX", os_temp_parent());

	if (!mkdtemp(dir))
		return error_note(error_errno(dir, "cannot create a temporary directory"),
				  "let TMPDIR name a directory with space");
	*path = return_ptr(dir);
	return NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void os_remove_tree(const char *path)
{
	nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}
