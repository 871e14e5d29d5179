// SPDX-License-Identifier: GPL-2.0-only
/*
 * gate.c - where many tasks go in and out of a function that sleeps, there may
 * be no moment at which nobody is in it. So when some tries have failed, who
 * wants to enter is held at the entry until the switch is over, and those that
 * are inside come out.
 *
 *	kprobe on the entry  ->  schedcut_gate_N (tail_x86_64.S)  ->  the function
 *				    waits in schedcut_gate_wait()
 *
 * A task that is held has executed nothing of the function yet, and goes on
 * behind the fentry site, where the jump to the active scheduler is, or none.
 * Only a task is held that may sleep, and none beyond HOLD_MS from the first gate
 * of a switch on: it may have a lock that somebody needs, the switch included.
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
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/string.h>

#include "../base/compat.h"
#include "../base/runtime.h"

static unsigned int hold_after = 3;
module_param(hold_after, uint, 0600);
MODULE_PARM_DESC(
	hold_after,
	"after so many tries tasks are held at the entry of functions in which others are in the way; 0: never");

/* Whoever does not count preemption cannot tell who may sleep. */
#if defined(CONFIG_KPROBES) && defined(CONFIG_PREEMPT_COUNT)

#define HOLD_MS 1000
#define HOLD_TRIES 10 /* the last ones are made without */
#define LOOK_MS 10

/**
 * struct gate - on a function of vmlinux; once it has one, the function keeps it
 * @probe:	on its entry
 * @set:	@probe is registered
 */
struct gate {
	struct kprobe probe;
	bool set;
};

/* By schedcut_mutex, as is @set of each. */
static struct gate gates[SCHEDCUT_NR_GATES];
static unsigned int nr_gates;
static unsigned int nr_closed; /* by the switch that is being made */
/* Where the functions go on; constant when the gate is first set, for who has
 * been diverted may look a long time later. */
static unsigned long go_on[SCHEDCUT_NR_GATES];
static bool closed;
static unsigned long deadline;	     /* jiffies; nobody is held after it */
static struct task_struct *switcher; /* the only one who must not be held */
static atomic_t inside, held;

static bool is_closed_to(const struct task_struct *task)
{
	return READ_ONCE(closed) && time_before(jiffies, READ_ONCE(deadline)) &&
	       !(task->flags & (PF_KTHREAD | PF_EXITING)) && task != READ_ONCE(switcher) &&
	       task->prio >= MAX_RT_PRIO;
}

/* A function with a gate has been called. No register carries anything to the
 * stub: a BPF trampoline may run in between. */
static int on_entry(struct kprobe *probe, struct pt_regs *regs)
{
	const struct gate *gate = container_of(probe, struct gate, probe);

	if (!is_closed_to(current))
		return 0;
	instruction_pointer_set(regs, schedcut_gate_stubs[gate - gates]);
	return 1;
}

/*
 * Called by the stub of gate @index, in the context of whoever wants to enter.
 * Returns where the function goes on. No wait queue: its functions are the
 * scheduler's, and may have gates.
 */
unsigned long schedcut_gate_wait(unsigned int index)
{
	if (is_closed_to(current) && preemptible() && !rcu_preempt_depth() &&
	    schedcut_task_state(current) == TASK_RUNNING) {
		atomic_inc(&inside);
		atomic_inc(&held);
		while (is_closed_to(current)) {
			set_current_state(TASK_IDLE);
			schedule_timeout(msecs_to_jiffies(LOOK_MS));
		}
		atomic_dec(&inside);
	}
	return go_on[index];
}

static const struct schedcut_redirect *find_redirect(const struct schedcut_scheduler *s,
						     const char *name)
{
	const struct schedcut_redirect *r;
	size_t size = strlen(name);
	unsigned int u;

	schedcut_for_each(s, u, r, redirects) {
		/* The compiler may have made vmlinux's another name. */
		if (r->module && !strncmp(r->name, name, size) &&
		    (!r->name[size] || r->name[size] == '.'))
			return r;
	}
	return NULL;
}

/*
 * The function of vmlinux by which was entered what has @address, the outermost
 * one in text that goes away. NULL if that cannot be told, as where it has left
 * nothing on the stack, or if it cannot have a gate.
 */
static const struct schedcut_redirect *entered(const struct schedcut_plan *plan, unsigned long address)
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
	return r && r->flags & SCHEDCUT_FENTRY && r->vmlinux != schedcut_kernel.schedule ? r : NULL;
}

/* The gate for the function whose fentry site is at @place; NULL: there are too
 * many. */
static struct gate *gate_at(unsigned long place)
{
	unsigned int i;

	for (i = 0; i < nr_gates; i++) {
		if (go_on[i] == place + SCHEDCUT_FENTRY_SIZE)
			return &gates[i];
	}
	if (nr_gates == ARRAY_SIZE(gates))
		return NULL;
	go_on[nr_gates] = place + SCHEDCUT_FENTRY_SIZE;
	return &gates[nr_gates++];
}

/*
 * The @tries-th try has failed for somebody who has @address on his stack, 0 if
 * it is not known. Hold who wants to enter the function that he is in, until
 * schedcut_gate_open(), if it is time for that and can be done. Process context,
 * schedcut_mutex held, kprobes not held.
 */
void schedcut_gate_close(const struct schedcut_plan *plan, unsigned long address, unsigned int tries)
{
	unsigned int after = READ_ONCE(hold_after);
	const struct schedcut_redirect *r;
	struct gate *gate;
	unsigned long place;

	/* The watchdog does not rely on who would have to let go of it. */
	if (!after || tries < after || current->flags & PF_KTHREAD)
		return;
	if (tries >= after + HOLD_TRIES) {
		WRITE_ONCE(closed, false);
		return;
	}
	r = address ? entered(plan, address) : NULL;
	if (!r)
		return;
	place = schedcut_jump_place(r) - SCHEDCUT_FENTRY_SIZE;
	gate = gate_at(place);
	/* Others there would miss the calls of those who are held. */
	if (!gate || gate->set || schedcut_has_probe(place) || schedcut_has_hook(place))
		return;
	gate->probe = (struct kprobe){
		.addr = (void *)place,
		.pre_handler = on_entry,
	};
	if (!READ_ONCE(closed)) {
		atomic_set(&held, 0);
		WRITE_ONCE(deadline, jiffies + msecs_to_jiffies(HOLD_MS));
		WRITE_ONCE(switcher, current);
		WRITE_ONCE(closed, true);
	}
	gate->set = !schedcut_probe_set(&gate->probe, true);
	nr_closed += gate->set;
}

/* Let everybody go on; @stats is told how many there were. Process context,
 * schedcut_mutex held. schedcut_gate_clean() is to follow. */
void schedcut_gate_open(struct schedcut_stats *stats)
{
	WRITE_ONCE(closed, false);
	WRITE_ONCE(switcher, NULL);
	stats->gates = nr_closed;
	stats->held = nr_closed ? atomic_read(&held) : 0;
	nr_closed = 0;
}

/* Take the probes of switches that are over away. Process context, schedcut_mutex
 * not held: it waits for a grace period. */
void schedcut_gate_clean(void)
{
	struct kprobe *probes[ARRAY_SIZE(gates)];
	unsigned int i, nr = 0;

	rt_mutex_lock(&schedcut_mutex);
	for (i = 0; i < nr_gates; i++) {
		if (gates[i].set && gates[i].probe.addr)
			probes[nr++] = &gates[i].probe;
	}
	rt_mutex_unlock(&schedcut_mutex);
	if (!nr)
		return;
	schedcut_probes_remove(probes, nr);
	rt_mutex_lock(&schedcut_mutex);
	/* What could not be taken away must not be set again. */
	for (i = 0; i < nr; i++)
		container_of(probes[i], struct gate, probe)->set = !probes[i]->addr;
	rt_mutex_unlock(&schedcut_mutex);
}

/* The runtime goes: nobody may be in a stub. Who was at its begin is in the wait
 * by now, behind a grace period of RCU tasks; who is at its end, may have been
 * preempted there. */
void schedcut_gate_exit(void)
{
	if (!nr_gates)
		return;
	while (atomic_read(&inside))
		msleep(1);
	synchronize_rcu_tasks();
}

#else

unsigned long schedcut_gate_wait(unsigned int index)
{
	return 0;
}
void schedcut_gate_close(const struct schedcut_plan *plan, unsigned long address, unsigned int tries)
{
}
void schedcut_gate_open(struct schedcut_stats *stats) {}
void schedcut_gate_clean(void) {}
void schedcut_gate_exit(void) {}

#endif
