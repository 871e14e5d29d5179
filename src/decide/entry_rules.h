/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * entry_rules.h - what is known about functions before everything is decided: what the
 * rules say, which of them stay in vmlinux and which are redirected, and which may sleep.
 */
#pragma once

#include "decide/classify.h"

/* What is known about one function while the fixpoint runs. */
struct func_state {
	struct reason stays;   /* why it stays in vmlinux; REASON_NONE: it does not */
	int entry;	       /* its only unmangled symbol, or NONE */
	const char *obstacle;  /* why its entry cannot be redirected, or NULL */
	struct reason reached; /* first old code or data that enters it */
	bool by_address;       /* entered through an address that something holds */
	unsigned int n_reached;
	const char *wanted_by; /* the rule that wants an interface, or NULL */
	bool unused;
};

struct classifier {
	const struct facts *facts;
	const struct rules *rules;
	struct decisions *out;
	struct func_state *state; /* as facts.funcs */
	const struct fact_func *funcs;
};

/* Can the entry of @func be redirected, as far as is known? */
bool classifier_can_redirect(const struct classifier *c, int func);

/* Note what the rules want. Error: a rule names no function, or one that vmlinux
 * cannot run in place of the module's. */
struct error *entry_rules_apply(struct classifier *c);
/* After the fixpoint: every entry that the rules want redirected can be. */
struct error *entry_rules_check(const struct classifier *c);

/* Which functions may be on the stack of a task that is off the CPU, from the static call
 * graph of the boundary: fill @why, zeroes and as facts.funcs, with their reasons. */
void find_sleepers(const struct classifier *c, struct reason *why);
