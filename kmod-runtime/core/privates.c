// SPDX-License-Identifier: GPL-2.0-only
/*
 * privates.c - contents of the variables of which a scheduler has its own copy: as at
 * load time at each activation, or copied from vmlinux and back.
 *
 * Static keys are also code. So a key is switched in process context before the stop, to
 * the state of its counterpart, and found unchanged once no other task can switch it. The
 * stop only copies the counts.
 */
#include <linux/jump_label.h>

#include "../base/common.h"
#include "privates.h"

/* Each private variable @v of @s, which may be NULL. */
#define for_each_private(s, v)                     \
	for ((v) = (s) ? (s)->state->saved : NULL; \
	     (v) && (v) < (s)->state->saved + (s)->state->nr_saved; (v)++)

static void *private_on_cpu(void *object, u32 flags, int cpu)
{
	return flags & SCHEDCUT_PRIVATE_PERCPU ? per_cpu_ptr((void __percpu *)object, cpu) : object;
}

/* Bytes that the module's object and vmlinux's have in common. */
static size_t common_size(const struct schedcut_private *p)
{
	return p->flags & SCHEDCUT_PRIVATE_COPY ? min(p->size, p->vmlinux_size) : 0;
}

/* --- static keys */

/* How many keys @v is. */
static unsigned int nr_keys(const struct schedcut_saved *v)
{
	return v->undo ? v->var->size / sizeof(struct static_key) : 0;
}

/* How many of these vmlinux has, too. */
static unsigned int nr_common_keys(const struct schedcut_saved *v)
{
	return v->undo ? common_size(v->var) / sizeof(struct static_key) : 0;
}

static struct static_key *module_key(const struct schedcut_saved *v, unsigned int i)
{
	return (struct static_key *)v->var->module + i;
}

static struct static_key *vmlinux_key(const struct schedcut_saved *v, unsigned int i)
{
	return (struct static_key *)v->var->vmlinux + i;
}

static bool key_is_on(struct static_key *key)
{
	return static_key_count(key) > 0;
}

/* Switch @key, which patches the code. Process context; takes the CPU hotplug lock. */
static void turn_key(struct static_key *key, bool on)
{
	if (key_is_on(key) == on)
		return;
	if (on) {
		static_key_enable(key);
	} else {
		atomic_set(&key->enabled, 1); /* forget other users of the key */
		static_key_disable(key);
	}
}

/* The count that key @i of @v must have while its scheduler is active. */
static int wanted_count(const struct schedcut_saved *v, unsigned int i)
{
	return i < nr_common_keys(v) ? static_key_count(vmlinux_key(v, i)) : ((int *)v->initial)[i];
}

/* Switch the keys of both schedulers to their state after the switch. The new scheduler's are
 * not used yet; vmlinux's are used by the old scheduler's code that is outside the boundary.
 * What these were is remembered at the @first try of a switch. Process context, no lock of text
 * patching held. */
void schedcut_keys_prepare(const struct schedcut_plan *plan, bool first)
{
	const struct schedcut_saved *v;
	unsigned int i;

	for_each_private(plan->from, v)
		for (i = 0; i < nr_common_keys(v); i++) {
			if (first)
				v->undo[i] = static_key_count(vmlinux_key(v, i));
			turn_key(vmlinux_key(v, i), key_is_on(module_key(v, i)));
		}
	for_each_private(plan->to, v)
		for (i = 0; i < nr_keys(v); i++)
			turn_key(module_key(v, i), wanted_count(v, i) > 0);
}

/* Are they still in that state? jump_label_lock() held. */
bool schedcut_keys_ready(const struct schedcut_plan *plan)
{
	const struct schedcut_saved *v;
	unsigned int i;

	for_each_private(plan->from, v)
		for (i = 0; i < nr_common_keys(v); i++)
			if (key_is_on(module_key(v, i)) != key_is_on(vmlinux_key(v, i)))
				return false;
	for_each_private(plan->to, v)
		for (i = 0; i < nr_keys(v); i++)
			if (key_is_on(module_key(v, i)) != (wanted_count(v, i) > 0))
				return false;
	return true;
}

/* The switch failed: restore vmlinux's keys. Process context. */
void schedcut_keys_undo(const struct schedcut_plan *plan)
{
	const struct schedcut_saved *v;
	unsigned int i;

	for_each_private(plan->from, v)
		for (i = 0; i < nr_common_keys(v); i++) {
			turn_key(vmlinux_key(v, i), v->undo[i] > 0);
			if (v->undo[i] > 0)
				atomic_set(&vmlinux_key(v, i)->enabled, v->undo[i]);
		}
}

static void enter_keys(const struct schedcut_saved *v)
{
	unsigned int i;

	for (i = 0; i < nr_keys(v); i++)
		atomic_set(&module_key(v, i)->enabled, wanted_count(v, i));
}

static void leave_keys(const struct schedcut_saved *v)
{
	unsigned int i;

	for (i = 0; i < nr_common_keys(v); i++)
		atomic_set(&vmlinux_key(v, i)->enabled, atomic_read(&module_key(v, i)->enabled));
}

/* --- bytes */

/* Set @p's object, for @cpu if it is per CPU. */
static void enter_bytes(const struct schedcut_private *p, const void *initial, int cpu)
{
	void *module = private_on_cpu(p->module, p->flags, cpu);
	size_t n = common_size(p);

	if (n)
		memcpy(module, private_on_cpu(p->vmlinux, p->flags, cpu), n);
	memcpy(module + n, initial + n, p->size - n);
}

static void leave_bytes(const struct schedcut_private *p, int cpu)
{
	memcpy(private_on_cpu(p->vmlinux, p->flags, cpu), private_on_cpu(p->module, p->flags, cpu),
	       common_size(p));
}

#define NOT_PERCPU (-1)

static bool is_set_for(const struct schedcut_private *p, int cpu)
{
	return !(p->flags & SCHEDCUT_PRIVATE_PERCPU) == (cpu == NOT_PERCPU);
}

/* Set those privates of @s that are per CPU, for @cpu; or, with NOT_PERCPU, the others. */
static void enter_privates(const struct schedcut_scheduler *s, int cpu)
{
	const struct schedcut_saved *v;

	for_each_private(s, v) {
		if (v->var->flags & SCHEDCUT_PRIVATE_REBUILD || !is_set_for(v->var, cpu))
			continue;
		if (v->undo)
			enter_keys(v);
		else
			enter_bytes(v->var, v->initial, cpu);
	}
}

static void leave_privates(const struct schedcut_scheduler *s, int cpu)
{
	const struct schedcut_saved *v;

	for_each_private(s, v) {
		if (!(v->var->flags & SCHEDCUT_PRIVATE_COPY) || !is_set_for(v->var, cpu))
			continue;
		if (v->undo)
			leave_keys(v);
		else
			leave_bytes(v->var, cpu);
	}
}

/*
 * Each CPU calls @fn for itself; the leader also for what is not per CPU, and for offline CPUs.
 */
static void for_own_cpus(const struct schedcut_scheduler *s, bool leader,
			 void (*fn)(const struct schedcut_scheduler *s, int cpu))
{
	int cpu;

	lockdep_assert_irqs_disabled();
	fn(s, smp_processor_id());
	if (!leader)
		return;
	fn(s, NOT_PERCPU);
	for_each_possible_cpu(cpu) {
		if (!cpu_online(cpu))
			fn(s, cpu);
	}
}

/* @s becomes active. Inside the stop, on every CPU; @leader: true on one of them. */
void schedcut_privates_enter(const struct schedcut_scheduler *s, bool leader)
{
	for_own_cpus(s, leader, enter_privates);
}

/* @s stops being active. As above. */
void schedcut_privates_leave(const struct schedcut_scheduler *s, bool leader)
{
	for_own_cpus(s, leader, leave_privates);
}

/* --- registration */

static int validate_private(const struct schedcut_scheduler *s, const struct schedcut_private *p)
{
	if (p->flags & SCHEDCUT_PRIVATE_REBUILD && !s->before_activate && !s->in_stop_activate)
		return schedcut_refuse(s, p->name, "no hook of the scheduler fills it", -EINVAL);
	if (p->flags & SCHEDCUT_PRIVATE_COPY &&
	    (!p->vmlinux || schedcut_in_vmlinux((unsigned long)p->vmlinux, 1)))
		return schedcut_refuse(s, p->name, "vmlinux's copy is read-only", -EINVAL);
	return 0;
}

static int save_private(struct schedcut_saved *v)
{
	const struct schedcut_private *p = v->var;
	unsigned int i;

	if (p->flags & SCHEDCUT_PRIVATE_REBUILD)
		return 0;
	v->initial = schedcut_try(kvmalloc(p->size, GFP_KERNEL));
	if (!v->initial)
		return -ENOMEM;
	if (!(p->flags & SCHEDCUT_PRIVATE_KEYS)) {
		memcpy(v->initial,
		       private_on_cpu(p->module, p->flags, cpumask_first(cpu_possible_mask)),
		       p->size);
		return 0;
	}
	/* A key is larger than its count. */
	v->undo = schedcut_try(kvmalloc(p->size, GFP_KERNEL));
	if (!v->undo)
		return -ENOMEM;
	for (i = 0; i < nr_keys(v); i++)
		((int *)v->initial)[i] = static_key_count(module_key(v, i));
	return 0;
}

/* Remember the initial contents. At registration; 0, -ENOMEM or -EINVAL (logged). Process
 * context. */
int schedcut_privates_save(struct schedcut_state *state)
{
	const struct schedcut_scheduler *s = state->scheduler;
	const struct schedcut_private *p;
	struct schedcut_saved *v;
	unsigned int u;
	int ret;

	schedcut_for_each(s, u, p, privates)
		state->nr_saved++;
	if (!state->nr_saved)
		return 0;
	v = schedcut_try(kvcalloc(state->nr_saved, sizeof(*v), GFP_KERNEL));
	if (!v)
		return -ENOMEM;
	state->saved = v;
	schedcut_for_each(s, u, p, privates) {
		v->var = p;
		ret = validate_private(s, p) ?: save_private(v++);
		if (ret)
			return ret;
	}
	return 0;
}

/* Free what schedcut_privates_save() has allocated, even if it failed. May sleep. */
void schedcut_privates_free(struct schedcut_state *state)
{
	unsigned int i;

	for (i = 0; state->saved && i < state->nr_saved; i++) {
		kvfree(state->saved[i].initial);
		kvfree(state->saved[i].undo);
	}
	kvfree(state->saved);
}

/* Count what the switch did, for the log. */
void schedcut_privates_count(const struct schedcut_plan *plan, struct schedcut_stats *stats)
{
	const struct schedcut_saved *v;

	for_each_private(plan->from, v)
		stats->copied_back += !!(v->var->flags & SCHEDCUT_PRIVATE_COPY);
	for_each_private(plan->to, v) {
		if (v->var->flags & SCHEDCUT_PRIVATE_REBUILD)
			stats->left_to_hooks++;
		else if (v->var->flags & SCHEDCUT_PRIVATE_COPY)
			stats->copied_in++;
		else
			stats->initialized++;
	}
}
