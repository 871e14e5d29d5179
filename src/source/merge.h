/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * merge.h - the facts of several units in one, every declaration once.
 */
#pragma once

#include "source/source.h"

/*
 * Merge the @n @units into @source, in this order, and free them. Their strings are
 * @source's: see struct tu_strings.
 */
void merge_units(struct source *source, struct source **units, size_t n);
