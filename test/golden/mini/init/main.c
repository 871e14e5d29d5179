// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - boot, and the tables that hold the scheduler's functions.
 */
#include <linux/sched.h>

const char linux_banner[] = "Linux version 1.0.0-mini (builder) #1\n";

void __switch_to_asm(void);
void jump_label_lock(void);
void jump_label_unlock(void);
void put_task_stack(struct task_struct *task);
int sched_setscheduler_nocheck(struct task_struct *task, int policy, const void *param);
int stop_machine_cpuslocked(int (*fn)(void *arg), void *arg);
long __x64_sys_nice(const struct pt_regs *regs);
long __x64_sys_pause(const struct pt_regs *regs);

long (*const sys_call_table[])(const struct pt_regs *) = {
	__x64_sys_nice,
	__x64_sys_pause,
};

/* What the runtime asks of every kernel. */
struct mutex text_mutex;
void __switch_to_asm(void)
{
}

void jump_label_lock(void)
{
}

void jump_label_unlock(void)
{
}

void put_task_stack(struct task_struct *task)
{
}

int sched_setscheduler_nocheck(struct task_struct *task, int policy, const void *param)
{
	return 0;
}

int stop_machine_cpuslocked(int (*fn)(void *arg), void *arg)
{
	return fn(arg);
}

void __init start_kernel(void)
{
	sched_init();
	wake_up_process(current_task);
	schedule();
}

notrace void __fentry__(void);
notrace void __fentry__(void)
{
}
