/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_symbols.h - symbols of vmlinux that the runtime needs, each written once.
 *
 * The list makes the members of struct schedcut_kernel (scheduler.h), the declarations
 * that fill them (scheduler.c) and, in the tool, the names that the provider offers as
 * "vml.runtime.NAME". It is C without types of its own, because the tool reads it, too.
 *
 *	NEED(name, type)	every kernel has it
 *	WANT(name, type)	some kernels do not: NULL then. A local symbol will do if it
 *				is the only one of its name
 *	CUT(name, type)		needed; the cut decides which symbol it is
 */
#ifndef SCHEDCUT_KERNEL_SYMBOLS
#define SCHEDCUT_KERNEL_SYMBOLS(NEED, WANT, CUT)                                                     \
	NEED(stop_machine_cpuslocked, int(int (*)(void *), void *, const struct cpumask *))          \
	NEED(text_mutex, struct mutex)                                                               \
	NEED(jump_label_lock, void(void))                                                            \
	NEED(jump_label_unlock, void(void))                                                          \
	NEED(put_task_stack, void(struct task_struct *))                                             \
	NEED(sched_setscheduler_nocheck, int(struct task_struct *, int, const struct sched_param *)) \
	NEED(__switch_to_asm, char)                                                                  \
	/* [_text, __end_rodata) is what may be patched */                                           \
	NEED(_text, char)                                                                            \
	NEED(__end_rodata, char)                                                                     \
	NEED(__start___jump_table, char)                                                             \
	NEED(__stop___jump_table, char)                                                              \
	CUT(__schedule, char)                                                                        \
	/* takes prev in the first argument register, whatever clone vmlinux calls */                \
	CUT(finish_task_switch, char)                                                                \
	WANT(arch_stack_walk_reliable, int(stack_trace_consume_fn, void *, struct task_struct *))    \
	WANT(in_sched_functions, char)                                                               \
	WANT(__sched_text_start, char)                                                               \
	WANT(__sched_text_end, char)                                                                 \
	WANT(__lock_text_start, char)                                                                \
	WANT(__lock_text_end, char)                                                                  \
	WANT(__start_static_call_sites, char)                                                        \
	WANT(__stop_static_call_sites, char)                                                         \
	WANT(kprobe_mutex, struct mutex)                                                             \
	WANT(get_kprobe, struct kprobe *(void *))                                                    \
	WANT(kprobes_all_disarmed, bool)                                                             \
	WANT(__is_insn_slot_addr, bool(struct kprobe_insn_cache *, unsigned long))                   \
	WANT(kprobe_optinsn_slots, struct kprobe_insn_cache)                                         \
	/* return address of kretprobes, in kernels that do not tell the one it replaces */          \
	WANT(kretprobe_trampoline, char)                                                             \
	WANT(ftrace_graph_get_ret_stack, struct ftrace_ret_stack *(struct task_struct *, int))       \
	WANT(ftrace_lock, struct mutex)                                                              \
	WANT(ftrace_lookup_ip, struct ftrace_func_entry *(struct ftrace_hash *, unsigned long))      \
	WANT(ftrace_ops_list, struct ftrace_ops *)                                                   \
	/* by which kprobes get what ftrace sees */                                                  \
	WANT(kprobe_ftrace_handler, char)                                                            \
	WANT(klp_mutex, struct mutex)                                                                \
	WANT(klp_patches, struct list_head) /* of struct klp_patch */                                \
	WANT(klp_patch_object, char)
#endif
