// SPDX-License-Identifier: GPL-2.0-only
/*
 * patch.c - the writes of one switch.
 *
 * The tables of writes of two schedulers are merged into steps, and the pages concerned
 * are mapped a second time, writable, until the switch is over.
 */
#include <linux/vmalloc.h>

#include "../base/common.h"
#include "patch.h"

/* Merge what the old scheduler has written with what the new one writes. 0 or -ENOMEM. Process
 * context. */
int schedcut_plan_steps(struct schedcut_plan *plan)
{
	const struct schedcut_state *from = plan->from ? plan->from->state : NULL;
	const struct schedcut_state *to = plan->to ? plan->to->state : NULL;
	unsigned int nr_from = from ? from->nr_writes : 0, nr_to = to ? to->nr_writes : 0;
	unsigned int f = 0, t = 0;
	struct schedcut_step *step;

	plan->steps = schedcut_try(kvcalloc(nr_from + nr_to, sizeof(*plan->steps), GFP_KERNEL));
	if (!plan->steps)
		return -ENOMEM;
	for (step = plan->steps; f < nr_from || t < nr_to; step++) {
		const struct schedcut_write *old = f < nr_from ? &from->writes[f] : NULL;
		const struct schedcut_write *new = t < nr_to ? &to->writes[t] : NULL;

		if (old && new && old->place != new->place) {
			if (old->place < new->place)
				new = NULL;
			else
				old = NULL;
		}
		step->write = new ?: old;
		step->expect = old ? old->new : new->old;
		step->want = new ? new->new : old->old;
		f += !!old;
		t += !!new;
	}
	plan->nr_steps = step - plan->steps;
	return 0;
}

static unsigned long first_page_of(const struct schedcut_step *step)
{
	return step->write->place >> PAGE_SHIFT;
}

static unsigned long last_page_of(const struct schedcut_step *step)
{
	return (step->write->place + step->write->size - 1) >> PAGE_SHIFT;
}

/* The page of @address, in vmlinux's image or in the stub. */
static struct page *page_of(unsigned long address)
{
	if (schedcut_in_vmlinux(address, 1))
		return pfn_to_page(__pa(address) >> PAGE_SHIFT);
	return vmalloc_to_page((void *)address);
}

/* Map the pages of all steps, each once, in order. Pages that are adjacent in vmlinux are
 * adjacent in the window, so a write may cross from one to the next. 0 or -ENOMEM. Process
 * context. */
int schedcut_plan_map(struct schedcut_plan *plan)
{
	struct page **pages;
	unsigned long page, last = 0;
	unsigned int i, nr = 0, max = 0;

	if (!plan->nr_steps)
		return 0;
	for (i = 0; i < plan->nr_steps; i++)
		max += last_page_of(&plan->steps[i]) - first_page_of(&plan->steps[i]) + 1;
	pages = schedcut_try(kvcalloc(max, sizeof(*pages), GFP_KERNEL));
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < plan->nr_steps; i++) {
		struct schedcut_step *step = &plan->steps[i];

		for (page = first_page_of(step); page <= last_page_of(step); page++) {
			if (page <= last)
				continue;
			pages[nr++] = page_of(page << PAGE_SHIFT);
			last = page;
		}
		/* The offset in the window, until there is one. */
		step->alias = (u8 *)((nr - 1 - (last - first_page_of(step))) << PAGE_SHIFT) +
			      offset_in_page(step->write->place);
	}
	plan->window = schedcut_try(vmap(pages, nr, VM_MAP, PAGE_KERNEL));
	kvfree(pages);
	if (!plan->window)
		return -ENOMEM;
	for (i = 0; i < plan->nr_steps; i++)
		plan->steps[i].alias = (u8 *)plan->window + (unsigned long)plan->steps[i].alias;
	return 0;
}

/* Not lazily: afterwards no CPU can write to the kernel's text. Process context, may sleep. */
void schedcut_plan_unmap(struct schedcut_plan *plan)
{
	if (!plan->window)
		return;
	vunmap(plan->window);
	vm_unmap_aliases();
	plan->window = NULL;
}

/* The first address that another patcher has changed and @step depends on, or 0. @step depends
 * on its place and, in a function whose calls it redirects, on what is before its place: a jump
 * there diverts the calls. ftrace has only calls there. */
static unsigned long changed_place(const struct schedcut_step *step)
{
	const struct schedcut_write *w = step->write;
	unsigned long fentry = w->place - SCHEDCUT_FENTRY_SIZE;

	if (memcmp((const void *)w->place, step->expect, w->size))
		return w->place;
	if (!w->entry || step->want != w->new)
		return 0;
	if (w->entry < w->place && schedcut_leads_away(w->entry))
		return w->entry;
	if (w->entry < fentry && schedcut_leads_away(fentry))
		return fentry;
	return 0;
}

/* The first write that conflicts with what another patcher has done, and its address in @place;
 * NULL if there is none. Process context. */
const struct schedcut_write *schedcut_plan_conflict(const struct schedcut_plan *plan,
						    unsigned long *place)
{
	unsigned int i;

	lockdep_assert_held(schedcut_kernel.text_mutex);
	for (i = 0; i < plan->nr_steps; i++) {
		*place = changed_place(&plan->steps[i]);
		if (*place)
			return plan->steps[i].write;
	}
	return NULL;
}

/* Write a jump in one store if its bytes are in one cache line: a non-maskable interrupt may
 * execute the function at this moment. */
static void write_jump(u8 *alias, const u8 *want)
{
	size_t offset = (unsigned long)alias % SCHEDCUT_FETCH_LINE;
	size_t before = 0;
	u64 word;

	if (offset + SCHEDCUT_JUMP_SIZE > SCHEDCUT_FETCH_LINE) {
		memcpy(alias, want, SCHEDCUT_JUMP_SIZE);
		return;
	}
	if (offset + sizeof(word) > SCHEDCUT_FETCH_LINE)
		before = offset + sizeof(word) - SCHEDCUT_FETCH_LINE;
	memcpy(&word, alias - before, sizeof(word));
	memcpy((u8 *)&word + before, want, SCHEDCUT_JUMP_SIZE);
	WRITE_ONCE(*(u64 *)(alias - before), word);
}

/* The first of CPU @index's steps, of @n CPUs. All steps that begin in one cache line are one
 * CPU's, because a jump is written together with the bytes beside it. */
static unsigned int first_step_of(const struct schedcut_plan *plan, unsigned int index, unsigned int n)
{
	const struct schedcut_step *steps = plan->steps;
	unsigned int i = (u64)plan->nr_steps * index / n;

	while (i && i < plan->nr_steps &&
	       steps[i - 1].write->place / SCHEDCUT_FETCH_LINE ==
		       steps[i].write->place / SCHEDCUT_FETCH_LINE)
		i++;
	return i;
}

/* Do the steps of CPU @index, of @n CPUs. Inside the stop, where no CPU executes what is
 * written. Every CPU must synchronise its instruction stream when all steps are done. */
void schedcut_plan_write(const struct schedcut_plan *plan, unsigned int index, unsigned int n)
{
	unsigned int i, end = first_step_of(plan, index + 1, n);

	for (i = first_step_of(plan, index, n); i < end; i++) {
		const struct schedcut_step *step = &plan->steps[i];

		if (step->write->size == SCHEDCUT_JUMP_SIZE)
			write_jump(step->alias, step->want);
		else
			memcpy(step->alias, step->want, step->write->size);
	}
}
