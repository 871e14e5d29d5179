/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu_file.h - what is known about a file while a unit that reads it is open.
 */
#pragma once

#include "source/tu.h"

/* An outermost macro call in a file. */
struct tu_macro {
	struct src_range at;
	const char *name;
};

struct tu_file {
	struct src_file *file;
	VEC(struct tu_macro) macros; /* sorted, disjoint */
	VEC(size_t) entities;	     /* starts of macro definitions and calls */
	VEC(struct src_range) decls; /* top-level declarations, in parse order */
};

/* Fill path, boundary, sidecar and emitted of a file that @unit reads; its real path is
 * set. */
void tu_file_place(const struct tu_options *options, unsigned int unit, struct src_file *file);
/* Sort what was pushed; of nested macro calls only the outermost stays. */
void tu_file_sort_macros(struct tu_file *file);
/* Add the lines between the directives at @start and at or before @end, once the macros
 * are sorted. */
void tu_file_add_skipped(struct tu_file *file, size_t start, size_t end);
/* Sorted and disjoint: a range inside another one is dropped. */
void tu_file_sort_skipped(struct src_file *file);
/* Fill the source file's toplevel from decls, which this sorts. */
void tu_file_toplevel(struct tu_file *file);
/* Outermost macro call around @offset, or NULL. */
const struct tu_macro *tu_macro_at(const struct tu_file *file, size_t offset);
/* End of the top-level declaration before @offset; 0 for the first one. */
size_t tu_previous_end(const struct tu_file *file, size_t offset);
