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

/* Every private @p of @s, which may be NULL; @n counts them. */
#define for_each_private(s, u, n, p)                              \
	for ((u) = 0, (n) = 0; (s) && (u) < (s)->nr_units; (u)++) \
		for ((p) = (s)->units[u]->privates;               \
		     (p) < (s)->units[u]->privates + (s)->units[u]->nr_privates; (p)++, (n)++)

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

static unsigned int nr_keys(size_t size)
{
	return size / sizeof(struct static_key);
}

static bool key_is_on(const struct static_key *key)
{
	return static_key_count((struct static_key *)key) > 0;
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

/* The count that key @i of @p must have while its scheduler is active. */
static int wanted_count(const struct schedcut_private *p, const struct schedcut_saved *saved,
			unsigned int i)
{
	const struct static_key *vmlinux = p->vmlinux;

	return i < nr_keys(common_size(p)) ? static_key_count((struct static_key *)&vmlinux[i]) :
					     ((int *)saved->initial)[i];
}

/* Switch vmlinux's keys to the state of the module's, and remember what they were. */
static void set_keys_back(const struct schedcut_private *p, struct schedcut_saved *saved, bool first)
{
	struct static_key *module = p->module, *vmlinux = p->vmlinux;
	unsigned int i;

	for (i = 0; i < nr_keys(common_size(p)); i++) {
		if (first)
			saved->undo[i] = static_key_count(&vmlinux[i]);
		turn_key(&vmlinux[i], key_is_on(&module[i]));
	}
}

/* Switch the keys of both schedulers to their state after the switch. The new scheduler's are
 * not used yet; vmlinux's are used by the old scheduler's code that is outside the boundary.
 * @first: this is the first try of a switch. Process context, no lock of text patching held. */
void schedcut_keys_prepare(const struct schedcut_plan *plan, bool first)
{
	const struct schedcut_private *p;
	unsigned int u, n, key;

	for_each_private(plan->from, u, n, p)
		if (p->flags & SCHEDCUT_PRIVATE_KEYS)
			set_keys_back(p, &plan->from->state->saved[n], first);
	for_each_private(plan->to, u, n, p)
		if (p->flags & SCHEDCUT_PRIVATE_KEYS)
			for (key = 0; key < nr_keys(p->size); key++)
				turn_key((struct static_key *)p->module + key,
					 wanted_count(p, &plan->to->state->saved[n], key) > 0);
}

/* Are they still in that state? jump_label_lock() held. */
bool schedcut_keys_ready(const struct schedcut_plan *plan)
{
	const struct schedcut_private *p;
	unsigned int u, n, key;

	for_each_private(plan->from, u, n, p)
		for (key = 0; p->flags & SCHEDCUT_PRIVATE_KEYS && key < nr_keys(common_size(p)); key++)
			if (key_is_on((struct static_key *)p->module + key) !=
			    key_is_on((struct static_key *)p->vmlinux + key))
				return false;
	for_each_private(plan->to, u, n, p)
		for (key = 0; p->flags & SCHEDCUT_PRIVATE_KEYS && key < nr_keys(p->size); key++)
			if (key_is_on((struct static_key *)p->module + key) !=
			    (wanted_count(p, &plan->to->state->saved[n], key) > 0))
				return false;
	return true;
}

/* The switch failed: restore vmlinux's keys. Process context. */
void schedcut_keys_undo(const struct schedcut_plan *plan)
{
	const struct schedcut_private *p;
	unsigned int u, n, key;

	for_each_private(plan->from, u, n, p) {
		struct static_key *vmlinux = p->vmlinux;
		const int *undo = plan->from->state->saved[n].undo;

		for (key = 0; undo && key < nr_keys(common_size(p)); key++) {
			turn_key(&vmlinux[key], undo[key] > 0);
			if (undo[key] > 0)
				atomic_set(&vmlinux[key].enabled, undo[key]);
		}
	}
}

static void enter_keys(const struct schedcut_private *p, const struct schedcut_saved *saved)
{
	struct static_key *module = p->module;
	unsigned int i;

	for (i = 0; i < nr_keys(p->size); i++)
		atomic_set(&module[i].enabled, wanted_count(p, saved, i));
}

static void leave_keys(const struct schedcut_private *p)
{
	struct static_key *module = p->module, *vmlinux = p->vmlinux;
	unsigned int i;

	for (i = 0; i < nr_keys(common_size(p)); i++)
		atomic_set(&vmlinux[i].enabled, atomic_read(&module[i].enabled));
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

/* Set those privates of @s that are per CPU, for @cpu; or, with NOT_PERCPU, the others. */
static void enter_privates(const struct schedcut_scheduler *s, int cpu)
{
	const struct schedcut_private *p;
	unsigned int u, n;

	for_each_private(s, u, n, p) {
		const struct schedcut_saved *saved = &s->state->saved[n];

		if (p->flags & SCHEDCUT_PRIVATE_REBUILD ||
		    !(p->flags & SCHEDCUT_PRIVATE_PERCPU) != (cpu == NOT_PERCPU))
			continue;
		if (p->flags & SCHEDCUT_PRIVATE_KEYS)
			enter_keys(p, saved);
		else
			enter_bytes(p, saved->initial, cpu);
	}
}

static void leave_privates(const struct schedcut_scheduler *s, int cpu)
{
	const struct schedcut_private *p;
	unsigned int u, n;

	for_each_private(s, u, n, p) {
		if (!(p->flags & SCHEDCUT_PRIVATE_COPY) ||
		    !(p->flags & SCHEDCUT_PRIVATE_PERCPU) != (cpu == NOT_PERCPU))
			continue;
		if (p->flags & SCHEDCUT_PRIVATE_KEYS)
			leave_keys(p);
		else
			leave_bytes(p, cpu);
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

static int save_private(const struct schedcut_private *p, struct schedcut_saved *saved)
{
	const struct static_key *keys = p->module;
	unsigned int i;

	if (p->flags & SCHEDCUT_PRIVATE_REBUILD)
		return 0;
	saved->initial = schedcut_try(kvmalloc(p->size, GFP_KERNEL));
	if (!saved->initial)
		return -ENOMEM;
	if (!(p->flags & SCHEDCUT_PRIVATE_KEYS)) {
		memcpy(saved->initial,
		       private_on_cpu(p->module, p->flags, cpumask_first(cpu_possible_mask)),
		       p->size);
		return 0;
	}
	/* A key is larger than its count. */
	saved->undo = schedcut_try(kvmalloc(p->size, GFP_KERNEL));
	if (!saved->undo)
		return -ENOMEM;
	for (i = 0; i < nr_keys(p->size); i++)
		((int *)saved->initial)[i] = static_key_count((struct static_key *)&keys[i]);
	return 0;
}

/* Remember the initial contents. At registration; 0, -ENOMEM or -EINVAL (logged). Process
 * context. */
int schedcut_privates_save(struct schedcut_state *state)
{
	const struct schedcut_scheduler *s = state->scheduler;
	const struct schedcut_private *p;
	unsigned int u, n;
	int ret;

	for_each_private(s, u, n, p)
		state->nr_saved++;
	if (!state->nr_saved)
		return 0;
	state->saved = schedcut_try(kvcalloc(state->nr_saved, sizeof(*state->saved), GFP_KERNEL));
	if (!state->saved)
		return -ENOMEM;
	for_each_private(s, u, n, p) {
		ret = validate_private(s, p) ?: save_private(p, &state->saved[n]);
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
	const struct schedcut_private *p;
	unsigned int u, n;

	for_each_private(plan->from, u, n, p)
		stats->copied_back += !!(p->flags & SCHEDCUT_PRIVATE_COPY);
	for_each_private(plan->to, u, n, p) {
		if (p->flags & SCHEDCUT_PRIVATE_REBUILD)
			stats->left_to_hooks++;
		else if (p->flags & SCHEDCUT_PRIVATE_COPY)
			stats->copied_in++;
		else
			stats->initialized++;
	}
}
