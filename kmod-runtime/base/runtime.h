/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * runtime.h - shared by the files of the resident runtime, schedcut.ko.
 *
 * core.c      registry, activation, life of the module
 * switch.c    the stop
 * redirect.c  what is written to vmlinux, when it may be, and how
 * company.c   others who patch the kernel: kprobes, livepatches
 * privates.c  contents of a scheduler's own copies of variables
 * storage.c   what a scheduler keeps for each task, group and cfs_rq
 * stackcheck.c  who must not be where
 * precheck.c  the same before the stop, and what has changed since
 * verify.c    proof that nothing else has
 * gate.c      holds tasks at the entry of functions that are never empty
 * watchdog.c  back to vmlinux's scheduler when another one is broken
 * audit.c     debug check of run queues around a switch
 * stats.c     what is told about a switch
 * identity.c  which builds are at work
 * sysfs.c     /sys/kernel/schedcut
 * tail_x86_64.S  the way into and out of the active __schedule(), and past a gate
 */
#ifndef _SCHEDCUT_RUNTIME_H
#define _SCHEDCUT_RUNTIME_H

#include <linux/completion.h>
#include <linux/kallsyms.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mm.h> /* kvmalloc() and its like */
#include <linux/percpu.h>
#include <linux/rtmutex.h>
#include <linux/sched.h>
#include <linux/printk.h>
#include <schedcut/audit.h>
#include <schedcut/scheduler.h>

#undef pr_fmt
#define pr_fmt(fmt) "schedcut: " fmt

/**
 * struct schedcut_write - bytes of vmlinux that a scheduler replaces
 * @place:	where
 * @entry:	of the function of vmlinux to which the bytes belong; 0: none
 * @size:	bytes
 * @end:	its end, or 0
 * @name:	function or object, for messages
 * @old:	what vmlinux has there
 * @new:	what the scheduler has there while it is active
 */
struct schedcut_write {
	unsigned long place;
	size_t size;
	unsigned long entry, end;
	const char *name;
	const u8 *old;
	const u8 *new;
};

/**
 * struct schedcut_saved - what is kept of a private variable
 * @initial:	its contents when it was loaded; of static keys their counts
 * @undo:	counts of vmlinux's keys before a deactivation; NULL for the rest
 */
struct schedcut_saved {
	void *initial;
	int *undo;
};

/* A build ID as text, with the NUL: of 32 bytes, and linkers are asked for 20. */
#define SCHEDCUT_BUILD_ID_SIZE 65

/**
 * struct schedcut_state - a registered scheduler
 * @scheduler:	as registered
 * @build_id:	of its module
 * @node:	in schedcut_schedulers
 * @leaving:	in the list of those that are to give back what an activation holds
 * @kobj:	/sys/kernel/schedcut/schedulers/NAME; owns the structure
 * @writes:	sorted by place
 * @bytes:	storage behind @writes[].old and .new
 * @saved:	one for each of the scheduler's privates, in the order of the units
 * @tables:	its extra storage, [SCHEDCUT_NR_OBJECTS]; NULL if it has none
 * @has_files:	its add_files() has succeeded and remove_files() is due
 * @released:	completed when @kobj, and so the structure, is gone
 */
struct schedcut_state {
	struct schedcut_scheduler *scheduler;
	char build_id[SCHEDCUT_BUILD_ID_SIZE];
	struct list_head node, leaving;
	struct kobject kobj;
	struct schedcut_write *writes;
	unsigned int nr_writes;
	u8 *bytes;
	struct schedcut_saved *saved;
	unsigned int nr_saved;
	struct schedcut_table *tables;
	bool has_files;
	struct completion *released;
};

/**
 * struct schedcut_step - one write of one switch
 * @write:	place, size, name
 * @expect:	bytes that must be there
 * @want:	bytes to put there
 * @alias:	writable view of @place
 */
struct schedcut_step {
	const struct schedcut_write *write;
	const u8 *expect;
	const u8 *want;
	u8 *alias;
};

/* Program text that no task may be in: return addresses in (start, end]. */
struct schedcut_range {
	unsigned long start, end;
};

/**
 * struct schedcut_plan - a switch, prepared
 * @from, @to:	NULL for vmlinux's scheduler, not both
 * @steps:	sorted by place
 * @window:	alias mapping of the pages that @steps write to
 * @ranges:	sorted by start
 * @tasks:	tasks that clear() took off, one list for each possible CPU
 * @audits:	by CPU; NULL if run queues are not checked
 */
struct schedcut_plan {
	struct schedcut_scheduler *from, *to;
	struct schedcut_step *steps;
	unsigned int nr_steps;
	void *window;
	struct schedcut_range *ranges;
	unsigned int nr_ranges;
	struct list_head *tasks;
	struct schedcut_audit *audits;
};

/* Who kept a switch from happening, with the innermost and the outermost address
 * where it must not be; the latter is 0 if it is not known. */
struct schedcut_busy {
	char comm[TASK_COMM_LEN];
	pid_t pid;
	unsigned long address, outermost;
	bool unreliable; /* found by looking at every word of the stack */
	bool detour;	 /* @address is in the detour of a kprobe */
};

/* What is known of a switch when it is over; times in ns. @looked, @missed and
 * @full as in struct schedcut_check. */
struct schedcut_stats {
	const char *from, *to; /* copied by schedcut_stats_publish() */
	int result;
	unsigned int tries, starved, cpus, threads, looked, missed, unreliable, moved, miscounted;
	unsigned int gates, held; /* functions at whose entry tasks were held */
	bool full;
	unsigned int violations; /* of invariants of run queues */
	/* private variables by what was done to them */
	unsigned int initialized, copied_in, copied_back, left_to_hooks;
	u64 init, precheck, stop_machine, stop_handler, stack_check, storage, clear, patch, rebuild,
		total;
};

/* Names of schedulers, with the NUL. */
#define SCHEDCUT_NAME_SIZE 64

/* Each @x of the scheduler @s's tables of that kind (NULL has none); no break leaves it. */
#define schedcut_for_each(s, u, x, kind)                 \
	for ((u) = 0; (s) && (u) < (s)->nr_units; (u)++) \
		for ((x) = (s)->units[u]->kind;          \
		     (x) < (s)->units[u]->kind + (s)->units[u]->nr_##kind; (x)++)

/* core.c */
extern struct rt_mutex schedcut_mutex;		   /* registry, activation, last stats */
extern struct list_head schedcut_schedulers;	   /* struct schedcut_state, by age */
extern struct schedcut_scheduler *schedcut_active; /* NULL: vmlinux's */
extern struct schedcut_kernel schedcut_kernel;	   /* filled by the first registration */
extern unsigned int schedcut_retries, schedcut_retry_delay_ms;
const char *schedcut_name_of(const struct schedcut_scheduler *s);
bool schedcut_fail_step(void);
/* @allocation, which tests can make fail. */
#define schedcut_try(allocation) (schedcut_fail_step() ? NULL : (allocation))
/* May @error of a switch be gone at the next try? */
static inline bool schedcut_passes_by(int error)
{
	return error == -EBUSY || error == -EAGAIN || error == -ENOBUFS;
}
int schedcut_activate(const char *name);
int schedcut_rescue(void);
void schedcut_state_free(struct schedcut_state *state);

/* redirect.c */
bool schedcut_in_vmlinux(unsigned long start, size_t size);
unsigned long schedcut_jump_place(const struct schedcut_redirect *r);
int schedcut_stub_init(void);
int schedcut_writes_build(struct schedcut_state *state);
int schedcut_plan_steps(struct schedcut_plan *plan);
int schedcut_plan_map(struct schedcut_plan *plan);
void schedcut_plan_unmap(struct schedcut_plan *plan);
const struct schedcut_write *schedcut_plan_conflict(const struct schedcut_plan *plan,
						    unsigned long *place);
void schedcut_plan_write(const struct schedcut_plan *plan, unsigned int index, unsigned int n);

/* company.c */
void schedcut_probes_hold(void);
void schedcut_probes_release(void);
int schedcut_probes_check(const struct schedcut_plan *plan, bool first);
bool schedcut_has_probe(unsigned long address);
int schedcut_probe_set(struct kprobe *probe, bool diverts);
bool schedcut_has_hook(unsigned long place);
void schedcut_probes_remove(struct kprobe **probes, unsigned int n);
int schedcut_check_owner(const char *name, const struct schedcut_write *w, const u8 *bytes);
void schedcut_explain_conflict(const char *name, const struct schedcut_write *w, unsigned long place);
bool schedcut_leads_away(unsigned long place);
unsigned long schedcut_hidden_return(struct task_struct *task,
				     bool (*wanted)(const void *arg, unsigned long address),
				     const void *arg);
ssize_t schedcut_unheard_show(const struct schedcut_scheduler *s, char *page);
void schedcut_unheard_log(const struct schedcut_scheduler *active);
int schedcut_livepatches_check(const struct schedcut_scheduler *to);
void schedcut_livepatches_settle(const struct schedcut_scheduler *active);
void schedcut_company_exit(void);

/* privates.c */
int schedcut_privates_save(struct schedcut_state *state);
void schedcut_privates_free(struct schedcut_state *state);
void schedcut_privates_count(const struct schedcut_plan *plan, struct schedcut_stats *stats);
void schedcut_keys_prepare(const struct schedcut_plan *plan, bool first);
bool schedcut_keys_ready(const struct schedcut_plan *plan);
void schedcut_keys_undo(const struct schedcut_plan *plan);
void schedcut_privates_enter(const struct schedcut_scheduler *s, bool leader);
void schedcut_privates_leave(const struct schedcut_scheduler *s, bool leader);

/* storage.c */
int schedcut_storage_register(struct schedcut_state *state);
unsigned int schedcut_count_objects(const struct schedcut_scheduler *s, enum schedcut_object object);
int schedcut_storage_prepare(struct schedcut_scheduler *s);
int schedcut_storage_assign(const struct schedcut_scheduler *s, unsigned int index, unsigned int n);
void schedcut_storage_publish(const struct schedcut_scheduler *s);
bool schedcut_storage_init(const struct schedcut_scheduler *s, unsigned int object,
			   unsigned int index, unsigned int n);
void schedcut_storage_release(struct schedcut_state *state);
ssize_t schedcut_storage_show(const struct schedcut_state *state, char *buf);
long schedcut_storage_extras(void);

/* stackcheck.c */
/**
 * struct schedcut_check - one look at everybody's stack
 * @plan:	has the forbidden ranges
 * @snapshot:	what was seen before the stop; NULL: look at all
 * @caller:	who waits for the stop, and so has left a CPU since it had
 * @caller_switches: its switches when it went to wait; the same in the stop: they are
 *	not counted
 * @busy:	the first one found where nobody must be
 * @found:	@busy is being or has been written
 * @unreliable:	stacks that the unwinder did not vouch for
 * @threads:	tasks that there are
 * @looked:	tasks whose stacks were looked at in the stop
 * @full:	these were all that there are
 * @verify:	for tests: prove in the stop that nobody else has to be looked at
 * @missed:	tasks for which that is not so
 */
struct schedcut_check {
	const struct schedcut_plan *plan;
	const struct schedcut_snapshot *snapshot;
	struct task_struct *caller;
	unsigned long caller_switches;
	struct schedcut_busy busy;
	atomic_t found, unreliable, threads, looked;
	bool full, verify;
	unsigned int missed;
};
int schedcut_plan_ranges(struct schedcut_plan *plan);
void schedcut_busy_place(const struct schedcut_busy *busy, char name[KSYM_SYMBOL_LEN]);
int schedcut_check_task(struct task_struct *task, struct schedcut_check *check);
int schedcut_check_stopped(struct task_struct *task, void *check);
int schedcut_check_stacks(struct schedcut_check *check, unsigned int index, unsigned int n);

/* precheck.c */
enum schedcut_check_mode {
	SCHEDCUT_CHECK_CHANGED, /* those that have changed since before the stop */
	SCHEDCUT_CHECK_FULL,	/* all */
	SCHEDCUT_CHECK_VERIFY,	/* as the first, and prove that it is enough */
};
/**
 * struct schedcut_seen - a task before the stop
 * @task:	holds a reference
 * @switches:	how often it had left a CPU when its stack was found clean
 */
struct schedcut_seen {
	struct task_struct *task;
	unsigned long switches;
};
/**
 * struct schedcut_snapshot - tasks as they were before the stop
 * @seen:	the tasks; each holds a reference
 * @nr, @max:	of @seen
 * @threads:	tasks that there were when they were last counted
 * @slots:	hash by address: 1 + index into @seen, 0 for none
 * @bits:	log2 of the number of @slots
 * @traces:	hashes of the stacks of @seen, as they were; to verify only
 */
struct schedcut_snapshot {
	struct schedcut_seen *seen;
	unsigned int nr, max, threads;
	u32 *slots;
	unsigned int bits;
	u32 *traces;
};
typedef int (*schedcut_stopped_fn)(struct task_struct *task, void *arg);
enum schedcut_check_mode schedcut_check_mode(void);
unsigned long schedcut_switches_of(const struct task_struct *task);
int schedcut_precheck(struct schedcut_snapshot *s, struct schedcut_check *check);
struct schedcut_seen *schedcut_seen_of(const struct schedcut_snapshot *s,
				       const struct task_struct *task);
int schedcut_for_each_changed(const struct schedcut_snapshot *s, unsigned int index, unsigned int n,
			      schedcut_stopped_fn fn, void *arg);
void schedcut_snapshot_free(struct schedcut_snapshot *s);

/* verify.c */
u32 schedcut_trace_of(struct task_struct *task);
unsigned int schedcut_verify(const struct schedcut_snapshot *s);

/* gate.c */
unsigned long schedcut_gate_wait(unsigned int index);
void schedcut_gate_close(const struct schedcut_plan *plan, unsigned long address, unsigned int tries);
void schedcut_gate_open(struct schedcut_stats *stats);
void schedcut_gate_clean(void);
void schedcut_gate_exit(void);

/* switch.c */
int schedcut_switch(struct schedcut_scheduler *from, struct schedcut_scheduler *to,
		    struct schedcut_stats *stats, u64 begin);

/* watchdog.c */
int schedcut_watchdog_init(void);
int schedcut_watchdog_start(void);
void schedcut_watchdog_prepare(const struct schedcut_scheduler *s);
void schedcut_watchdog_settle(bool active);
void schedcut_watchdog_rest(void);
unsigned int schedcut_watchdog_rescues(void);
void schedcut_watchdog_exit(void);

/* audit.c */
int schedcut_audit_prepare(struct schedcut_plan *plan);
void schedcut_audit(const struct schedcut_plan *plan, bool rebuilt);
void schedcut_audit_finish(struct schedcut_plan *plan, struct schedcut_stats *stats);

/* stats.c */
void schedcut_stats_publish(const struct schedcut_stats *stats);
void schedcut_busy_publish(const struct schedcut_busy *busy);
ssize_t schedcut_stats_show(char *buf);
ssize_t schedcut_busy_show(char *buf);

/* identity.c */
void schedcut_module_build_id(const struct module *mod, char text[SCHEDCUT_BUILD_ID_SIZE]);
ssize_t schedcut_identity_show(const struct schedcut_state *state, char *buf);
ssize_t schedcut_runtime_show(char *buf);
void schedcut_identity_log(const struct schedcut_scheduler *s, const char *what);

/* sysfs.c */
int schedcut_sysfs_init(void);
void schedcut_sysfs_exit(void);
int schedcut_sysfs_add(struct schedcut_state *state);
void schedcut_sysfs_put(struct schedcut_state *state);

/* tail_x86_64.S */
/*
 * What the stub keeps for each CPU; the assembly knows the offsets.
 * @entry_sp: stack pointer in the stub's frame, while in __schedule()
 * @entries: calls of __schedule() that went to a scheduler module
 * @switches: those that ended in a switch
 * @parked: tasks that left here minus tasks that came back here; the sum over
 *	all CPUs is the number of tasks whose stack holds a return into the stub
 */
struct schedcut_cpu {
	unsigned long entry_sp;
	u64 entries;
	u64 switches;
	long parked;
};
DECLARE_PER_CPU(struct schedcut_cpu, schedcut_cpu);
/* Branches out of the stub, by where they lead. */
enum schedcut_branch {
	SCHEDCUT_BRANCH_SCHEDULE,  /* active scheduler's __schedule() */
	SCHEDCUT_BRANCH_SWITCH_TO, /* __switch_to_asm() */
	SCHEDCUT_BRANCH_FINISH,	   /* finish_task_switch() of who is active */
	SCHEDCUT_NR_BRANCHES
};
extern const unsigned long schedcut_stub_branches[SCHEDCUT_NR_BRANCHES]; /* bytes from
							schedcut_schedule_entry on */
extern const unsigned long schedcut_stub_size; /* bytes from schedcut_schedule_entry on */
void schedcut_schedule_entry(unsigned int mode);
/* Stubs in front of functions, each for the gate of its number. */
#define SCHEDCUT_NR_GATES 32
extern const unsigned long schedcut_gate_stubs[SCHEDCUT_NR_GATES];
bool schedcut_in_stub(unsigned long address);
int schedcut_in_sched_functions(unsigned long addr);
long schedcut_parked(void);

#endif
