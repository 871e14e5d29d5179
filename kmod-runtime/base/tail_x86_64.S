/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tail_x86_64.S - the way into and out of the active scheduler's __schedule(). It is resident,
 * so that a scheduler module can be unloaded while tasks sleep.
 *
 * vmlinux's __schedule() jumps to schedcut_schedule_entry(), which saves the callee-saved
 * registers and calls the module. The module comes back in one of two ways: it returns (no
 * context switch), or its switch_to() calls schedcut_switch_tail() and never returns. The
 * latter first drops all frames of the module, so the stack of a sleeping task holds
 *
 *	return address into schedule(), in vmlinux
 *	return address into schedcut_switch_tail()
 *	struct inactive_task_frame of __switch_to_asm()
 *
 * Both run with preemption disabled from beginning to end. The targets of their calls are
 * written into them like the jumps into vmlinux's functions: no pointer, no thunk. They must
 * not be probed: a kretprobe on a function that never returns, as the latter and the module's
 * __schedule(), would take the return of another function for it.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>
#include <asm/orc_types.h>
#include <asm/percpu.h>
#include <asm/unwind_hints.h>

/* struct schedcut_cpu */
#define ENTRY_SP	0
#define ENTRIES		8
#define SWITCHES	16
#define PARKED		24

.macro POP_CALLEE_SAVED
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
.endm

	.text

/* void schedcut_schedule_entry(unsigned int mode), in place of __schedule() */
SYM_FUNC_START(schedcut_schedule_entry)
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	incq	PER_CPU_VAR(schedcut_cpu + ENTRIES)
	movq	%rsp, PER_CPU_VAR(schedcut_cpu + ENTRY_SP)
.Lschedule:
	call	schedcut_stub_unset
	POP_CALLEE_SAVED
	RET
SYM_FUNC_END(schedcut_schedule_entry)

/* void schedcut_switch_tail(prev, next, parks), interrupts disabled. The registers are restored
 * before the switch, because the unwinder takes the frame pointers of the functions above from
 * the frame of __switch_to_asm(). */
SYM_FUNC_START(schedcut_switch_tail)
#ifdef CONFIG_KASAN_STACK
	/* Nothing else unpoisons the red zones of the frames that are dropped. */
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	movq	%rsp, %rdi
	movq	PER_CPU_VAR(schedcut_cpu + ENTRY_SP), %rsi
	call	__asan_allocas_unpoison
	popq	%rdx
	popq	%rsi
	popq	%rdi
#endif
	movq	PER_CPU_VAR(schedcut_cpu + ENTRY_SP), %rsp
	UNWIND_HINT sp_reg=ORC_REG_SP sp_offset=56 type=UNWIND_HINT_TYPE_CALL
	POP_CALLEE_SAVED
	UNWIND_HINT_FUNC
	incq	PER_CPU_VAR(schedcut_cpu + SWITCHES)
	addq	%rdx, PER_CPU_VAR(schedcut_cpu + PARKED)
.Lswitch_to:
	call	schedcut_stub_unset
	/* Later, and perhaps on another CPU. %rax is the task that ran before. */
	decq	PER_CPU_VAR(schedcut_cpu + PARKED)
	movq	%rax, %rdi
.Lfinish:
	jmp.d32	schedcut_stub_unset
SYM_FUNC_END(schedcut_switch_tail)
_ASM_NOKPROBE(schedcut_schedule_entry)
_ASM_NOKPROBE(schedcut_switch_tail)

/* The target of the branches out of the stub until they are set. */
SYM_FUNC_START(schedcut_stub_unset)
	RET
SYM_FUNC_END(schedcut_stub_unset)
.Lend:

	.section .rodata
/* A number, so that nothing looks like a reference to the end of the stub. */
SYM_DATA(schedcut_stub_size, .quad .Lend - schedcut_schedule_entry)
/* The branches, in the order of enum schedcut_branch. */
SYM_DATA_START(schedcut_stub_branches)
	.quad	.Lschedule - schedcut_schedule_entry
	.quad	.Lswitch_to - schedcut_schedule_entry
	.quad	.Lfinish - schedcut_schedule_entry
SYM_DATA_END(schedcut_stub_branches)
