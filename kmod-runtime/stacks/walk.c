// SPDX-License-Identifier: GPL-2.0-only
/*
 * stackcheck.c - who must not be where when the scheduler changes.
 *
 * Forbidden ranges of a switch: the functions of vmlinux that the new
 * scheduler replaces, and all text of the old scheduler's module. A task that
 * has a return address, or was interrupted, in one of them keeps the switch
 * from happening now. vmlinux's __schedule() is no such range: a task that
 * sleeps in it finishes there, which the tail switch allows for.
 *
 * A range begins where the jump is written: who stands at its first byte or
 * before has executed nothing but the call of ftrace, and runs the new bytes
 * from their beginning.
 */
#include <linux/cpumask.h>
#include <linux/kallsyms.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "../base/compat.h"
#include "../base/runtime.h"

static int by_start(const void *a, const void *b)
{
	const struct schedcut_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* What @s, or NULL, replaces or watches in vmlinux; how many that are. @range: NULL, or
 * room. */
static unsigned int add_ranges(struct schedcut_range *range, const struct schedcut_scheduler *s)
{
	const struct schedcut_redirect *r;
	unsigned int u, n = 0;

	schedcut_for_each(s, u, r, redirects) {
		unsigned long start = (unsigned long)r->vmlinux;

		if (r->vmlinux == schedcut_kernel.schedule)
			continue;
		if (range) {
			range[n].end = start + r->size;
			range[n].start = r->module ? schedcut_jump_place(r) : start;
		}
		n++;
	}
	return n;
}

/* Build the table of forbidden ranges. Outside the stop; 0 or -ENOMEM. */
int schedcut_plan_ranges(struct schedcut_plan *plan)
{
	unsigned int n = add_ranges(NULL, plan->to);

	plan->ranges = schedcut_try(kvcalloc(n + 1, sizeof(*plan->ranges), GFP_KERNEL));
	if (!plan->ranges)
		return -ENOMEM;
	add_ranges(plan->ranges, plan->to);
	if (plan->from) {
		schedcut_module_text(plan->from->owner, &plan->ranges[n].start, &plan->ranges[n].end);
		n++;
	}
	sort(plan->ranges, n, sizeof(*plan->ranges), by_start, NULL);
	plan->nr_ranges = n;
	return 0;
}

/* @arg: struct schedcut_plan. */
static bool forbidden(const void *arg, unsigned long address)
{
	const struct schedcut_plan *plan = arg;
	unsigned int low = 0, high = plan->nr_ranges;

	/* the last range that starts below @address */
	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (plan->ranges[middle].start < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address <= plan->ranges[low - 1].end;
}

/*
 * Is @address in the detour of a kprobe that has become a jump? Who was preempted
 * there is in the middle of a function, and no word on his stack tells of which.
 * Nobody is in the copies that other kprobes have, for these are executed with
 * interrupts off where the kernel is preempted.
 */
static bool in_detour(unsigned long address)
{
	const struct schedcut_kernel *k = &schedcut_kernel;

	return IS_ENABLED(CONFIG_PREEMPTION) && k->is_insn_slot_addr && k->optinsn_slots &&
	       !schedcut_in_vmlinux(address, 1) && k->is_insn_slot_addr(k->optinsn_slots, address);
}

/* @found: the first address in a forbidden range, @outermost: the last one; @last:
 * the last one of all. */
struct walk {
	const struct schedcut_plan *plan;
	unsigned long found, outermost, last;
};

static bool consume(void *cookie, unsigned long address)
{
	struct walk *walk = cookie;

	if (forbidden(walk->plan, address) || in_detour(address)) {
		walk->found = walk->found ?: address;
		walk->outermost = address;
	}
	walk->last = address;
	return true;
}

static bool is_same(const void *arg, unsigned long address)
{
	return *(const unsigned long *)arg == address;
}

/*
 * Is @last, with which a walk ended, the return address at the bottom of the
 * stack of @task, below the registers of user mode? Kernels before 6.4 also end
 * it, and find nothing wrong with that, where code has the hint that it begins a
 * stack: that of the function graph tracer between a function and its caller, and
 * thunks for indirect jumps. A task can be preempted there. Stacks of idle tasks
 * begin otherwise.
 */
static bool is_bottom(struct task_struct *task, unsigned long last)
{
	const unsigned long *registers = (const unsigned long *)task_pt_regs(task);

	return READ_ONCE_NOCHECK(registers[-1]) == last || is_idle_task(task) ||
	       schedcut_hidden_return(task, is_same, &last);
}

/*
 * Any word of the stack of @task that lies in a forbidden range, or return
 * address that a tracer keeps for it; 0 if none. Finds everything that any
 * unwinder could, and possibly more.
 */
static unsigned long scan_stack(const struct schedcut_plan *plan, struct task_struct *task)
{
	unsigned long bottom = (unsigned long)task_stack_page(task);
	unsigned long sp = schedcut_inactive_sp(task) & ~(sizeof(long) - 1);
	/* 0 where there is none. */
	unsigned long hidden = (unsigned long)schedcut_kernel.kretprobe_return;

	if (sp < bottom || sp >= bottom + THREAD_SIZE)
		sp = bottom;
	for (; sp < bottom + THREAD_SIZE; sp += sizeof(long)) {
		unsigned long word = READ_ONCE_NOCHECK(*(unsigned long *)sp);

		if (forbidden(plan, word) || in_detour(word) || (hidden && word == hidden))
			return word;
	}
	return schedcut_hidden_return(task, forbidden, plan);
}

/*
 * Look at the stack of @task, which stays allocated. 0, or -EBUSY having
 * recorded @task if nobody was before. If @task runs meanwhile the answer means
 * nothing.
 */
int schedcut_check_task(struct task_struct *task, struct schedcut_check *check)
{
	struct walk walk = { .plan = check->plan };
	bool unreliable = false;

	if (!schedcut_kernel.arch_stack_walk_reliable || schedcut_unwinder_minds(task) ||
	    schedcut_kernel.arch_stack_walk_reliable(consume, &walk, task) ||
	    (!walk.found && !is_bottom(task, walk.last))) {
		unreliable = !walk.found;
		if (unreliable) {
			atomic_inc(&check->unreliable);
			walk.found = scan_stack(check->plan, task);
		}
	}
	if (!walk.found)
		return 0;
	if (!atomic_xchg(&check->found, 1)) {
		memcpy(check->busy.comm, task->comm, sizeof(check->busy.comm));
		check->busy.comm[sizeof(check->busy.comm) - 1] = '\0';
		check->busy.pid = task->pid;
		check->busy.address = walk.found;
		check->busy.outermost = walk.outermost;
		check->busy.unreliable = unreliable;
		check->busy.detour = in_detour(walk.found);
	}
	return -EBUSY;
}

/* Where @busy is: no address. Not later than the module that it is in may go. */
void schedcut_busy_place(const struct schedcut_busy *busy, char name[KSYM_SYMBOL_LEN])
{
	if (busy->detour)
		strscpy(name, "the detour of a kprobe", KSYM_SYMBOL_LEN);
	else
		/* The last instruction of a function may be a call. */
		sprint_symbol_no_offset(name, busy->address - 1);
}

/* The same inside the stop, where all tasks but the stoppers are off the CPUs
 * and stay as they are. @arg: struct schedcut_check. */
int schedcut_check_stopped(struct task_struct *task, void *arg)
{
	struct schedcut_check *check = arg;
	const struct schedcut_scheduler *s = check->plan->to ?: check->plan->from;

	if (task == s->stopper(task_cpu(task)) || schedcut_stack_gone(task))
		return 0;
	atomic_inc(&check->looked);
	return schedcut_check_task(task, check);
}

/* This CPU's share of all tasks: every @n-th of the tasklist. */
static int check_all(struct schedcut_check *check, unsigned int index, unsigned int n)
{
	struct task_struct *g, *task;
	unsigned int threads = 0;
	int ret;

	for_each_process_thread(g, task) {
		if (threads++ % n != index)
			continue;
		ret = schedcut_check_stopped(task, check);
		if (ret)
			return ret;
	}
	if (!index)
		atomic_set(&check->threads, threads);
	return 0;
}

/*
 * Check this CPU's share of the tasks, and those of its own run queue that are
 * not on the tasklist. On every CPU, inside the stop. 0 or -EBUSY.
 */
int schedcut_check_stacks(struct schedcut_check *check, unsigned int index, unsigned int n)
{
	const struct schedcut_scheduler *s = check->plan->to ?: check->plan->from;
	bool changed = check->snapshot;
	int ret;

	/* What counts switches is the active scheduler, which its author may
	 * have changed: see whether it does. */
	if (changed && schedcut_switches_of(check->caller) == check->caller_switches)
		changed = false;
	if (!index)
		check->full = !changed;
	if (!index && changed && check->verify)
		check->missed = schedcut_verify(check->snapshot);
	if (changed)
		ret = schedcut_for_each_changed(check->snapshot, index, n, schedcut_check_stopped,
						check);
	else
		ret = check_all(check, index, n);
	return ret ?: s->for_each_hidden_task(smp_processor_id(), schedcut_check_stopped, check);
}
