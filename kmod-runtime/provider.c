// SPDX-License-Identifier: GPL-2.0-only
/*
 * provider.c - compiled into <name>_vmlinux.ko: makes symbols of one build of
 * vmlinux linkable for modules, through the module loader's own symbol tables.
 *
 *	find where the kernel is  ->  compare build IDs  ->  fill the table
 *
 * The addresses are those of the vmlinux that the scheduler was cut from, so
 * nothing is offered unless the running kernel is that build.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <schedcut/provider.h>

#include "base/compat.h"

#undef pr_fmt
#define pr_fmt(fmt) "schedcut: " KBUILD_MODNAME ": " fmt

#define GNU_NOTE_NAME "GNU"
#define NOTE_ALIGN 4
#define MAX_BUILD_ID 64

/* Do the kernel's notes, at [@start, @stop), have this build ID? If the memory is not there,
 * the answer is no. */
static bool build_id_matches(unsigned long start, unsigned long stop)
{
	u8 id[MAX_BUILD_ID];
	char name[sizeof(GNU_NOTE_NAME)];
	struct elf_note note;

	while (start < stop && stop - start >= sizeof(note)) {
		unsigned long name_at = start + sizeof(note), desc_at;

		if (copy_from_kernel_nofault(&note, (void *)start, sizeof(note)))
			return false;
		if (note.n_namesz > stop - start || note.n_descsz > stop - start)
			return false;
		desc_at = name_at + ALIGN(note.n_namesz, NOTE_ALIGN);
		start = desc_at + ALIGN(note.n_descsz, NOTE_ALIGN);
		if (start > stop)
			return false;
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof(name))
			continue;
		if (copy_from_kernel_nofault(name, (void *)name_at, sizeof(name)))
			return false;
		if (memcmp(name, GNU_NOTE_NAME, sizeof(name)))
			continue;
		if (note.n_descsz != schedcut_build_id_len || note.n_descsz > sizeof(id))
			return false;
		return !copy_from_kernel_nofault(id, (void *)desc_at, note.n_descsz) &&
		       !memcmp(id, schedcut_build_id, note.n_descsz);
	}
	return false;
}

/* Fill the kernel's table. 0, -EINVAL (order) or -ERANGE (32-bit offsets). */
static int fill_symbol_table(unsigned long slide)
{
	const char *name = schedcut_symbol_names, *last = NULL;
	unsigned int i;

	for (i = 0; i < schedcut_nr_symbols; i++, last = name, name += strlen(name) + 1) {
		const struct schedcut_symbol *s = &schedcut_symbols[i];
		unsigned long address = s->address;

		if (last && strcmp(last, name) >= 0) {
			pr_err("symbol table is not sorted at %s\n", name);
			return -EINVAL;
		}
		if (!(s->flags & (SCHEDCUT_SYMBOL_PERCPU | SCHEDCUT_SYMBOL_OWN)))
			address += slide;
		if (schedcut_set_symbol(&schedcut_ksymtab[i], name, address)) {
			pr_err("%s is out of reach\n", name);
			return -ERANGE;
		}
	}
	return 0;
}

static int __init provider_init(void)
{
	unsigned long slide = (unsigned long)schedule - schedcut_link_schedule;
	int ret;

	if (!build_id_matches(schedcut_link_start_notes + slide, schedcut_link_stop_notes + slide)) {
		pr_err("the build ID of the running kernel is not that of the %s it was made for\n",
		       schedcut_release);
		return -ENODEV;
	}
	ret = fill_symbol_table(slide);
	if (ret)
		return ret;
	schedcut_offer_symbols(THIS_MODULE, schedcut_ksymtab, schedcut_nr_symbols);
	return 0;
}

/* Without an exit function the module could never be removed. */
static void __exit provider_exit(void) {}

module_init(provider_init);
module_exit(provider_exit);
MODULE_DESCRIPTION("Symbols of one build of vmlinux, for a scheduler module");
MODULE_LICENSE("GPL");
