/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules.h - the YAML rules of a cut. Schema: docs/rules.md.
 */
#pragma once

#include "base/diag.h"

/* A scalar and its place in the file, for errors about it. */
struct rule_name {
	const char *name;
	unsigned int line, col; /* from 1 */
};
typedef VEC(struct rule_name) rule_names;

enum private_init {
	PRIVATE_KEEP,	 /* the initialiser in the source, at each activation */
	PRIVATE_COPY,	 /* vmlinux's contents at activation, back at rollback */
	PRIVATE_REBUILD, /* an activation hook fills it */
};
struct rule_private {
	struct rule_name var;	/* as docs/rules.md writes names */
	enum private_init init; /* what it holds at activation */
};

/* Functions to take out of a file that is not in the boundary otherwise. */
struct rule_sidecar {
	struct rule_name file; /* a translation unit, "kernel/cgroup/cpuset.c" */
	rule_names functions;  /* those that the module replaces */
};

/* An option of the configuration that vmlinux does not have. */
struct rule_option {
	struct rule_name name; /* without CONFIG_ */
	const char *value;     /* as C writes it: "1", "-3", "0x10", "\"text\"" */
	bool is_yes;	       /* y, for which C has 1 */
};

struct rules {
	struct arena arena;
	const char *path; /* the rules file, for errors */
	error_list notes; /* keys that have a new name, in the order of the file */

	/* target: where to look, in this order. target.c replaces "${release}" and
	 * "${version}" (6.1). */
	rule_names release; /* glob patterns the release must match */
	rule_names source, headers, vmlinux;

	/* boundary: */
	rule_names directories; /* cut out whole: "kernel/sched" */
	rule_names units;	/* translation units, "kernel/sched/core.c" */
	VEC(struct rule_sidecar) sidecars;
	rule_names extra_files; /* further files of the source to copy to the tree */

	/* switch: names that the switch between schedulers needs */
	struct rule_name schedule;   /* default "__schedule" */
	struct rule_name finish;     /* default "finish_task_switch" */
	struct rule_name class_type; /* default "sched_class" */

	/* sleepers: functions outside the boundary that may sleep without bound */
	rule_names sleepers;
	rule_names keep_in_vmlinux; /* functions or files of the boundary to leave in vmlinux */
	rule_names interface_add, interface_remove;
	VEC(struct rule_private) private;
	rule_names shared;
	rule_names removed_by_patch; /* functions of vmlinux that a patch has taken out */
	rule_names count_calls;	     /* functions whose entries the module counts */
	VEC(struct rule_option) config;
};

/* Read @path. Names of functions and variables are not checked here: the
 * classifier does, with error_at(rules->path, name.line, name.col, ...). */
struct error *rules_load(const char *path, struct rules **rules);
/* The same from memory; @path only names it. */
struct error *rules_parse(const char *path, const char *text, size_t len, struct rules **rules);
void rules_free(struct rules *rules);
DEFINE_CLEANUP(struct rules *, rules_free)
#define _cleanup_rules_ _cleanup_(rules_free)

/* An error at the place of @name, a struct rule_name, in the rules. */
#define error_at_rule(rules, name, ...) \
	error_at((rules)->path, (name)->line, (name)->col, __VA_ARGS__)
