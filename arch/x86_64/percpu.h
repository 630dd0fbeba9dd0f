/* SPDX-License-Identifier: MIT */
/*
 * How a CPU finds its per-CPU memory: the base of GS is what leads from a variable in the
 * image to the CPU's own copy of it, so that %gs:variable(%rip) is the copy.
 *
 * Owns:       the base of GS.
 * Invariants: it is 0, the image's own variables, on the boot CPU until
 *             arch_percpu_enter() (asm/percpu.h). The firmware's is 0, too: its segments
 *             are flat (UEFI 2.10, section 2.3.4).
 * Lifetime:   always.
 * Locking:    none; a CPU's own register.
 * Units:      bytes.
 * Failure:    none.
 */
#ifndef _ARCH_X86_64_PERCPU_H
#define _ARCH_X86_64_PERCPU_H

/* The boot CPU, after its segment registers were loaded: not on all CPUs is the base 0 then. */
void percpu_early_enter(void);

#endif /* _ARCH_X86_64_PERCPU_H */
