/* SPDX-License-Identifier: MIT */
/*
 * bool copy_nofault(void *dst, const void *src, size_t size): whether all of it was copied, in
 * accesses as wide as they can be, from the first byte on.
 */
#include "extable.h"

	.macro	copy_words size, mov, reg
1:	cmpq	$\size, %rdx
	jb	2f
	\mov	(%rsi), \reg
	\mov	\reg, (%rdi)
	addq	$\size, %rsi
	addq	$\size, %rdi
	subq	$\size, %rdx
	jmp	1b
2:
	.endm

	.text
	.globl	copy_nofault
	.hidden	copy_nofault
	.type	copy_nofault, @function
copy_nofault:
.Lcopy:
	copy_words 8, movq, %rax
	copy_words 4, movl, %eax
	copy_words 2, movw, %ax
	copy_words 1, movb, %al
.Lcopied:
	movl	$1, %eax
	ret
.Lfault:
	xorl	%eax, %eax
	ret
	.size	copy_nofault, . - copy_nofault

	EXTABLE	.Lcopy, .Lcopied, .Lfault
