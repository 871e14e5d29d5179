// SPDX-License-Identifier: GPL-2.0-only
#include "input/requirements.h"
#include "input/kconfig.h"

#define OTHER_KERNEL "use a kernel built without it"
#define RANDOM_LAYOUT "the order of struct members is random, and libclang does not know it"
#define CFI_CHECKS_TYPES \
	"indirect calls check for a hash of the type, which the functions of the module do not have"
#define LTO_MOVES_CODE \
	"link-time optimisation moves code from file to file, so the code of a unit is not its own"

const struct requirement requirements[] = {
	{ "X86_64", DEMAND_SET, "schedcut knows x86-64 only", "give the headers of an x86-64 kernel" },
	{ "UML", DEMAND_UNSET, "user-mode Linux has no kernel code to switch",
	  "give the headers of a kernel that runs on x86-64 hardware" },
	{ "CC_IS_CLANG", DEMAND_UNSET, "kernels built by clang are not supported yet",
	  "use a kernel that GCC has built" },
	{ "LTO_CLANG", DEMAND_UNSET, LTO_MOVES_CODE, OTHER_KERNEL },
	{ "LTO_GCC", DEMAND_UNSET, LTO_MOVES_CODE, OTHER_KERNEL },
	{ "CFI_CLANG", DEMAND_UNSET, CFI_CHECKS_TYPES, OTHER_KERNEL },
	{ "CFI", DEMAND_UNSET, CFI_CHECKS_TYPES, OTHER_KERNEL },
	{ "RANDSTRUCT", DEMAND_UNSET, RANDOM_LAYOUT, OTHER_KERNEL },
	{ "GCC_PLUGIN_RANDSTRUCT", DEMAND_UNSET, RANDOM_LAYOUT, OTHER_KERNEL },
	{ "DEBUG_INFO", DEMAND_SET,
	  "only debug information tells the layout of vmlinux's structs and what is inlined",
	  "use a kernel built with CONFIG_DEBUG_INFO" },
	{ "DEBUG_INFO_REDUCED", DEMAND_UNSET,
	  "debug information without types does not tell the layout of vmlinux's structs",
	  OTHER_KERNEL },
	{ "DEBUG_INFO_SPLIT", DEMAND_UNSET,
	  "the debug information is in .dwo files and not in vmlinux", OTHER_KERNEL },
	{ "MODULES", DEMAND_SET, "the scheduler is loaded as a module",
	  "use a kernel built with CONFIG_MODULES" },
	{ "SMP", DEMAND_SET,
	  "without it vmlinux has no stop_machine_cpuslocked(), in which the switch takes place",
	  "use a kernel built with CONFIG_SMP; it runs on one CPU, too" },
	{ "JUMP_LABEL", DEMAND_SET,
	  "without it vmlinux has no jump_label_lock(), which the switch needs",
	  "use a kernel built with CONFIG_JUMP_LABEL" },
	{ "SYSFS", DEMAND_SET, "the switch is a file in /sys/kernel/schedcut",
	  "use a kernel built with CONFIG_SYSFS" },
	{ "MODULE_SIG_FORCE", DEMAND_NOTED, "the kernel loads signed modules only",
	  "sign schedcut.ko, NAME_vmlinux.ko and NAME.ko with a key that it trusts (scripts/sign-file)" },
	{ "TRIM_UNUSED_KSYMS", DEMAND_NOTED,
	  "the kernel exports only what its own modules use, and the runtime may need more",
	  "if 'make' in the tree names undefined symbols, use a kernel built without it" },
	{ "PREEMPT_RT", DEMAND_NOTED, "switches have not been tried on PREEMPT_RT kernels",
	  "try it on a machine that may crash" },
	{ .name = NULL }
};

static struct error *make_error(const char *path, unsigned int line, const struct requirement *option)
{
	return error_at(path, line, 0, "CONFIG_%s is %sset: %s", option->name, line ? "" : "not ",
			option->why);
}

/* @also: names of what else is in the way, each with a comma in front. */
static struct error *add_note(struct error *err, const struct requirement *option, const char *also)
{
	if (!*also)
		return error_note(err, "%s", option->remedy);
	return error_note(err, "%s; also in the way: %s", option->remedy, also + strlen(", "));
}

struct error *requirements_check(const char *headers, error_list *remarks)
{
	_cleanup_kconfig_ struct kconfig *config = NULL;
	const char *also = "";
	const struct requirement *worst = NULL;
	struct error *err = NULL;

	TRY(kconfig_read(headers, &config));
	for (const struct requirement *o = requirements; o->name; o++) {
		unsigned int line = kconfig_line(config, o->name);

		if (!line != (o->demand == DEMAND_SET))
			continue;
		if (o->demand == DEMAND_NOTED) {
			vec_push(remarks, add_note(make_error(config->path, line, o), o, ""));
		} else if (!err) {
			worst = o;
			err = make_error(config->path, line, o);
		} else {
			also = arena_printf(&config->arena, "%s, CONFIG_%s", also, o->name);
		}
	}
	return err ? add_note(err, worst, also) : NULL;
}
