/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * template.h - files of the emitted tree that are text with a few gaps: those in
 * templates/, and the page in src/page/. The build embeds them.
 *
 * A gap is {{name}}. If it is a line of its own, its value is whole lines, perhaps
 * none. There are no conditions and no loops: C code makes such values.
 */
#pragma once

#include "base/diag.h"

/* Made by embed.c; the last one has no name. Names of the runtime's files are paths in the
 * tree, the others have no slash. */
struct embedded_file {
	const char *name, *text;
};
extern const struct embedded_file embedded_files[];

struct template_value {
	const char *name, *text; /* the last one has no name */
};

/* The text of the embedded file @name. */
const char *embedded_text(const char *name);
/*
 * Print the embedded file @name with @values in its gaps; not all need to have one.
 * Error: a gap has no value. @out holds a part of the text then.
 */
struct error *template_print(FILE *out, const char *name, const struct template_value *values);

/* A stream whose text is in *@text, the caller's, when it is closed. */
FILE *text_open(char **text, size_t *len);
