/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parallel.h - a loop on several threads.
 */
#pragma once

#include <stddef.h>

/* At most so many threads run a loop. */
#define PARALLEL_MAX 4

/*
 * Call @run for each of @n items, in ascending order on each thread. At most
 * @max_threads threads run (not more than PARALLEL_MAX or the machine's CPUs). @worker,
 * below PARALLEL_MAX, tells them apart. Returns when all calls have returned.
 */
void parallel_for(size_t n, unsigned int max_threads,
		  void (*run)(size_t item, unsigned int worker, void *arg), void *arg);
