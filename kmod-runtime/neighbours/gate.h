/* SPDX-License-Identifier: GPL-2.0-only */
/* gate.h - hold tasks at the entry of functions that are never empty. */
#ifndef _SCHEDCUT_NEIGHBOURS_GATE_H
#define _SCHEDCUT_NEIGHBOURS_GATE_H

#include <linux/types.h>

struct schedcut_plan;
struct schedcut_stats;

/* Number of stubs in gate_x86_64.S, each for the gate of its number. */
#define SCHEDCUT_NR_GATES 32

unsigned long schedcut_gate_wait(unsigned int index);
void schedcut_gate_close(const struct schedcut_plan *plan, unsigned long address, unsigned int tries);
void schedcut_gate_open(struct schedcut_stats *stats);
void schedcut_gate_clean(void);
void schedcut_gate_exit(void);

#endif
