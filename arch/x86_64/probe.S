/* SPDX-License-Identifier: MIT */
/*
 * bool arch_probe_word(void *addr): writes the complement of what is there, past the caches, and
 * reads it back. An exception between the first and the last access comes back as a no
 * (probe_fixup() in exceptions.c). A bus that answers with what it saw last, or with ones or
 * zeros for everything, is found out.
 */
	.text
	.globl	arch_probe_word, probe_start, probe_end, probe_failed
	.hidden	arch_probe_word, probe_start, probe_end, probe_failed
	.type	arch_probe_word, @function
arch_probe_word:
probe_start:
	movq	(%rdi), %rdx
	movq	%rdx, %rcx
	notq	%rcx
	movq	%rcx, (%rdi)
	clflush	(%rdi)
	mfence
	movq	(%rdi), %rax
	movq	%rdx, (%rdi)
probe_end:
	cmpq	%rcx, %rax
	sete	%al
	ret
probe_failed:
	xorl	%eax, %eax
	ret
	.size	arch_probe_word, . - arch_probe_word
