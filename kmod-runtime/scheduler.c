// SPDX-License-Identifier: GPL-2.0-only
/*
 * scheduler.c - compiled into <name>.ko: passes the scheduler to the runtime.
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

/* vmlinux's, through the provider. */
#define DECLARE_NEEDED(name, type) extern __typeof__(type) vml_##name __asm__("vml.runtime." #name);
#define DECLARE_WANTED(name, type) \
	extern __typeof__(type) vml_##name __asm__("vml.runtime." #name) __weak;
SCHEDCUT_KERNEL_SYMBOLS(DECLARE_NEEDED, DECLARE_WANTED, DECLARE_NEEDED)

#define ADDRESS_OF(name, type) .name = &vml_##name,
static const struct schedcut_kernel kernel = { SCHEDCUT_KERNEL_SYMBOLS(ADDRESS_OF, ADDRESS_OF,
								       ADDRESS_OF) };

/* The author's hooks and storages: NULL unless a source of the scheduler defines them. */
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

/* The digest that the tool makes of generated/layout: FNV-1a over words. */
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

/*
 * Not called while the scheduler is active: the runtime then holds a reference on this module.
 */
static void __exit scheduler_exit(void)
{
	schedcut_unregister(&scheduler);
}

module_init(scheduler_init);
module_exit(scheduler_exit);
MODULE_DESCRIPTION("A scheduler cut out of the kernel by schedcut");
MODULE_LICENSE("GPL");
