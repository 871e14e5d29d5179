/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.h - the one header of the scheduler that another file includes.
 */
#ifndef _KERNEL_SCHED_STATS_H
#define _KERNEL_SCHED_STATS_H

/* Seen by timer.c: it names one member, an inline uses another. */
struct rq_stats {
	unsigned long ticks, wakeups, switches;
};

static inline unsigned long stats_ticks(struct rq_stats *stats)
{
	return stats->ticks++;
}

#endif
