/* SPDX-License-Identifier: MIT */
/*
 * The exception table: accesses that may fail, and where the CPU goes on when one does.
 *
 * Owns:       ranges of instructions, each entered by EXTABLE beside them. A page fault, a
 *             general protection fault or a machine check within goes on at the fix-up, with
 *             all registers but RIP as they were.
 * Invariants: addresses are relative to where they stand, so that the table is constant.
 * Lifetime:   from descriptors_load() on; a range of init memory until that is freed.
 * Locking:    none; nothing changes.
 * Failure:    0 where nobody expected the exception.
 */
#ifndef _ARCH_X86_64_EXTABLE_H
#define _ARCH_X86_64_EXTABLE_H

#ifdef __ASSEMBLER__

/* From @start up to, not including, @end; then @fixup. */
/* clang-format off */
	.macro	EXTABLE start, end, fixup
	.pushsection .rodata.extable, "a", @progbits
	.balign	4
	.long	\start - .
	.long	\end - .
	.long	\fixup - .
	.popsection
	.endm
/* clang-format on */

#else

struct pt_regs;

/* The address at which what @regs interrupted goes on, or 0. The machine check is still to be read. */
unsigned long extable_fixup(const struct pt_regs *regs);

#endif /* __ASSEMBLER__ */
#endif /* _ARCH_X86_64_EXTABLE_H */
