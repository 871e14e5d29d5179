// SPDX-License-Identifier: GPL-2.0-only
/*
 * patch.c - what a scheduler writes to vmlinux and to the stub: jumps at function entries,
 * the targets of the stub's branches, and the contents of class objects.
 *
 * At registration each scheduler gets its table of writes, with the bytes that vmlinux
 * has there. At a switch the tables of two schedulers are merged into steps, and the pages
 * concerned are mapped a second time, writable, until the switch is over.
 */
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "../base/common.h"
#include "../base/stub.h"
#include "../neighbours/kprobes.h"
#include "patch.h"

/* --- the table of a scheduler */

static bool ranges_overlap(unsigned long a, size_t a_size, unsigned long b, size_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* The target of the jump for @r. Some functions have a resident replacement. */
static unsigned long jump_target(const struct schedcut_redirect *r)
{
	if (r->vmlinux == schedcut_kernel.__schedule)
		return (unsigned long)schedcut_schedule_entry;
	if (r->vmlinux == schedcut_kernel.in_sched_functions)
		return (unsigned long)schedcut_in_sched_functions;
	return (unsigned long)r->module;
}

/* The active scheduler's write that overlaps [place, place + size), or NULL. Its .old is what
 * vmlinux has there. */
static const struct schedcut_write *active_write(unsigned long place, size_t size)
{
	const struct schedcut_state *state;
	unsigned int i;

	if (!schedcut_active)
		return NULL;
	state = schedcut_active->state;
	for (i = 0; i < state->nr_writes; i++) {
		if (ranges_overlap(state->writes[i].place, state->writes[i].size, place, size))
			return &state->writes[i];
	}
	return NULL;
}

/* Append a write to @state's table. vmlinux's bytes at @place are copied to *@bytes, which is
 * advanced. NULL: refused (logged). */
static struct schedcut_write *add_write(struct schedcut_state *state, const char *name,
					unsigned long place, size_t size, u8 **bytes)
{
	struct schedcut_write *w = &state->writes[state->nr_writes++];
	const struct schedcut_write *active = active_write(place, size);
	const char *why = NULL;

	if (!schedcut_in_vmlinux(place, size) && !schedcut_in_stub(place))
		why = "not in vmlinux";
	else if (active && (active->place != place || active->size != size))
		why = "the active scheduler replaces another part of it";
	if (why) {
		schedcut_refuse(state->scheduler, name, why, -EINVAL);
		return NULL;
	}
	w->place = place;
	w->size = size;
	w->name = name;
	w->old = memcpy(*bytes, active ? active->old : (const u8 *)place, size);
	*bytes += size;
	return w;
}

/* Let @w, a jump or call by its @opcode, lead to @target. 0 or -ERANGE (logged). */
static int set_target(struct schedcut_state *state, struct schedcut_write *w, u8 opcode,
		      unsigned long target, u8 **bytes)
{
	if (schedcut_make_branch(*bytes, opcode, w->place, target))
		return schedcut_refuse(state->scheduler, w->name,
				       "the module is out of a jump's range", -ERANGE);
	w->new = *bytes;
	*bytes += SCHEDCUT_JUMP_SIZE;
	return 0;
}

/* Append the jump for @r. 0 or -errno (logged). */
static int add_jump(struct schedcut_state *state, const struct schedcut_redirect *r, u8 **bytes)
{
	unsigned long place = schedcut_jump_place(r), entry = (unsigned long)r->vmlinux;
	struct schedcut_write *w;
	const char *why;
	int ret;

	if (place + SCHEDCUT_JUMP_SIZE > entry + r->size)
		return schedcut_refuse(state->scheduler, r->name, "too small for a jump", -EINVAL);
	w = add_write(state, r->name, place, SCHEDCUT_JUMP_SIZE, bytes);
	if (!w)
		return -EINVAL;
	w->entry = entry;
	w->end = entry + r->size;
	why = schedcut_patched_at_run_time(place);
	if (why)
		return schedcut_refuse(state->scheduler, r->name, why, -EINVAL);
	if (!active_write(place, w->size)) {
		ret = schedcut_check_owner(state->scheduler->name, w);
		if (ret)
			return ret;
	}
	return set_target(state, w, SCHEDCUT_JUMP_OPCODE, jump_target(r), bytes);
}

/* Append the @branch of the stub, which leads to @target while the scheduler is active. 0 or
 * -errno (logged). */
static int add_branch(struct schedcut_state *state, enum schedcut_branch branch, void *target,
		      u8 **bytes)
{
	struct schedcut_write *w = add_write(state, "the entry stub", schedcut_branch_place(branch),
					     SCHEDCUT_JUMP_SIZE, bytes);

	return w ? set_target(state, w, w->old[0], (unsigned long)target, bytes) : -EINVAL;
}

/* How many writes, and how many bytes of memory for them, @s needs. */
static void count_writes(const struct schedcut_scheduler *s, unsigned int *nr, size_t *bytes)
{
	const struct schedcut_redirect *r;
	const struct schedcut_class *class;
	unsigned int u, jumps = 2; /* branches of the stub */

	schedcut_for_each(s, u, r, redirects)
		jumps += !!r->module;
	*nr = jumps;
	*bytes = jumps * 2 * SCHEDCUT_JUMP_SIZE;
	schedcut_for_each(s, u, class, classes) {
		(*nr)++;
		*bytes += class->size;
	}
}

/* Fill in state->writes, which is allocated, in any order. */
static int build_writes(struct schedcut_state *state)
{
	const struct schedcut_scheduler *s = state->scheduler;
	const struct schedcut_redirect *r;
	const struct schedcut_class *class;
	u8 *bytes = state->bytes;
	unsigned int u;
	int ret;

	ret = add_branch(state, SCHEDCUT_BRANCH_SCHEDULE, s->schedule, &bytes) ?:
		      add_branch(state, SCHEDCUT_BRANCH_FINISH, s->finish, &bytes);
	if (ret)
		return ret;
	schedcut_for_each(s, u, r, redirects) {
		ret = r->module ? add_jump(state, r, &bytes) : 0;
		if (ret)
			return ret;
	}
	schedcut_for_each(s, u, class, classes) {
		struct schedcut_write *w = add_write(state, class->name,
						     (unsigned long)class->vmlinux, class->size,
						     &bytes);

		if (!w)
			return -EINVAL;
		w->new = class->module;
	}
	return 0;
}

/* Make the table of writes of @state. 0, -ENOMEM, or another error, which has been logged with
 * the function and the reason. schedcut_mutex held. What is allocated belongs to @state in any
 * case. Process context. */
int schedcut_writes_build(struct schedcut_state *state)
{
	struct schedcut_write *w;
	unsigned int i, nr;
	size_t size;
	int ret;

	lockdep_assert_held(&schedcut_mutex);
	count_writes(state->scheduler, &nr, &size);
	state->writes = schedcut_try(kvcalloc(nr, sizeof(*w), GFP_KERNEL));
	state->bytes = schedcut_try(kvzalloc(size, GFP_KERNEL));
	if (!state->writes || !state->bytes)
		return -ENOMEM;
	schedcut_probes_lock();
	ret = build_writes(state);
	schedcut_probes_unlock();
	if (ret)
		return ret;
	sort(state->writes, nr, sizeof(*w), schedcut_compare_addresses, NULL);
	for (i = 1; i < nr; i++) {
		w = &state->writes[i - 1];
		if (ranges_overlap(w[0].place, w[0].size, w[1].place, w[1].size))
			return schedcut_refuse(state->scheduler, w[1].name, "listed twice", -EINVAL);
	}
	return 0;
}

/* --- the steps of a switch */

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
