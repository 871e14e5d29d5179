/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - what the miniature kernel's files share: each macro stands for
 * one of the real kernel's that schedcut has to see through.
 */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#define NULL		((void *)0)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define noinline	__attribute__((__noinline__))
#define __always_inline	inline __attribute__((__always_inline__))
#define notrace		__attribute__((__no_instrument_function__))
#define __weak		__attribute__((__weak__))
#define __used		__attribute__((__used__))
#define __percpu
#define __visible	__attribute__((__externally_visible__))
#define asmlinkage
#define __init		__attribute__((__section__(".init.text"))) noinline
#define __initdata	__attribute__((__section__(".init.data")))
#define __read_mostly	__attribute__((__section__(".data..read_mostly")))
#define __aligned(n)	__attribute__((__aligned__(n)))
#define barrier()	__asm__ volatile("nop; nop; nop; nop; nop" ::: "memory")

#define EXPORT_SYMBOL(name)						\
	__asm__(".section \"__ksymtab\", \"a\"\n"			\
		"__ksymtab_" #name ": .long " #name " - .\n"		\
		".size __ksymtab_" #name ", 4\n"			\
		".previous")

#define DECLARE_PER_CPU(type, name)					\
	extern __percpu __attribute__((__section__(".data..percpu"))) type name
#define DEFINE_PER_CPU(type, name)					\
	__percpu __attribute__((__section__(".data..percpu"))) type name

struct list_head {
	struct list_head *next, *prev;
};
#define LIST_HEAD(name)	struct list_head name = { &(name), &(name) }

struct mutex {
	int locked;
	struct list_head waiters;
};
#define DEFINE_MUTEX(name)						\
	struct mutex name = { 0, { &(name).waiters, &(name).waiters } }
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

/* A branch that code patching turns on. */
struct static_key_false {
	int enabled;
};
#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name = { 0 }
#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name

static __always_inline int static_branch_unlikely(struct static_key_false *const key)
{
	__asm__ goto("1: .byte 0x0f, 0x1f, 0x44, 0x00, 0x00\n"
		     ".pushsection __jump_table, \"aw\"\n"
		     ".long 1b - ., %l[yes] - .\n"
		     ".quad %c0 - .\n"
		     ".popsection" : : "i" (key) : : yes);
	return 0;
yes:
	return 1;
}

/* A call that code patching sends elsewhere. The macro declares what it defines. */
struct static_call_key {
	void (*func)(void);
};
#define DECLARE_STATIC_CALL(name, function)				\
	extern struct static_call_key __SCK__##name
#define DEFINE_STATIC_CALL(name, function)				\
	DECLARE_STATIC_CALL(name, function);				\
	struct static_call_key __SCK__##name = { .func = function }
#define static_call_query(name)	(__SCK__##name.func)

int printk(const char *fmt, ...);
#define printk_once(fmt, ...)						\
({									\
	static int __attribute__((__section__(".data..once"))) __already_done; \
	if (!__already_done) {						\
		__already_done = 1;					\
		printk(fmt, ##__VA_ARGS__);				\
	}								\
})

struct pt_regs {
	unsigned long di;
};

/* The three functions of a system call, its body behind the call. */
#define SYSCALL_DEFINE1(name, type, arg)				\
	long __x64_sys_##name(const struct pt_regs *regs);		\
	static noinline long __se_sys_##name(unsigned long arg);	\
	static inline long __do_sys_##name(type arg);			\
	long __x64_sys_##name(const struct pt_regs *regs)		\
	{								\
		return __se_sys_##name(regs->di);			\
	}								\
	static noinline long __se_sys_##name(unsigned long arg)		\
	{								\
		long ret = __do_sys_##name((type)arg);			\
		barrier();						\
		return ret;						\
	}								\
	static inline long __do_sys_##name(type arg)

typedef int (*initcall_t)(void);
#define core_initcall(fn)						\
	static initcall_t __initcall_##fn __used			\
	__attribute__((__section__(".initcall.init"))) = fn

struct timer {
	void (*function)(struct timer *timer);
	unsigned long expires;
};
#define timer_setup(timer, fn)	((timer)->function = (fn))
void add_timer(struct timer *timer);

struct wait_queue_entry {
	int (*func)(struct wait_queue_entry *entry);
};
int default_wake_function(struct wait_queue_entry *entry);
#define DEFINE_WAIT(name)						\
	struct wait_queue_entry name = { .func = default_wake_function }
void add_wait_queue(struct wait_queue_entry *entry);

struct file_operations {
	int (*open)(int minor);
	int (*release)(int minor);
};
void debugfs_create_u32(const char *name, unsigned int *value);
void debugfs_create_file(const char *name, const struct file_operations *fops);

struct notifier_block {
	int (*call)(struct notifier_block *nb, unsigned long action);
	int priority;
};
void register_cpu_notifier(struct notifier_block *nb);

#endif
