/* SPDX-License-Identifier: MIT */
/*
 * Encrypted memory: machines on which page tables have to say of each page whether it is,
 * which ours do not.
 *
 * Owns:       nothing.
 * Invariants: a machine that encrypts all of its memory by itself (TSME, TME) is none of
 *             these: nobody has to know of it.
 * Lifetime:   any time.
 * Locking:    none; no state.
 * Units:      registers.
 * Failure:    a reason in words; NULL: memory is as it seems.
 * Source:     AMD APM volume 2, sections 7.10 and 15.34; Intel TDX module, CPUID leaf 21h;
 *             Intel's Architecture Memory Encryption Technologies, IA32_TME_ACTIVATE.
 */
#ifndef _ARCH_X86_64_ENCRYPTION_H
#define _ARCH_X86_64_ENCRYPTION_H

#include <linux/types.h>

struct encryption_facts {
	u32 amd_eax, amd_ebx; /* CPUID leaf 8000001Fh; 0: there is none */
	u64 sev_status;	      /* MSR C0010131h, where the leaf says SEV; else 0 */
	u64 cr3;
	u32 tdx_name[3]; /* CPUID leaf 21h: EBX, EDX, ECX; 0: there is none */
};

const char *encryption_reason(const struct encryption_facts *facts);

/* What tells how many bits of a physical address are left where others choose a key. */
struct address_facts {
	u32 amd_eax, amd_ebx; /* as above */
	u64 amd_syscfg;	      /* MSR C0010010h, where the leaf says SME; else 0 */
	u64 tme_activate;     /* MSR 982h, where CPUID leaf 7 says TME; else 0 */
};

/* The bits that choose a place of the @phys_bits that CPUID names. */
unsigned int encryption_phys_bits(unsigned int phys_bits, const struct address_facts *facts);

#endif /* _ARCH_X86_64_ENCRYPTION_H */
