/* SPDX-License-Identifier: MIT */
/*
 * The way through the page below 1 MB, see trampoline.h. Position independent:
 * EBX holds the page's address while paging is off, and the far jump's target is
 * among the arguments. No stack is used there.
 */
#include "trampoline.h"

#define X86_CR0_PE   0x00000001
#define X86_CR0_NW   0x20000000
#define X86_CR0_CD   0x40000000
#define X86_CR0_PG   0x80000000
#define X86_CR4_LA57 0x1000
#define X86_MSR_EFER 0xc0000080
#define X86_EFER_LME_NXE 0x900

#define ARG(name) (TRAMPOLINE_ARGS + ARGS_##name)

	.text

/*
 * void trampoline_switch(phys_addr_t page, phys_addr_t bridge). The page can be
 * written until the bridge's tables are loaded.
 */
	.globl	trampoline_switch
	.type	trampoline_switch, @function
trampoline_switch:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	leaq	switched(%rip), %rax
	movq	%rax, ARG(ENTRY)(%rdi)
	movq	%rsp, ARG(STACK)(%rdi)
	movl	%edi, %ebx
	movq	%rsi, %cr3
	lgdt	ARG(GDTR)(%rbx)
	leaq	trampoline_leave - trampoline_start(%rbx), %rax
	pushq	$KERNEL32_CS
	pushq	%rax
	lretq
switched:
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret
	.size	trampoline_switch, . - trampoline_switch

/* ---- What is copied to the page ---------------------------------------------- */

	.globl	trampoline_start
	.balign	16
trampoline_start:

/* A CPU that was started, in real mode: CS is the page, and so becomes DS. */
	.code16
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	xorl	%ebx, %ebx
	movw	%ax, %bx
	shll	$4, %ebx
	lidtl	ARG(NO_IDT)
	lgdtl	ARG(GDTR)
	movl	%cr0, %eax
	andl	$~(X86_CR0_CD | X86_CR0_NW), %eax
	orl	$X86_CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	*ARG(REAL_MODE)

	.code32
	.globl	trampoline_protected
trampoline_protected:
	movl	$KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	jmp	trampoline_paging

/* From compatibility mode: clearing CR0.PG forgets all translations, global ones too. */
	.code32
trampoline_leave:
	lidtl	ARG(NO_IDT)(%ebx)
	movl	%cr0, %eax
	andl	$~X86_CR0_PG, %eax
	movl	%eax, %cr0
	jmp	trampoline_paging

/* Paging is off, segments are flat, EBX is the page. */
trampoline_paging:
	movl	ARG(CR4)(%ebx), %edx
	movl	%edx, %cr4
	movl	ARG(CR3)(%ebx), %esi
	movl	%cr4, %eax
	xorl	%edx, %eax
	testl	$X86_CR4_LA57, %eax
	jz	1f
	movl	ARG(BACK_CR3)(%ebx), %esi
1:	movl	%esi, %cr3
	movl	$X86_MSR_EFER, %ecx
	rdmsr
	orl	$X86_EFER_LME_NXE, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$X86_CR0_PG, %eax
	movl	%eax, %cr0
	ljmpl	*ARG(LONG_MODE)(%ebx)

/* The upper halves of registers are undefined after 32-bit mode. */
	.code64
	.globl	trampoline_long_mode
trampoline_long_mode:
	movl	%ebx, %ebx
	movq	ARG(STACK)(%rbx), %rsp
	jmp	*ARG(ENTRY)(%rbx)

	.globl	trampoline_end
trampoline_end:
	/* Does not assemble where the code reaches into the arguments. */
	.org	trampoline_start + TRAMPOLINE_ARGS
