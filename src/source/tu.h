/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu.h - the facts of one translation unit, read through libclang.
 */
#pragma once

#include <pthread.h>

#include "source/source.h"

/* One copy of each string that facts have, so that equal ones have one address. */
struct tu_strings {
	pthread_mutex_t lock;
	struct arena *arena; /* what the strings live in */
	struct strmap map;
};

/* Prepared once for all units. */
struct tu_options {
	const struct source_options *source;
	const char *root;	    /* real path of the source root */
	VEC(const char *) excluded; /* real paths of include directories below the
					   root: never emitted */
	struct tu_strings *strings;
};

/*
 * Parse unit number @unit and record what it holds: uses and accesses are not yet
 * deduplicated. Safe to call from several threads. Free *@facts by source_free(); on
 * error it is NULL.
 */
struct error *tu_parse(const struct tu_options *options, unsigned int unit, struct source **facts);
