/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - the runtime's tracepoints, /sys/kernel/tracing/events/schedcut.
 *
 * None is hit inside the stop: a tracer may wake tasks, and run queues are empty there. So the
 * phases of a switch are reported after it, with their durations.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM schedcut

#if !defined(_SCHEDCUT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SCHEDCUT_TRACE_H

#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

/* clang-format off */

/* Arrays, because the macros for strings differ between kernels. */
#define SCHEDCUT_TRACE_NAME 64

TRACE_EVENT(schedcut_switch_begin,
	TP_PROTO(const char *from, const char *to),
	TP_ARGS(from, to),
	TP_STRUCT__entry(
		__array(char, from, SCHEDCUT_TRACE_NAME)
		__array(char, to, SCHEDCUT_TRACE_NAME)
	),
	TP_fast_assign(
		strscpy(__entry->from, from, SCHEDCUT_TRACE_NAME);
		strscpy(__entry->to, to, SCHEDCUT_TRACE_NAME);
	),
	TP_printk("%s -> %s", __entry->from, __entry->to)
);

/* A try failed because a task was in the way. */
TRACE_EVENT(schedcut_switch_busy,
	TP_PROTO(const char *comm, pid_t pid, const char *place),
	TP_ARGS(comm, pid, place),
	TP_STRUCT__entry(
		__array(char, comm, TASK_COMM_LEN)
		__field(pid_t, pid)
		__array(char, place, SCHEDCUT_TRACE_NAME)
	),
	TP_fast_assign(
		strscpy(__entry->comm, comm, TASK_COMM_LEN);
		__entry->pid = pid;
		strscpy(__entry->place, place, SCHEDCUT_TRACE_NAME);
	),
	TP_printk("%s/%d is in %s", __entry->comm, __entry->pid, __entry->place)
);

TRACE_EVENT(schedcut_switch_phase,
	TP_PROTO(const char *phase, u64 ns),
	TP_ARGS(phase, ns),
	TP_STRUCT__entry(
		__array(char, phase, 16)
		__field(u64, ns)
	),
	TP_fast_assign(
		strscpy(__entry->phase, phase, 16);
		__entry->ns = ns;
	),
	TP_printk("%s took %llu ns", __entry->phase, __entry->ns)
);

TRACE_EVENT(schedcut_switch_end,
	TP_PROTO(const char *from, const char *to, int result, u64 ns),
	TP_ARGS(from, to, result, ns),
	TP_STRUCT__entry(
		__array(char, from, SCHEDCUT_TRACE_NAME)
		__array(char, to, SCHEDCUT_TRACE_NAME)
		__field(int, result)
		__field(u64, ns)
	),
	TP_fast_assign(
		strscpy(__entry->from, from, SCHEDCUT_TRACE_NAME);
		strscpy(__entry->to, to, SCHEDCUT_TRACE_NAME);
		__entry->result = result;
		__entry->ns = ns;
	),
	TP_printk("%s -> %s: result %d after %llu ns", __entry->from, __entry->to, __entry->result,
		  __entry->ns)
);

/* clang-format on */

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH schedcut
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
