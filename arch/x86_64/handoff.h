/* SPDX-License-Identifier: MIT */
/*
 * The state in which the firmware hands the boot CPU over: saved before anything is
 * changed, and set to what the program needs.
 *
 * Owns:       the struct arch_handoff that boot_info.handoff points to.
 * Invariants: what is saved is what was found; a register that the CPU does not have
 *             is 0. The order of handoff_take() is that of its comments.
 * Lifetime:   handoff_take() first of all after the exit, on the firmware's stack,
 *             page tables and descriptors; the record for ever.
 * Locking:    none; the boot CPU, interrupts off.
 * Units:      registers.
 * Failure:    none: what a CPU does not have is not touched.
 * Source:     Intel SDM volume 3A, sections 2.5 (control registers), 4.1.1 (paging), 18.2
 *             (debug registers); volume 1, chapter 17 (CET).
 */
#ifndef _ARCH_X86_64_HANDOFF_H
#define _ARCH_X86_64_HANDOFF_H

#include <linux/types.h>

struct boot_info;

/* Those that the block of text names; the rest of CR4 is printed as a number. */
#define X86_CR4_LA57  (1ULL << 12)
#define X86_CR4_PCIDE (1ULL << 17)
#define X86_CR4_SMEP  (1ULL << 20)
#define X86_CR4_SMAP  (1ULL << 21)
#define X86_CR4_PKE   (1ULL << 22)
#define X86_CR4_CET   (1ULL << 23)
#define X86_CR4_PKS   (1ULL << 24)
#define X86_CR4_LASS  (1ULL << 27)
#define X86_CR4_FRED  (1ULL << 32)

/*
 * Bits of CR4 that would make our own accesses, returns or interrupts fault, or that give
 * a translation a context that we do not keep. Everything else stays as found; LA57 has
 * a file of its own, la57.c.
 */
#define X86_CR4_UNWANTED                                                                         \
	(X86_CR4_PCIDE | X86_CR4_SMEP | X86_CR4_SMAP | X86_CR4_PKE | X86_CR4_CET | X86_CR4_PKS | \
	 X86_CR4_LASS | X86_CR4_FRED)

#define X86_FLAGS_IF	(1ULL << 9)
#define X86_DR7_DEFAULT 0x400ULL /* no breakpoint */
#define X86_DR7_ENABLES 0xffULL
#define X86_APIC_X2	(1ULL << 10)
#define X86_APIC_ON	(1ULL << 11)
#define X86_MTRR_ON	(1ULL << 11)
#define X86_MTRR_TYPE	0xffULL
#define X86_MTRR_WB	6
#define X86_PAT_RESET	0x0007040600070406ULL

struct arch_handoff {
	u64 cr0, cr3, cr4, efer, rflags;
	u64 dr6, dr7;
	u16 cs, ds, es, ss, fs, gs, tr, ldtr;
	u64 fs_base, gs_base, gdt_base, idt_base;
	u16 gdt_limit, idt_limit;
	u64 s_cet, pat, apic_base;
	u64 mtrr_cap, mtrr_def_type;
	unsigned int mc_banks, mc_errors; /* machine-check banks, and those that hold an error */
	bool has_mtrr;
};

/*
 * Fills @info->handoff, stops the other CPUs, and gives the boot CPU the state that this program
 * runs in: no debugging, protection or translation of the firmware's left on, but its page tables
 * and descriptors, which go later.
 */
void handoff_take(struct boot_info *info);

/* The block in the log: all that was found, then what was changed. */
void handoff_print(const struct arch_handoff *found);

#endif /* _ARCH_X86_64_HANDOFF_H */
