// SPDX-License-Identifier: GPL-2.0-only
/*
 * redirect.c - what a scheduler writes to vmlinux and to the resident stub:
 * jumps at function entries, the branches out of the stub, and the contents of
 * class objects.
 *
 * At registration each scheduler gets its table of writes, with the bytes that
 * vmlinux has there. A switch merges two such tables into steps, and maps the
 * pages concerned a second time, writable, for as long as it lasts.
 */
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../base/compat.h"
#include "../base/runtime.h"

/* Is [@start, @start + @size) in vmlinux's text or read-only data? */
bool schedcut_in_vmlinux(unsigned long start, size_t size)
{
	return start >= (unsigned long)schedcut_kernel.text_start &&
	       start + size <= (unsigned long)schedcut_kernel.text_end;
}

static bool overlap(unsigned long a, size_t a_size, unsigned long b, size_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* Has a table, of entries that begin with the relative address of a site of a
 * jump's size, one that overlaps the jump at @place? */
static bool has_site(const void *start, const void *end, size_t entry_size, unsigned long place)
{
	const u8 *entry;

	if (!start || !end)
		return false;
	for (entry = start; entry < (const u8 *)end; entry += entry_size) {
		unsigned long site = (unsigned long)entry + *(const s32 *)entry;

		if (overlap(site, SCHEDCUT_JUMP_SIZE, place, SCHEDCUT_JUMP_SIZE))
			return true;
	}
	return false;
}

/* Code that the kernel itself changes while it runs; NULL if there is none. */
static const char *live_site(unsigned long place)
{
	const struct schedcut_kernel *k = &schedcut_kernel;

	if (has_site(k->jump_table_start, k->jump_table_end, SCHEDCUT_JUMP_ENTRY_SIZE, place))
		return "a jump label is in its first bytes";
	if (has_site(k->static_call_sites_start, k->static_call_sites_end,
		     SCHEDCUT_STATIC_CALL_SIZE, place))
		return "a static call is in its first bytes";
	return NULL;
}

/* Where the jump for @r is written. */
unsigned long schedcut_jump_place(const struct schedcut_redirect *r)
{
	return (unsigned long)r->vmlinux + (r->flags & SCHEDCUT_ENDBR ? SCHEDCUT_ENDBR_SIZE : 0) +
	       (r->flags & SCHEDCUT_FENTRY ? SCHEDCUT_FENTRY_SIZE : 0);
}

/* Where a jump for @r leads: some functions have a resident replacement. */
static unsigned long jump_target(const struct schedcut_redirect *r)
{
	if (r->vmlinux == schedcut_kernel.schedule)
		return (unsigned long)schedcut_schedule_entry;
	if (r->vmlinux == schedcut_kernel.in_sched_functions)
		return (unsigned long)schedcut_in_sched_functions;
	return (unsigned long)r->module;
}

/*
 * The write of the active scheduler that touches [place, place + size), or
 * NULL. Its .old is what vmlinux has there.
 */
static const struct schedcut_write *active_write(unsigned long place, size_t size)
{
	const struct schedcut_state *state;
	unsigned int i;

	if (!schedcut_active)
		return NULL;
	state = schedcut_active->state;
	for (i = 0; i < state->nr_writes; i++) {
		if (overlap(state->writes[i].place, state->writes[i].size, place, size))
			return &state->writes[i];
	}
	return NULL;
}

static int refuse(const struct schedcut_state *state, const char *name, const char *why, int error)
{
	pr_err("%s refused: %s: %s\n", state->scheduler->name, name, why);
	return error;
}

/* Copy vmlinux's bytes at @w->place to @old and check that they are its own. */
static int read_old(struct schedcut_state *state, struct schedcut_write *w, u8 *old)
{
	const struct schedcut_write *active;

	if (!schedcut_in_vmlinux(w->place, w->size) && !schedcut_in_stub(w->place))
		return refuse(state, w->name, "not in vmlinux", -EINVAL);
	active = active_write(w->place, w->size);
	if (active && (active->place != w->place || active->size != w->size))
		return refuse(state, w->name, "the active scheduler replaces another part of it",
			      -EINVAL);
	memcpy(old, active ? active->old : (const u8 *)w->place, w->size);
	w->old = old;
	return 0;
}

/* The call or jump (@opcode) at @place to @target: 0 or -ERANGE. */
static int make_branch(u8 *bytes, u8 opcode, unsigned long place, unsigned long target)
{
	s64 distance = (s64)(target - (place + SCHEDCUT_JUMP_SIZE));
	s32 value = distance;

	if (distance != value)
		return -ERANGE;
	bytes[0] = opcode;
	memcpy(bytes + 1, &value, sizeof(value));
	return 0;
}

/* Fill in @w for @r, with its bytes at @bytes (2 * SCHEDCUT_JUMP_SIZE). */
static int build_jump(struct schedcut_state *state, const struct schedcut_redirect *r,
		      struct schedcut_write *w, u8 *bytes)
{
	u8 *new = bytes + SCHEDCUT_JUMP_SIZE;
	const char *why;
	int ret;

	w->place = schedcut_jump_place(r);
	w->size = SCHEDCUT_JUMP_SIZE;
	w->entry = (unsigned long)r->vmlinux;
	w->end = w->entry + r->size;
	w->name = r->name;
	w->new = new;
	if (w->place + w->size > w->end)
		return refuse(state, r->name, "too small for a jump", -EINVAL);
	ret = read_old(state, w, bytes);
	if (ret)
		return ret;
	why = live_site(w->place);
	if (why)
		return refuse(state, r->name, why, -EINVAL);
	if (!active_write(w->place, w->size)) {
		ret = schedcut_check_owner(state->scheduler->name, w, bytes);
		if (ret)
			return ret;
	}
	if (make_branch(new, SCHEDCUT_JUMP_OPCODE, w->place, jump_target(r)))
		return refuse(state, r->name, "the module is out of a jump's range", -ERANGE);
	return 0;
}

static unsigned long branch_place(enum schedcut_branch branch)
{
	return (unsigned long)schedcut_schedule_entry + schedcut_stub_branches[branch];
}

/* Have @branch of the stub lead to @target while @state is active; as above. */
static int build_branch(struct schedcut_state *state, enum schedcut_branch branch, void *target,
			struct schedcut_write *w, u8 *bytes)
{
	u8 *new = bytes + SCHEDCUT_JUMP_SIZE;
	int ret;

	w->place = branch_place(branch);
	w->size = SCHEDCUT_JUMP_SIZE;
	w->name = "the entry stub";
	w->new = new;
	ret = read_old(state, w, bytes);
	if (ret)
		return ret;
	if (make_branch(new, bytes[0], w->place, (unsigned long)target))
		return refuse(state, w->name, "the module is out of a jump's range", -ERANGE);
	return 0;
}

static void synchronize(void *unused)
{
	sync_core();
}

/*
 * Have the stub lead where it leads while no scheduler module is active, once
 * schedcut_kernel is known: nobody has been in it yet. 0, -ENOMEM or -ERANGE.
 * Process context.
 */
int schedcut_stub_init(void)
{
	static const struct {
		enum schedcut_branch branch;
		void **target;
	} initial[] = {
		{ SCHEDCUT_BRANCH_SWITCH_TO, &schedcut_kernel.switch_to_asm },
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
		place = branch_place(initial[i].branch);
		ret = make_branch(alias + (place - start), *(u8 *)place, place,
				  (unsigned long)*initial[i].target);
	}
	vunmap(alias);
	vm_unmap_aliases();
	if (ret)
		pr_err("refused: the runtime is out of a jump's range of the kernel\n");
	on_each_cpu(synchronize, NULL, 1);
	return ret;
}

static int by_place(const void *a, const void *b)
{
	const struct schedcut_write *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

/* How many writes and how many bytes of storage @s needs. */
static void measure(const struct schedcut_scheduler *s, unsigned int *nr, size_t *bytes)
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

/* Fill in @w for @class, with vmlinux's contents at @bytes. */
static int build_class(struct schedcut_state *state, const struct schedcut_class *class,
		       struct schedcut_write *w, u8 *bytes)
{
	w->place = (unsigned long)class->vmlinux;
	w->size = class->size;
	w->name = class->name;
	w->new = class->module;
	return read_old(state, w, bytes);
}

/* As below, with schedcut_probes_hold(). */
static int writes_build(struct schedcut_state *state)
{
	const struct schedcut_scheduler *s = state->scheduler;
	const struct schedcut_redirect *r;
	const struct schedcut_class *class;
	struct schedcut_write *w;
	unsigned int u, i;
	size_t size;
	u8 *bytes;
	int ret;

	measure(s, &state->nr_writes, &size);
	state->writes = schedcut_try(kvcalloc(state->nr_writes, sizeof(*state->writes), GFP_KERNEL));
	state->bytes = schedcut_try(kvzalloc(size, GFP_KERNEL));
	if (!state->writes || !state->bytes)
		return -ENOMEM;
	w = state->writes;
	bytes = state->bytes;
	ret = build_branch(state, SCHEDCUT_BRANCH_SCHEDULE, s->schedule, w++, bytes);
	bytes += 2 * SCHEDCUT_JUMP_SIZE;
	if (!ret)
		ret = build_branch(state, SCHEDCUT_BRANCH_FINISH, s->finish, w++, bytes);
	bytes += 2 * SCHEDCUT_JUMP_SIZE;
	if (ret)
		return ret;
	schedcut_for_each(s, u, r, redirects) {
		if (!r->module)
			continue;
		ret = build_jump(state, r, w++, bytes);
		if (ret)
			return ret;
		bytes += 2 * SCHEDCUT_JUMP_SIZE;
	}
	schedcut_for_each(s, u, class, classes) {
		ret = build_class(state, class, w++, bytes);
		if (ret)
			return ret;
		bytes += class->size;
	}
	sort(state->writes, state->nr_writes, sizeof(*state->writes), by_place, NULL);
	for (i = 1; i < state->nr_writes; i++) {
		w = &state->writes[i - 1];
		if (overlap(w[0].place, w[0].size, w[1].place, w[1].size))
			return refuse(state, w[1].name, "listed twice", -EINVAL);
	}
	return 0;
}

/*
 * Make the table of writes of @state. 0, -ENOMEM, or a refusal that has been
 * logged with the function's name and the reason. schedcut_mutex held; freed
 * by schedcut_state_free() in any case.
 */
int schedcut_writes_build(struct schedcut_state *state)
{
	int ret;

	schedcut_probes_hold();
	ret = writes_build(state);
	schedcut_probes_release();
	return ret;
}

/*
 * Merge what the old scheduler has written with what the new one writes.
 * Outside the stop; 0 or -ENOMEM.
 */
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

static unsigned long first_page(const struct schedcut_step *step)
{
	return step->write->place >> PAGE_SHIFT;
}

static unsigned long last_page(const struct schedcut_step *step)
{
	return (step->write->place + step->write->size - 1) >> PAGE_SHIFT;
}

/* Of vmlinux's image, or of the stub. */
static struct page *page_of(unsigned long address)
{
	if (schedcut_in_vmlinux(address, 1))
		return pfn_to_page(__pa(address) >> PAGE_SHIFT);
	return vmalloc_to_page((void *)address);
}

/*
 * Map the pages of all steps, each once, in order: neighbours in vmlinux are
 * neighbours in the window, so a write may cross from one page to the next.
 * Outside the stop; 0 or -ENOMEM.
 */
int schedcut_plan_map(struct schedcut_plan *plan)
{
	struct page **pages;
	unsigned long page, last = 0;
	unsigned int i, nr = 0, max = 0;

	if (!plan->nr_steps)
		return 0;
	for (i = 0; i < plan->nr_steps; i++)
		max += last_page(&plan->steps[i]) - first_page(&plan->steps[i]) + 1;
	pages = schedcut_try(kvcalloc(max, sizeof(*pages), GFP_KERNEL));
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < plan->nr_steps; i++) {
		struct schedcut_step *step = &plan->steps[i];

		for (page = first_page(step); page <= last_page(step); page++) {
			if (page <= last)
				continue;
			pages[nr++] = page_of(page << PAGE_SHIFT);
			last = page;
		}
		/* For now the offset in the window that is to come. */
		step->alias = (u8 *)((nr - 1 - (last - first_page(step))) << PAGE_SHIFT) +
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

/* Not only lazily: no CPU must be able to write to the kernel's text any more.
 * Process context, may sleep. */
void schedcut_plan_unmap(struct schedcut_plan *plan)
{
	if (!plan->window)
		return;
	vunmap(plan->window);
	vm_unmap_aliases();
	plan->window = NULL;
}

/*
 * Where somebody else has changed what @step needs; 0 if nobody has. That is
 * its place, and what is before it in a function whose calls it is to get: who
 * writes a jump there takes them away. ftrace has calls there.
 */
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

/*
 * The first write that is in conflict with what somebody else has done, and
 * where that is in @place; NULL if there is none. With text_mutex held.
 */
const struct schedcut_write *schedcut_plan_conflict(const struct schedcut_plan *plan,
						    unsigned long *place)
{
	unsigned int i;

	for (i = 0; i < plan->nr_steps; i++) {
		*place = changed_place(&plan->steps[i]);
		if (*place)
			return plan->steps[i].write;
	}
	return NULL;
}

/*
 * Write a jump in one store where its bytes share a cache line: a
 * non-maskable interrupt may run the function at this moment.
 */
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

/* The first step that is CPU @index's of @n. All that begin in one line are of one CPU:
 * a jump is written with what is beside it. */
static unsigned int first_step(const struct schedcut_plan *plan, unsigned int index, unsigned int n)
{
	const struct schedcut_step *steps = plan->steps;
	unsigned int i = (u64)plan->nr_steps * index / n;

	while (i && i < plan->nr_steps &&
	       steps[i - 1].write->place / SCHEDCUT_FETCH_LINE ==
		       steps[i].write->place / SCHEDCUT_FETCH_LINE)
		i++;
	return i;
}

/*
 * Do the writes that are CPU @index's of @n. Inside the stop, where nobody runs what
 * is written to; every CPU must synchronise its instruction stream when all are done.
 */
void schedcut_plan_write(const struct schedcut_plan *plan, unsigned int index, unsigned int n)
{
	unsigned int i, end = first_step(plan, index + 1, n);

	for (i = first_step(plan, index, n); i < end; i++) {
		const struct schedcut_step *step = &plan->steps[i];

		if (step->write->size == SCHEDCUT_JUMP_SIZE)
			write_jump(step->alias, step->want);
		else
			memcpy(step->alias, step->want, step->write->size);
	}
}
