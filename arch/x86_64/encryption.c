/* SPDX-License-Identifier: MIT */
/* Is memory encrypted page by page? Contract: encryption.h. */
#include "encryption.h"

#include <linux/string.h>

#define AMD_SME	    1U
#define AMD_SEV	    2U
#define SEV_ENABLED 1ULL
#define C_BIT(ebx)  ((ebx)&0x3f)

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
