// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit.c - the debug check of run queues around a switch: memory, and what is logged.
 * The check itself is the scheduler's, include/schedcut/invariants.h.
 */
#include <linux/overflow.h>

#include "../base/common.h"
#include "audit.h"
#include "storage.h"

static bool check_invariants;
module_param(check_invariants, bool, 0600);
MODULE_PARM_DESC(check_invariants, "check all run queues before and after each switch (debugging)");

/* The same code checks both states, so it checks the same things. */
static const struct schedcut_scheduler *auditor(const struct schedcut_plan *plan)
{
	return plan->to ?: plan->from;
}

static void free_audits(struct schedcut_plan *plan)
{
	if (plan->audits)
		kvfree(plan->audits->records);
	kvfree(plan->audits);
	plan->audits = NULL;
}

/* Memory for one try of a switch, if it is to be checked: 0 or -ENOMEM. There is a reserve for
 * objects that are created before the stop; those beyond it are counted but not compared.
 * Process context. */
int schedcut_audit_prepare(struct schedcut_plan *plan)
{
	const struct schedcut_scheduler *s = auditor(plan);
	struct schedcut_records *records;
	unsigned int cpu, n;

	if (!READ_ONCE(check_invariants))
		return 0;
	n = nr_cpu_ids + schedcut_count_objects(s, SCHEDCUT_OBJECT_task_struct) +
	    schedcut_count_objects(s, SCHEDCUT_OBJECT_cfs_rq);
	n += n / 8 + 256;
	plan->audits = schedcut_try(kvcalloc(nr_cpu_ids, sizeof(*plan->audits), GFP_KERNEL));
	records = schedcut_try(kvzalloc(struct_size(records, record, n), GFP_KERNEL));
	if (!plan->audits || !records) {
		kvfree(records);
		free_audits(plan);
		return -ENOMEM;
	}
	records->n = n;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		plan->audits[cpu].records = records;
	return 0;
}

/* Check this CPU's run queue, before the switch or (@rebuilt) after it. Inside the stop. */
void schedcut_audit(const struct schedcut_plan *plan, bool rebuilt)
{
	lockdep_assert_irqs_disabled();
	if (plan->audits)
		auditor(plan)->audit(&plan->audits[smp_processor_id()], rebuilt);
}

static void log_finding(unsigned int cpu, const struct schedcut_finding *f)
{
	pr_err("run queue of CPU %u %s the switch: %s: %s is %lld, %s %lld\n", cpu,
	       f->rebuilt ? "after" : "before", f->object, f->what, f->found,
	       f->changed ? "was" : "should be", f->expected);
}

/* Log what was found, count it in @stats, and free the memory. Process context. */
void schedcut_audit_finish(struct schedcut_plan *plan, struct schedcut_stats *stats)
{
	unsigned int cpu, i, skipped = 0;

	if (!plan->audits)
		return;
	for_each_possible_cpu(cpu) {
		const struct schedcut_audit *audit = &plan->audits[cpu];
		unsigned int kept = min_t(unsigned int, audit->nr_found, SCHEDCUT_FINDINGS);

		for (i = 0; i < kept; i++)
			log_finding(cpu, &audit->finding[i]);
		if (audit->nr_found > kept)
			pr_err("run queue of CPU %u: %u more\n", cpu, audit->nr_found - kept);
		stats->violations += audit->nr_found;
		skipped += audit->nr_skipped;
	}
	if (skipped)
		pr_warn("%u tasks and groups were created too late to be compared\n", skipped);
	free_audits(plan);
}
