/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu_type.h - types: as C declarations, what they contain, and their canonical form.
 */
#pragma once

#include "source/tu_reader.h"

/*
 * C declaration of @inner (a name, a declarator, or "") with @type. @function
 * gives names to the parameters of the outermost function type; may be NULL.
 */
const char *tu_declare(struct tu *tu, CXType type, const char *inner, const CXCursor *function);
/* The canonical form of @type, see ctypes.h. */
const char *tu_canonical(struct tu *tu, CXType type);
bool tu_is_function_type(CXType type);
bool tu_is_function_pointer(CXType type);
/* A pointer to a function at any depth, through arrays and records. */
bool tu_has_callback(CXType type);
/* A pointer at any depth, through arrays and records. */
bool tu_has_pointers(CXType type);
/* A static key or an array of them; one at any depth. */
bool tu_is_static_key(CXType type);
bool tu_has_static_key(CXType type);
/* const, or an array of const elements. */
bool tu_is_read_only(CXType type);
