// SPDX-License-Identifier: GPL-2.0-only
/* vmlinux.c - what the runtime knows of the running kernel. */
#include "common.h"
#include "vmlinux.h"

struct schedcut_kernel schedcut_kernel;

/* Is [@start, @start + @size) in vmlinux's text or read-only data? Any context. */
bool schedcut_in_vmlinux(unsigned long start, size_t size)
{
	return start >= (unsigned long)schedcut_kernel._text &&
	       start + size <= (unsigned long)schedcut_kernel.__end_rodata;
}
