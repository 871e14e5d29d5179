// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats.c - what is told about the last switch: in the kernel log and in
 * /sys/kernel/schedcut/{stats,busy}.
 */
#include <linux/cpumask.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../base/runtime.h"

/* Names are copied, their owner may go. All under schedcut_mutex. */
static struct schedcut_stats last;
static char last_from[SCHEDCUT_NAME_SIZE], last_to[SCHEDCUT_NAME_SIZE];
static struct schedcut_busy last_busy;
static char last_place[KSYM_SYMBOL_LEN];

/* Keep @stats as those of the last switch and, if it succeeded, log it. */
void schedcut_stats_publish(const struct schedcut_stats *stats)
{
	last = *stats;
	strscpy(last_from, stats->from, sizeof(last_from));
	strscpy(last_to, stats->to, sizeof(last_to));
	last.from = last_from;
	last.to = last_to;
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

/* Keep who was in the way, and the name of the place as long as it has it. */
void schedcut_busy_publish(const struct schedcut_busy *busy)
{
	last_busy = *busy;
	schedcut_busy_place(busy, last_place);
}

/* Who was in the way last, for `busy`: bytes in @buf, a page. schedcut_mutex held. */
ssize_t schedcut_busy_show(char *buf)
{
	if (!last_busy.address)
		return 0;
	return sysfs_emit(buf, "%s/%d in %s%s\n", last_busy.comm, last_busy.pid, last_place,
			  last_busy.unreliable ? " (unreliable stack)" : "");
}

/* The last switch and what has been counted so far, for `stats`; as above. */
ssize_t schedcut_stats_show(char *buf)
{
	const struct schedcut_scheduler *s = schedcut_active;
	u64 entries = 0, switches = 0;
	ssize_t n = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		entries += per_cpu(schedcut_cpu.entries, cpu);
		switches += per_cpu(schedcut_cpu.switches, cpu);
	}
	if (last.from) {
		n += sysfs_emit_at(buf, n, "from %s\nto %s\n", last.from, last.to);
		n += sysfs_emit_at(buf, n, "result %d\ntries %u\nstarved %u\n", last.result,
				   last.tries, last.starved);
		n += sysfs_emit_at(buf, n, "cpus %u\nthreads %u\n", last.cpus, last.threads);
		n += sysfs_emit_at(buf, n, "stackcheck %s\nlooked %u\nmissed %u\n",
				   last.full ? "full" : "changed", last.looked, last.missed);
		n += sysfs_emit_at(buf, n, "init_ns %llu\n", last.init);
		n += sysfs_emit_at(buf, n, "precheck_ns %llu\n", last.precheck);
		n += sysfs_emit_at(buf, n, "stop_machine_ns %llu\n", last.stop_machine);
		n += sysfs_emit_at(buf, n, "stop_handler_ns %llu\n", last.stop_handler);
		n += sysfs_emit_at(buf, n, "stack_check_ns %llu\n", last.stack_check);
		n += sysfs_emit_at(buf, n, "storage_ns %llu\n", last.storage);
		n += sysfs_emit_at(buf, n, "clear_ns %llu\n", last.clear);
		n += sysfs_emit_at(buf, n, "patch_ns %llu\n", last.patch);
		n += sysfs_emit_at(buf, n, "rebuild_ns %llu\n", last.rebuild);
		n += sysfs_emit_at(buf, n, "total_ns %llu\n", last.total);
		n += sysfs_emit_at(buf, n, "moved %u\n", last.moved);
		n += sysfs_emit_at(buf, n, "privates %u\n",
				   last.initialized + last.copied_in + last.copied_back +
					   last.left_to_hooks);
		n += sysfs_emit_at(buf, n, "gates %u\nheld %u\n", last.gates, last.held);
		n += sysfs_emit_at(buf, n, "unreliable %u\n", last.unreliable);
		n += sysfs_emit_at(buf, n, "violations %u\n", last.violations);
	}
	n += sysfs_emit_at(buf, n, "entries %llu\n", entries);
	n += sysfs_emit_at(buf, n, "switches %llu\n", switches);
	n += sysfs_emit_at(buf, n, "rescues %u\n", schedcut_watchdog_rescues());
	n += sysfs_emit_at(buf, n, "extras %ld\n", schedcut_storage_extras());
	if (s)
		n += sysfs_emit_at(buf, n, "nr_switches %llu\n", s->nr_switches());
	return n;
}
