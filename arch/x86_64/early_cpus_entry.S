/* SPDX-License-Identifier: MIT */
/*
 * CPUs before there are allocators (early_cpus.c): where they come from the trampoline, and the
 * accesses that they are for.
 */
#include <baremm/arch_early.h>

#include "extable.h"

	.section .init.text, "ax", @progbits

/*
 * No stack, the trampoline's descriptors. Many come at once: each takes the next stack, and who
 * finds none left stops.
 */
	.globl	early_ap_entry
	.type	early_ap_entry, @function
early_ap_entry:
	movl	$1, %eax
	lock xaddl %eax, early_ap_arrived(%rip)
	cmpl	early_ap_stacks_nr(%rip), %eax
	jae	early_ap_halt
	incl	%eax
	imulq	$ARCH_EARLY_STACK_SIZE, %rax
	addq	early_ap_stacks(%rip), %rax
	movq	%rax, %rsp
	xorl	%ebp, %ebp
	pushq	$0
	jmp	early_ap_main
	.size	early_ap_entry, . - early_ap_entry

	.globl	early_ap_halt
	.type	early_ap_halt, @function
early_ap_halt:
	cli
	hlt
	jmp	early_ap_halt
	.size	early_ap_halt, . - early_ap_halt

/*
 * size_t arch_test_write(u64 *words, size_t nr, u64 pattern), and arch_test_read(). RCX counts
 * from -nr up to 0. An exception inside ends it, with RCX as it is.
 */
	.globl	arch_test_write
	.hidden	arch_test_write
	.type	arch_test_write, @function
arch_test_write:
	leaq	(%rdi,%rsi,8), %rdi
	movq	%rsi, %rcx
	negq	%rcx
	jz	.Ltested
.Ltest:
1:	movq	%rdx, (%rdi,%rcx,8)
	incq	%rcx
	jnz	1b
	jmp	.Ltested
	.size	arch_test_write, . - arch_test_write

	.globl	arch_test_read
	.hidden	arch_test_read
	.type	arch_test_read, @function
arch_test_read:
	leaq	(%rdi,%rsi,8), %rdi
	movq	%rsi, %rcx
	negq	%rcx
	jz	.Ltested
1:	cmpq	%rdx, (%rdi,%rcx,8)
	jne	.Ltested
	incq	%rcx
	jnz	1b
.Ltested:
	leaq	(%rsi,%rcx), %rax
	ret
	.size	arch_test_read, . - arch_test_read

	EXTABLE	.Ltest, .Ltested, .Ltested
