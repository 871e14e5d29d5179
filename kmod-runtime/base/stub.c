// SPDX-License-Identifier: GPL-2.0-only
#include <linux/vmalloc.h>

#include "common.h"
#include "stub.h"

/* Both count bytes from schedcut_schedule_entry(); in tail_x86_64.S. */
extern const unsigned long schedcut_stub_branches[SCHEDCUT_NR_BRANCHES];
extern const unsigned long schedcut_stub_size;

DEFINE_PER_CPU(struct schedcut_cpu, schedcut_cpu);

/* The assembly has these as numbers. */
static_assert(offsetof(struct schedcut_cpu, entry_sp) == 0);
static_assert(offsetof(struct schedcut_cpu, entries) == 8);
static_assert(offsetof(struct schedcut_cpu, switches) == 16);
static_assert(offsetof(struct schedcut_cpu, parked) == 24);

/* Of tail_x86_64.S; exported here because C knows its type. */
EXPORT_SYMBOL_GPL(schedcut_switch_tail);

/* Tasks with a return address into the stub on their stack. Exact while nothing runs; never too
 * low while no scheduler module is active. Any context. */
long schedcut_parked(void)
{
	return schedcut_sum(schedcut_cpu.parked);
}

/* Is @address in the stub? Any context. */
bool schedcut_in_stub(unsigned long address)
{
	return address - (unsigned long)schedcut_schedule_entry < schedcut_stub_size;
}

/* in_sched_functions() while a scheduler module is active. The stub counts as one of them, or
 * every sleeping task would be reported to sleep in it. */
int schedcut_in_sched_functions(unsigned long addr)
{
	const struct schedcut_kernel *k = &schedcut_kernel;

	return (addr >= (unsigned long)k->__sched_text_start &&
		addr < (unsigned long)k->__sched_text_end) ||
	       (addr >= (unsigned long)k->__lock_text_start &&
		addr < (unsigned long)k->__lock_text_end) ||
	       schedcut_in_stub(addr);
}

unsigned long schedcut_branch_place(enum schedcut_branch branch)
{
	return (unsigned long)schedcut_schedule_entry + schedcut_stub_branches[branch];
}

static void sync_core_on_cpu(void *unused)
{
	sync_core();
}

/* Direct the stub's branches to where they lead while no scheduler module is active.
 * schedcut_kernel is known, and no task has been in the stub yet. 0, -ENOMEM or -ERANGE
 * (logged). Process context. */
int schedcut_stub_init(void)
{
	static const struct {
		enum schedcut_branch branch;
		char **target;
	} initial[] = {
		{ SCHEDCUT_BRANCH_SWITCH_TO, &schedcut_kernel.__switch_to_asm },
		{ SCHEDCUT_BRANCH_FINISH, &schedcut_kernel.finish_task_switch },
	};
	unsigned long entry = (unsigned long)schedcut_schedule_entry, start, place;
	struct page *pages[2];
	u8 *alias;
	unsigned int i;
	int ret = 0;

	BUILD_BUG_ON(ARRAY_SIZE(initial) != SCHEDCUT_NR_BRANCHES - 1);
	/* objtool would take a folded "entry - 1" for the address of a function. */
	OPTIMIZER_HIDE_VAR(entry);
	start = entry & PAGE_MASK;
	/* The stub may cross from one page to the next. */
	pages[0] = vmalloc_to_page((void *)start);
	pages[1] = vmalloc_to_page((void *)(entry + schedcut_stub_size - 1));
	alias = schedcut_try(vmap(pages, pages[0] == pages[1] ? 1 : 2, VM_MAP, PAGE_KERNEL));
	if (!alias)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(initial) && !ret; i++) {
		place = schedcut_branch_place(initial[i].branch);
		ret = schedcut_make_branch(alias + (place - start), *(u8 *)place, place,
					   (unsigned long)*initial[i].target);
	}
	vunmap(alias);
	vm_unmap_aliases();
	if (ret)
		pr_err("refused: the runtime is out of a jump's range of the kernel\n");
	on_each_cpu(sync_core_on_cpu, NULL, 1);
	return ret;
}
