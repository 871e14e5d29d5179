/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reason.h - why a function has its class: a sentence for people, and the same as
 * data, so that a program can go from reason to reason. And what is said of an edit of
 * text that the module does not have.
 */
#pragma once

#include "base/util.h"

/* Kind, its name for programs, what its sentence says before and after the name. */
/* clang-format off */
#define REASON_KINDS(X) \
	/* it stays in vmlinux, or goes */ \
	X(REASON_BOOT_ONLY, "boot_only", "freed after boot", "") \
	X(REASON_OVERRIDDEN, "overridden", "weak, and vmlinux uses a stronger one", "") \
	X(REASON_RULE, "rule", "rule: ", "") /* of interfaces, too */ \
	X(REASON_SIDECAR, "sidecar", "not taken from the sidecar", "") \
	X(REASON_SLEEPS, "sleeps", "sleeps: calls ", "") \
	X(REASON_SLEEPS_BY_POINTER, "sleeps_by_pointer", "sleeps: calls ", " through a pointer") \
	X(REASON_SLEEPS_BY_RULE, "sleeps_by_rule", "rule: sleepers", "") \
	X(REASON_OBSTACLE, "obstacle", "cannot be redirected: ", "") \
	X(REASON_UNUSED, "unused", "only functions outside the module use it", "") \
	/* it is in the module */ \
	X(REASON_TAIL_SWITCH, "tail_switch", "entered through the tail switch", "") \
	X(REASON_CALLED, "called", "called by ", "") \
	X(REASON_ADDRESS, "address", "its address is held by ", "") \
	X(REASON_MODULE, "module", "entered from the module only", "") \
	X(REASON_INLINED, "inlined", "vmlinux has it only inlined", "")

#define REASON_KIND(kind, name, before, after) kind,
enum reason_kind {
	REASON_NONE, /* nothing is decided yet */
	REASON_KINDS(REASON_KIND)
	REASON_NR_KINDS
};
/* clang-format on */

static inline bool reason_is_sleep(enum reason_kind kind)
{
	return kind >= REASON_SLEEPS && kind <= REASON_SLEEPS_BY_RULE;
}

/*
 * The next reason in the chain is that of @func's own decision; or, if @symbol is code of
 * a function of the module, decisions.old_code[@symbol].
 */
struct reason {
	enum reason_kind kind;
	int func;	  /* in facts.funcs; NONE: what it refers to is not the boundary's */
	int symbol;	  /* in facts.symbols: code of @func that refers; NONE: not known */
	const char *name; /* what it refers to, or a rule, or an obstacle; NULL: nothing */
	const char *text; /* all of it in words; NULL for old code */
};

extern const char *const reason_kind_name[REASON_NR_KINDS];

/* A reason with its text, which is @arena's. @name is not copied. */
struct reason reason_make(struct arena *arena, enum reason_kind kind, int func, const char *name);
/* Text of a reason that has none. */
const char *reason_text(struct arena *arena, const struct reason *reason);

struct no_effect {
	const char *class;
	const char *reason;  /* how it begins */
	bool is_error;	     /* in a tree, where the author sees the text disabled */
	const char *message; /* what the name, in quotes, is followed by */
	const char *remedy;
};

/* What holds for text of @class that was disabled for @reason, "sleeps: ..."; NULL:
 * the module has it. */
const struct no_effect *no_effect_of(const char *class, const char *reason);
