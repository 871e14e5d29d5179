// SPDX-License-Identifier: GPL-2.0-only
/*
 * schedcut_probe.c - let the VM tests examine kernel memory: save ranges and list the
 * differences, find words that point into a range, change one byte of kernel text,
 * count executions of an instruction (also in functions that tracing does not see). For
 * test machines only.
 *
 * /sys/kernel/debug/schedcut_probe/
 *	save	write "START END" (hex) once per range, "clear" forgets them
 *	diff	read: "ADDRESS OLD NEW SYMBOL" for each byte that differs
 *	range	write "START END": the range that `scan` looks for pointers to
 *	scan	write "START END", or "percpu END" for [0, END) of every CPU's
 *		area: hits appear in `hits`
 *	hits	read: "ADDRESS VALUE SYMBOL", or "OFFSET VALUE percpu" for a CPU's
 *		area; emptied by writing `range`
 *	poke	write "ADDRESS BYTE" (hex)
 *	watch	write "ADDRESS 1": count how often the instruction there is executed,
 *		"0 0": stop counting
 *	watched	read: the count
 *	wake	write "MS 0" (hex): wake the machine up after that time, if it is
 *		suspended to idle without a cpuidle driver (which would stop time)
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define MAX_LINES 256

struct saved {
	struct list_head node;
	unsigned long start;
	size_t size;
	u8 *copy;
};

struct hit {
	unsigned long address, value;
	bool percpu; /* @address is an offset in a CPU's area */
};

static LIST_HEAD(saved_ranges);
static struct hit hits[MAX_LINES];
static unsigned int nr_hits;
static unsigned long range_start, range_end;
static DEFINE_MUTEX(lock);
static struct dentry *directory;

/* Freed gaps of the image are not mapped: they count as zeroes. */
static void read_memory(void *to, unsigned long from, size_t size)
{
	if (copy_from_kernel_nofault(to, (void *)from, size))
		memset(to, 0, size);
}

static void forget_saved(void)
{
	struct saved *s, *next;

	list_for_each_entry_safe(s, next, &saved_ranges, node) {
		list_del(&s->node);
		vfree(s->copy);
		kfree(s);
	}
}

static int save_range(unsigned long start, unsigned long end)
{
	struct saved *s;
	size_t at;

	if (start >= end)
		return -EINVAL;
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	s->start = start;
	s->size = end - start;
	s->copy = vmalloc(s->size);
	if (!s->copy) {
		kfree(s);
		return -ENOMEM;
	}
	for (at = 0; at < s->size; at += PAGE_SIZE)
		read_memory(s->copy + at, start + at, min(s->size - at, PAGE_SIZE));
	list_add_tail(&s->node, &saved_ranges);
	return 0;
}

static void diff_page(struct seq_file *m, const struct saved *s, size_t at, size_t size,
		      const u8 *now, unsigned int *lines)
{
	size_t i;

	for (i = 0; i < size && *lines < MAX_LINES; i++) {
		if (now[i] == s->copy[at + i])
			continue;
		seq_printf(m, "%lx %02x %02x %pS\n", s->start + at + i, s->copy[at + i], now[i],
			   (void *)(s->start + at + i));
		(*lines)++;
	}
}

static int diff_show(struct seq_file *m, void *unused)
{
	unsigned int lines = 0;
	struct saved *s;
	size_t at;
	u8 *now;

	now = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!now)
		return -ENOMEM;
	mutex_lock(&lock);
	list_for_each_entry(s, &saved_ranges, node) {
		for (at = 0; at < s->size; at += PAGE_SIZE) {
			size_t size = min(s->size - at, PAGE_SIZE);

			read_memory(now, s->start + at, size);
			if (memcmp(now, s->copy + at, size))
				diff_page(m, s, at, size, now, &lines);
		}
	}
	mutex_unlock(&lock);
	kfree(now);
	return 0;
}

static void scan_words(unsigned long start, unsigned long end, bool percpu)
{
	unsigned long at, word;

	for (at = ALIGN(start, sizeof(word)); at + sizeof(word) <= end; at += sizeof(word)) {
		read_memory(&word, at, sizeof(word));
		if (word < range_start || word >= range_end || nr_hits == MAX_LINES)
			continue;
		hits[nr_hits].address = percpu ? at - start : at;
		hits[nr_hits].percpu = percpu;
		hits[nr_hits++].value = word;
	}
}

static int hits_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	mutex_lock(&lock);
	for (i = 0; i < nr_hits; i++) {
		seq_printf(m, "%lx %lx ", hits[i].address, hits[i].value);
		if (hits[i].percpu)
			seq_puts(m, "percpu\n");
		else
			seq_printf(m, "%pS\n", (void *)hits[i].address);
	}
	mutex_unlock(&lock);
	return 0;
}

/* Through a writable alias: the text itself stays read-only. */
static int poke_byte(unsigned long address, unsigned long byte)
{
	struct page *page = pfn_to_page(__pa_symbol(address) >> PAGE_SHIFT);
	u8 *alias = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	if (!alias)
		return -ENOMEM;
	pr_info("%pS: %02x -> %02lx\n", (void *)address, alias[offset_in_page(address)], byte);
	WRITE_ONCE(alias[offset_in_page(address)], byte);
	vunmap(alias);
	return 0;
}

static struct kprobe watch;
static DEFINE_PER_CPU(unsigned long, executions);

static int count_execution(struct kprobe *probe, struct pt_regs *regs)
{
	this_cpu_inc(executions);
	return 0;
}

static int watch_instruction(unsigned long address)
{
	int cpu, ret;

	if (watch.addr)
		unregister_kprobe(&watch);
	watch = (struct kprobe){ .pre_handler = count_execution };
	if (!address)
		return 0;
	for_each_possible_cpu(cpu)
		per_cpu(executions, cpu) = 0;
	watch.addr = (kprobe_opcode_t *)address;
	ret = register_kprobe(&watch);
	if (ret)
		watch.addr = NULL;
	return ret;
}

static int watched_show(struct seq_file *m, void *unused)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(executions, cpu);
	seq_printf(m, "%lu\n", sum);
	return 0;
}

static void wake_machine(struct timer_list *unused)
{
	pm_system_wakeup();
}

static DEFINE_TIMER(wake_timer, wake_machine);

static int command(const char *file, unsigned long a, unsigned long b)
{
	if (!strcmp(file, "watch"))
		return watch_instruction(a);
	if (!strcmp(file, "save"))
		return save_range(a, b);
	if (!strcmp(file, "poke"))
		return poke_byte(a, b);
	if (!strcmp(file, "wake")) {
		mod_timer(&wake_timer, jiffies + msecs_to_jiffies(a));
		return 0;
	}
	if (!strcmp(file, "range")) {
		range_start = a;
		range_end = b;
		nr_hits = 0;
	} else {
		scan_words(a, b, false);
	}
	return 0;
}

static ssize_t command_write(struct file *file, const char __user *user, size_t len, loff_t *pos)
{
	const char *name = file->f_path.dentry->d_name.name;
	unsigned long a, b;
	char text[64];
	int cpu, ret = 0;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, user, len))
		return -EFAULT;
	text[len] = '\0';
	mutex_lock(&lock);
	if (!strcmp(name, "save") && !strncmp(text, "clear", 5)) {
		forget_saved();
	} else if (!strcmp(name, "scan") && sscanf(text, "percpu %lx", &b) == 1) {
		for_each_possible_cpu(cpu)
			scan_words(per_cpu_offset(cpu), per_cpu_offset(cpu) + b, true);
	} else if (sscanf(text, "%lx %lx", &a, &b) == 2) {
		ret = command(name, a, b);
	} else {
		ret = -EINVAL;
	}
	mutex_unlock(&lock);
	return ret ? ret : len;
}

static const struct file_operations command_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = command_write,
};

DEFINE_SHOW_ATTRIBUTE(diff);
DEFINE_SHOW_ATTRIBUTE(hits);
DEFINE_SHOW_ATTRIBUTE(watched);

static int __init probe_init(void)
{
	static const char *const commands[] = { "save", "range", "scan", "poke", "watch", "wake" };
	unsigned int i;

	directory = debugfs_create_dir("schedcut_probe", NULL);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		debugfs_create_file(commands[i], 0200, directory, NULL, &command_fops);
	debugfs_create_file("diff", 0400, directory, NULL, &diff_fops);
	debugfs_create_file("hits", 0400, directory, NULL, &hits_fops);
	debugfs_create_file("watched", 0400, directory, NULL, &watched_fops);
	return 0;
}

static void __exit probe_exit(void)
{
	debugfs_remove_recursive(directory);
	del_timer_sync(&wake_timer);
	watch_instruction(0);
	forget_saved();
}

module_init(probe_init);
module_exit(probe_exit);
MODULE_DESCRIPTION("looks at kernel memory for schedcut's tests");
MODULE_LICENSE("GPL");
