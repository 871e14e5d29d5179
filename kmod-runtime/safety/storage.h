/* SPDX-License-Identifier: GPL-2.0-only */
/* storage.h - extra storage around a switch. */
#ifndef _SCHEDCUT_SAFETY_STORAGE_H
#define _SCHEDCUT_SAFETY_STORAGE_H

#include "../base/registry.h"
#include "storage_table.h"

int schedcut_storage_register(struct schedcut_state *state);
unsigned int schedcut_count_objects(const struct schedcut_scheduler *s, enum schedcut_object object);
int schedcut_storage_prepare(struct schedcut_scheduler *s);
int schedcut_storage_assign(const struct schedcut_scheduler *s, unsigned int index, unsigned int n);
void schedcut_storage_publish(const struct schedcut_scheduler *s);
void schedcut_storage_init(struct schedcut_table *t, unsigned int index, unsigned int n);
void schedcut_storage_release(struct schedcut_state *state);
ssize_t schedcut_storage_show(const struct schedcut_state *state, char *buf);

#endif
