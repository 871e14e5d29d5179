/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu_reader.h - what the files that read a unit share. The only one that includes clang-c.
 */
#pragma once

#include <clang-c/Index.h>

#include "source/source_text.h"
#include "source/tu.h"

/* An outermost macro call in a file. */
struct tu_macro {
	struct src_range at;
	const char *name;
};

/* A file, while the unit that reads it is open. */
struct tu_file {
	struct src_file *file;
	VEC(struct tu_macro) macros; /* sorted, disjoint */
	VEC(size_t) entities;	     /* starts of macro definitions and calls */
	VEC(struct src_range) decls; /* top-level declarations, in parse order */
};

/* What a DeclRefExpr leads to; name is NULL for what is not recorded. */
struct tu_target {
	const char *name;
	bool is_func, is_static, is_local;
};

/* What a member expression leads to. */
struct tu_field {
	size_t record, member; /* in the facts; @member SIZE_MAX: not recorded */
	const void *last_from; /* what used it last */
};

struct tu {
	struct source *facts; /* of this unit; pointers in them stay in them */
	const struct tu_options *options;
	unsigned int number; /* of the unit */
	CXIndex index;
	CXTranslationUnit unit;
	CXPrintingPolicy policy;
	VEC(struct tu_file *) files;
	struct strmap by_real;	 /* real path -> struct tu_file */
	struct nummap by_handle; /* CXFile -> struct tu_file */
	struct map target_index; /* declaration -> targets */
	VEC(struct tu_target) targets;
	struct map field_index; /* FieldDecl -> fields */
	VEC(struct tu_field) fields;
	struct map record_index;    /* definition -> facts->records */
	VEC(CXCursor) record_decls; /* as facts->records */
	VEC(bool) described;	    /* the same: members are recorded */
	struct strmap record_names; /* name -> number + 1 of the first */
	VEC(CXCursor) redeclared;   /* declarations with attributes */
	VEC(size_t) attribute_refs; /* made by tu_note_attribute() */
	struct src_func *func;	    /* whose body is being visited */
	VEC(CXCursor) params;	    /* of @func, if it is a header's: those that
						   point to functions, else null cursors */
	struct src_var *var;	    /* whose initialiser is being visited */
	CXSourceLocation callee;    /* name in the call being visited */
	VEC(CXCursor) path;	    /* from the body to the cursor being visited */
};

/* One location in a file; file is NULL when there is none. */
struct tu_place {
	struct tu_file *file;
	size_t offset;
};

/* A token called @name at @loc. */
struct tu_token {
	struct tu_file *file;
	size_t start, end;	      /* as in struct src_ref */
	const struct tu_macro *macro; /* outermost call that produced it, or NULL */
	bool in_arg;
};

/* The one copy of @s, of @string, which is disposed of, or of the name of @cursor: see
 * struct tu_strings. */
const char *tu_string(struct tu *tu, const char *s);
const char *tu_intern(struct tu *tu, CXString string);
const char *tu_name(struct tu *tu, CXCursor cursor);
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

/* First operand of an expression: of a call, what is called. */
CXCursor tu_first_child(CXCursor cursor);
/* Numbers of cursors. SIZE_MAX if @cursor has none. */
size_t tu_cursor_get(const struct map *map, CXCursor cursor);
void tu_cursor_put(struct tu *tu, struct map *map, CXCursor cursor, size_t number);
/* A new one gets the next number. */
size_t tu_cursor_index(struct tu *tu, struct map *map, CXCursor cursor);

/* Record all declarations of the unit, and what their bodies use. */
void tu_read_declarations(struct tu *tu);
/* Record the struct or union that @cursor defines, and those inside it. */
void tu_add_record(struct tu *tu, CXCursor cursor);
/* Record the use of a member by a MemberRefExpr or MemberRef. */
void tu_note_member(struct tu *tu, CXCursor cursor);
/* Record the members whose addresses @call passes to @callee. */
void tu_note_arguments(struct tu *tu, CXCursor call, CXCursor callee);
/* Record of what a UnaryExpr asks the size. */
void tu_note_sizeof(struct tu *tu, CXCursor cursor);

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
