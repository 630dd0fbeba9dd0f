/* SPDX-License-Identifier: MIT */
/* Is memory encrypted page by page? Contract: encryption.h. */
#include "encryption.h"

#include <linux/string.h>

#define AMD_SME	    1U
#define AMD_SEV	    2U
#define SEV_ENABLED 1ULL
#define C_BIT(ebx)  ((ebx)&0x3f)

#define SYSCFG_SME	  (1ULL << 23)
#define REDUCTION(ebx)	  ((ebx) >> 6 & 0x3f)
#define TME_LOCKED	  (1ULL << 0)
#define TME_ENABLED	  (1ULL << 1)
#define TME_KEY_BITS(msr) ((msr) >> 32 & 0xf)

/* A page is the least that can be addressed. */
#define MIN_BITS 13U

unsigned int encryption_phys_bits(unsigned int phys_bits, const struct address_facts *facts)
{
	unsigned int keys = 0;

	if (facts->amd_eax & AMD_SME && facts->amd_syscfg & SYSCFG_SME)
		keys = REDUCTION(facts->amd_ebx);
	if (facts->tme_activate & TME_LOCKED && facts->tme_activate & TME_ENABLED)
		keys = TME_KEY_BITS(facts->tme_activate);
	return phys_bits >= keys + MIN_BITS ? phys_bits - keys : phys_bits;
}

const char *encryption_reason(const struct encryption_facts *facts)
{
	if (facts->amd_eax & AMD_SEV && facts->sev_status & SEV_ENABLED)
		return "this virtual machine's memory is encrypted (SEV)";
	/* The bit is one of a physical address elsewhere. */
	if (facts->amd_eax & AMD_SME && facts->cr3 >> C_BIT(facts->amd_ebx) & 1)
		return "the firmware's page tables encrypt memory (SME)";
	if (!memcmp(facts->tdx_name, "IntelTDX    ", sizeof(facts->tdx_name)))
		return "this virtual machine's memory is encrypted (TDX)";
	return NULL;
}
