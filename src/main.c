// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - the command line.
 */
#include <ctype.h>
#include <getopt.h>
#include <signal.h>

#include "tree/check.h"
#include "tree/explain.h"
#include "cut.h"
#include "base/os.h"
#include "tree/refresh.h"

static const char usage[] =
	"usage: schedcut [cut] --config RULES -o DIR [options]\n"
	"       schedcut check [options] DIR\n"
	"       schedcut refresh [options] DIR\n"
	"       schedcut explain NAME DIR\n"
	"\n"
	"cut      cut the CPU scheduler out of a kernel into a module tree\n"
	"check    check the edits of such a tree\n"
	"refresh  provide the symbols of vmlinux that the edited tree needs\n"
	"explain  say why a function, variable or record is what it is\n"
	"\n"
	"  -c, --config RULES    what to cut and how (YAML, see docs/rules.md)\n"
	"  -o, --output DIR      the tree to create, a git repository\n"
	"      --force           replace DIR if it exists\n"
	"      --name NAME       name of the scheduler module (default: scheduler)\n"
	"      --release REL     the kernel's release (default: the running one)\n"
	"      --source PATH     its source: a directory or linux-source-*.tar.xz\n"
	"      --headers DIR     its build directory for modules\n"
	"      --vmlinux FILE    its vmlinux with debug information\n"
	"      --scan            find references by scanning vmlinux even if it has\n"
	"                        relocations\n"
	"  -v, --verbose         print notes, too; twice: also the programs that are run\n"
	"  -q, --quiet           print errors only\n"
	"  -h, --help\n"
	"  -V, --version\n"
	"\n"
	"Paths that are not given come from the rules. 'check' and 'refresh' take\n"
	"--headers, --vmlinux and -q; they take other paths from the tree's local.mk.\n";

enum { OPT_FORCE = 256, OPT_NAME, OPT_RELEASE, OPT_SOURCE, OPT_HEADERS, OPT_VMLINUX, OPT_SCAN };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "output", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "release", required_argument, NULL, OPT_RELEASE },
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "headers", required_argument, NULL, OPT_HEADERS },
	{ "vmlinux", required_argument, NULL, OPT_VMLINUX },
	{ "scan", no_argument, NULL, OPT_SCAN },
	{ "verbose", no_argument, NULL, 'v' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{},
};

/* The longest name that leaves room for "_vmlinux" in a module's name. */
#define NAME_MAX_LEN 40

/*
 * Module names are C identifiers. "vmlinux" and "schedcut" are taken, and so is
 * every NAME whose NAME-y means something else to Kbuild, of this kernel or an
 * older one.
 */
static bool valid_name(const char *name)
{
	/* clang-format off */
	static const char *const taken[] = {
		"vmlinux", "schedcut", "always", "asflags", "ccflags", "cppflags", "dtb",
		"extra", "hostcxxlibs", "hostlibs", "hostprogs", "ldflags", "lib", "obj",
		"rustflags", "subdir",
	};
	/* clang-format on */

	if (!*name || strlen(name) > NAME_MAX_LEN || isdigit((unsigned char)*name) ||
	    str_find(name, taken, str_equals))
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

static int usage_error(const char *message, const char *arg)
{
	fprintf(stderr, "schedcut: error: %s%s%s\nnote: try 'schedcut --help'\n", message,
		arg ? " " : "", arg ? arg : "");
	return 2;
}

/* 0: go on; -1: done; else the exit status. */
static int parse_arguments(int argc, char **argv, struct cut_options *options)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "c:o:vqhV", long_options, NULL)) != -1) {
		switch (opt) {
		case 'c': options->config = optarg; break;
		case 'o': options->output = optarg; break;
		case 'v': options->verbosity += options->verbosity ? 1 : 2; break;
		case 'q': options->verbosity = 0; break;
		case OPT_FORCE: options->force = true; break;
		case OPT_NAME: options->name = optarg; break;
		case OPT_RELEASE: options->target.release = optarg; break;
		case OPT_SOURCE: options->target.source = optarg; break;
		case OPT_HEADERS: options->target.headers = optarg; break;
		case OPT_VMLINUX: options->target.vmlinux = optarg; break;
		case OPT_SCAN: options->scan = true; break;
		case 'h': fputs(usage, stdout); return -1;
		case 'V': puts("schedcut " SCHEDCUT_VERSION); return -1;
		default: return usage_error("unknown option or missing argument", NULL);
		}
	}
	if (optind < argc)
		return usage_error("unexpected argument", argv[optind]);
	if (!options->config)
		return usage_error("no rules given (--config)", NULL);
	if (!options->output || !*options->output)
		return usage_error("no output directory given (-o)", NULL);
	if (!valid_name(options->name))
		return usage_error("not a usable module name:", options->name);
	return 0;
}

/* Print @err if there is one; the exit status. */
static int end_of(struct error *err)
{
	if (!err)
		return 0;
	error_print(stderr, err);
	error_free(err);
	/* the sender of a signal sees that it ended us */
	if (os_signal()) {
		signal(os_signal(), SIG_DFL);
		raise(os_signal());
	}
	return 1;
}

/* --- check, refresh */

typedef struct error *tree_command(const struct check_options *options, bool *failed);

static int run_tree_command(tree_command *command, int argc, char **argv)
{
	struct check_options options = { 0 };
	bool failed = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "qh", long_options, NULL)) != -1) {
		switch (opt) {
		case 'q': options.quiet = true; break;
		case OPT_HEADERS: options.tree.headers = optarg; break;
		case OPT_VMLINUX: options.tree.vmlinux = optarg; break;
		case 'h': fputs(usage, stdout); return 0;
		default: return usage_error("unknown option or missing argument", NULL);
		}
	}
	if (optind + 1 != argc)
		return usage_error("one tree is needed", NULL);
	options.tree.dir = argv[optind];

	os_catch_signals();
	int status = end_of(command(&options, &failed));

	return failed ? 1 : status;
}

static int run_check(int argc, char **argv)
{
	return run_tree_command(check, argc, argv);
}

static int run_refresh(int argc, char **argv)
{
	return run_tree_command(refresh, argc, argv);
}

static int run_explain(int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (opt != 'h')
			return usage_error("unknown option or missing argument", NULL);
		fputs(usage, stdout);
		return 0;
	}
	if (optind + 2 != argc)
		return usage_error("a name and a tree are needed", NULL);
	return end_of(explain(argv[optind], argv[optind + 1]));
}

static int run_cut(int argc, char **argv)
{
	struct cut_options options = { .name = "scheduler", .verbosity = 1 };
	int status = parse_arguments(argc, argv, &options);

	if (status)
		return status < 0 ? 0 : status;

	os_catch_signals();
	os_print_commands = options.verbosity > 2;
	return end_of(cut(&options));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {
		{ "cut", run_cut },
		{ "check", run_check },
		{ "refresh", run_refresh },
		{ "explain", run_explain },
	};

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		argv[1] = argv[0]; /* begins getopt's messages */
		return commands[i].run(argc - 1, argv + 1);
	}
	return run_cut(argc, argv);
}
