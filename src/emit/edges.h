/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edges.h - what crosses the boundary: the referrers of each function outside the
 * module, and what each function of the module calls out there.
 */
#pragma once

#include "decide/classify.h"

/* What a reference from outside is, or the class that makes it. */
enum referrer_kind {
	REF_CODE = OUTSIDE_CODE,
	REF_ADDRESS = OUTSIDE_ADDRESS,
	REF_DATA = OUTSIDE_DATA,
	REF_EXPORT = OUTSIDE_EXPORT,
	REF_CLASS, /* a scheduling class, overwritten at the switch */
	REF_NR_KINDS
};

extern const char *const referrer_kind_name[REF_NR_KINDS];

/* A function or object of vmlinux that refers to a function, or that the module calls. */
struct edge {
	const char *name; /* symbol, or section */
	const char *path; /* its source file, or NULL */
	enum referrer_kind kind;
	bool is_boot_only;     /* gone after boot */
	bool stays_in_vmlinux; /* code of the boundary that stays in vmlinux */
};
typedef VEC(struct edge) edge_vec;

struct func_edges {
	edge_vec in;  /* each name and kind once, in vmlinux's order */
	edge_vec out; /* sorted by name; empty unless the module has the function */
};

struct edges {
	VEC(struct func_edges) funcs; /* as facts.funcs */
};

/*
 * Calls are taken from the source, through the inline functions of headers.
 * Calls that the compiler drops later are among them.
 */
void edges_find(const struct facts *facts, const struct decisions *decisions, struct edges *edges);
void edges_free(struct edges *edges);
