// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - what is told about the last switch and about builds: in the kernel log, by
 * tracepoints, and in files of /sys/kernel/schedcut.
 */
#include "../base/common.h"
#include "../base/stub.h"
#include "../safety/storage_table.h"
#include "../safety/watchdog.h"
#include "../stacks/walk.h"
#include "report.h"
#include "../../generated/build.h"

#define CREATE_TRACE_POINTS
#include <schedcut/trace.h>

/* The names are copied, because their owner may go. Protected by schedcut_mutex. */
static struct schedcut_stats last;
static char last_from[SCHEDCUT_NAME_SIZE], last_to[SCHEDCUT_NAME_SIZE];
static struct schedcut_busy last_busy;
static char last_place[KSYM_SYMBOL_LEN];

/* After the stop, where nothing can be traced. */
static void trace_phases(const struct schedcut_stats *s)
{
	trace_schedcut_switch_phase("precheck", s->precheck);
	trace_schedcut_switch_phase("stack_check", s->stack_check);
	trace_schedcut_switch_phase("storage", s->storage);
	trace_schedcut_switch_phase("clear", s->clear);
	trace_schedcut_switch_phase("patch", s->patch);
	trace_schedcut_switch_phase("rebuild", s->rebuild);
	trace_schedcut_switch_phase("stop_machine", s->stop_machine);
}

/* Keep @stats as those of the last switch, trace them and, if it succeeded, log them. Process
 * context. */
void schedcut_stats_publish(const struct schedcut_stats *stats)
{
	lockdep_assert_held(&schedcut_mutex);
	last = *stats;
	strscpy(last_from, stats->from, sizeof(last_from));
	strscpy(last_to, stats->to, sizeof(last_to));
	last.from = last_from;
	last.to = last_to;
	trace_phases(&last);
	trace_schedcut_switch_end(last_from, last_to, last.result, last.total);
	if (stats->result)
		return;

	pr_info("%s -> %s: initialization time is %llu ns\n", last_from, last_to, last.init);
	pr_info("%s -> %s: number of CPUs is %u\n", last_from, last_to, last.cpus);
	pr_info("%s -> %s: number of threads is %u\n", last_from, last_to, last.threads);
	pr_info("%s -> %s: stop machine time is %llu ns\n", last_from, last_to, last.stop_machine);
	pr_info("%s -> %s: stop handler time is %llu ns\n", last_from, last_to, last.stop_handler);
	pr_info("%s -> %s: stack check time is %llu ns\n", last_from, last_to, last.stack_check);
	pr_info("%s -> %s: total time is %llu ns\n", last_from, last_to, last.total);
	if (last.initialized || last.copied_in || last.copied_back || last.left_to_hooks)
		pr_info("%s -> %s: private variables: %u initialized, %u copied in, %u copied back, %u left to hooks\n",
			last_from, last_to, last.initialized, last.copied_in, last.copied_back,
			last.left_to_hooks);
	if (last.missed)
		pr_err("%s -> %s: the stack check missed %u tasks\n", last_from, last_to,
		       last.missed);
	if (last.miscounted)
		pr_warn("%s -> %s: %u run queues counted tasks that they did not have\n", last_from,
			last_to, last.miscounted);
}

/* Keep and trace @busy, with the name of its place while that is known. Process context. */
void schedcut_busy_publish(const struct schedcut_busy *busy)
{
	lockdep_assert_held(&schedcut_mutex);
	last_busy = *busy;
	schedcut_busy_place(busy, last_place);
	trace_schedcut_switch_busy(busy->comm, busy->pid, last_place);
}

/* Log that @to is refused because of that task. */
void schedcut_busy_explain(const char *to)
{
	lockdep_assert_held(&schedcut_mutex);
	pr_err("%s refused: %s: %s/%d is in it%s\n", to, last_place, last_busy.comm, last_busy.pid,
	       last_busy.unreliable ? " (unreliable stack)" : "");
}

/* The task that last prevented a switch, for `busy`: bytes in @buf, a page. Process context. */
ssize_t schedcut_busy_show(char *buf)
{
	ssize_t n = 0;

	rt_mutex_lock(&schedcut_mutex);
	if (last_busy.address)
		n = sysfs_emit(buf, "%s/%d in %s%s\n", last_busy.comm, last_busy.pid, last_place,
			       last_busy.unreliable ? " (unreliable stack)" : "");
	rt_mutex_unlock(&schedcut_mutex);
	return n;
}

/* The last switch: bytes in @buf. */
static ssize_t show_last(const struct schedcut_stats *s, char *buf)
{
	return sysfs_emit(buf,
			  "from %s\nto %s\nresult %d\ntries %u\nstarved %u\ncpus %u\nthreads %u\n"
			  "stackcheck %s\nlooked %u\nmissed %u\n"
			  "init_ns %llu\nprecheck_ns %llu\nstop_machine_ns %llu\n"
			  "stop_handler_ns %llu\nstack_check_ns %llu\nstorage_ns %llu\n"
			  "clear_ns %llu\npatch_ns %llu\nrebuild_ns %llu\ntotal_ns %llu\n"
			  "moved %u\nprivates %u\ngates %u\nheld %u\nunreliable %u\nviolations %u\n",
			  s->from, s->to, s->result, s->tries, s->starved, s->cpus, s->threads,
			  s->full ? "full" : "changed", s->looked, s->missed, s->init, s->precheck,
			  s->stop_machine, s->stop_handler, s->stack_check, s->storage, s->clear,
			  s->patch, s->rebuild, s->total, s->moved,
			  s->initialized + s->copied_in + s->copied_back + s->left_to_hooks,
			  s->gates, s->held, s->unreliable, s->violations);
}

/* The last switch and what has been counted so far, for `stats`: bytes in @buf, a page. Process
 * context. */
ssize_t schedcut_stats_show(char *buf)
{
	u64 entries = schedcut_sum(schedcut_cpu.entries);
	u64 switches = schedcut_sum(schedcut_cpu.switches);
	ssize_t n = 0;

	rt_mutex_lock(&schedcut_mutex);
	if (last.from)
		n = show_last(&last, buf);
	n += sysfs_emit_at(buf, n, "entries %llu\n", entries);
	n += sysfs_emit_at(buf, n, "switches %llu\n", switches);
	n += sysfs_emit_at(buf, n, "rescues %u\n", schedcut_watchdog_rescues());
	n += sysfs_emit_at(buf, n, "extras %ld\n", schedcut_storage_extras());
	if (schedcut_active)
		n += sysfs_emit_at(buf, n, "nr_switches %llu\n", schedcut_active->nr_switches());
	rt_mutex_unlock(&schedcut_mutex);
	return n;
}

/*
 * --- which builds of scheduler and runtime are in use
 *
 * generated/build.h names the sources. The build ID is made by the linker and not known
 * to them; it is read from the module's note, as the kernel shows it in
 * /sys/module/NAME/notes.
 */

MODULE_VERSION(SCHEDCUT_VERSION "+" SCHEDCUT_RUNTIME);

#define MAX_BUILD_ID ((SCHEDCUT_BUILD_ID_SIZE - 1) / 2)

struct build_id_note {
	struct elf_note head;
	char name[sizeof("GNU")];
	u8 id[MAX_BUILD_ID];
};

/* Write the build ID of @mod to @text as hexadecimal digits, or "unknown" if it has none. @mod
 * stays loaded meanwhile. May sleep. */
void schedcut_module_build_id(const struct module *mod, char text[SCHEDCUT_BUILD_ID_SIZE])
{
	struct build_id_note note;
	size_t size = schedcut_build_id_note(mod, &note, sizeof(note));

	strscpy(text, "unknown", SCHEDCUT_BUILD_ID_SIZE);
	if (size > offsetof(struct build_id_note, id) && note.head.n_type == NT_GNU_BUILD_ID &&
	    note.head.n_namesz == sizeof(note.name) &&
	    note.head.n_descsz == size - offsetof(struct build_id_note, id) &&
	    !memcmp(note.name, "GNU", sizeof(note.name)))
		snprintf(text, SCHEDCUT_BUILD_ID_SIZE, "%*phN", (int)note.head.n_descsz, note.id);
}

/* `version` of a scheduler: one `key value` per line in @buf, a page; returns the bytes.
 * Process context. */
ssize_t schedcut_identity_show(const struct schedcut_state *state, char *buf)
{
	const struct schedcut_build *build = state->scheduler->build;

	return sysfs_emit(buf,
			  "schedcut %s\nrelease %s\ncut %s\ncommit %s\nsources %s\nbuild_id %s\n",
			  build->tool, build->release, build->cut, build->commit, build->sources,
			  state->build_id);
}

/* `version` of the runtime, likewise. */
ssize_t schedcut_runtime_show(char *buf)
{
	char build_id[SCHEDCUT_BUILD_ID_SIZE];

	schedcut_module_build_id(THIS_MODULE, build_id);
	return sysfs_emit(buf, "schedcut %s\nsources %s\nbuild_id %s\n", SCHEDCUT_VERSION,
			  SCHEDCUT_RUNTIME, build_id);
}

/* Log which build the registered scheduler @s is, and @what has become of it. Nothing if @s is
 * NULL (vmlinux's). */
void schedcut_identity_log(const struct schedcut_scheduler *s, const char *what)
{
	const struct schedcut_build *build;

	if (!s)
		return;
	build = s->build;
	pr_info("%s %s: release %s, cut %s, commit %s, sources %s, build ID %s\n", s->name, what,
		build->release, build->cut, build->commit, build->sources, s->state->build_id);
}
