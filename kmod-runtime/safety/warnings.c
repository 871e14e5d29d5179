// SPDX-License-Identifier: GPL-2.0-only
/*
 * warnings.c - warnings (WARN() and its like) in a scheduler's code, seen by a kprobe on
 * report_bug().
 */
#include <linux/irq_work.h>

#include "../base/common.h"
#include "../base/registry.h"
#include "../neighbours/kprobes.h"
#include "warnings.h"

/* A scheduler's module and its warning. Written with schedcut_mutex held, read without locks. */
struct listening {
	unsigned long start, end; /* of the module's text; 0: no module */
	unsigned long warned_at;  /* 0: nowhere */
};

/* The active scheduler and, during a switch, the one that is to become active. */
static struct listening listening[2];
static unsigned int listening_active;
static struct task_struct *listener; /* is woken by a warning */

static void wake_listener(struct irq_work *work)
{
	wake_up_process(listener);
}

static DEFINE_IRQ_WORK(wake_work, wake_listener);

/* report_bug(address, ...) has been called, from an exception: any context. */
static int on_report_bug(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long address = schedcut_first_argument(regs);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(listening); i++) {
		struct listening *l = &listening[i];

		if (address >= READ_ONCE(l->start) && address < READ_ONCE(l->end) &&
		    !READ_ONCE(l->warned_at)) {
			WRITE_ONCE(l->warned_at, address);
			irq_work_queue(&wake_work);
		}
	}
	return 0;
}

/* A probe with a post_handler is never optimised. For that the kernel would wait until every
 * task that can run has done so, and meanwhile hold the locks that a rollback needs. */
static void after_report_bug(struct kprobe *probe, struct pt_regs *regs, unsigned long flags) {}

static struct schedcut_probe bug_probe;

/* @task is woken by warnings. schedcut_mutex held since before @task was woken first. */
void schedcut_warnings_init(struct task_struct *task)
{
	listener = task;
}

/* Set the probe, if it can be. Process context. */
void schedcut_warnings_listen(void)
{
	int ret;

	lockdep_assert_held(&schedcut_mutex);
	if (bug_probe.is_set)
		return;
	bug_probe.kprobe = (struct kprobe){
		.symbol_name = "report_bug",
		.pre_handler = on_report_bug,
		.post_handler = after_report_bug,
	};
	ret = schedcut_probe_set(&bug_probe, false);
	if (ret)
		pr_warn("watchdog: warnings are not seen: error %d\n", ret);
}

/* Remove the probe. Process context, and a reference on the runtime held: if the probe cannot
 * be removed, the runtime stays loaded. */
void schedcut_warnings_ignore(void)
{
	lockdep_assert_held(&schedcut_mutex);
	schedcut_probe_remove(&bug_probe);
}

/*
 * Also listen to @s, which is to become active (NULL: vmlinux's): it may warn from the stop on.
 */
void schedcut_warnings_prepare(const struct schedcut_scheduler *s)
{
	struct listening *l = &listening[!listening_active];
	unsigned long start = 0, end = 0;

	lockdep_assert_held(&schedcut_mutex);
	if (s)
		schedcut_module_text(s->owner, &start, &end);
	/* No address is below 0, so nothing matches until the new end is written. */
	WRITE_ONCE(l->end, 0);
	WRITE_ONCE(l->warned_at, 0);
	WRITE_ONCE(l->start, start);
	WRITE_ONCE(l->end, end);
}

/* That scheduler has become active, or has not. Either way only the active one is listened to
 * from now on, and its warning is kept. */
void schedcut_warnings_settle(bool active)
{
	if (active)
		WRITE_ONCE(listening_active, !listening_active);
	schedcut_warnings_prepare(NULL);
}

/* Where the active scheduler has warned; 0: nowhere. Any context. */
unsigned long schedcut_warned_at(void)
{
	return READ_ONCE(listening[READ_ONCE(listening_active)].warned_at);
}

void schedcut_warnings_forget(void)
{
	lockdep_assert_held(&schedcut_mutex);
	WRITE_ONCE(listening[listening_active].warned_at, 0);
}

/* The listener is about to end. */
void schedcut_warnings_exit(void)
{
	irq_work_sync(&wake_work);
}
