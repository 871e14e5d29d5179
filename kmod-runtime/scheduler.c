// SPDX-License-Identifier: GPL-2.0-only
/*
 * scheduler.c - compiled into <name>.ko: hands the scheduler to the runtime.
 *
 * The only file of the scheduler that is compiled as a module; the tables come
 * from generated/, the rest from rebuild.h.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <schedcut/generated.h>

static bool activate;
module_param(activate, bool, 0400);
MODULE_PARM_DESC(
	activate,
	"make this scheduler the active one at load (default: 0); modprobe ignores it if the module is loaded, and fails with --first-time");

/* Of vmlinux, through the provider. */
extern int vml_stop_machine_cpuslocked(int (*fn)(void *), void *data, const struct cpumask *cpus)
	SCHEDCUT_RUNTIME_SYMBOL(stop_machine_cpuslocked);
extern struct mutex vml_text_mutex SCHEDCUT_RUNTIME_SYMBOL(text_mutex);
extern void vml_jump_label_lock(void) SCHEDCUT_RUNTIME_SYMBOL(jump_label_lock);
extern void vml_jump_label_unlock(void) SCHEDCUT_RUNTIME_SYMBOL(jump_label_unlock);
extern void vml_put_task_stack(struct task_struct *task) SCHEDCUT_RUNTIME_SYMBOL(put_task_stack);
extern int vml_sched_setscheduler_nocheck(struct task_struct *task, int policy,
					  const struct sched_param *param)
	SCHEDCUT_RUNTIME_SYMBOL(sched_setscheduler_nocheck);
extern char vml_switch_to_asm[] SCHEDCUT_RUNTIME_SYMBOL(__switch_to_asm);
extern char vml_schedule[] SCHEDCUT_RUNTIME_SYMBOL(__schedule);
extern char vml_finish_task_switch[] SCHEDCUT_RUNTIME_SYMBOL(finish_task_switch);
extern char vml_text[] SCHEDCUT_RUNTIME_SYMBOL(_text);
extern char vml_end_rodata[] SCHEDCUT_RUNTIME_SYMBOL(__end_rodata);
extern char vml_start_jump_table[] SCHEDCUT_RUNTIME_SYMBOL(__start___jump_table);
extern char vml_stop_jump_table[] SCHEDCUT_RUNTIME_SYMBOL(__stop___jump_table);

/* Some kernels do not have these: NULL then. */
extern int vml_arch_stack_walk_reliable(stack_trace_consume_fn consume, void *cookie,
					struct task_struct *task)
	SCHEDCUT_RUNTIME_SYMBOL(arch_stack_walk_reliable) __weak;
extern char vml_in_sched_functions[] SCHEDCUT_RUNTIME_SYMBOL(in_sched_functions) __weak;
extern char vml_sched_text_start[] SCHEDCUT_RUNTIME_SYMBOL(__sched_text_start) __weak;
extern char vml_sched_text_end[] SCHEDCUT_RUNTIME_SYMBOL(__sched_text_end) __weak;
extern char vml_lock_text_start[] SCHEDCUT_RUNTIME_SYMBOL(__lock_text_start) __weak;
extern char vml_lock_text_end[] SCHEDCUT_RUNTIME_SYMBOL(__lock_text_end) __weak;
extern char vml_start_static_call_sites[] SCHEDCUT_RUNTIME_SYMBOL(__start_static_call_sites) __weak;
extern char vml_stop_static_call_sites[] SCHEDCUT_RUNTIME_SYMBOL(__stop_static_call_sites) __weak;
extern struct mutex vml_kprobe_mutex SCHEDCUT_RUNTIME_SYMBOL(kprobe_mutex) __weak;
extern struct kprobe *vml_get_kprobe(void *addr) SCHEDCUT_RUNTIME_SYMBOL(get_kprobe) __weak;
extern bool vml_kprobes_all_disarmed SCHEDCUT_RUNTIME_SYMBOL(kprobes_all_disarmed) __weak;
extern bool vml_is_insn_slot_addr(struct kprobe_insn_cache *cache, unsigned long addr)
	SCHEDCUT_RUNTIME_SYMBOL(__is_insn_slot_addr) __weak;
extern struct kprobe_insn_cache vml_optinsn_slots SCHEDCUT_RUNTIME_SYMBOL(kprobe_optinsn_slots) __weak;
/* In kernels that keep the addresses behind it in a table of their own. */
extern char vml_kretprobe_return[] SCHEDCUT_RUNTIME_SYMBOL(kretprobe_trampoline) __weak;
extern struct ftrace_ret_stack *vml_ftrace_graph_get_ret_stack(struct task_struct *task, int idx)
	SCHEDCUT_RUNTIME_SYMBOL(ftrace_graph_get_ret_stack) __weak;
extern struct mutex vml_ftrace_lock SCHEDCUT_RUNTIME_SYMBOL(ftrace_lock) __weak;
extern struct ftrace_func_entry *vml_ftrace_lookup_ip(struct ftrace_hash *hash, unsigned long ip)
	SCHEDCUT_RUNTIME_SYMBOL(ftrace_lookup_ip) __weak;
extern struct ftrace_ops *vml_ftrace_ops_list SCHEDCUT_RUNTIME_SYMBOL(ftrace_ops_list) __weak;
extern char vml_kprobe_ftrace_handler[] SCHEDCUT_RUNTIME_SYMBOL(kprobe_ftrace_handler) __weak;
extern struct mutex vml_klp_mutex SCHEDCUT_RUNTIME_SYMBOL(klp_mutex) __weak;
extern struct list_head vml_klp_patches SCHEDCUT_RUNTIME_SYMBOL(klp_patches) __weak;
extern char vml_klp_patch_object[] SCHEDCUT_RUNTIME_SYMBOL(klp_patch_object) __weak;

static const struct schedcut_kernel kernel = {
	.stop_machine_cpuslocked = vml_stop_machine_cpuslocked,
	.text_mutex = &vml_text_mutex,
	.jump_label_lock = vml_jump_label_lock,
	.jump_label_unlock = vml_jump_label_unlock,
	.arch_stack_walk_reliable = vml_arch_stack_walk_reliable,
	.put_task_stack = vml_put_task_stack,
	.sched_setscheduler_nocheck = vml_sched_setscheduler_nocheck,
	.switch_to_asm = vml_switch_to_asm,
	.schedule = vml_schedule,
	.finish_task_switch = vml_finish_task_switch,
	.in_sched_functions = vml_in_sched_functions,
	.sched_text_start = vml_sched_text_start,
	.sched_text_end = vml_sched_text_end,
	.lock_text_start = vml_lock_text_start,
	.lock_text_end = vml_lock_text_end,
	.text_start = vml_text,
	.text_end = vml_end_rodata,
	.jump_table_start = vml_start_jump_table,
	.jump_table_end = vml_stop_jump_table,
	.static_call_sites_start = vml_start_static_call_sites,
	.static_call_sites_end = vml_stop_static_call_sites,
	.kprobe_mutex = &vml_kprobe_mutex,
	.get_kprobe = vml_get_kprobe,
	.kprobes_all_disarmed = &vml_kprobes_all_disarmed,
	.is_insn_slot_addr = vml_is_insn_slot_addr,
	.optinsn_slots = &vml_optinsn_slots,
	.kretprobe_return = vml_kretprobe_return,
	.ftrace_graph_get_ret_stack = vml_ftrace_graph_get_ret_stack,
	.ftrace_lock = &vml_ftrace_lock,
	.ftrace_lookup_ip = vml_ftrace_lookup_ip,
	.ftrace_ops_list = &vml_ftrace_ops_list,
	.kprobe_ftrace_handler = vml_kprobe_ftrace_handler,
	.klp_mutex = &vml_klp_mutex,
	.klp_patches = &vml_klp_patches,
	.klp_patch_object = vml_klp_patch_object,
};

/* The author's hooks and storages: NULL unless some source of the scheduler
 * defines them. */
extern __typeof__(schedcut_before_activate) schedcut_before_activate __weak;
extern __typeof__(schedcut_in_stop_activate) schedcut_in_stop_activate __weak;
extern __typeof__(schedcut_after_activate) schedcut_after_activate __weak;
extern __typeof__(schedcut_before_deactivate) schedcut_before_deactivate __weak;
extern __typeof__(schedcut_in_stop_deactivate) schedcut_in_stop_deactivate __weak;
extern __typeof__(schedcut_after_deactivate) schedcut_after_deactivate __weak;
extern __typeof__(schedcut_add_files) schedcut_add_files __weak;
extern __typeof__(schedcut_remove_files) schedcut_remove_files __weak;
extern struct schedcut_storage schedcut_storage_task_group __weak;
extern struct schedcut_storage schedcut_storage_cfs_rq __weak;
extern struct schedcut_storage schedcut_storage_task_struct __weak;

static struct schedcut_storage *const storages[SCHEDCUT_NR_OBJECTS] = {
	[SCHEDCUT_OBJECT_task_group] = &schedcut_storage_task_group,
	[SCHEDCUT_OBJECT_cfs_rq] = &schedcut_storage_cfs_rq,
	[SCHEDCUT_OBJECT_task_struct] = &schedcut_storage_task_struct,
};

static u64 counter(unsigned int index)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(schedcut_counters[index], cpu));
	return sum;
}

static struct schedcut_scheduler scheduler = {
	.abi = SCHEDCUT_ABI,
	.name = schedcut_name,
	.build = &schedcut_build,
	.owner = THIS_MODULE,
	.kernel = &kernel,
	.units = schedcut_units,
	.finish = schedcut_module_finish,
	.clear = schedcut_module_clear,
	.rebuild = schedcut_module_rebuild,
	.audit = schedcut_module_audit,
	.for_each_hidden_task = schedcut_module_for_each_hidden_task,
	.for_each_object = schedcut_module_for_each_object,
	.stopper = schedcut_module_stopper,
	.is_throttled = schedcut_module_is_throttled,
	.nr_switches = schedcut_module_nr_switches,
	.counter = counter,
	.counter_names = schedcut_counter_names,
	.storages = storages,
	.before_activate = schedcut_before_activate,
	.in_stop_activate = schedcut_in_stop_activate,
	.after_activate = schedcut_after_activate,
	.before_deactivate = schedcut_before_deactivate,
	.in_stop_deactivate = schedcut_in_stop_deactivate,
	.after_deactivate = schedcut_after_deactivate,
	.add_files = schedcut_add_files,
	.remove_files = schedcut_remove_files,
};

/* As the tool makes it of generated/layout: FNV-1a over words. */
static u64 __init layout_digest(void)
{
	u64 digest = 0xcbf29ce484222325;
	unsigned int unit, i;

	for (unit = 0; unit < schedcut_nr_units; unit++)
		for (i = 0; i < *schedcut_layouts[unit].nr; i++)
			digest = (digest ^ schedcut_layouts[unit].values[i]) * 0x100000001b3;
	return digest;
}

static int __init scheduler_init(void)
{
	scheduler.layout = layout_digest();
	scheduler.vmlinux_layout = *schedcut_provided_layout;
	scheduler.nr_units = schedcut_nr_units;
	scheduler.nr_counters = schedcut_nr_counters;
	scheduler.schedule = schedcut_module_schedule;
	return schedcut_register(&scheduler, activate);
}

/* Cannot be reached while the scheduler is active: the runtime holds a
 * reference on this module then. */
static void __exit scheduler_exit(void)
{
	schedcut_unregister(&scheduler);
}

module_init(scheduler_init);
module_exit(scheduler_exit);
MODULE_DESCRIPTION("A scheduler cut out of the kernel by schedcut");
MODULE_LICENSE("GPL");
