/* SPDX-License-Identifier: MIT */
/*
 * What must be the same on all CPUs: control registers, PAT, memory types by range.
 *
 * Owns:    nothing.
 * Locking: none; reading and writing are about the calling CPU, the rest is pure.
 * Failure: a register that the CPU does not have counts as 0.
 * Source:  Intel SDM volume 3A, section 12.11 (MTRRs) and 12.12 (PAT).
 */
#ifndef _ARCH_X86_64_CPU_STATE_H
#define _ARCH_X86_64_CPU_STATE_H

#include <linux/types.h>

#define NR_FIXED_MTRRS 11
#define MAX_VAR_MTRRS  32

/* Registers by number; of a variable MTRR first the base, then the mask. */
enum {
	STATE_CR0,
	STATE_CR4,
	STATE_EFER,
	STATE_FIRMWARE_PAT, /* before this program set its own */
	STATE_PAT,
	STATE_FIRMWARE_APIC, /* IA32_APIC_BASE: where its registers are, and its mode */
	STATE_MTRR_CAP,
	STATE_MTRR_DEF_TYPE,
	STATE_MTRR_FIXED,
	STATE_MTRR_VAR = STATE_MTRR_FIXED + NR_FIXED_MTRRS,
	NR_STATE_REGS = STATE_MTRR_VAR + 2 * MAX_VAR_MTRRS,
};

struct cpu_state {
	u64 regs[NR_STATE_REGS];
};

/* The calling CPU's registers into @state, which is zeroed; all but the firmware's. */
void cpu_state_read(struct cpu_state *state);

/* Gives the calling CPU the MTRRs of @boot. With interrupts off. */
void cpu_state_set_mtrrs(const struct cpu_state *boot);

/* Are MTRRs other than on @boot, whose number of them is the same? */
bool cpu_state_mtrrs_differ(const struct cpu_state *state, const struct cpu_state *boot);

/*
 * Logs each register in which CPUs of 1 to @nr - 1 are not like CPU 0, once for CPUs side by
 * side with the same value. @state_of gives a CPU's, NULL where it is not there. How many
 * lines that took.
 */
unsigned int cpu_states_compare(const struct cpu_state *(*state_of)(unsigned int cpu),
				unsigned int nr);

#endif /* _ARCH_X86_64_CPU_STATE_H */
