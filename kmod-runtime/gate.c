// SPDX-License-Identifier: GPL-2.0-only
/*
 * gate.c - where many tasks go in and out of a function that sleeps, there may
 * be no moment at which nobody is in it. So when some tries have failed, who
 * wants to enter is held at the entry until the switch is over, and those that
 * are inside come out.
 *
 *	kprobe on the entry  ->  schedcut_gate (tail_x86_64.S)  ->  the function
 *				    waits in schedcut_gate_wait()
 *
 * A task that is held has executed nothing of the function yet, and goes on
 * behind the fentry site, where the jump to the active scheduler is, or none.
 * Only a task is held that may sleep, and none for longer than HOLD_MS: it may
 * have a lock that somebody needs, the switch included.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/rt.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "compat.h"
#include "runtime.h"

unsigned int schedcut_hold_after = 3;
module_param_named(hold_after, schedcut_hold_after, uint, 0600);
MODULE_PARM_DESC(hold_after, "after so many tries tasks are held at the entry of functions in which others are in the way; 0: never");

#ifdef CONFIG_KPROBES

#define HOLD_MS		500
#define MAX_GATES	16

static struct kprobe gates[MAX_GATES];
static unsigned int nr_gates;		/* schedcut_mutex; as the next one */
static bool ever_closed;
static bool closed;
static struct task_struct *switcher;	/* the only one who must not be held */
static atomic_t inside, held;
static DECLARE_WAIT_QUEUE_HEAD(waiting);

static bool is_closed_to(const struct task_struct *task)
{
	return READ_ONCE(closed) && !(task->flags & (PF_KTHREAD | PF_EXITING)) &&
	       task != READ_ONCE(switcher) && !rt_prio(task->prio);
}

/* A function with a gate has been called. */
static int on_entry(struct kprobe *probe, struct pt_regs *regs)
{
	if (!is_closed_to(current))
		return 0;
	schedcut_divert(regs, schedcut_gate, (unsigned long)probe->addr + SCHEDCUT_FENTRY_SIZE);
	return 1;
}

/* As in company.c: who diverts must have one. */
static void after_entry(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

/* Called by schedcut_gate, in the context of whoever wants to enter. */
void schedcut_gate_wait(void)
{
	if (!is_closed_to(current) || !preemptible() || rcu_preempt_depth() ||
	    schedcut_task_state(current) != TASK_RUNNING)
		return;
	atomic_inc(&inside);
	atomic_inc(&held);
	wait_event_idle_timeout(waiting, !READ_ONCE(closed), msecs_to_jiffies(HOLD_MS));
	atomic_dec(&inside);
}

static const struct schedcut_redirect *find(const struct schedcut_scheduler *s, const char *name)
{
	size_t size = strlen(name);
	unsigned int u, i;

	for (u = 0; s && u < s->nr_units; u++) {
		for (i = 0; i < s->units[u]->nr_redirects; i++) {
			const struct schedcut_redirect *r = &s->units[u]->redirects[i];

			/* The compiler may have made vmlinux's another name. */
			if (r->module && !strncmp(r->name, name, size) &&
			    (!r->name[size] || r->name[size] == '.'))
				return r;
		}
	}
	return NULL;
}

/*
 * The function of vmlinux by which was entered what has @address, the outermost
 * one in text that goes away. NULL if that cannot be told, as where it has left
 * nothing on the stack, or if it cannot have a gate.
 */
static const struct schedcut_redirect *entered(const struct schedcut_plan *plan,
					       unsigned long address)
{
	/* Who cannot be held or has left nothing on the stack, and whom instead.
	 * A system call goes on in two pieces when it has got its arguments; a new
	 * task begins with preemption off, and who makes it comes by here. */
	static const struct {
		const char *begin, *instead;
		bool rest;
	} others[] = {
		{ "__do_sys_", SCHEDCUT_SYSCALL_PREFIX, true },
		{ "__se_sys_", SCHEDCUT_SYSCALL_PREFIX, true },
		{ "schedule_tail", "sched_fork", false },
	};
	char symbol[KSYM_SYMBOL_LEN], name[2 * KSYM_SYMBOL_LEN];
	const struct schedcut_redirect *r;
	unsigned int i;

	/* The last instruction may be a call. "name", "name.isra.0", or
	 * "name.SCHEDULER [SCHEDULER]". */
	sprint_symbol_no_offset(symbol, address - 1);
	symbol[strcspn(symbol, ". ")] = '\0';
	strscpy(name, symbol, sizeof(name));
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (strstarts(symbol, others[i].begin))
			snprintf(name, sizeof(name), "%s%s", others[i].instead,
				 others[i].rest ? symbol + strlen(others[i].begin) : "");
	}
	r = find(schedcut_in_vmlinux(address, 1) ? plan->to : plan->from, name);
	return r && r->flags & SCHEDCUT_FENTRY && r->vmlinux != schedcut_kernel.schedule ? r : NULL;
}

/*
 * Hold who wants to enter the function in which somebody with @address on his
 * stack is in the way; until schedcut_gate_open(). Does nothing if that cannot
 * be done. Process context, schedcut_mutex held, kprobes not held.
 */
void schedcut_gate_close(const struct schedcut_plan *plan, unsigned long address)
{
	const struct schedcut_redirect *r = address ? entered(plan, address) : NULL;
	unsigned long place;
	unsigned int i;

	if (!r || nr_gates == MAX_GATES)
		return;
	place = schedcut_jump_place(r) - SCHEDCUT_FENTRY_SIZE;
	for (i = 0; i < nr_gates; i++) {
		if ((unsigned long)gates[i].addr == place)
			return;
	}
	gates[nr_gates] = (struct kprobe){
		.addr = (void *)place,
		.pre_handler = on_entry,
		.post_handler = after_entry,
	};
	WRITE_ONCE(switcher, current);
	WRITE_ONCE(closed, true);
	ever_closed = true;
	if (!register_kprobe(&gates[nr_gates]))
		nr_gates++;
}

/* Let everybody go on; @stats is told how many there were. Process context,
 * schedcut_mutex held. */
void schedcut_gate_open(struct schedcut_stats *stats)
{
	struct kprobe *probes[MAX_GATES];
	unsigned int i;

	WRITE_ONCE(closed, false);
	WRITE_ONCE(switcher, NULL);
	wake_up_all(&waiting);
	stats->gates = nr_gates;
	for (i = 0; i < nr_gates; i++)
		probes[i] = &gates[i];
	if (nr_gates)
		unregister_kprobes(probes, nr_gates);
	nr_gates = 0;
	stats->held = atomic_xchg(&held, 0);
}

/* The runtime goes: nobody may be in schedcut_gate. Who is at its begin or end,
 * not in the wait, may have been preempted there. */
void schedcut_gate_exit(void)
{
	if (!ever_closed)
		return;
	synchronize_rcu_tasks();
	while (atomic_read(&inside))
		msleep(1);
	synchronize_rcu_tasks();
}

#else

void schedcut_gate_wait(void) { }
void schedcut_gate_close(const struct schedcut_plan *plan, unsigned long address) { }
void schedcut_gate_open(struct schedcut_stats *stats) { }
void schedcut_gate_exit(void) { }

#endif
