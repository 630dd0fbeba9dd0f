/* SPDX-License-Identifier: MIT */
/*
 * bool arch_probe_word(void *addr): writes the complement of what is there, past the caches, and
 * reads it back. An exception between the first and the last access comes back as a no. A bus
 * that answers with what it saw last, or with ones or zeros for everything, is found out.
 */
#include "extable.h"

	.text
	.globl	arch_probe_word
	.hidden	arch_probe_word
	.type	arch_probe_word, @function
arch_probe_word:
.Lprobe:
	movq	(%rdi), %rdx
	movq	%rdx, %rcx
	notq	%rcx
	movq	%rcx, (%rdi)
	clflush	(%rdi)
	mfence
	movq	(%rdi), %rax
	movq	%rdx, (%rdi)
.Lprobed:
	cmpq	%rcx, %rax
	sete	%al
	ret
.Lfault:
	xorl	%eax, %eax
	ret
	.size	arch_probe_word, . - arch_probe_word

	EXTABLE	.Lprobe, .Lprobed, .Lfault
