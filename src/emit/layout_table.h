/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout_table.h - generated/layout/NAME.h: what the compiler of an emitted tree has to
 * find of the records that the module shares with the kernel, and a digest of it for
 * the runtime.
 *
 * Listed are sizes of records whose objects outlive a switch, and place and size of
 * members, of every record of which the boundary uses one. Left out is what the
 * author may change: records that are free and live on stacks, reserved members.
 * C has no offset of a bit-field.
 */
#pragma once

#include "emit/generate.h"

/*
 * One header for each unit, of the records that it sees complete.
 * *@digest: of all values in their order, as kmod-runtime/scheduler.c makes it of the
 * compiled ones.
 */
void generate_layouts(const struct generate_input *in, struct generated *generated, uint64_t *digest);
