/* SPDX-License-Identifier: GPL-2.0-only */
/* writes.h - what a scheduler writes to vmlinux and to the stub. */
#ifndef _SCHEDCUT_CORE_WRITES_H
#define _SCHEDCUT_CORE_WRITES_H

#include "../base/registry.h"

int schedcut_writes_build(struct schedcut_state *state);

#endif
