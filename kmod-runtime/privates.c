// SPDX-License-Identifier: GPL-2.0-only
/*
 * privates.c - contents of the variables of which a scheduler has its own
 * copy: as loaded at each activation, or taken over from vmlinux and given
 * back.
 */
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "runtime.h"

static void *on_cpu(void *object, u32 flags, int cpu)
{
	return flags & SCHEDCUT_PRIVATE_PERCPU ? per_cpu_ptr((void __percpu *)object, cpu) : object;
}

/* Set @p's object on @cpu (any, if it is not a per-CPU one). */
static void enter(const struct schedcut_private *p, const void *initial, int cpu)
{
	const void *from = p->flags & SCHEDCUT_PRIVATE_COPY ? on_cpu(p->vmlinux, p->flags, cpu) :
							      initial;

	memcpy(on_cpu(p->module, p->flags, cpu), from, p->size);
}

static void leave(const struct schedcut_private *p, int cpu)
{
	memcpy(on_cpu(p->vmlinux, p->flags, cpu), on_cpu(p->module, p->flags, cpu), p->size);
}

/* Remember the initial contents. At registration; 0, -ENOMEM or -EINVAL. */
int schedcut_privates_save(struct schedcut_state *state)
{
	const struct schedcut_scheduler *s = state->scheduler;
	unsigned int u, i, n = 0;

	for (u = 0; u < s->nr_units; u++)
		n += s->units[u]->nr_privates;
	if (!n)
		return 0;
	state->initial = kvcalloc(n, sizeof(*state->initial), GFP_KERNEL);
	if (!state->initial)
		return -ENOMEM;
	state->nr_initial = n;
	for (u = 0, n = 0; u < s->nr_units; u++) {
		for (i = 0; i < s->units[u]->nr_privates; i++, n++) {
			const struct schedcut_private *p = &s->units[u]->privates[i];

			if (p->flags & SCHEDCUT_PRIVATE_COPY) {
				if (!p->vmlinux ||
				    (p->vmlinux >= schedcut_kernel.text_start &&
				     p->vmlinux < schedcut_kernel.text_end)) {
					pr_err("%s refused: %s: vmlinux's copy is read-only\n",
					       s->name, p->name);
					return -EINVAL;
				}
				continue;
			}
			state->initial[n] = kvmalloc(p->size, GFP_KERNEL);
			if (!state->initial[n])
				return -ENOMEM;
			memcpy(state->initial[n],
			       on_cpu(p->module, p->flags, cpumask_first(cpu_possible_mask)),
			       p->size);
		}
	}
	return 0;
}

/* @s becomes active. Inside the stop, on one CPU. */
void schedcut_privates_enter(const struct schedcut_scheduler *s)
{
	unsigned int u, i, n = 0;
	int cpu;

	for (u = 0; u < s->nr_units; u++) {
		for (i = 0; i < s->units[u]->nr_privates; i++, n++) {
			const struct schedcut_private *p = &s->units[u]->privates[i];

			if (!(p->flags & SCHEDCUT_PRIVATE_PERCPU)) {
				enter(p, s->state->initial[n], 0);
				continue;
			}
			for_each_possible_cpu(cpu)
				enter(p, s->state->initial[n], cpu);
		}
	}
}

/* @s stops being active. Inside the stop, on one CPU. */
void schedcut_privates_leave(const struct schedcut_scheduler *s)
{
	unsigned int u, i;
	int cpu;

	for (u = 0; u < s->nr_units; u++) {
		for (i = 0; i < s->units[u]->nr_privates; i++) {
			const struct schedcut_private *p = &s->units[u]->privates[i];

			if (!(p->flags & SCHEDCUT_PRIVATE_COPY))
				continue;
			if (!(p->flags & SCHEDCUT_PRIVATE_PERCPU)) {
				leave(p, 0);
				continue;
			}
			for_each_possible_cpu(cpu)
				leave(p, cpu);
		}
	}
}
