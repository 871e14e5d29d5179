/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * facts.h - what decisions are based on: source facts and kernel facts, joined by
 * function and variable. Plain data, so that the classifier can be tested with facts
 * written by hand.
 */
#pragma once

#include "vmlinux/kernel.h"
#include "vmlinux/dwarf.h"
#include "source/source.h"

/* Indices into facts.funcs, facts.symbols, facts.vars; NONE where there is none. */
#define NONE (-1)
typedef VEC(int) int_vec;

/* A vmlinux text symbol that holds code of the boundary. */
struct fact_symbol {
	const char *name; /* in vmlinux, "foo", "foo.isra.0", "foo.cold" */
	uint64_t addr, size;
	int func;	      /* whose code it is */
	int unit;	      /* in which unit it was compiled; NONE for globals */
	bool entry;	      /* unmangled: anything may call it with the source's signature */
	bool endbr;	      /* starts with endbr64, which indirect calls need */
	bool fentry;	      /* a 5-byte fentry site is first, or after the endbr64 */
	int first_param;      /* of mangled symbols: is the first parameter in the first
				 register? 1 yes, 0 no, -1 not known */
	const char *obstacle; /* why its entry cannot be overwritten; NULL: it can */
	int_vec callees;      /* symbols that its code refers to */
	int_vec inlined;      /* functions whose code is inlined into it */
};

enum outside_kind {
	OUTSIDE_CODE,	 /* called or jumped to */
	OUTSIDE_ADDRESS, /* address used by code */
	OUTSIDE_DATA,	 /* address stored in data */
	OUTSIDE_EXPORT,	 /* EXPORT_SYMBOL */
};

/* A reference from outside the boundary's text to one of its symbols. */
struct fact_outside {
	int symbol; /* referred to */
	enum outside_kind kind;
	const char *from;  /* function or object that refers, or its section */
	int from_func;	   /* @from is boundary code of this function; else NONE */
	const char *path;  /* kernel_source_path() of @from, NULL if not known */
	bool is_boot_only; /* the referrer is gone after boot */
	bool class_object; /* the referrer is an object that a switch overwrites */
};

/* A function that the boundary's files define. */
struct fact_func {
	const char *name;
	struct src_func *src;
	bool is_static, is_inline, is_boot_only;
	bool overridden; /* weak here, and vmlinux uses a stronger one */
	bool in_header;
	bool in_sidecar;
	int group;		     /* functions that one macro call defines share it */
	int_vec symbols;	     /* its code in vmlinux */
	int_vec callees;	     /* functions of the boundary it calls in the source */
	int_vec addresses;	     /* functions of the boundary whose address it uses */
	bool address_used;	     /* the boundary uses its address */
	const char *type;	     /* canonical, for calls through pointers */
	VEC(const char *) icalls;    /* types it calls through pointers */
	VEC(const char *) externals; /* names outside the boundary that it calls */
};

enum var_link { VAR_STATIC, VAR_GLOBAL, VAR_IN_FUNCTION };

struct var_copy {
	int unit;
	uint64_t addr;
};

/* A variable that the boundary's files define, all its declarations joined. */
struct fact_var {
	const char *name;
	struct src_var *src;	     /* the definition */
	VEC(struct src_var *) decls; /* all in emitted files, with @src */
	enum var_link link;
	int owner;		/* function, for VAR_IN_FUNCTION */
	int unit;		/* first unit that defines it */
	const struct ksym *sym; /* vmlinux object, or NULL */
	uint64_t addr;		/* where vmlinux has it, valid if @has_addr */
	bool has_addr;
	VEC(struct var_copy) copies; /* statics of this name, one for each unit that has it
					in vmlinux; the first is @addr */
	bool partly;		     /* a unit defines it and has none in vmlinux, because
					nothing there uses it */
	bool read_only;		     /* @addr is in vmlinux's read-only data */
	bool glue;		     /* made by a macro under a pasted name */
	bool class_object;	     /* of the class type: a switch overwrites it */
	int_vec addresses;	     /* functions its initialiser points to */
};

#define FACTS_MAX_UNITS (8 * sizeof(long))

struct fact_unit {
	const char *name, *path;	/* as in src_unit */
	int file_group;			/* of kernel.file_groups; NONE: no local symbols */
	const struct dwarf_unit *dwarf; /* NULL: no DWARF */
};

struct facts {
	struct arena arena;
	const struct source *source;
	const struct kernel *kernel;
	VEC(struct fact_unit) units;
	VEC(struct fact_func) funcs;
	struct strmap globals;			/* their names, see facts_func() */
	struct strmap statics[FACTS_MAX_UNITS]; /* the same for each unit */
	int_vec func_of_src; /* as source.funcs: index in @funcs; NONE: not the boundary's */
	VEC(struct fact_symbol) symbols;
	VEC(struct fact_outside) outside;
	VEC(struct fact_var) vars;
	int_vec var_of_src; /* as source.vars: index in @vars, or NONE */
	bool use_relocs;    /* references come from relocations, not the scan */
	bool has_dwarf;	    /* every unit has DWARF: inlining is known */
};

/*
 * Join @source and @kernel. Fails when a unit cannot be found in vmlinux.
 * @class_type names the struct whose objects a switch overwrites.
 * @use_relocs: take references from relocations, else from the scan.
 */
struct error *facts_join(const struct source *source, struct kernel *kernel, const char *class_type,
			 bool use_relocs, struct facts **facts);
void facts_free(struct facts *facts);

/* Index funcs for facts_func(). facts_join() does it; facts written by hand need it. */
void facts_index_funcs(struct facts *facts);
/*
 * The function @name of the boundary that unit @unit sees: its static one, else the global
 * one, else NONE. With @unit NONE, only a global one.
 */
int facts_func(const struct facts *facts, const char *name, int unit);
/* The function of the boundary that @ref calls or uses, or NONE. */
int facts_ref_func(const struct facts *facts, const struct src_ref *ref);

static inline bool facts_has(const int_vec *vec, int i)
{
	vec_for_each(p, vec)
		if (*p == i)
			return true;
	return false;
}

static inline void facts_add_unique(int_vec *vec, int i)
{
	if (!facts_has(vec, i))
		vec_push(vec, i);
}

/* The function of the boundary that @src is. NONE if it is NULL, or of another file. */
static inline int facts_src_func(const struct facts *facts, const struct src_func *src)
{
	return src ? facts->func_of_src.v[src->index] : NONE;
}

/* The variable of the boundary that @src declares, or NONE. */
static inline int facts_src_var(const struct facts *facts, const struct src_var *src)
{
	return src ? facts->var_of_src.v[src->index] : NONE;
}
