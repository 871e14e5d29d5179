/* SPDX-License-Identifier: GPL-2.0-only */
/* kprobes.h - what other patchers have changed at the entry of functions that a scheduler
 * replaces, kprobes above all; and the runtime's own kprobes. */
#ifndef _SCHEDCUT_NEIGHBOURS_KPROBES_H
#define _SCHEDCUT_NEIGHBOURS_KPROBES_H

#include <linux/kprobes.h>

#include "../base/registry.h"

/**
 * struct schedcut_probe - a kprobe of the runtime
 * @kprobe:	the kernel's part
 * @is_set:	it is registered, or cannot be removed
 */
struct schedcut_probe {
	struct kprobe kprobe;
	bool is_set;
};

const struct kprobe *schedcut_probe_at(unsigned long address);
void *schedcut_probe_handler(const struct kprobe *probe);
bool schedcut_can_find_probes(void);
void schedcut_probes_lock(void);
void schedcut_probes_unlock(void);
int schedcut_probes_check(const struct schedcut_plan *plan, bool first);
bool schedcut_has_probe(unsigned long address);
const char *schedcut_patched_at_run_time(unsigned long place);
int schedcut_check_owner(const char *name, const struct schedcut_write *w);
void schedcut_explain_conflict(const char *name, const struct schedcut_write *w, unsigned long place);
int schedcut_probe_set(struct schedcut_probe *own, bool diverts);
void schedcut_probe_remove(struct schedcut_probe *own);
void schedcut_probes_remove(struct kprobe **probes, unsigned int n);
void schedcut_probes_exit(void);

#endif
