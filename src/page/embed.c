// SPDX-License-Identifier: GPL-2.0-only
/*
 * embed.c - run by the build: put the page's files into one and make C strings
 * of it.
 *
 *	embed PAGE FILE... OUTPUT
 *
 * A line "@@ NAME" of PAGE stands for the FILE of that name, "@@ data" for the
 * place where a report is put.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *page;

static void __attribute__((noreturn)) fail(const char *path, const char *what)
{
	fprintf(stderr, "%s: error: %s\n", path, what);
	exit(1);
}

static FILE *open_file(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (!f)
		fail(path, "cannot open it");
	return f;
}

/* Octal escapes have three digits, so nothing behind them is taken in. */
static void put_line(FILE *out, const char *line)
{
	fputs("\t\"", out);
	for (const char *p = line; *p; p++) {
		unsigned char c = *p;

		if (c >= ' ' && c < 0x7f && !strchr("\"\\?", c))
			fputc(c, out);
		else
			fprintf(out, "\\%03o", c);
	}
	fputs("\"\n", out);
}

static void put_file(FILE *out, const char *path)
{
	FILE *f = open_file(path, "r");
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, f) > 0)
		put_line(out, line);
	free(line);
	fclose(f);
}

/* The one of @files that is called @name; it is taken off the list. */
static void put_named(FILE *out, char **files, const char *name)
{
	for (; *files; files++) {
		const char *slash = strrchr(*files, '/');

		if (**files && !strcmp(slash ? slash + 1 : *files, name)) {
			put_file(out, *files);
			*files = "";
			return;
		}
	}
	fail(page, "it names a file that is not given, or one twice");
}

static void put_page(FILE *out, char **files)
{
	FILE *f = open_file(page, "r");
	bool data = false;
	char *line = NULL;
	size_t size = 0;

	fputs("#include \"page/page.h\"\n\nconst char page_before[] =\n", out);
	while (getline(&line, &size, f) > 0) {
		if (strncmp(line, "@@ ", 3)) {
			put_line(out, line);
			continue;
		}
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "@@ data")) {
			put_named(out, files, line + 3);
			continue;
		}
		if (data)
			fail(page, "it has '@@ data' twice");
		data = true;
		fputs(";\n\nconst char page_after[] =\n", out);
	}
	fputs(";\n", out);
	if (!data)
		fail(page, "it has no '@@ data'");
	for (; *files; files++)
		if (**files)
			fail(*files, "the page does not name it");
	free(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		fail("embed", "usage: embed PAGE FILE... OUTPUT");
	const char *output = argv[argc - 1];
	FILE *out = open_file(output, "w");

	argv[argc - 1] = NULL;
	page = argv[1];
	put_page(out, argv + 2);
	if (fclose(out))
		fail(output, "cannot write it");
	return 0;
}
