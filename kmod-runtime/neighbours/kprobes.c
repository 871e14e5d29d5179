// SPDX-License-Identifier: GPL-2.0-only
/*
 * company.c - others who patch the kernel while it runs: kprobes, livepatches,
 * and whoever writes jumps of his own.
 *
 * Where one of them and a scheduler cannot both have their way, the second is
 * refused, and the log names the function and the owner of what is there. What
 * stands at a function's fentry site (ftrace, kprobes on entries, BPF) is in
 * front of the jump and in nobody's way, but for livepatches: these take the
 * function over, so the scheduler would never see it.
 */
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/livepatch.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../base/compat.h"
#include "../base/runtime.h"

/* --- kprobes */

#ifdef CONFIG_KPROBES

/*
 * Addresses inside functions at which a kprobe was accepted while vmlinux's own
 * bytes were there: instructions begin there. Only grows; nobody sets many.
 * Under the kernel's kprobe_mutex.
 */
static unsigned long *instructions;
static unsigned int nr_instructions;

static bool can_find_probes(void)
{
	return schedcut_kernel.kprobe_mutex && schedcut_kernel.get_kprobe;
}

/* The kprobe at @address, also one that is switched off; NULL: none. */
static const struct kprobe *probe_at(unsigned long address)
{
	return schedcut_kernel.get_kprobe((void *)address);
}

/* Who runs when @probe hits: of several at one place the first. */
static void *probe_handler(const struct kprobe *probe)
{
	if (!list_empty(&probe->list))
		probe = list_first_entry(&probe->list, struct kprobe, list);
	return probe->pre_handler ? (void *)probe->pre_handler : (void *)probe->post_handler;
}

static int refuse_probe(const char *name, unsigned long address, const struct kprobe *probe)
{
	pr_err("%s refused: %pS: a kprobe is there, of %ps\n", name, (void *)address,
	       probe_handler(probe));
	return -EEXIST;
}

static bool is_instruction(unsigned long address)
{
	unsigned int i;

	for (i = 0; i < nr_instructions; i++) {
		if (instructions[i] == address)
			return true;
	}
	return false;
}

/* 0 or -ENOMEM. */
static int keep_instruction(unsigned long address)
{
	unsigned long *more;

	if (is_instruction(address))
		return 0;
	more = schedcut_try(krealloc(instructions, (nr_instructions + 1) * sizeof(*more), GFP_KERNEL));
	if (!more)
		return -ENOMEM;
	instructions = more;
	instructions[nr_instructions++] = address;
	return 0;
}

/* @probe was set before @name replaces its function. 0 or -ENOMEM. */
static int keep_probe(const char *name, unsigned long address, const struct kprobe *probe, bool first)
{
	if (first)
		pr_notice("%s: %pS: the kprobe there, of %ps, is not hit while it is active\n",
			  name, (void *)address, probe_handler(probe));
	return keep_instruction(address);
}

/*
 * May @step be done in spite of the kprobes in its function? Not if one is on
 * the bytes to be written: it would put its breakpoint, or the byte that it
 * found, into the middle of what is there by then. That holds as well for one
 * that is switched off now. One further on is never hit while the jump is
 * there, and does no harm if it was set before. But the kernel finds the
 * instructions of a function by decoding from its entry, and behind the jump
 * it meets the end of an instruction whose begin was overwritten. So one that
 * was set since may be inside an instruction of vmlinux's. @first: say which will not
 * be hit.
 */
static int check_step(const char *name, const struct schedcut_step *step, bool first)
{
	const struct schedcut_write *w = step->write;
	unsigned long address;
	int ret = 0;

	for (address = w->place; address < w->end && !ret; address++) {
		const struct kprobe *probe = probe_at(address);

		if (!probe)
			continue;
		if (address < w->place + w->size)
			ret = refuse_probe(name, address, probe);
		else if (step->expect == w->old)
			ret = keep_probe(name, address, probe, first);
		else if (step->want == w->old && !is_instruction(address))
			ret = refuse_probe(name, address, probe);
	}
	return ret;
}

/*
 * Nobody sets, removes or optimises a kprobe from here to the release: one that
 * has been prepared for the bytes that are to go must not be set on those that
 * come. Process context, before any other lock of text patching.
 */
void schedcut_probes_hold(void)
{
	if (can_find_probes())
		mutex_lock(schedcut_kernel.kprobe_mutex);
}

/* After schedcut_probes_hold(), by the same task. */
void schedcut_probes_release(void)
{
	if (can_find_probes())
		mutex_unlock(schedcut_kernel.kprobe_mutex);
}

/* May @plan be carried out in spite of all kprobes? @first: it is tried for the first
 * time. 0, -EEXIST (logged), or -ENOMEM. schedcut_probes_hold() is in effect until
 * @plan is done. */
int schedcut_probes_check(const struct schedcut_plan *plan, bool first)
{
	unsigned int i;
	int ret = 0;

	if (!can_find_probes())
		return 0;
	for (i = 0; i < plan->nr_steps && !ret; i++)
		ret = check_step(schedcut_name_of(plan->to), &plan->steps[i], first);
	return ret;
}

/* Is there a kprobe at @address, one that is switched off included? True if that
 * cannot be found out. Process context, no lock of kprobes held. */
bool schedcut_has_probe(unsigned long address)
{
	bool has = true;

	if (can_find_probes()) {
		schedcut_probes_hold();
		has = probe_at(address);
		schedcut_probes_release();
	}
	return has;
}

/* Take @probes away, @n of them. If the kernel cannot, they have no address, and
 * the runtime must stay, for their memory is in use. Process context; waits for a
 * grace period. */
void schedcut_probes_remove(struct kprobe **probes, unsigned int n)
{
	unsigned int i;

	unregister_kprobes(probes, n);
	for (i = 0; i < n; i++) {
		if (probes[i]->addr)
			continue;
		pr_err("a kprobe cannot be taken away: the runtime stays\n");
		__module_get(THIS_MODULE);
	}
}

/*
 * Set @probe, on a function's entry; @diverts: its handler may change where execution
 * goes on. 0 or -errno, -EOPNOTSUPP if kprobes are switched off, or if it diverts and
 * the entry has no fentry site. Process context, no lock of kprobes or text patching
 * held.
 *
 * One that diverts has no post_handler, though kernels ask for one. That keeps a probe from
 * being turned into a jump, which none on a fentry site is, and livepatches off
 * the function, which is seen to elsewhere. But the kernel also tells by it in
 * which of two ways a site is armed, and if probes with and without one share
 * the site it gets that wrong, and fails to take away what others have set.
 */
int schedcut_probe_set(struct kprobe *probe, bool diverts)
{
	const bool *off = schedcut_kernel.kprobes_all_disarmed;
	int ret;

	/* Seen below, too, but to take it away again means to wait. */
	if (off && READ_ONCE(*off))
		return -EOPNOTSUPP;
	probe->flags = KPROBE_FLAG_DISABLED;
	ret = register_kprobe(probe);
	if (ret)
		return ret;
	ret = !diverts || probe->flags & KPROBE_FLAG_FTRACE ? enable_kprobe(probe) : -EOPNOTSUPP;
	/* It stays off though they are switched on again. */
	if (!ret && kprobe_disabled(probe))
		ret = -EOPNOTSUPP;
	if (ret)
		schedcut_probes_remove(&probe, 1);
	return ret;
}

/* 0, or -EEXIST (logged) if a kprobe has changed the bytes at @w's place. */
static int check_probes_on(const char *name, const struct schedcut_write *w)
{
	unsigned long address;

	if (!can_find_probes())
		return 0;
	for (address = w->place; address < w->place + w->size; address++) {
		const struct kprobe *probe = probe_at(address);

		if (probe)
			return refuse_probe(name, address, probe);
	}
	return 0;
}

#else

void schedcut_probes_hold(void) {}
void schedcut_probes_release(void) {}
int schedcut_probes_check(const struct schedcut_plan *plan, bool first)
{
	return 0;
}
bool schedcut_has_probe(unsigned long address)
{
	return true;
}
int schedcut_probe_set(struct kprobe *probe, bool diverts)
{
	return -EOPNOTSUPP;
}
void schedcut_probes_remove(struct kprobe **probes, unsigned int n) {}
static int check_probes_on(const char *name, const struct schedcut_write *w)
{
	return 0;
}

#endif

/* --- jumps of unknown origin */

static bool is_branch(u8 opcode)
{
	return opcode == SCHEDCUT_JUMP_OPCODE || opcode == SCHEDCUT_CALL_OPCODE;
}

/* Where the jump or call at @place leads whose bytes are @bytes. */
static unsigned long branch_target(unsigned long place, const u8 *bytes)
{
	s32 distance;

	memcpy(&distance, bytes + 1, sizeof(distance));
	return place + SCHEDCUT_JUMP_SIZE + distance;
}

/* Is there what the kernel itself has at no function's entry? */
bool schedcut_leads_away(unsigned long place)
{
	u8 opcode = *(const u8 *)place;

	return opcode == SCHEDCUT_JUMP_OPCODE || opcode == SCHEDCUT_SHORT_JUMP_OPCODE ||
	       opcode == SCHEDCUT_BREAKPOINT;
}

/* Say whose @bytes may be that stand at @place, where @w is or before it. */
static void tell_owner(const char *name, const struct schedcut_write *w, unsigned long place,
		       const u8 *bytes)
{
	unsigned long target = branch_target(place, bytes);
	char symbol[KSYM_SYMBOL_LEN] = "";

	/* Anywhere but at a function's entry it is no jump that somebody wrote,
	 * but what became of ours. */
	if (w->end && is_branch(bytes[0]))
		sprint_symbol(symbol, target);
	if (strstr(symbol, "+0x0/"))
		pr_err("%s refused: %s: somebody else has it lead to %ps\n", name, w->name,
		       (void *)target);
	else if (w->end && bytes[0] == SCHEDCUT_BREAKPOINT)
		pr_err("%s refused: %s: somebody's breakpoint is on it\n", name, w->name);
	else
		pr_err("%s refused: %s: somebody else has changed it: it begins with %*ph\n", name,
		       w->name, SCHEDCUT_JUMP_SIZE, bytes);
}

/* Log that a switch to @name fails because the bytes at @place, where @w is or
 * before it, are not what they were. */
void schedcut_explain_conflict(const char *name, const struct schedcut_write *w, unsigned long place)
{
	u8 bytes[SCHEDCUT_JUMP_SIZE];

	memcpy(bytes, (const void *)place, sizeof(bytes));
	tell_owner(name, w, place, bytes);
}

/*
 * Are the @bytes at @w's place vmlinux's own, as far as can be told? 0, or
 * -EEXIST (logged). At registration, with schedcut_probes_hold().
 */
int schedcut_check_owner(const char *name, const struct schedcut_write *w, const u8 *bytes)
{
	int ret = check_probes_on(name, w);

	if (ret)
		return ret;
	if (bytes[0] != SCHEDCUT_BREAKPOINT &&
	    (!is_branch(bytes[0]) || schedcut_in_vmlinux(branch_target(w->place, bytes), 1)))
		return 0;
	tell_owner(name, w, w->place, bytes);
	return -EEXIST;
}

/* --- others who decide where a function goes on */

/*
 * Does somebody do that with the function whose fentry site is at @place, by way
 * of ftrace (IPMODIFY)? Process context, no lock of ftrace held.
 */
bool schedcut_has_hook(unsigned long place)
{
	bool has = false;
#ifdef CONFIG_DYNAMIC_FTRACE
	const struct schedcut_kernel *k = &schedcut_kernel;
	struct ftrace_ops *ops;

	if (!k->ftrace_lock || !k->ftrace_lookup_ip || !k->ftrace_ops_list)
		return true;
	mutex_lock(k->ftrace_lock);
	/* The last one is none. */
	for (ops = *k->ftrace_ops_list; ops->next && !has; ops = ops->next)
		has = ops->flags & FTRACE_OPS_FL_IPMODIFY &&
		      k->ftrace_lookup_ip(ops->func_hash->filter_hash, place);
	mutex_unlock(k->ftrace_lock);
#endif
	return has;
}

/* --- those on functions that nobody enters while a scheduler is active */

#define MAX_UNHEARD 16 /* lines in the log for one switch */

/* A list of them: @page is NULL for the log. */
struct unheard {
	const struct schedcut_scheduler *s;
	char *page;
	ssize_t size;
	unsigned int n;
};

/* @function of vmlinux has at @address what @kind says, of @handler. The module's
 * function has the name without the suffix of a clone. */
static void __maybe_unused add_unheard(struct unheard *u, const char *function,
				       unsigned long address, const char *kind, void *handler)
{
	int length = strcspn(function, ".");

	if (u->page)
		u->size += sysfs_emit_at(u->page, u->size, "%pS %s %ps\n", (void *)address, kind,
					 handler);
	else if (u->n < MAX_UNHEARD)
		pr_notice("%s: %pS: the %s there, of %ps, is not hit while it is active: calls are seen at %.*s.%s\n",
			  u->s->name, (void *)address, kind, handler, length, function, u->s->name);
	u->n++;
}

static void find_unheard_probes(struct unheard *u)
{
#ifdef CONFIG_KPROBES
	const struct schedcut_redirect *r;
	unsigned int i;

	if (!can_find_probes())
		return;
	schedcut_probes_hold();
	schedcut_for_each(u->s, i, r, redirects) {
		unsigned long start = (unsigned long)r->vmlinux, address;

		for (address = start; !r->module && address < start + r->size; address++) {
			const struct kprobe *probe = probe_at(address);

			if (probe)
				add_unheard(u, r->name, address, "kprobe", probe_handler(probe));
		}
	}
	schedcut_probes_release();
#endif
}

#ifdef CONFIG_DYNAMIC_FTRACE
/* Is the fentry site of the function at @entry among those that @ops names? Not if it
 * wants all functions. */
static bool hooks(struct ftrace_ops *ops, unsigned long entry)
{
	struct ftrace_hash *hash = ops->func_hash->filter_hash;

	return schedcut_kernel.ftrace_lookup_ip(hash, entry) ||
	       schedcut_kernel.ftrace_lookup_ip(hash, entry + SCHEDCUT_ENDBR_SIZE);
}
#endif

static void find_unheard_hooks(struct unheard *u)
{
#ifdef CONFIG_DYNAMIC_FTRACE
	const struct schedcut_kernel *k = &schedcut_kernel;
	const struct schedcut_redirect *r;
	struct ftrace_ops *ops;
	unsigned int i;

	if (!k->ftrace_lock || !k->ftrace_lookup_ip || !k->ftrace_ops_list)
		return;
	mutex_lock(k->ftrace_lock);
	for (ops = *k->ftrace_ops_list; ops->next; ops = ops->next) {
		/* Of kprobes, found above. */
		if (ops->func == k->kprobe_ftrace_handler)
			continue;
		schedcut_for_each(u->s, i, r, redirects) {
			if (!r->module && hooks(ops, (unsigned long)r->vmlinux))
				add_unheard(u, r->name, (unsigned long)r->vmlinux, "hook", ops->func);
		}
	}
	mutex_unlock(k->ftrace_lock);
#endif
}

/*
 * Kprobes and ftrace's hooks on functions that only the scheduler calls: @s has
 * functions of its own in their place, so these hear nothing while it is active.
 * One line for each in @page; its bytes. Process context, @s does not go, no lock
 * of kprobes or ftrace held.
 */
ssize_t schedcut_unheard_show(const struct schedcut_scheduler *s, char *page)
{
	struct unheard u = { .s = s, .page = page };

	find_unheard_probes(&u);
	find_unheard_hooks(&u);
	return u.size;
}

/*
 * The same for the log, if @active, which may be NULL for vmlinux's, has become so
 * since the last call. Not with schedcut_mutex: somebody who holds ftrace's lock may
 * be waiting for tasks that a scheduler starves.
 */
void schedcut_unheard_log(const struct schedcut_scheduler *active)
{
	static const struct schedcut_scheduler *last; /* one caller at a time */
	struct unheard u = { .s = active };

	if (active && active != last) {
		find_unheard_probes(&u);
		find_unheard_hooks(&u);
	}
	if (u.n > MAX_UNHEARD)
		pr_notice("%s: %u more are not hit: see schedulers/%s/unheard\n", active->name,
			  u.n - MAX_UNHEARD, active->name);
	last = active;
}

/* --- tracers that keep return addresses elsewhere than on the stack */

/*
 * The first return address of @task that is @wanted, given @arg, among those that
 * the function graph tracer and kretprobes have put a trampoline in place of; 0
 * if there is none. @task does not run.
 */
unsigned long schedcut_hidden_return(struct task_struct *task,
				     bool (*wanted)(const void *arg, unsigned long address),
				     const void *arg)
{
	const struct llist_node *node;

	for (node = schedcut_hooked_returns(task); node; node = node->next) {
		if (wanted(arg, schedcut_hooked_return(node)))
			return schedcut_hooked_return(node);
	}
#ifdef CONFIG_FUNCTION_GRAPH_TRACER
	if (schedcut_kernel.ftrace_graph_get_ret_stack) {
		const struct ftrace_ret_stack *frame;
		int i = 0;

		while ((frame = schedcut_kernel.ftrace_graph_get_ret_stack(task, i++))) {
			if (wanted(arg, frame->ret))
				return frame->ret;
		}
	}
#endif
	return 0;
}

/* --- livepatches */

#ifdef CONFIG_LIVEPATCH

/*
 * The active scheduler, and the one that is to be: no livepatch may take a
 * function over that one of them replaces. Under the kernel's klp_mutex.
 */
static const struct schedcut_scheduler *guarded[2];

/* The function of @s that has the address @old, or NULL. */
static const struct schedcut_redirect *replaced(const struct schedcut_scheduler *s, void *old)
{
	const struct schedcut_redirect *r;
	unsigned int u;

	schedcut_for_each(s, u, r, redirects) {
		if (r->vmlinux == old)
			return r;
	}
	return NULL;
}

/* The function of vmlinux that @object takes over and @s replaces, or NULL. */
static const struct klp_func *taken(struct klp_object *object, const struct schedcut_scheduler *s)
{
	const struct klp_func *func;

	if (object->name) /* a module's */
		return NULL;
	klp_for_each_func(object, func) {
		if (!func->nop && func->old_func && replaced(s, func->old_func))
			return func;
	}
	return NULL;
}

#ifdef CONFIG_KPROBES

/* What klp_patch_object() is turned into. */
static noinline int refuse_object(struct klp_object *object)
{
	return -EBUSY;
}

/* klp_patch_object() has been called; klp_mutex held. */
static int on_patch_object(struct kprobe *probe, struct pt_regs *regs)
{
	struct klp_object *object = (void *)schedcut_first_argument(regs);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guarded); i++) {
		const struct klp_func *func = guarded[i] ? taken(object, guarded[i]) : NULL;

		if (!func)
			continue;
		pr_err("livepatch refused: %s is replaced by the scheduler %s, %ps cannot be its place\n",
		       func->old_name, guarded[i]->name, func->new_func);
		instruction_pointer_set(regs, (unsigned long)refuse_object);
		return 1;
	}
	return 0;
}

static struct kprobe guard; /* on klp_patch_object() */
static bool guard_is_set;   /* or cannot be taken away */

static void set_guard(void)
{
	int ret;

	if (guard_is_set)
		return;
	guard = (struct kprobe){
		.addr = schedcut_kernel.klp_patch_object,
		.pre_handler = on_patch_object,
	};
	ret = schedcut_probe_set(&guard, true);
	guard_is_set = !ret;
	if (ret)
		pr_warn("livepatches of replaced functions will not be refused: error %d\n", ret);
}

/* Process context, no lock of kprobes held. */
static void remove_guard(void)
{
	if (guard_is_set && guard.addr) {
		schedcut_probes_remove((struct kprobe *[]){ &guard }, 1);
		guard_is_set = !guard.addr;
	}
}

#else

static void set_guard(void)
{
	pr_warn_once("livepatches of replaced functions will not be refused: no kprobes\n");
}

static void remove_guard(void) {}

#endif

static bool can_find_livepatches(void)
{
	const struct schedcut_kernel *k = &schedcut_kernel;

	return k->klp_mutex && k->klp_patches && k->klp_patch_object;
}

static int check_livepatches(const struct schedcut_scheduler *s)
{
	const struct klp_func *func;
	struct klp_object *object;
	struct klp_patch *patch;

	list_for_each_entry(patch, schedcut_kernel.klp_patches, list) {
		klp_for_each_object(patch, object) {
			func = taken(object, s);
			if (!func)
				continue;
			pr_err("%s refused: %s: the livepatch %s has taken it over\n", s->name,
			       func->old_name, patch->mod->name);
			return -EEXIST;
		}
	}
	return 0;
}

/*
 * From here on livepatches of what @to replaces are refused, as are those of
 * the active scheduler's functions; 0, or -EEXIST (logged) if there is one. A
 * livepatch is there until it has been disabled and no task uses it. Process
 * context; schedcut_livepatches_settle() follows in any case.
 */
int schedcut_livepatches_check(const struct schedcut_scheduler *to)
{
	int ret;

	if (!to || !can_find_livepatches())
		return 0;
	set_guard();
	/* A livepatch that has passed the guard before it was set is in the
	 * list when the mutex can be had. */
	mutex_lock(schedcut_kernel.klp_mutex);
	guarded[1] = to;
	ret = check_livepatches(to);
	mutex_unlock(schedcut_kernel.klp_mutex);
	return ret;
}

/*
 * A switch is over, @active is the scheduler now; NULL: vmlinux's. Process context,
 * schedcut_mutex not held: klp_mutex may be a starved task's. Nobody is between
 * schedcut_livepatches_check() and his switch's end.
 */
void schedcut_livepatches_settle(const struct schedcut_scheduler *active)
{
	if (!can_find_livepatches())
		return;
	if (!active)
		remove_guard();
	/* Who has been sent to refuse_object() leaves it before he gives the
	 * mutex back. */
	mutex_lock(schedcut_kernel.klp_mutex);
	guarded[0] = active;
	guarded[1] = NULL;
	mutex_unlock(schedcut_kernel.klp_mutex);
}

#else

int schedcut_livepatches_check(const struct schedcut_scheduler *to)
{
	return 0;
}
void schedcut_livepatches_settle(const struct schedcut_scheduler *active) {}

#endif

/* The runtime goes. */
void schedcut_company_exit(void)
{
#ifdef CONFIG_KPROBES
	kfree(instructions);
#endif
}
