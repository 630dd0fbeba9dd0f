/* SPDX-License-Identifier: MIT */
/*
 * Where the CPU enters: exceptions and interrupts, and the boot stack.
 *
 * Position independent without relocations: whoever needs an address computes it
 * from exception_stubs.
 */

	.text

/*
 * One stub for each vector, EXCEPTION_STUB_SIZE bytes apart. A stub makes all
 * frames alike: where the CPU pushes no error code, it pushes 0.
 *
 *   struct pt_regs:  r15 ... rdi | vector | error code | rip cs rflags rsp ss
 *                    common code   stub     CPU or stub  CPU
 *
 * Vectors with an error code: Intel SDM volume 3A, table 6-1.
 */
	.globl	exception_stubs
	.balign	16
exception_stubs:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
	.else
	pushq	$0
	.endif
	pushq	$vector
	jmp	exception_common
	.set	vector, vector + 1
	.endr

	.type	exception_common, @function
exception_common:
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	cld
	xorl	%ebp, %ebp		/* backtraces of the handler end here */
	movq	%rsp, %rdi
	call	exception_handler
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	addq	$16, %rsp
	iretq
	.size	exception_common, . - exception_common

/*
 * void load_segments(u16 code, u16 data): the segment registers from the GDT
 * that was loaded. A far return is the way to change CS.
 */
	.globl	load_segments
	.type	load_segments, @function
load_segments:
	movl	%esi, %ds
	movl	%esi, %es
	movl	%esi, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	popq	%rax
	movzwl	%di, %edi
	pushq	%rdi
	pushq	%rax
	lretq
	.size	load_segments, . - load_segments

/*
 * void enter_on_stack(struct boot_info *info, void (*next)(...), void *top):
 * never returns. The frame pointer 0 ends every backtrace, and the return
 * address 0 keeps the stack aligned as after a call.
 */
	.globl	enter_on_stack
	.type	enter_on_stack, @function
enter_on_stack:
	movq	%rdx, %rsp
	andq	$-16, %rsp
	xorl	%ebp, %ebp
	pushq	$0
	jmp	*%rsi
	.size	enter_on_stack, . - enter_on_stack

/* Where a started CPU leaves the trampoline: no stack, the trampoline's descriptors. */
	.globl	ap_entry
	.type	ap_entry, @function
ap_entry:
	movq	ap_stack_top(%rip), %rsp
	xorl	%ebp, %ebp
	pushq	$0
	jmp	ap_main
	.size	ap_entry, . - ap_entry

/*
 * arch_rare_call(): fn(ptr, b, return address) for code that is compiled as if it called
 * nothing. The stack may be misaligned there.
 *
 *   b | ptr | fn | return address | rbp, what a function may change, the call's stack
 */
	.globl	rare_call
	.type	rare_call, @function
rare_call:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	andq	$-16, %rsp
	movq	8(%rbp), %rdx
	movq	24(%rbp), %rdi
	movq	32(%rbp), %rsi
	call	*16(%rbp)
	leaq	-72(%rbp), %rsp
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rax
	popq	%rbp
	ret	$24
	.size	rare_call, . - rare_call
