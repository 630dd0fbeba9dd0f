/* SPDX-License-Identifier: MIT */
/*
 * Encrypted memory, told from registers: who has to know of it, and what it takes away from
 * physical addresses.
 *
 *   TME, TSME     all memory, by the memory controller: nobody has to know, but that some
 *                 address bits may choose a key
 *   SME, SEV      page by page: a bit of each entry, the C-bit, says of what it leads to
 *                 whether it is encrypted. Where it is on our tables carry it (mem_encrypt.h)
 *   SEV-ES, SNP   refused. CPUID, port I/O and many MSRs raise #VC there, which has to be
 *                 answered through a page shared with the hypervisor, from the first
 *                 instruction after the exit on; SNP's pages have to be validated, too
 *   TDX           refused. The same raise #VE, memory has to be accepted, and what is shared
 *                 lies at other addresses
 *
 * Owns:       nothing.
 * Lifetime:   any time.
 * Locking:    none; no state.
 * Units:      registers, bits.
 * Failure:    a reason in words.
 * Source:     AMD APM volume 2, sections 7.10 and 15.34; Intel TDX module, CPUID leaf 21h;
 *             Intel's Architecture Memory Encryption Technologies, IA32_TME_ACTIVATE.
 */
#ifndef _ARCH_X86_64_ENCRYPTION_H
#define _ARCH_X86_64_ENCRYPTION_H

#include <linux/types.h>

/* CPUID leaf 8000001Fh, EAX: what there can be, and which of the MSRs below there are. */
#define AMD_HAS_SME 1U
#define AMD_HAS_SEV 2U

struct encryption_facts {
	u32 amd_eax, amd_ebx; /* CPUID leaf 8000001Fh; 0: there is none */
	u64 amd_syscfg;	      /* MSR C0010010h, where the leaf says SME; else 0 */
	u64 sev_status;	      /* MSR C0010131h, where the leaf says SEV; else 0 */
	u64 tme_activate;     /* MSR 982h, where CPUID leaf 7 says TME; else 0 */
	u32 tdx_name[3];      /* CPUID leaf 21h: EBX, EDX, ECX; 0: there is none */
};

/* Is it a virtual machine whose memory is encrypted (SEV)? */
bool encryption_is_guest(const struct encryption_facts *facts);

/* Why the program cannot run; NULL: nothing of this is in its way. */
const char *encryption_reason(const struct encryption_facts *facts);

/* The C-bit of entries, where SEV or SME is on; 0: they have none. */
u64 encryption_bit(const struct encryption_facts *facts);

/* The bits that choose a place of the @phys_bits that CPUID names. */
unsigned int encryption_phys_bits(unsigned int phys_bits, const struct encryption_facts *facts);

/*
 * Does the program, of which @va is a byte, lie in memory that @firmware, whose enc is the
 * C-bit, maps encrypted? Then all that it works on does, and ours map it so.
 */
struct pgtable;
bool encryption_is_used(const struct pgtable *firmware, unsigned long va);

#endif /* _ARCH_X86_64_ENCRYPTION_H */
