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
