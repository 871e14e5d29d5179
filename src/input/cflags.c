// SPDX-License-Identifier: GPL-2.0-only
#include "input/cflags.h"
#include "base/os.h"

/* Definitions that carry the probe object's name. */
static const struct {
	const char *prefix, *replacement;
} replaced[] = {
	{ "-DKBUILD_MODFILE=", "-DKBUILD_MODFILE=\"schedcut\"" },
	{ "-DKBUILD_BASENAME=", "-DKBUILD_BASENAME=\"schedcut\"" },
	{ "-DKBUILD_MODNAME=", "-DKBUILD_MODNAME=\"schedcut\"" },
	{ "-D__KBUILD_MODNAME=", "-D__KBUILD_MODNAME=kmod_schedcut" },
};

/* Flags with a path, in the same word or in the next. */
static const char *const with_path[] = {
	"-include", "-isystem", "-iquote", "-idirafter", "-I",
};

/*
 * Prefixes of flags that clang knows and that change how source is parsed:
 * definitions, sizes of types, builtins. All other flags are dropped. They are for
 * warnings and code generation, which a parser does not need, and clang stops at
 * flags that it does not know.
 */
/* clang-format off */
static const char *const kept[] = {
	"-D", "-U", "-nostdinc", "-std=", "-O",
	"-m64", "-m32", "-mcmodel=", "-mno-sse", "-mno-mmx", "-mno-avx", "-mno-3dnow",
	"-mno-80387", "-mno-red-zone", "-mgeneral-regs-only", "-mfentry", "-pg",
	"-fshort-wchar", "-funsigned-char", "-fsigned-char", "-fms-extensions",
	"-ffreestanding", "-fno-common", "-fno-builtin", "-fno-strict-aliasing",
	"-fno-strict-overflow", "-fno-PIE", "-fno-pie",
	"-fno-delete-null-pointer-checks",
};
/* clang-format on */

/*
 * Let Kbuild compile a one-line file as a built-in object in @directory, whose
 * Kbuild begins with @kbuild; @command receives the contents of @cmd, which it
 * writes.
 */
static struct error *build_probe(const struct target *target, const char *directory,
				 const char *kbuild, const char *cmd, char **command)
{
	_cleanup_free_ char *module = xasprintf("M=%s", directory);
	_cleanup_free_ char *makefile = xasprintf("%s/Kbuild", directory);
	_cleanup_free_ char *text = xasprintf("%sobj-y := probe.o\n", kbuild);
	_cleanup_free_ char *source = xasprintf("%s/probe.c", directory);
	static const char probe[] = "int schedcut_probe;\n";
	const char *const argv[] = { "make", "-C", target->headers, module, "probe.o", NULL };

	TRY(os_write_file(makefile, text, strlen(text), false));
	TRY(os_write_file(source, probe, strlen(probe), false));
	struct error *err = os_run(argv, NULL);
	if (err)
		return error_note(err,
				  "make -C %s must be able to build a module: install what the headers and %s need",
				  target->headers, target->cc ? target->cc : "their compiler");
	*command = os_read_file(cmd);
	return *command ? NULL : error_errno(cmd, "Kbuild wrote no command");
}

/* Append the character at **@p, un-escaping what Kbuild wrote for make. */
static void copy_char(char **word, const char **p)
{
	if (str_starts(*p, "$(pound)")) {
		*(*word)++ = '#';
		*p += strlen("$(pound)");
		return;
	}
	if (str_starts(*p, "$$"))
		(*p)++;
	*(*word)++ = *(*p)++;
}

/*
 * The next word of a shell command at *@p, quotes removed, into @word, which
 * has room for all of the command. False at the command's end: end of line,
 * or an operator between commands.
 */
static bool next_word(const char **p, char *word)
{
	char quote = '\0';

	*p += strspn(*p, " \t");
	if (!**p || strchr("\n;|&", **p))
		return false;
	while (**p && **p != '\n' && (quote || !strchr(" \t;|&", **p))) {
		if (quote ? **p == quote : **p == '\'' || **p == '"') {
			quote = quote ? '\0' : **p;
			(*p)++;
		} else if (**p == '\\' && quote != '\'' && (*p)[1]) {
			(*p)++;
			copy_char(&word, p);
		} else {
			copy_char(&word, p);
		}
	}
	*word = '\0';
	return true;
}

/* Paths in Kbuild's command are relative to the headers directory. */
static const char *absolute(struct target *target, const char *path)
{
	if (*path == '/')
		return path;
	while (str_starts(path, "./"))
		path += 2;
	return arena_printf(&target->arena, "%s/%s", target->headers, path);
}

/* What @word, a flag without a path, becomes; NULL: dropped. */
static const char *translate(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(replaced); i++) {
		if (str_starts(word, replaced[i].prefix))
			return replaced[i].replacement;
	}
	return str_find(word, kept, str_starts) ? word : NULL;
}

/* Sort the words of the compiler's command line into target->cflags. */
static void keep_flags(struct target *target, const char **words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *flag = str_find(words[i], with_path, str_starts);
		const char *word;

		if (flag && words[i][strlen(flag)]) {
			word = absolute(target, words[i] + strlen(flag));
			vec_push(&target->cflags, arena_printf(&target->arena, "%s%s", flag, word));
		} else if (flag && i + 1 < n) {
			vec_push(&target->cflags, flag);
			vec_push(&target->cflags, absolute(target, words[++i]));
		} else if ((word = translate(words[i]))) {
			vec_push(&target->cflags, word);
		}
	}
}

/*
 * Split the first line of a .cmd file, "cmd_PATH := COMPILER FLAGS...", or
 * "savedcmd_PATH := ..." from 6.2 on.
 */
struct error *target_parse_command(struct target *target, const char *path, const char *text)
{
	const char *p = strstr(text, ":=");
	_cleanup_vec_ VEC(const char *) words = { 0 };
	_cleanup_free_ char *word = xmalloc(strlen(text) + 1);

	if (!p)
		return error_note(error_at(path, 0, 0, "Kbuild's .cmd file has no command"),
				  "what it has is: %.200s", text);
	p += strlen(":=");
	while (next_word(&p, word))
		vec_push(&words, arena_strdup(&target->arena, word));
	keep_flags(target, words.v, words.n);
	if (target->cflags.n)
		return NULL;
	return error_note(error_at(path, 0, 0, "Kbuild's .cmd file has no compiler flags"),
			  "what it has is: %.200s", text);
}

struct error *target_cflags(struct target *target, const char *kbuild)
{
	_cleanup_tree_ char *directory = NULL;
	_cleanup_free_ char *command = NULL;

	vec_free(&target->cflags);
	TRY(os_temp_dir(&directory));

	_cleanup_free_ char *cmd = xasprintf("%s/.probe.o.cmd", directory);

	TRY(build_probe(target, directory, kbuild, cmd, &command));
	return target_parse_command(target, cmd, command);
}

void target_define_options(struct target *target, const struct rules *rules)
{
	vec_for_each(option, &rules->config)
		vec_push(&target->cflags, arena_printf(&target->arena, "-DCONFIG_%s=%s",
						       option->name.name, option->value));
}

size_t target_include_dir(const char *path)
{
	size_t arch = str_starts(path, "arch/") ? strcspn(path + strlen("arch/"), "/") : 0;
	size_t start = arch ? strlen("arch/") + arch + strlen("/") : 0;

	if (strlen(path) < start || !str_starts(path + start, "include/"))
		return 0;
	return start + strlen("include");
}
