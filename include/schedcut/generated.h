/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * generated.h - what schedcut generates for kmod-runtime/scheduler.c: the
 * tables of one scheduler (generated/tables.c).
 */
#ifndef _SCHEDCUT_GENERATED_H
#define _SCHEDCUT_GENERATED_H

#include <linux/percpu.h>
#include <schedcut/hooks.h>
#include <schedcut/scheduler.h>
#include <schedcut/storage.h>

/* generated/tables.c */
extern const char schedcut_name[]; /* scheduler's name, as in <name>.ko */
extern const struct schedcut_build schedcut_build;
extern const struct schedcut_unit *const schedcut_units[];
extern const unsigned int schedcut_nr_units;

/* One unit's record layouts as compiled (schedcut/layout.h): values and their number. */
struct schedcut_layout {
	const u32 *values;
	const unsigned int *nr;
};
/* Of every unit, and the digest of vmlinux's layouts. */
extern const struct schedcut_layout schedcut_layouts[]; /* [schedcut_nr_units] */
extern const u64 *const schedcut_provided_layout;

/* Counters of SCHEDCUT_COUNT(), both arrays in the same order. tables.c defines each with
 * DEFINE_PER_CPU(u64, schedcut_counter_NAME). */
extern const char *const schedcut_counter_names[];
extern u64 __percpu *const schedcut_counters[];
extern const unsigned int schedcut_nr_counters;

/* rebuild.h, in the unit that defines __schedule() */
extern void (*const schedcut_module_schedule)(unsigned int mode);
void schedcut_module_finish(struct task_struct *prev);
int schedcut_module_clear(struct list_head *tasks);
void schedcut_module_rebuild(struct list_head *tasks);
void schedcut_module_audit(struct schedcut_audit *audit, bool rebuilt);
int schedcut_module_for_each_hidden_task(int cpu, int (*fn)(struct task_struct *, void *), void *arg);
struct task_struct *schedcut_module_stopper(int cpu);
bool schedcut_module_is_throttled(struct task_struct *p);
int schedcut_module_for_each_object(enum schedcut_object object, bool stopped,
				    int (*fn)(void *object, void *arg), void *arg);
u64 schedcut_module_nr_switches(void);

#endif
