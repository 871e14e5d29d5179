/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu_ref.h - references: what uses which function or variable, where, and what becomes of
 * an address.
 */
#pragma once

#include "source/tu_reader.h"

/* First operand of an expression: of a call, what is called. */
CXCursor tu_first_child(CXCursor cursor);
/* Numbers of cursors. SIZE_MAX if @cursor has none. */
size_t tu_cursor_get(const struct map *map, CXCursor cursor);
void tu_cursor_put(struct tu *tu, struct map *map, CXCursor cursor, size_t number);
/* A new one gets the next number. */
size_t tu_cursor_index(struct tu *tu, struct map *map, CXCursor cursor);

/* Note that @cursor, a child of @parent, is visited next. */
void tu_note_visit(struct tu *tu, CXCursor cursor, CXCursor parent);
/* Note the parameters of @function, whose body is visited next. */
void tu_note_params(struct tu *tu, CXCursor function);

/* Record what a DeclRefExpr refers to, if it has static storage. */
void tu_note_reference(struct tu *tu, CXCursor cursor);
/* Note a CallExpr's callee, which is visited next. */
void tu_note_call(struct tu *tu, CXCursor call);
/* Record a call of @target made by @decl's attribute ("cleanup", "alias"). */
void tu_note_attribute(struct tu *tu, CXCursor decl, const char *target, const char *attribute);
/* The string in parentheses after @attribute in a printed declaration. */
const char *tu_attribute_value(struct tu *tu, const char *printed, const char *attribute);
