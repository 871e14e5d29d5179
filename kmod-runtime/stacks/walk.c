// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk.c - may a task's stack stay as it is across a switch?
 *
 * The forbidden ranges of a switch are the functions of vmlinux that the new scheduler
 * replaces, and all text of the old scheduler's module. A task that has a return address
 * in one of them, or was interrupted in one, prevents the switch for now. vmlinux's
 * __schedule() is not such a range: a task that sleeps in it finishes there, which the
 * tail switch allows for.
 *
 * A range begins where the jump is written: a task at its first byte or before has
 * executed nothing but the call of ftrace, and executes the new bytes from their
 * beginning.
 */
#include <linux/jhash.h>
#include <linux/sched/task_stack.h>
#include <linux/sort.h>

#include "../base/common.h"
#include "../neighbours/tracers.h"
#include "walk.h"

/* Make the table of forbidden ranges: what the new scheduler replaces or watches in vmlinux, and
 * the text of the old one. 0 or -ENOMEM. Process context. */
int schedcut_plan_ranges(struct schedcut_plan *plan)
{
	const struct schedcut_redirect *r;
	struct schedcut_range *range;
	unsigned int u, max = 1;

	for (u = 0; plan->to && u < plan->to->nr_units; u++)
		max += plan->to->units[u]->nr_redirects;
	range = schedcut_try(kvcalloc(max, sizeof(*range), GFP_KERNEL));
	if (!range)
		return -ENOMEM;
	plan->ranges = range;
	schedcut_for_each(plan->to, u, r, redirects) {
		if (r->vmlinux == schedcut_kernel.__schedule)
			continue;
		range->start = r->module ? schedcut_jump_place(r) : (unsigned long)r->vmlinux;
		range->end = (unsigned long)r->vmlinux + r->size;
		range++;
	}
	if (plan->from) {
		schedcut_module_text(plan->from->owner, &range->start, &range->end);
		range++;
	}
	plan->nr_ranges = range - plan->ranges;
	sort(plan->ranges, plan->nr_ranges, sizeof(*range), schedcut_compare_addresses, NULL);
	return 0;
}

/* @arg: struct schedcut_plan. */
static bool is_forbidden(const void *arg, unsigned long address)
{
	const struct schedcut_plan *plan = arg;
	unsigned int low = 0, high = plan->nr_ranges;

	/* The last range that starts below @address. */
	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (plan->ranges[middle].start < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address <= plan->ranges[low - 1].end;
}

/* Is @address in the detour buffer of an optimised kprobe? A task that was preempted there is
 * in the middle of a function, and no word on its stack tells which. No task is preempted in
 * the copies of instructions that other kprobes have: they are executed with interrupts off. */
static bool in_detour(unsigned long address)
{
	const struct schedcut_kernel *k = &schedcut_kernel;

	return IS_ENABLED(CONFIG_PREEMPTION) && k->__is_insn_slot_addr && k->kprobe_optinsn_slots &&
	       !schedcut_in_vmlinux(address, 1) &&
	       k->__is_insn_slot_addr(k->kprobe_optinsn_slots, address);
}

/* A walk of one stack: the first and the last address that is forbidden, 0 if there is none, and
 * the last address of all. */
struct walk {
	const struct schedcut_plan *plan;
	unsigned long found, outermost, last;
};

static bool add_to_walk(void *cookie, unsigned long address)
{
	struct walk *walk = cookie;

	if (is_forbidden(walk->plan, address) || in_detour(address)) {
		walk->found = walk->found ?: address;
		walk->outermost = address;
	}
	walk->last = address;
	return true;
}

static bool is_equal(const void *arg, unsigned long address)
{
	return *(const unsigned long *)arg == address;
}

/*
 * Is @last, the address at which a walk ended, the return address at the bottom of the stack of
 * @task, below the registers of user mode? Kernels before 6.4 also end the walk, and report no
 * error, at code with the hint that it begins a stack: that of the function graph tracer
 * between a function and its caller, and thunks for indirect jumps. A task can be preempted
 * there. Stacks of idle tasks begin differently.
 */
static bool is_bottom(struct task_struct *task, unsigned long last)
{
	const unsigned long *registers = (const unsigned long *)task_pt_regs(task);

	return READ_ONCE_NOCHECK(registers[-1]) == last || is_idle_task(task) ||
	       schedcut_hidden_return(task, is_equal, &last);
}

/* The first word of the stack of @task that lies in a forbidden range, or a return address that
 * a tracer keeps for it; 0 if there is none. Finds everything that any unwinder could find, and
 * possibly more. */
static unsigned long scan_stack(const struct schedcut_plan *plan, struct task_struct *task)
{
	unsigned long bottom = (unsigned long)task_stack_page(task);
	unsigned long sp = schedcut_inactive_sp(task) & ~(sizeof(long) - 1);
	/* 0 if the kernel has none. */
	unsigned long hidden = (unsigned long)schedcut_kernel.kretprobe_trampoline;

	if (sp < bottom || sp >= bottom + THREAD_SIZE)
		sp = bottom;
	for (; sp < bottom + THREAD_SIZE; sp += sizeof(long)) {
		unsigned long word = READ_ONCE_NOCHECK(*(unsigned long *)sp);

		if (is_forbidden(plan, word) || in_detour(word) || (hidden && word == hidden))
			return word;
	}
	return schedcut_hidden_return(task, is_forbidden, plan);
}

/* Check the stack of @task, which stays allocated. 0, or -EBUSY, with @task recorded if it is
 * the first one. If @task runs meanwhile the result is meaningless. Any context. */
int schedcut_check_task(struct task_struct *task, struct schedcut_check *check)
{
	struct walk walk = { .plan = check->plan };
	bool unreliable = false;

	if (!schedcut_kernel.arch_stack_walk_reliable || schedcut_unwinder_minds(task) ||
	    schedcut_kernel.arch_stack_walk_reliable(add_to_walk, &walk, task) ||
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

/* The place of @busy by name. Call it before the module that the place is in may go. Any
 * context. */
void schedcut_busy_place(const struct schedcut_busy *busy, char name[KSYM_SYMBOL_LEN])
{
	if (busy->detour)
		strscpy(name, "the detour of a kprobe", KSYM_SYMBOL_LEN);
	else
		/* The last instruction of a function may be a call. */
		sprint_symbol_no_offset(name, busy->address - 1);
}

static bool hash_address(void *cookie, unsigned long address)
{
	u32 *hash = cookie;

	*hash = jhash_2words(address, address >> 32, *hash);
	return true;
}

/* A hash of what stays the same on the stack of @task while it does not run. Not of its words:
 * whoever wakes it removes it from queues whose entries are on its stack. */
u32 schedcut_trace_of(struct task_struct *task)
{
	unsigned long sp = schedcut_inactive_sp(task);
	u32 hash = jhash_2words(sp, sp >> 32, 0);

	if (schedcut_kernel.arch_stack_walk_reliable)
		schedcut_kernel.arch_stack_walk_reliable(hash_address, &hash, task);
	return hash;
}
