/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * classify.h - decisions: what becomes of every function and variable, and why. A pure
 * function of facts and rules.
 */
#pragma once

#include "decide/reason.h"
#include "facts/facts.h"
#include "input/rules.h"

enum func_class {
	FUNC_INIT,	/* boot-time only: removed */
	FUNC_INTERFACE, /* in the module, entered from outside by redirection */
	FUNC_CALLBACK,	/* the same, entered through an address that something holds */
	FUNC_INSIDER,	/* in the module, not entered from outside */
	FUNC_OUTSIDER,	/* stays in vmlinux, the module calls it there */
	FUNC_UNUSED,	/* removed: nothing that is left uses it */
	FUNC_NR_CLASSES
};

enum var_class {
	VAR_SHARED,  /* declaration of vmlinux's object */
	VAR_PRIVATE, /* the module's own object */
	VAR_CLASS,   /* contents replace those of vmlinux's object */
	VAR_INIT,    /* boot-time only: removed */
	VAR_GLUE,    /* made by a macro that the prelude empties */
	VAR_NR_CLASSES
};

struct func_decision {
	enum func_class class;
	struct reason reason;
	int symbol;	  /* vmlinux's entry, NONE if it has none */
	bool needs_orig;  /* module code uses its address: vmlinux's must be used */
	int_vec old_code; /* symbols with old code of it that stays in use */
};

struct var_decision {
	enum var_class class;
	const char *reason;
	const struct rule_private *rule; /* what made it private, or NULL */
};

struct decisions {
	struct arena arena;
	VEC(struct func_decision) funcs; /* as facts.funcs */
	VEC(struct var_decision) vars;	 /* as facts.vars */
	VEC(struct reason) old_code;	 /* as facts.symbols: what keeps old code in use;
					    REASON_NONE: it is not in use */
	int_vec counted;		 /* functions, as rules.count_calls */
	int schedule, finish;		 /* functions of the tail switch */
	int finish_symbol;		 /* vmlinux's code of @finish, a clone perhaps */
};

extern const char *const func_class_name[FUNC_NR_CLASSES];
extern const char *const var_class_name[VAR_NR_CLASSES];

/* Decide. A rule that names an unknown function or variable, or asks for what is
 * impossible, is an error at its place in the rules file. */
struct error *classify(const struct facts *facts, const struct rules *rules,
		       struct decisions **decisions);
void decisions_free(struct decisions *decisions);

/* Is vmlinux's entry of such a function redirected? Then that is its address. */
static inline bool func_class_redirected(enum func_class class)
{
	return class == FUNC_INTERFACE || class == FUNC_CALLBACK;
}

/* Is such a function in the module? */
static inline bool func_class_in_module(enum func_class class)
{
	return func_class_redirected(class) || class == FUNC_INSIDER;
}

/* Does the code of @symbol stay in use while the scheduler is active? */
static inline bool is_old_code(const struct decisions *decisions, size_t symbol)
{
	return decisions->old_code.v[symbol].kind != REASON_NONE;
}

static inline bool func_in_module(const struct func_decision *f)
{
	return func_class_in_module(f->class);
}
