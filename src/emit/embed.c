// SPDX-License-Identifier: GPL-2.0-only
/*
 * embed.c - run by the build: make one C file of the files that schedcut carries
 * in itself (see template.h).
 *
 *	embed FILE... OUTPUT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_file(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

/* Octal escapes have three digits, so they take in nothing that follows. */
static void put_line(FILE *out, const char *line)
{
	fputs("\n\t\"", out);
	for (const char *p = line; *p; p++) {
		unsigned char c = *p;

		if (c >= ' ' && c < 0x7f && !strchr("\"\\?", c))
			fputc(c, out);
		else
			fprintf(out, "\\%03o", c);
	}
	fputc('"', out);
}

/* The runtime's files by their path in the tree, others by their last part. */
static void put_name(FILE *out, const char *path)
{
	const char *runtime = strstr(path, "kmod-runtime/");
	const char *include = strstr(path, "include/schedcut/");
	const char *slash = strrchr(path, '/');

	fprintf(out, "\t{ \"%s%s\",", runtime ? "runtime" : "",
		runtime ? strchr(runtime, '/') :
		include ? include :
		slash	? slash + 1 :
			  path);
}

static void put_file(FILE *out, const char *path)
{
	FILE *f = open_file(path, "r");
	char *line = NULL;
	size_t size = 0;

	put_name(out, path);
	while (getline(&line, &size, f) > 0)
		put_line(out, line);
	fputs(" },\n", out);
	free(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: embed FILE... OUTPUT\n", stderr);
		return 1;
	}
	FILE *out = open_file(argv[argc - 1], "w");

	fputs("#include \"emit/template.h\"\n\nconst struct embedded_file embedded_files[] = {\n",
	      out);
	for (int i = 1; i < argc - 1; i++)
		put_file(out, argv[i]);
	fputs("\t{ NULL, NULL }\n};\n", out);
	return fclose(out) ? 1 : 0;
}
