/* SPDX-License-Identifier: GPL-2.0-only */
/* kprobes.h - kprobes of others on what a scheduler replaces, and the runtime's own. */
#ifndef _SCHEDCUT_NEIGHBOURS_KPROBES_H
#define _SCHEDCUT_NEIGHBOURS_KPROBES_H

#include "../base/plan.h"

struct kprobe;

#ifdef CONFIG_KPROBES
const struct kprobe *schedcut_probe_at(unsigned long address);
void *schedcut_probe_handler(const struct kprobe *probe);
#endif
bool schedcut_can_find_probes(void);
void schedcut_probes_lock(void);
void schedcut_probes_unlock(void);
int schedcut_probes_check(const struct schedcut_plan *plan, bool first);
int schedcut_check_probes_on(const char *name, const struct schedcut_write *w);
bool schedcut_has_probe(unsigned long address);
int schedcut_probe_set(struct kprobe *probe, bool diverts);
void schedcut_probes_remove(struct kprobe **probes, unsigned int n);
void schedcut_probes_exit(void);

#endif
