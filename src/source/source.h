/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source.h - source facts: what libclang sees in the translation units of the boundary.
 * They are recorded here, never judged.
 *
 * All offsets are bytes from the start of a file. A declaration in a header appears
 * once, however many units include the header.
 */
#pragma once

#include "base/diag.h"

/* A file that a unit reads. */
struct src_file {
	unsigned int index; /* in source.files */
	const char *path;   /* relative to the source root, absolute outside it */
	const char *real;   /* real path, the key */
	const char *text;   /* contents, NUL after @len bytes; NULL unless @emitted */
	size_t len;
	bool emitted;		       /* goes into the tree: the headers package lacks it */
	bool boundary;		       /* below one of the boundary's directories, or a sidecar */
	bool sidecar;		       /* only some of its functions are wanted */
	VEC(struct src_range) skipped; /* #if ranges no unit compiles, sorted */
	VEC(size_t) lines;	       /* offsets of their starts; of files with text */
	VEC(size_t) toplevel;	       /* end offsets of all top-level declarations, sorted */
};

struct src_range {
	size_t start, end;
};

struct src_position {
	unsigned int line, col; /* from 1 */
};

/*
 * The text of a declaration. If its name comes from a macro, [start, end) is the
 * outermost macro call, with trailing blanks and ';'. Otherwise it begins with the first
 * token, which may be an attribute or the storage class, and ends with the '}' or ';'.
 */
struct src_extent {
	struct src_file *file;
	size_t start, end;
	size_t name;	   /* offset of the name; @start if it is in no argument */
	const char *macro; /* outermost macro, e.g. "DEFINE_PER_CPU"; or NULL */
};

struct src_func {
	unsigned int index; /* in source.funcs */
	const char *name;
	struct src_extent at;  /* of the definition */
	size_t body;	       /* offset of the body's '{'; 0 if a macro makes it */
	unsigned long units;   /* bit n: unit n defines it */
	const char *type;      /* canonical type, "int (struct rq *, int)" */
	const char *signature; /* the same as ctypes.h writes it; NULL outside the boundary */
	const char *proto;     /* "int f(struct rq *rq, int cpu)", without attributes */
	bool is_static, is_inline, is_weak;
	bool is_boot_only; /* section .init.text */
};

/* A declaration that is not a definition of a function, in an emitted file. */
struct src_func_decl {
	const char *name;
	struct src_extent at; /* through the closing ';' */
	unsigned long units;
	bool is_static;
};

enum src_var_kind {
	SRC_VAR_PLAIN,
	SRC_VAR_PERCPU, /* section contains "percpu" */
	SRC_VAR_LOCAL,	/* static inside a function */
};

struct src_var {
	unsigned int index; /* in source.vars */
	const char *name;
	enum src_var_kind kind;
	struct src_func *owner;	   /* the function, for SRC_VAR_LOCAL */
	struct src_extent at;	   /* of this declaration */
	size_t initializer_offset; /* offset of '=' in the text; 0: none visible */
	unsigned long units;
	const char *decl;	       /* "const struct cftype cpu_files[12]" */
	const char *canonical;	       /* canonical type */
	unsigned long size;	       /* bytes; 0 if incomplete */
	bool is_static, is_definition; /* definition: not extern, or initialised */
	bool is_const;		       /* read-only at top level (element type for arrays) */
	bool has_pointers;	       /* the type contains a pointer at any depth */
	bool is_static_key;	       /* or an array of them; code is patched to its state */
	bool has_static_key;	       /* at any depth */
	bool is_boot_only;	       /* section .init.data / .init.rodata */
	bool is_weak;
};

enum src_ref_kind {
	SRC_REF_CALL, /* function called by name */
	SRC_REF_ADDR, /* function used otherwise: its address is taken */
	SRC_REF_VAR,  /* variable used */
};

/* What becomes of an address, from the least lasting use to the most. */
enum src_use {
	SRC_USE_OTHER,	     /* compared, called through, typeof ... */
	SRC_USE_LOCAL,	     /* in an automatic variable */
	SRC_USE_ARGUMENT,    /* passed to a function */
	SRC_USE_STORED,	     /* stored elsewhere, or returned */
	SRC_USE_INITIALISER, /* of a variable with static storage */
};

/*
 * A use of a function or variable with static storage: by the function @from, by the
 * initialiser of the file-scope variable @from_var, or by neither (typeof at file
 * scope ...).
 */
struct src_ref {
	enum src_ref_kind kind;
	struct src_func *from;
	struct src_var *from_var;
	const char *name;      /* what is used */
	bool is_static;	       /* internal linkage: the one @unit sees */
	bool is_local;	       /* the variable is function-local static */
	unsigned int unit;     /* unit in which it was first seen */
	struct src_file *file; /* place of the name token in the text */
	size_t start, end;
	const char *in_macro;  /* outermost macro that the token comes from, or NULL */
	bool in_arg;	       /* it is in an argument, at [start, end). Else the macro
				   call is there */
	enum src_use use;      /* in emitted files, of everything but calls */
	const char *callee;    /* function that it is passed to; NULL: none, or not known */
	unsigned int argument; /* as which argument of @callee, from 0 */
};

/*
 * What a function in a header that is not emitted does with a parameter that points to
 * a function. Each such parameter also has one SRC_USE_OTHER, whatever becomes of it.
 */
struct src_param_use {
	struct src_func *func;
	unsigned int param; /* from 0 */
	enum src_use use;
	const char *callee; /* as in struct src_ref */
	unsigned int argument;
};

/* A call through a pointer that is a parameter of the calling function, by type. */
struct src_icall {
	struct src_func *from;
	const char *type; /* canonical function type that is called */
};

/*
 * A member of a record. Members of unnamed structs and unions inside it appear as its
 * own; if such a struct is itself a member with a name, with a dot: "nohz.cpu".
 */
struct src_member {
	const char *name;
	const char *type;      /* C type as spelt, "struct list_head", "u64 [4]" */
	const char *canonical; /* the same in the form of ctypes.h */
	const char *record;    /* struct or union that it is, or is an array of; or NULL */
	unsigned long offset;  /* bits from the start of the record */
	unsigned long size;    /* bits; 0: flexible or empty array, empty struct */
	bool is_bitfield;
	unsigned int line, col; /* of the name, in the record's file */
	bool has_callback;	/* is a record from outside the boundary with a function
				   pointer in it: a timer, a work item, an RCU head */
};

/* A complete struct or union with a name. */
struct src_record {
	const char *name;
	const char *file;      /* path as in src_file */
	const char *read_from; /* the same, but absolute in the headers package */
	size_t start;	       /* offset of the name in the file */
	unsigned int line;     /* of the name */
	unsigned long size;    /* bytes */
	unsigned long units;   /* bit n: unit n sees it complete, of this size */
	bool is_union;
	bool boundary;			/* defined in the boundary's directories */
	bool is_measured;		/* the boundary uses sizeof for it: it may be allocated */
	VEC(struct src_member) members; /* as declared; empty if the record is not the
					   boundary's and its code does not access it */
};

/* A use of a member by a designator, '.', '->' or offsetof, in code of the boundary's
 * units or in an initialiser. Once for each (from, member, given_to). */
struct src_access {
	struct src_func *from;	  /* NULL: an initialiser at file scope */
	struct src_var *from_var; /* whose initialiser it is; NULL: not known, or @from */
	unsigned int record;	  /* in source.records */
	unsigned int member;	  /* in its members */
	const char *given_to;	  /* function that the unit does not define and that gets the
				     address of the member, a number or pointer; or NULL */
};

struct src_unit {
	const char *path; /* relative to the source root, "kernel/sched/core.c" */
	const char *name; /* "core", as an identifier; with its directory, "events_core", if
			     another unit has that name */
};

struct source {
	struct arena arena;
	const char *root;
	VEC(struct src_unit) units;
	VEC(struct src_file *) files;
	VEC(struct src_func *) funcs; /* definitions, header inlines included */
	VEC(struct src_func_decl) func_decls;
	VEC(struct src_var *) vars;   /* declarations and definitions in emitted files, and
					 local statics in them */
	VEC(struct src_ref) refs;     /* one for each user, place and name */
	VEC(struct src_icall) icalls; /* from functions of emitted files */
	VEC(struct src_param_use) param_uses;
	VEC(struct src_record) records;
	VEC(struct src_access) accesses;
	struct error *broken; /* the first error of a tolerant reading, or NULL */
};

struct source_options {
	const char *root;	  /* kernel source */
	const char *const *units; /* relative to @root, n_units of them */
	size_t n_units;
	size_t n_sidecars;		/* the last so many units are sidecars */
	const char *const *directories; /* boundary, relative to @root */
	size_t n_directories;
	const char *const *cflags; /* for clang, without the file name */
	size_t n_cflags;
	bool tolerant; /* take what clang makes of source with errors */
};

/*
 * Parse every unit, several at once, and record its facts. An error of clang is returned
 * with its place; with @tolerant the first one goes to source.broken instead, unless
 * clang had to stop there. *@source is NULL after an error.
 */
struct error *source_load(const struct source_options *options, struct source **source);
void source_free(struct source *source);
/* The file at @path that has text, or NULL. */
const struct src_file *source_file(const struct source *source, const char *path);
/* Fill the lines of @file, which has its text. */
void source_file_find_lines(struct src_file *file);
/* Where @offset is in @file. */
struct src_position source_position(const struct src_file *file, size_t offset);
