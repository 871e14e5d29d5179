// SPDX-License-Identifier: GPL-2.0-only
/*
 * gate.c - hold tasks at the entry of functions that are never empty.
 *
 * Where many tasks go in and out of a function that sleeps, there may be no moment at
 * which no task is in it. So after some failed tries, tasks that want to enter it are
 * held at its entry until the switch is over, while those inside come out.
 *
 *	kprobe on the entry  ->  schedcut_gate_N (gate_x86_64.S)  ->  the function
 *				    waits in schedcut_gate_wait()
 *
 * A held task has executed nothing of the function yet. It continues after the fentry
 * site, where the jump to the active scheduler is, or none. Only a task that may sleep is
 * held, and none for longer than HOLD_MS from the first gate of a switch on: it may hold
 * a lock that other tasks need, the switch included.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/sched/prio.h>

#include "../base/common.h"
#include "../base/registry.h"
#include "gate.h"
#include "kprobes.h"
#include "tracers.h"

static unsigned int hold_after = 3;
module_param(hold_after, uint, 0600);
MODULE_PARM_DESC(
	hold_after,
	"number of tries after which tasks are held at the entry of functions that other tasks occupy; 0: never");

/* Without a preemption count it is not known whether a task may sleep. */
#define CAN_HOLD (IS_ENABLED(CONFIG_KPROBES) && IS_ENABLED(CONFIG_PREEMPT_COUNT))

#define HOLD_MS 1000
#define HOLD_TRIES 10 /* later tries are made without gates */
#define LOOK_MS 10

/* In gate_x86_64.S, each for the gate of its number. */
extern const unsigned long schedcut_gate_stubs[SCHEDCUT_NR_GATES];

/* On the entries of functions of vmlinux, which keep them from then on. Both, with their
 * members, protected by schedcut_mutex. */
static struct schedcut_probe gates[SCHEDCUT_NR_GATES];
static unsigned int nr_gates;
static unsigned int nr_closed; /* by the switch in progress */
/* Where the functions continue. Constant once a gate is set: a diverted task may read it
 * a long time later. */
static unsigned long continue_at[SCHEDCUT_NR_GATES];
static bool closed;
static unsigned long deadline;	     /* jiffies; no task is held after it */
static struct task_struct *switcher; /* the task that must not be held */
static atomic_t inside, held;

static bool must_hold(const struct task_struct *task)
{
	return READ_ONCE(closed) && time_before(jiffies, READ_ONCE(deadline)) &&
	       !(task->flags & (PF_KTHREAD | PF_EXITING)) && task != READ_ONCE(switcher) &&
	       task->prio >= MAX_RT_PRIO;
}

/* A function with a gate has been called. No register carries anything to the stub, because a
 * BPF trampoline may run in between. */
static int on_entry(struct kprobe *probe, struct pt_regs *regs)
{
	const struct schedcut_probe *gate = container_of(probe, struct schedcut_probe, kprobe);

	if (!must_hold(current))
		return 0;
	instruction_pointer_set(regs, schedcut_gate_stubs[gate - gates]);
	return 1;
}

/*
 * Called by the stub of gate @index, in the context of the task that wants to enter; where the
 * function continues. Not a wait queue: its functions are the scheduler's and may have gates.
 */
unsigned long schedcut_gate_wait(unsigned int index)
{
	if (must_hold(current) && preemptible() && !rcu_preempt_depth() &&
	    schedcut_task_state(current) == TASK_RUNNING) {
		atomic_inc(&inside);
		atomic_inc(&held);
		while (must_hold(current)) {
			set_current_state(TASK_IDLE);
			schedule_timeout(msecs_to_jiffies(LOOK_MS));
		}
		atomic_dec(&inside);
	}
	return continue_at[index];
}

/* The redirect of @s for the function @name, or for vmlinux's clone of it; NULL if there is
 * none. */
static const struct schedcut_redirect *find_redirect(const struct schedcut_scheduler *s,
						     const char *name)
{
	const struct schedcut_redirect *r;
	size_t size = strlen(name);
	unsigned int u;

	schedcut_for_each(s, u, r, redirects) {
		if (r->module && !strncmp(r->name, name, size) &&
		    (!r->name[size] || r->name[size] == '.'))
			return r;
	}
	return NULL;
}

/* @address, on a task's stack, is the outermost one in text that is to go. The function of
 * vmlinux by which the task entered that text; NULL if it is not known, as where it left
 * nothing on the stack, or if it cannot have a gate. */
static const struct schedcut_redirect *gated_function(const struct schedcut_plan *plan,
						      unsigned long address)
{
	/* Functions that cannot have a gate or left nothing on the stack, and the one to
	 * use instead. A system call continues in two more functions once it has its
	 * arguments. A new task begins with preemption off, but its parent passes here. */
	static const struct {
		const char *begin, *instead;
		bool rest;
	} others[] = {
		{ "__do_sys_", SCHEDCUT_SYSCALL_PREFIX, true },
		{ "__se_sys_", SCHEDCUT_SYSCALL_PREFIX, true },
		{ "schedule_tail", "sched_fork", false },
	};
	const struct schedcut_redirect *r;
	char name[KSYM_SYMBOL_LEN];
	unsigned int i;

	/* The last instruction may be a call. "name", "name.isra.0", or
	 * "name.SCHEDULER [SCHEDULER]". */
	sprint_symbol_no_offset(name, address - 1);
	name[strcspn(name, ". ")] = '\0';
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		size_t from = strlen(others[i].begin), to = strlen(others[i].instead);

		if (!strstarts(name, others[i].begin))
			continue;
		if (others[i].rest)
			memmove(name + to, name + from, strlen(name + from) + 1);
		else
			name[to] = '\0';
		memcpy(name, others[i].instead, to);
		break;
	}
	r = find_redirect(schedcut_in_vmlinux(address, 1) ? plan->to : plan->from, name);
	return r && r->flags & SCHEDCUT_FENTRY && r->vmlinux != schedcut_kernel.__schedule ? r : NULL;
}

/* The gate of the function whose fentry site is at @place; NULL: there are too many. */
static struct schedcut_probe *gate_at(unsigned long place)
{
	unsigned int i;

	for (i = 0; i < nr_gates; i++) {
		if (continue_at[i] == place + SCHEDCUT_FENTRY_SIZE)
			return &gates[i];
	}
	if (nr_gates == ARRAY_SIZE(gates))
		return NULL;
	continue_at[nr_gates] = place + SCHEDCUT_FENTRY_SIZE;
	return &gates[nr_gates++];
}

/* The @tries-th try has failed because of a task with @address on its stack (0: not known). If
 * it is time for that and possible, hold tasks that want to enter the function that it is in,
 * until schedcut_gate_open(). Process context, no lock of kprobes held. */
void schedcut_gate_close(const struct schedcut_plan *plan, unsigned long address, unsigned int tries)
{
	unsigned int after = READ_ONCE(hold_after);
	const struct schedcut_redirect *r;
	struct schedcut_probe *gate;
	unsigned long place;

	lockdep_assert_held(&schedcut_mutex);
	/* Not for the watchdog: a held task needs the broken scheduler to be released. */
	if (!CAN_HOLD || !after || tries < after || current->flags & PF_KTHREAD)
		return;
	if (tries >= after + HOLD_TRIES) {
		WRITE_ONCE(closed, false);
		return;
	}
	r = address ? gated_function(plan, address) : NULL;
	if (!r)
		return;
	place = schedcut_jump_place(r) - SCHEDCUT_FENTRY_SIZE;
	gate = gate_at(place);
	/* Other hooks there would miss the calls of held tasks. */
	if (!gate || gate->is_set || schedcut_has_probe(place) || schedcut_has_hook(place))
		return;
	gate->kprobe = (struct kprobe){
		.addr = (void *)place,
		.pre_handler = on_entry,
	};
	if (!READ_ONCE(closed)) {
		atomic_set(&held, 0);
		WRITE_ONCE(deadline, jiffies + msecs_to_jiffies(HOLD_MS));
		WRITE_ONCE(switcher, current);
		WRITE_ONCE(closed, true);
	}
	nr_closed += !schedcut_probe_set(gate, true);
}

/* Release all held tasks; @stats gets the counts. Process context; schedcut_gate_clean() is to
 * follow. */
void schedcut_gate_open(struct schedcut_stats *stats)
{
	lockdep_assert_held(&schedcut_mutex);
	WRITE_ONCE(closed, false);
	WRITE_ONCE(switcher, NULL);
	stats->gates = nr_closed;
	stats->held = nr_closed ? atomic_read(&held) : 0;
	nr_closed = 0;
}

/* Remove the probes of switches that are over. Process context; takes schedcut_mutex, but waits
 * for a grace period without it. */
void schedcut_gate_clean(void)
{
	struct kprobe *probes[ARRAY_SIZE(gates)];
	unsigned int i, nr = 0;

	rt_mutex_lock(&schedcut_mutex);
	for (i = 0; i < nr_gates; i++) {
		if (gates[i].is_set && gates[i].kprobe.addr)
			probes[nr++] = &gates[i].kprobe;
	}
	rt_mutex_unlock(&schedcut_mutex);
	if (!nr)
		return;
	schedcut_probes_remove(probes, nr);
	rt_mutex_lock(&schedcut_mutex);
	/* One that could not be removed must not be set again. */
	for (i = 0; i < nr; i++)
		container_of(probes[i], struct schedcut_probe, kprobe)->is_set = !probes[i]->addr;
	rt_mutex_unlock(&schedcut_mutex);
}

/* The runtime is being unloaded: no task may be executing a gate stub. After the caller's
 * RCU-tasks grace period every task that had entered one is counted in @inside. The second
 * grace period covers tasks that are preempted on the way out. */
void schedcut_gate_exit(void)
{
	if (!nr_gates)
		return;
	while (atomic_read(&inside))
		msleep(1);
	synchronize_rcu_tasks();
}
