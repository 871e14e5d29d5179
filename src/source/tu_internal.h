/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu_internal.h - what the rooms of the source facts share: the libclang reader
 * (tu.c) and the merger (source.c).
 */
#ifndef SCHEDCUT_TU_INTERNAL_H
#define SCHEDCUT_TU_INTERNAL_H

#include "source/source.h"
#include "source/source_text.h"

/* Options prepared once for all units. */
struct tu_options {
	const struct source_options *source;
	const char *root;	    /* real path of the source root */
	VEC(const char *) excluded; /* real paths of include directories below
					   the root: never emitted */
};

/* A unit's object and the one it was merged into. */
struct tu_src_file {
	struct src_file src;
	struct src_file *merged;
};
struct tu_src_func {
	struct src_func src;
	struct src_func *merged;
};
struct tu_src_var {
	struct src_var src;
	struct src_var *merged;
};

static inline struct src_file *tu_merged_file(const struct src_file *file)
{
	return file ? ((const struct tu_src_file *)file)->merged : NULL;
}

static inline struct src_func *tu_merged_func(const struct src_func *func)
{
	return func ? ((const struct tu_src_func *)func)->merged : NULL;
}

static inline struct src_var *tu_merged_var(const struct src_var *var)
{
	return var ? ((const struct tu_src_var *)var)->merged : NULL;
}

/*
 * The facts of one unit. Everything lives in @arena or in vectors of its own;
 * refs are not yet deduplicated, pointers lead to objects of this unit.
 */
struct tu_facts {
	struct arena arena;
	unsigned int unit;
	VEC(struct src_file *) files; /* each the start of a struct tu_src_file */
	VEC(struct src_func *) funcs; /* of a struct tu_src_func */
	VEC(struct src_var *) vars;   /* of a struct tu_src_var */
	VEC(struct src_func_decl) func_decls;
	VEC(struct src_ref) refs;
	VEC(struct src_icall) icalls;
	VEC(struct src_param_use) param_uses;
	VEC(struct src_record) records;
	VEC(struct src_access) accesses; /* not yet deduplicated; numbers are those
						   of this unit */
	struct error *broken;		 /* as in struct source */
};

/*
 * Parse unit number @unit and record what it holds. Safe to call from several
 * threads. On error *facts is NULL.
 */
struct error *tu_parse(const struct tu_options *options, unsigned int unit, struct tu_facts **facts);
void tu_facts_free(struct tu_facts *facts);

/* An outermost macro call in a file. */
struct tu_macro {
	size_t start, end;
	const char *name;
};

/* A file and what is known of it while the unit is open. */
struct tu_file {
	struct src_file *file;
	VEC(struct tu_macro) macros; /* sorted, disjoint */
	VEC(size_t) entities;	     /* starts of macro definitions and calls */
	VEC(struct src_range) decls; /* top-level declarations, in parse order */
};

/* Fill path, boundary, sidecar and emitted of a file that @unit reads, whose
 * real path is set. */
void tu_file_place(const struct tu_options *options, unsigned int unit, struct src_file *file);
/* Sort what was pushed; of nested macro calls only the outermost stays. */
void tu_file_sort_macros(struct tu_file *file);
/* Add the lines between the directives at @start and at or before @end. The
 * macros are sorted already. */
void tu_file_add_skipped(struct tu_file *file, size_t start, size_t end);
/* Sorted and disjoint: a range inside another one is dropped. */
void tu_file_sort_skipped(struct src_file *file);
/* Fill the source file's toplevel from decls, which this sorts. */
void tu_file_toplevel(struct tu_file *file);
/* Outermost macro call around @offset, or NULL. */
const struct tu_macro *tu_macro_at(const struct tu_file *file, size_t offset);
/* End of the top-level declaration before @offset; 0 for the first one. */
size_t tu_previous_end(const struct tu_file *file, size_t offset);

/* Attributes that matter to a cut. */
struct tu_attrs {
	bool weak, init, percpu;
};
/* In a declaration as libclang prints it, the only way to see them; where
 * they stand in the print differs by version. */
struct tu_attrs tu_find_attrs(const char *printed);
void tu_func_attrs(struct src_func *func, struct tu_attrs attrs);
void tu_var_attrs(struct src_var *var, struct tu_attrs attrs);

#endif
