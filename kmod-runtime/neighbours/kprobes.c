// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kprobes.h>

#include "../base/common.h"
#include "kprobes.h"

/* Addresses inside functions at which a kprobe was accepted while vmlinux's own bytes were
 * there: an instruction begins there. Only grows, because there are never many. Protected by
 * the kernel's kprobe_mutex. */
static unsigned long *instructions;
static unsigned int nr_instructions;

bool schedcut_can_find_probes(void)
{
	return schedcut_kernel.kprobe_mutex && schedcut_kernel.get_kprobe;
}

/* The kprobe at @address, even if it is disabled; NULL: none. schedcut_probes_lock() held. */
const struct kprobe *schedcut_probe_at(unsigned long address)
{
	return schedcut_kernel.get_kprobe((void *)address);
}

/* The handler that runs first when @probe is hit; there may be several probes at one place. */
void *schedcut_probe_handler(const struct kprobe *probe)
{
	if (!list_empty(&probe->list))
		probe = list_first_entry(&probe->list, struct kprobe, list);
	return probe->pre_handler ? (void *)probe->pre_handler : (void *)probe->post_handler;
}

static int refuse_for_probe(const char *name, unsigned long address, const struct kprobe *probe)
{
	pr_err("%s refused: %pS: a kprobe of %ps is there\n", name, (void *)address,
	       schedcut_probe_handler(probe));
	return -EEXIST;
}

static bool is_known_instruction(unsigned long address)
{
	unsigned int i;

	for (i = 0; i < nr_instructions; i++) {
		if (instructions[i] == address)
			return true;
	}
	return false;
}

/* 0 or -ENOMEM. */
static int remember_instruction(unsigned long address)
{
	unsigned long *more;

	if (is_known_instruction(address))
		return 0;
	more = schedcut_try(krealloc(instructions, (nr_instructions + 1) * sizeof(*more), GFP_KERNEL));
	if (!more)
		return -ENOMEM;
	instructions = more;
	instructions[nr_instructions++] = address;
	return 0;
}

/* @probe was set before @name replaces its function. 0 or -ENOMEM. */
static int accept_probe(const char *name, unsigned long address, const struct kprobe *probe,
			bool first)
{
	if (first)
		pr_notice("%s: %pS: the kprobe of %ps is not hit while this scheduler is active\n",
			  name, (void *)address, schedcut_probe_handler(probe));
	return remember_instruction(address);
}

/*
 * May @step be done in spite of the kprobes in its function?
 *
 * Not if one is on the bytes to be written, even if it is disabled now: it would later
 * put its breakpoint, or the byte that it found, into the middle of what is there by
 * then.
 *
 * One further on is never hit while the jump is there, and does no harm if it was set
 * before. But the kernel finds the instructions of a function by decoding from its entry,
 * and after the jump it meets the end of an instruction whose beginning was overwritten.
 * So a probe that was set since may be inside one of vmlinux's instructions.
 *
 * @first: log which ones will not be hit.
 */
static int check_probes_in(const char *name, const struct schedcut_step *step, bool first)
{
	const struct schedcut_write *w = step->write;
	unsigned long address;
	int ret = 0;

	for (address = w->place; address < w->end && !ret; address++) {
		const struct kprobe *probe = schedcut_probe_at(address);

		if (!probe)
			continue;
		if (address < w->place + w->size)
			ret = refuse_for_probe(name, address, probe);
		else if (step->expect == w->old)
			ret = accept_probe(name, address, probe, first);
		else if (step->want == w->old && !is_known_instruction(address))
			ret = refuse_for_probe(name, address, probe);
	}
	return ret;
}

/* From here to schedcut_probes_unlock() no kprobe is set, removed or optimised: one that was
 * prepared for the old bytes must not be set on the new ones. Process context; taken before any
 * other lock of text patching. */
void schedcut_probes_lock(void)
{
	if (schedcut_can_find_probes())
		mutex_lock(schedcut_kernel.kprobe_mutex);
}

void schedcut_probes_unlock(void)
{
	if (schedcut_can_find_probes())
		mutex_unlock(schedcut_kernel.kprobe_mutex);
}

/* May @plan be carried out in spite of all kprobes? @first: it is tried for the first time. 0,
 * -EEXIST (logged), or -ENOMEM. schedcut_probes_lock() is held until @plan is done. */
int schedcut_probes_check(const struct schedcut_plan *plan, bool first)
{
	unsigned int i;
	int ret = 0;

	if (!schedcut_can_find_probes())
		return 0;
	lockdep_assert_held(schedcut_kernel.kprobe_mutex);
	for (i = 0; i < plan->nr_steps && !ret; i++)
		ret = check_probes_in(schedcut_name_of(plan->to), &plan->steps[i], first);
	return ret;
}

/* Is there a kprobe at @address, even a disabled one? True if that cannot be found out. Process
 * context, no lock of kprobes held. */
bool schedcut_has_probe(unsigned long address)
{
	bool has = true;

	if (schedcut_can_find_probes()) {
		schedcut_probes_lock();
		has = schedcut_probe_at(address);
		schedcut_probes_unlock();
	}
	return has;
}

/* --- bytes at the entry of a function */

/* Does the table [@start, @end) of the kernel have a site that overlaps the jump at @place? Its
 * entries begin with the relative address of the site, which has the size of a jump. */
static bool table_has_site(const void *start, const void *end, size_t entry_size, unsigned long place)
{
	const u8 *entry;

	if (!start || !end)
		return false;
	for (entry = start; entry < (const u8 *)end; entry += entry_size) {
		unsigned long site = (unsigned long)entry + *(const s32 *)entry;

		if (site - place + SCHEDCUT_JUMP_SIZE - 1 < 2 * SCHEDCUT_JUMP_SIZE - 1)
			return true;
	}
	return false;
}

/* What the kernel itself patches, while it runs, in the bytes of a jump at @place; NULL: nothing. */
const char *schedcut_patched_at_run_time(unsigned long place)
{
	const struct schedcut_kernel *k = &schedcut_kernel;

	if (table_has_site(k->__start___jump_table, k->__stop___jump_table,
			   SCHEDCUT_JUMP_ENTRY_SIZE, place))
		return "a jump label is in its first bytes";
	if (table_has_site(k->__start_static_call_sites, k->__stop_static_call_sites,
			   SCHEDCUT_STATIC_CALL_SIZE, place))
		return "a static call is in its first bytes";
	return NULL;
}

/* Log that @name is refused because the bytes at @place, which is that of @w or before it, are
 * not what they were, and whose they may be. */
void schedcut_explain_conflict(const char *name, const struct schedcut_write *w, unsigned long place)
{
	char symbol[KSYM_SYMBOL_LEN] = "";
	u8 bytes[SCHEDCUT_JUMP_SIZE];
	unsigned long target;

	memcpy(bytes, (const void *)place, sizeof(bytes));
	target = schedcut_branch_target(place, bytes);
	/* If it does not lead to the entry of a function, nobody wrote it: it is what
	 * became of our own jump. */
	if (w->end && schedcut_is_branch(bytes[0]))
		sprint_symbol(symbol, target);
	if (strstr(symbol, "+0x0/"))
		pr_err("%s refused: %s: another patcher's jump to %ps is there\n", name, w->name,
		       (void *)target);
	else if (w->end && bytes[0] == SCHEDCUT_BREAKPOINT)
		pr_err("%s refused: %s: another patcher's breakpoint is there\n", name, w->name);
	else
		pr_err("%s refused: %s: another patcher has changed it: it begins with %*ph\n",
		       name, w->name, SCHEDCUT_JUMP_SIZE, bytes);
}

/* 0, or -EEXIST (logged) if a kprobe has changed the bytes at the place of @w.
 * schedcut_probes_lock() held. */
static int check_probes_on(const char *name, const struct schedcut_write *w)
{
	unsigned long address;

	if (!schedcut_can_find_probes())
		return 0;
	for (address = w->place; address < w->place + w->size; address++) {
		const struct kprobe *probe = schedcut_probe_at(address);

		if (probe)
			return refuse_for_probe(name, address, probe);
	}
	return 0;
}

/* Are the bytes at the place of @w vmlinux's own, as far as can be told? 0, or -EEXIST
 * (logged). At registration, with schedcut_probes_lock() held. */
int schedcut_check_owner(const char *name, const struct schedcut_write *w)
{
	int ret = check_probes_on(name, w);

	if (ret)
		return ret;
	if (w->old[0] != SCHEDCUT_BREAKPOINT &&
	    (!schedcut_is_branch(w->old[0]) ||
	     schedcut_in_vmlinux(schedcut_branch_target(w->place, w->old), 1)))
		return 0;
	schedcut_explain_conflict(name, w, w->place);
	return -EEXIST;
}

/* --- the runtime's own probes */

/* Remove @n @probes. If the kernel cannot remove one, it leaves no address in it, and the runtime
 * stays loaded, because the probe's memory is in use. Process context; waits for a grace
 * period. */
void schedcut_probes_remove(struct kprobe **probes, unsigned int n)
{
	unsigned int i;

	might_sleep();
	unregister_kprobes(probes, n);
	for (i = 0; i < n; i++) {
		if (probes[i]->addr)
			continue;
		pr_err("a kprobe cannot be removed: the runtime stays loaded\n");
		__module_get(THIS_MODULE);
	}
}

/*
 * Set @own, which is filled, on the entry of a function; @diverts: its handler may change
 * where execution continues. 0 or -errno; -EOPNOTSUPP if kprobes are switched off, or if it diverts and
 * the entry has no fentry site. Process context, no lock of kprobes or text patching
 * held.
 *
 * A probe that diverts has no post_handler, though kernels ask for one. A post_handler
 * keeps the probe from being optimised, which no probe on a fentry site is, and keeps
 * livepatches off the function, which other code here sees to. But by the post_handler
 * the kernel also decides in which of two ways it arms a site. If probes with and without
 * one share the site, it gets that wrong and fails to remove those of others.
 */
int schedcut_probe_set(struct schedcut_probe *own, bool diverts)
{
	const bool *off = schedcut_kernel.kprobes_all_disarmed;
	struct kprobe *probe = &own->kprobe;
	int ret;

	/* Also seen below, but to remove the probe again takes a grace period. */
	if (!IS_ENABLED(CONFIG_KPROBES) || (off && READ_ONCE(*off)))
		return -EOPNOTSUPP;
	probe->flags = KPROBE_FLAG_DISABLED;
	ret = register_kprobe(probe);
	if (ret)
		return ret;
	ret = !diverts || probe->flags & KPROBE_FLAG_FTRACE ? enable_kprobe(probe) : -EOPNOTSUPP;
	/* It would stay disabled when kprobes are switched on again. */
	if (!ret && kprobe_disabled(probe))
		ret = -EOPNOTSUPP;
	if (ret)
		schedcut_probes_remove(&probe, 1);
	own->is_set = !ret;
	return ret;
}

/* Remove @own, if it is set and can be removed. Context as for schedcut_probes_remove(). */
void schedcut_probe_remove(struct schedcut_probe *own)
{
	if (!own->is_set || !own->kprobe.addr)
		return;
	schedcut_probes_remove((struct kprobe *[]){ &own->kprobe }, 1);
	own->is_set = !own->kprobe.addr;
}

/* The runtime is being unloaded. */
void schedcut_probes_exit(void)
{
	kfree(instructions);
}
