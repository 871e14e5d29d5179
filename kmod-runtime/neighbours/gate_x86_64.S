/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate_x86_64.S - stubs before functions that have a gate (gate.c). A task that comes here
 * has called the function, and may have to wait. Its arguments are preserved; the stub's
 * number tells where the function continues.
 */
#include <linux/linkage.h>
#include <asm/nospec-branch.h>

	.text

.macro GATE number
SYM_FUNC_START(schedcut_gate_\number)
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%r8
	pushq	%r9
	pushq	%rax
	movl	$\number, %edi
	call	schedcut_gate_wait
	movq	%rax, %r11
	popq	%rax
	popq	%r9
	popq	%r8
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	JMP_NOSPEC r11
SYM_FUNC_END(schedcut_gate_\number)
.endm

/* SCHEDCUT_NR_GATES of them */
#define NUMBERS	0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	.irp number, NUMBERS
	GATE \number
	.endr

	.section .rodata
SYM_DATA_START(schedcut_gate_stubs)
	.irp number, NUMBERS
	.quad	schedcut_gate_\number
	.endr
SYM_DATA_END(schedcut_gate_stubs)
