/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu_file.h - what a unit knows of each file it reads: macro calls, skipped
 * ranges, declarations; and where things are in its text.
 */
#pragma once

#include "source/tu_reader.h"

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

/* Start of the outermost macro call at @loc, or @loc itself in plain text. */
struct tu_place tu_expansion_place(struct tu *tu, CXSourceLocation loc);
/*
 * Where the declaration @cursor of @name is: *@at, in *@where. A function definition ends
 * with its body. @local_from: SIZE_MAX at file scope, else the offset after the '{' of
 * the enclosing function (0: not known); a macro call there may be in an expression, so
 * it is never extended to the left. False if the declaration is in no file with text.
 */
bool tu_decl_extent(struct tu *tu, CXCursor cursor, const char *name, size_t local_from,
		    bool has_body, struct src_extent *at, struct tu_file **where);
/* Find the token at @loc that is called @name; false if it is in no file. */
bool tu_locate(struct tu *tu, CXSourceLocation loc, const char *name, struct tu_token *tok);
