/* SPDX-License-Identifier: MIT */
/* Is memory encrypted page by page? Contract: encryption.h. */
#include "encryption.h"

#include <linux/string.h>

#include "pgtable.h"

#define SEV_ENABLED 1ULL
#define SEV_ES	    2ULL
#define SEV_SNP	    4ULL
#define SYSCFG_SME  (1ULL << 23)

#define C_BIT(ebx)	  ((ebx)&0x3f)
#define REDUCTION(ebx)	  ((ebx) >> 6 & 0x3f)
#define TME_LOCKED	  (1ULL << 0)
#define TME_ENABLED	  (1ULL << 1)
#define TME_KEY_BITS(msr) ((msr) >> 32 & 0xf)

/* An entry has room for addresses of 52 bits, and a machine's has 36 at least. */
#define C_BIT_MIN 36U
#define C_BIT_MAX 51U

/* A page is the least that can be addressed. */
#define MIN_BITS 13U

bool encryption_is_guest(const struct encryption_facts *facts)
{
	return facts->amd_eax & AMD_HAS_SEV && facts->sev_status & SEV_ENABLED;
}

static bool is_on(const struct encryption_facts *facts)
{
	return encryption_is_guest(facts) ||
	       (facts->amd_eax & AMD_HAS_SME && facts->amd_syscfg & SYSCFG_SME);
}

static bool bit_is_possible(const struct encryption_facts *facts)
{
	return C_BIT(facts->amd_ebx) >= C_BIT_MIN && C_BIT(facts->amd_ebx) <= C_BIT_MAX;
}

u64 encryption_bit(const struct encryption_facts *facts)
{
	return is_on(facts) && bit_is_possible(facts) ? 1ULL << C_BIT(facts->amd_ebx) : 0;
}

const char *encryption_reason(const struct encryption_facts *facts)
{
	if (!memcmp(facts->tdx_name, "IntelTDX    ", sizeof(facts->tdx_name)))
		return "this virtual machine's memory is encrypted by TDX, whose #VE exceptions "
		       "are not handled";
	if (!encryption_is_guest(facts))
		return NULL;
	if (facts->sev_status & SEV_SNP)
		return "this virtual machine's memory is encrypted by SEV-SNP, whose #VC "
		       "exceptions "
		       "are not handled; SEV without ES will do";
	if (facts->sev_status & SEV_ES)
		return "this virtual machine's memory is encrypted by SEV-ES, whose #VC exceptions "
		       "are not handled; SEV without ES will do";
	if (!bit_is_possible(facts))
		return "this virtual machine's memory is encrypted (SEV), and CPUID names an "
		       "impossible bit for that";
	return NULL;
}

unsigned int encryption_phys_bits(unsigned int phys_bits, const struct encryption_facts *facts)
{
	unsigned int keys = 0;

	if (facts->amd_eax & AMD_HAS_SME && facts->amd_syscfg & SYSCFG_SME)
		keys = REDUCTION(facts->amd_ebx);
	if (facts->tme_activate & TME_LOCKED && facts->tme_activate & TME_ENABLED)
		keys = TME_KEY_BITS(facts->tme_activate);
	if (phys_bits >= keys + MIN_BITS)
		phys_bits -= keys;
	/* A guest's are not reduced: what is left of the C-bit is no address either. */
	if (encryption_bit(facts) && phys_bits > C_BIT(facts->amd_ebx))
		phys_bits = C_BIT(facts->amd_ebx);
	return phys_bits;
}

bool encryption_is_used(const struct pgtable *firmware, unsigned long va)
{
	struct arch_mapping map;

	return firmware->enc && !pgtable_query(firmware, va, &map) && !(map.prot & ARCH_MAP_IO);
}
