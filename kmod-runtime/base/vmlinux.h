/* SPDX-License-Identifier: GPL-2.0-only */
/* vmlinux.h - what the runtime knows of the running kernel. */
#ifndef _SCHEDCUT_BASE_VMLINUX_H
#define _SCHEDCUT_BASE_VMLINUX_H

#include <schedcut/scheduler.h>

extern struct schedcut_kernel schedcut_kernel; /* filled by the first registration */

bool schedcut_in_vmlinux(unsigned long start, size_t size);

#endif
