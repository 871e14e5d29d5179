/* SPDX-License-Identifier: GPL-2.0-only */
/* compat.h - everything in the runtime that depends on the kernel's version or on the
 * architecture, and nothing else. generated/features.h has what the cut saw of the kernel. */
#ifndef _SCHEDCUT_COMPAT_H
#define _SCHEDCUT_COMPAT_H

#include <linux/elf.h>
#include <linux/kernfs.h>
#include <linux/module.h>
#include <linux/refcount.h>
#ifdef CONFIG_RETHOOK
#include <linux/rethook.h>
#endif
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <asm/cpufeature.h>
#include <asm/switch_to.h>
#include <asm/sync_core.h>
#include <schedcut/provider.h>
#include "../../generated/features.h"

#ifndef CONFIG_X86_64
#error "schedcut's runtime knows x86-64 only"
#endif

/* The executable part of @mod that stays after its initialisation. */
static inline void schedcut_module_text(const struct module *mod, unsigned long *start,
					unsigned long *end)
{
#ifdef SCHEDCUT_HAS_module_mem
	*start = (unsigned long)mod->mem[MOD_TEXT].base;
	*end = *start + mod->mem[MOD_TEXT].size;
#else
	*start = (unsigned long)mod->core_layout.base;
	*end = *start + mod->core_layout.text_size;
#endif
}

#ifndef NT_GNU_BUILD_ID
#define NT_GNU_BUILD_ID 3
#endif

/* Copy the note with the build ID of @mod to @note, of @size bytes, from where
 * /sys/module/NAME/notes has it. The note's size, or 0 if there is none that fits. @mod stays
 * loaded meanwhile. May sleep. */
static inline size_t schedcut_build_id_note(const struct module *mod, void *note, size_t size)
{
	struct kernfs_node *notes = kernfs_find_and_get(mod->mkobj.kobj.sd, "notes");
	struct kernfs_node *file = notes ? kernfs_find_and_get(notes, ".note.gnu.build-id") : NULL;
	const struct bin_attribute *attr = file ? file->priv : NULL;
	size_t found = attr && attr->size <= size ? attr->size : 0;

	if (found)
		memcpy(note, attr->private, found);
	kernfs_put(file);
	kernfs_put(notes);
	return found;
}

/* One entry of a module's symbol table: 0 or -ERANGE. @name must stay valid. */
static inline int schedcut_set_symbol(struct schedcut_ksym *symbol, const char *name,
				      unsigned long address)
{
#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
	long value_offset = (long)(address - (unsigned long)&symbol->value_offset);
	long name_offset = (long)name - (long)&symbol->name_offset;

	if (value_offset != (int)value_offset || name_offset != (int)name_offset)
		return -ERANGE;
	symbol->value_offset = value_offset;
	symbol->name_offset = name_offset;
	symbol->namespace_offset = 0;
#else
	symbol->value = address;
	symbol->name = name;
	symbol->namespace = NULL;
#endif
	return 0;
}

/* Make @n symbols of @table available to GPL modules. Process context. */
static inline void schedcut_offer_symbols(struct module *mod, const struct schedcut_ksym *table,
					  unsigned int n)
{
	mod->gpl_crcs = NULL;
	mod->gpl_syms = (const struct kernel_symbol *)table;
	/* The loader, which goes through all modules, reads them in this order. */
	synchronize_rcu();
	WRITE_ONCE(mod->num_gpl_syms, n);
}

/* Has @task run for the last time and released its stack? */
static inline bool schedcut_stack_gone(struct task_struct *task)
{
#ifdef CONFIG_THREAD_INFO_IN_TASK
	if (!refcount_read(&task->stack_refcount))
		return true;
#endif
	return !task_stack_page(task);
}

/* Stack pointer of a task that is not running. */
static inline unsigned long schedcut_inactive_sp(const struct task_struct *task)
{
	return task->thread.sp;
}

/* Where @task continues when it is switched to; 0 if that cannot be read. @task may run or exit
 * meanwhile: the answer is more than a guess only for a task that is known to sleep. */
static inline unsigned long schedcut_switch_return(const struct task_struct *task)
{
	const struct inactive_task_frame *frame = (void *)READ_ONCE(task->thread.sp);
	unsigned long address;

	if (copy_from_kernel_nofault(&address, &frame->ret_addr, sizeof(address)))
		return 0;
	return address;
}

static inline unsigned int schedcut_task_state(const struct task_struct *task)
{
#ifdef SCHEDCUT_HAS_task_struct___state
	return READ_ONCE(task->__state);
#else
	return READ_ONCE(task->state);
#endif
}

/* May any waker end the sleep of @task, because it checks its condition again? */
static inline bool schedcut_sleeps_lightly(const struct task_struct *task)
{
	unsigned int state = schedcut_task_state(task);

#ifdef TASK_FREEZABLE
	state &= ~TASK_FREEZABLE_UNSAFE; /* includes the bit of TASK_FREEZABLE */
#endif
	return state == TASK_INTERRUPTIBLE || state == TASK_IDLE;
}

/* Prefix of the functions by which system calls are entered. */
#define SCHEDCUT_SYSCALL_PREFIX "__x64_sys_"

/* The first argument of a function of the kernel, at its entry. */
static inline unsigned long schedcut_first_argument(const struct pt_regs *regs)
{
	return regs->di;
}

/* The first in the list of @task's return addresses that kretprobes have replaced; NULL if
 * there are none or if that cannot be known. */
static inline struct llist_node *schedcut_hooked_returns(const struct task_struct *task)
{
#ifdef CONFIG_RETHOOK
	return task->rethooks.first;
#else
	return NULL;
#endif
}

/* The address that was replaced at @node of that list. */
static inline unsigned long schedcut_hooked_return(const struct llist_node *node)
{
#ifdef CONFIG_RETHOOK
	return container_of(node, struct rethook_node, llist)->ret_addr;
#else
	return 0;
#endif
}

/* Would the unwinder warn about @task? Unwinders that meet a kretprobe do, if the task is
 * runnable: they cannot know that nothing runs now. */
static inline bool schedcut_unwinder_minds(const struct task_struct *task)
{
#ifdef CONFIG_RETHOOK
	return task->rethooks.first && task_is_running(task);
#else
	return false;
#endif
}

/* Does this CPU fault on an indirect call to anything but an endbr64? Functions of vmlinux
 * whose address nothing took when it was built have none. */
static inline bool schedcut_checks_indirect_calls(void)
{
#ifdef CONFIG_X86_KERNEL_IBT
	return cpu_feature_enabled(X86_FEATURE_IBT);
#else
	return false;
#endif
}

/* A call or jump with a 32-bit displacement. */
#define SCHEDCUT_JUMP_SIZE 5
#define SCHEDCUT_JUMP_OPCODE 0xe9
#define SCHEDCUT_SHORT_JUMP_OPCODE 0xeb
#define SCHEDCUT_CALL_OPCODE 0xe8
#define SCHEDCUT_BREAKPOINT 0xcc
/* Bytes of the fentry site, which ftrace owns, and of the endbr64 that may precede it. */
#define SCHEDCUT_FENTRY_SIZE 5
#define SCHEDCUT_ENDBR_SIZE 4

/* Instruction fetches see a store either completely or not at all if it does not cross a
 * boundary of so many bytes. */
#define SCHEDCUT_FETCH_LINE 64

/* Entries of the kernel's patch tables begin with the address of the site, relative to the
 * entry. */
#define SCHEDCUT_JUMP_ENTRY_SIZE 16 /* struct jump_entry */
#define SCHEDCUT_STATIC_CALL_SIZE 8 /* struct static_call_site */

#endif
