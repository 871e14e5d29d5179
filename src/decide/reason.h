/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reason.h - why a function has its class: a sentence for people, and the same
 * as data, so that a program can go from reason to reason.
 */
#ifndef SCHEDCUT_REASON_H
#define SCHEDCUT_REASON_H

#include "base/util.h"

enum reason_kind {
	REASON_NONE, /* nothing is decided yet */
	/* it stays in vmlinux, or goes */
	REASON_BOOT_ONLY,
	REASON_OVERRIDDEN, /* weak, and vmlinux uses another definition */
	REASON_RULE,	   /* @name: the rule; of outsiders and interfaces */
	REASON_SIDECAR,	   /* no rule takes it from its file, a sidecar */
	REASON_SLEEPS,	   /* it calls @func or @name, which sleeps */
	REASON_SLEEPS_BY_POINTER,
	REASON_SLEEPS_BY_RULE,
	REASON_OBSTACLE, /* @name forbids to redirect its entry */
	REASON_UNUSED,	 /* its users, @func among them, are not in the module */
	/* it is in the module */
	REASON_TAIL_SWITCH,
	REASON_CALLED,	/* by @func or @name */
	REASON_ADDRESS, /* @func or @name has its address */
	REASON_MODULE,	/* only the module enters it */
	REASON_INLINED, /* vmlinux has no code of its own for it */
	REASON_NR_KINDS
};

static inline bool reason_is_sleep(enum reason_kind kind)
{
	return kind >= REASON_SLEEPS && kind <= REASON_SLEEPS_BY_RULE;
}

/*
 * If @func is a function, its own decision has the next reason. Only if the code
 * that refers is old code of a function of the module (@symbol), the next one is
 * decisions.old_code[@symbol].
 */
struct reason {
	enum reason_kind kind;
	int func;	  /* in facts.funcs; NONE: what it refers to is not the boundary's */
	int symbol;	  /* in facts.symbols: code of @func that refers; NONE: not known */
	const char *name; /* what it refers to; NULL: nothing */
	const char *text; /* all of it in words; NULL for old code */
};

/* For the manifest: "sleeps", "called" ... */
extern const char *const reason_kind_name[REASON_NR_KINDS];

/* "@kind's words, @name"; the text is @arena's, as @name should be. */
struct reason reason_make(struct arena *arena, enum reason_kind kind, int func, const char *name);
/* Text of a reason that has none. */
const char *reason_text(struct arena *arena, const struct reason *reason);

#endif
