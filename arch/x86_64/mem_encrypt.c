/* SPDX-License-Identifier: MIT */
/* This machine's encrypted memory, from its registers. Contract: mem_encrypt.h. */
#include "mem_encrypt.h"

#include <linux/kernel.h>
#include <baremm/arch.h>
#include <baremm/arch_boot.h>

#include "cpu.h"
#include "encryption.h"
#include "mmu.h"

#define CPUID_AMD_ENCRYPTION 0x8000001f
#define CPUID_TDX	     0x21
#define CPUID_7_ECX_TME	     (1U << 13)
#define MSR_AMD_SYSCFG	     0xc0010010
#define MSR_SEV_STATUS	     0xc0010131
#define MSR_TME_ACTIVATE     0x982

u64 sme_me_mask;

static struct encryption_facts facts;

static void read_facts(void)
{
	u32 regs[4];

	cpuid_if_any(CPUID_AMD_ENCRYPTION, regs);
	facts.amd_eax = regs[0];
	facts.amd_ebx = regs[1];
	if (facts.amd_eax & AMD_HAS_SEV)
		facts.sev_status = rdmsr(MSR_SEV_STATUS);
	if (facts.amd_eax & AMD_HAS_SME)
		facts.amd_syscfg = rdmsr(MSR_AMD_SYSCFG);
	cpuid_if_any(7, regs);
	if (regs[2] & CPUID_7_ECX_TME)
		facts.tme_activate = rdmsr(MSR_TME_ACTIVATE);
	cpuid_if_any(CPUID_TDX, regs);
	facts.tdx_name[0] = regs[1];
	facts.tdx_name[1] = regs[3];
	facts.tdx_name[2] = regs[2];
}

const char *arch_unsupported(void)
{
	struct pgtable firmware = {.enc = 0};
	const char *reason;

	read_facts();
	reason = encryption_reason(&facts);
	if (reason)
		return reason;
	firmware.enc = encryption_bit(&facts);
	firmware.root = entry_phys(&firmware, read_cr3());
	firmware.levels = read_cr4() & CR4_LA57 ? 5 : 4;
	if (encryption_is_used(&firmware, (unsigned long)arch_unsupported))
		sme_me_mask = firmware.enc;
	else if (encryption_is_guest(&facts))
		return "this virtual machine's memory is encrypted (SEV), but the firmware's page "
		       "tables do not say so of the program's";
	return NULL;
}

bool mem_encrypt_is_host(void)
{
	return sme_me_mask && !encryption_is_guest(&facts);
}

unsigned int mem_encrypt_phys_bits(unsigned int phys_bits)
{
	return encryption_phys_bits(phys_bits, &facts);
}

void mem_encrypt_print(void)
{
	if (sme_me_mask)
		pr_info("Memory Encryption Features active: AMD %s\n",
			mem_encrypt_is_host() ? "SME" : "SEV");
}
