/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scheduler.h - what a scheduler module hands to the resident runtime.
 *
 * Shared by kmod-runtime/, the generated code and authors of schedulers. The runtime does not
 * know struct rq: it reaches everything that does through the callbacks below.
 */
#ifndef _SCHEDCUT_SCHEDULER_H
#define _SCHEDCUT_SCHEDULER_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/stacktrace.h>
#include <schedcut/kernel_symbols.h>
#include <schedcut/storage.h>

struct ftrace_func_entry;
struct ftrace_hash;
struct ftrace_ops;
struct ftrace_ret_stack;
struct kprobe;
struct kprobe_insn_cache;
struct module;
struct mutex;
struct task_struct;
struct sched_param;
struct cpumask;
struct schedcut_audit;
struct schedcut_state;

/* Must change whenever a structure below changes; schedcut_register() refuses any other. */
#define SCHEDCUT_ABI 11

/* Flags of struct schedcut_redirect. */
#define SCHEDCUT_FENTRY 0x1 /* begins with a 5-byte fentry site: jump after it */
#define SCHEDCUT_ENDBR 0x2  /* begins with endbr64, which stays */

/**
 * struct schedcut_redirect - one vmlinux function that the module replaces
 * @name:	symbol in vmlinux
 * @vmlinux:	entry of vmlinux's function
 * @module:	the module's function; NULL: it is never entered from outside, but a
 *		task that has it on its stack still delays the switch
 * @size:	bytes of vmlinux's function
 * @flags:	SCHEDCUT_FENTRY, SCHEDCUT_ENDBR
 *
 * The entry of __schedule() is known by its address (struct schedcut_kernel):
 * the runtime redirects it to its own entry stub instead of @module, and a task
 * that sleeps in it does not delay the switch.
 */
struct schedcut_redirect {
	const char *name;
	void *vmlinux;
	void *module;
	u32 size;
	u32 flags;
};

/**
 * struct schedcut_class - an object whose contents are overwritten in place
 * @name:	for messages
 * @vmlinux:	vmlinux's object; its address stays valid for the whole kernel
 * @module:	the contents it has while this scheduler is active
 * @size:	bytes
 */
struct schedcut_class {
	const char *name;
	void *vmlinux;
	const void *module;
	size_t size;
};

/* Flags of struct schedcut_private. */
/* vmlinux's contents go in at activation and back out at deactivation; without it the object has
 * the contents it was loaded with at each activation */
#define SCHEDCUT_PRIVATE_COPY 0x1
#define SCHEDCUT_PRIVATE_PERCPU 0x2  /* both addresses are per-CPU ones */
#define SCHEDCUT_PRIVATE_KEYS 0x4    /* static keys: their state is set, not their bytes */
#define SCHEDCUT_PRIVATE_REBUILD 0x8 /* left to the scheduler's activation hooks */

/**
 * struct schedcut_private - a variable of which the module has its own copy
 * @name:	for messages
 * @module:	the module's object
 * @vmlinux:	vmlinux's object, writable; only for SCHEDCUT_PRIVATE_COPY
 * @size:	bytes of the module's object
 * @vmlinux_size: bytes of vmlinux's. Where the sizes differ the common part is
 *		copied, the rest of the module's has the contents it was loaded with
 * @flags:	SCHEDCUT_PRIVATE_*
 *
 * Only variables that can change are listed. Contents are set inside the stop;
 * static keys before it, in process context, because code has to be patched.
 */
struct schedcut_private {
	const char *name;
	void *module;
	void *vmlinux;
	size_t size;
	size_t vmlinux_size;
	u32 flags;
};

/* What one translation unit replaces. Each table may be NULL if its number is 0. */
struct schedcut_unit {
	const char *name;
	const struct schedcut_redirect *redirects;
	unsigned int nr_redirects;
	const struct schedcut_class *classes;
	unsigned int nr_classes;
	const struct schedcut_private *privates;
	unsigned int nr_privates;
};

/**
 * struct schedcut_build - what a scheduler module was built from
 * @tool:	schedcut's version
 * @release:	of the kernel
 * @cut:	the cut, by its manifest
 * @commit:	of the tree, counted from that of the cut, "-dirty" if sources were
 *		edited since; "none" without git
 * @sources:	digest of the tree's sources
 */
struct schedcut_build {
	const char *tool;
	const char *release;
	const char *cut;
	const char *commit;
	const char *sources;
};

/*
 * Kernel functions and objects that are not exported, each under its own name: see
 * kernel_symbols.h. The scheduler module links against the symbol provider and passes them
 * on, so that the runtime itself needs only exported symbols. All of them are in vmlinux;
 * the runtime keeps a copy of the structure.
 */
#define SCHEDCUT_KERNEL_MEMBER(name, type) __typeof__(type) *name;
struct schedcut_kernel {
	SCHEDCUT_KERNEL_SYMBOLS(SCHEDCUT_KERNEL_MEMBER, SCHEDCUT_KERNEL_MEMBER, SCHEDCUT_KERNEL_MEMBER)
};

/**
 * struct schedcut_scheduler - a scheduler as the runtime sees it
 *
 * Everything but @state is filled by the module before
 * schedcut_register() and constant until schedcut_unregister() returned.
 */
struct schedcut_scheduler {
	unsigned int abi; /* SCHEDCUT_ABI */
	const char *name;
	const struct schedcut_build *build;
	struct module *owner;
	/* Digests of the record layouts that the module was compiled with, and of those of
	 * vmlinux that the cut found; see schedcut/layout.h. */
	u64 layout, vmlinux_layout;
	const struct schedcut_kernel *kernel;
	const struct schedcut_unit *const *units;
	unsigned int nr_units;

	/* The module's __schedule() and finish_task_switch(). The stub calls them; no jump from
	 * vmlinux leads to them. */
	void (*schedule)(unsigned int mode);
	void (*finish)(struct task_struct *prev);

	/*
	 * State rebuild, on every CPU for its own run queue, inside the stop, interrupts
	 * disabled. clear() dequeues every task with the class methods of the old scheduler and
	 * puts it on @tasks; rebuild() enqueues @tasks with the methods that are current by
	 * then. The list belongs to the runtime. Tasks are linked through se.group_node, so
	 * that one scheduler's rebuild() can follow another one's clear() and nothing has to be
	 * allocated.
	 *
	 * clear() returns the number of tasks or -errno. In both cases what it has dequeued is
	 * on @tasks, so that rebuild() undoes it. -EUCLEAN: every task was dequeued, but the
	 * run queue still counts some. That is accepted when going back to vmlinux's scheduler,
	 * and refused otherwise.
	 */
	int (*clear)(struct list_head *tasks);
	void (*rebuild)(struct list_head *tasks);
	/* Debug check of this CPU's run queue, inside the stop: before clear() and, with
	 * @rebuilt, after rebuild(). What it finds is in @audit. */
	void (*audit)(struct schedcut_audit *audit, bool rebuilt);
	/* Call @fn for every task that may run but is not on the tasklist: the idle task of
	 * @cpu, and tasks on its run queue that are being reaped. Stops at the first non-zero
	 * return and passes it on. Inside the stop. */
	int (*for_each_hidden_task)(int cpu, int (*fn)(struct task_struct *, void *), void *arg);
	/*
	 * Call @fn for every object of a kind: the tasks including the idle tasks, the task
	 * groups, or the cfs_rqs. @stopped: it is called inside the stop, and all objects are
	 * passed. Otherwise objects may come and go, and reaped tasks are left out. Stops at
	 * the first non-zero return and passes it on.
	 */
	int (*for_each_object)(enum schedcut_object object, bool stopped,
			       int (*fn)(void *object, void *arg), void *arg);
	/* The stopper thread of @cpu, which the stack check skips. */
	struct task_struct *(*stopper)(int cpu);
	/* Is @p runnable but held back by a bandwidth limit? Reads without locks, in any
	 * context. */
	bool (*is_throttled)(struct task_struct *p);
	/* Context switches since boot, all CPUs, as the run queues count them. */
	u64 (*nr_switches)(void);
	/* Counter of entries, summed over all CPUs; index as in @counter_names. */
	u64 (*counter)(unsigned int index);
	const char *const *counter_names;
	unsigned int nr_counters;

	/* Extra storage, at most one for each record: NULL where there is none. */
	struct schedcut_storage *const *storages; /* [SCHEDCUT_NR_OBJECTS] */

	/* The author's hooks, each may be NULL; add_files and remove_files are both there or
	 * neither is. hooks.h has contexts, order and errors. */
	int (*before_activate)(void);
	void (*in_stop_activate)(void);
	void (*after_activate)(void);
	int (*before_deactivate)(void);
	void (*in_stop_deactivate)(void);
	void (*after_deactivate)(void);
	int (*add_files)(void);
	void (*remove_files)(void);

	/* The runtime's own; NULL at registration. */
	struct schedcut_state *state;
};

/*
 * Register @s and, if @at_once, make it active. 0, or -errno with @s not registered: -EINVAL
 * (ABI, layouts or tables are wrong, or a function cannot be redirected), -EEXIST (the name is
 * taken, or another patcher has changed a function), -EOPNOTSUPP (the CPU checks indirect
 * branches), -ERANGE (too far for a jump), -ENOMEM, -EINTR (the caller was killed), -EPERM
 * (@at_once without CAP_SYS_ADMIN), or why it cannot become active, -EBUSY for example. Process
 * context, no locks held.
 */
int schedcut_register(struct schedcut_scheduler *s, bool at_once);
/* Unregister @s, which is not active: an active scheduler holds a reference on its module.
 * Process context, no locks held. */
void schedcut_unregister(struct schedcut_scheduler *s);

/*
 * The tail switch (kmod-runtime/base/tail_x86_64.S): leave the scheduler's __schedule() for
 * good, switch from @prev to @next and continue in the finish_task_switch() of the scheduler
 * that is active when @prev runs again. @parks: 1, or 0 when @prev is dead and never returns.
 * Interrupts disabled. Only tail.h calls it, from assembly, because it does not return.
 */
void schedcut_switch_tail(struct task_struct *prev, struct task_struct *next, unsigned long parks);

#endif
