/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * define_trace.h - empty, found instead of the kernel's: a unit that says
 * CREATE_TRACE_POINTS uses vmlinux's tracepoints and creates none.
 */
