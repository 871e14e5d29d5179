// SPDX-License-Identifier: GPL-2.0-only
/*
 * parallel.c - threads that take items from one counter.
 */
#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct loop {
	size_t n;
	void (*run)(size_t item, unsigned int worker, void *arg);
	void *arg;
	_Atomic size_t next;
	_Atomic unsigned int workers;
};

static void *run_loop(void *arg)
{
	struct loop *loop = arg;
	unsigned int worker = loop->workers++;

	for (size_t item; (item = loop->next++) < loop->n;)
		loop->run(item, worker, loop->arg);
	return NULL;
}

void parallel_for(size_t n, unsigned int max_threads,
		  void (*run)(size_t item, unsigned int worker, void *arg), void *arg)
{
	struct loop loop = { .n = n, .run = run, .arg = arg };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[PARALLEL_MAX];
	unsigned int started = 0;

	/* Without memory for more threads, fewer do the work. */
	while (started + 1 < max_threads && started + 1 < PARALLEL_MAX && started + 1 < n &&
	       (long)started + 1 < cpus && !pthread_create(&threads[started], NULL, run_loop, &loop))
		started++;
	run_loop(&loop);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}
