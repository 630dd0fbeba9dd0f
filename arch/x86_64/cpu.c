/* SPDX-License-Identifier: MIT */
/* What CPU this is, and what it can do. */
#include "cpu.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/page.h>
#include <baremm/arch.h>
#include <baremm/arch_boot.h>

#include "encryption.h"

#define CPUID_AMD_ENCRYPTION 0x8000001f
#define AMD_HAS_SME	     1U
#define AMD_HAS_SEV	     2U
#define MSR_AMD_SYSCFG	     0xc0010010
#define CPUID_7_ECX_TME	     (1U << 13)
#define MSR_TME_ACTIVATE     0x982
#define MSR_SEV_STATUS	     0xc0010131
#define CPUID_TDX	     0x21

struct cpu_info cpu_info;

/*
 * Linux runs with five levels wherever the CPU can, and takes 52 or 46 bits of
 * physical address then; max_arch_pfn is what it prints for them.
 */
unsigned long max_arch_pfn = MAX_ARCH_PFN_L4;

static void read_name(void)
{
	u32 regs[4];

	cpuid(0, 0, regs);
	memcpy(cpu_info.vendor, &regs[1], 4);
	memcpy(cpu_info.vendor + 4, &regs[3], 4);
	memcpy(cpu_info.vendor + 8, &regs[2], 4);
	cpuid(0x80000000, 0, regs);
	if (regs[0] < 0x80000004)
		return;
	for (u32 i = 0; i < 3; i++) {
		cpuid(0x80000002 + i, 0, regs);
		memcpy(cpu_info.model_name + 16 * i, regs, 16);
	}
}

/* Intel SDM, CPUID leaf 1: the extended fields count only for some families. */
static void read_signature(u32 eax)
{
	cpu_info.stepping = eax & 15;
	cpu_info.model = eax >> 4 & 15;
	cpu_info.family = eax >> 8 & 15;
	if (cpu_info.family == 15)
		cpu_info.family += eax >> 20 & 255;
	if (cpu_info.family >= 6)
		cpu_info.model |= (eax >> 16 & 15) << 4;
}

/* Leaf @leaf, zeros where the CPU's highest is below it. */
static void cpuid_if_any(u32 leaf, u32 regs[4])
{
	cpuid(leaf & 0x80000000, 0, regs);
	if (regs[0] >= leaf)
		cpuid(leaf, 0, regs);
	else
		memset(regs, 0, 4 * sizeof(*regs));
}

static void read_features(void)
{
	u32 regs[4];

	cpuid(1, 0, regs);
	read_signature(regs[0]);
	cpu_info.rdrand = regs[2] >> 30 & 1;
	cpu_info.hypervisor = regs[2] >> 31;
	cpuid_if_any(7, regs);
	cpu_info.la57 = regs[2] >> 16 & 1;
	cpuid(0x80000001, 0, regs);
	cpu_info.nx = regs[3] >> 20 & 1;
	cpu_info.gb_pages = regs[3] >> 26 & 1;
	cpuid_if_any(0x80000008, regs);
	cpu_info.phys_bits = regs[0] & 255 ?: 36;
}

void cpu_early_init(void)
{
	cpu_info.firmware_pat = rdmsr(MSR_IA32_CR_PAT);
	read_name();
	read_features();
	if (cpu_info.la57)
		max_arch_pfn = MAX_ARCH_PFN_L5;
}

/* Bits of an address that choose a key, and no place. */
static void take_key_bits(void)
{
	struct address_facts facts = {};
	u32 regs[4];

	cpuid_if_any(CPUID_AMD_ENCRYPTION, regs);
	facts.amd_eax = regs[0];
	facts.amd_ebx = regs[1];
	if (facts.amd_eax & AMD_HAS_SME)
		facts.amd_syscfg = rdmsr(MSR_AMD_SYSCFG);
	cpuid_if_any(7, regs);
	if (regs[2] & CPUID_7_ECX_TME)
		facts.tme_activate = rdmsr(MSR_TME_ACTIVATE);
	cpu_info.key_bits = cpu_info.phys_bits - encryption_phys_bits(cpu_info.phys_bits, &facts);
	cpu_info.phys_bits -= cpu_info.key_bits;
}

void cpu_print(void)
{
	const char *name = cpu_info.model_name;

	take_key_bits();
	while (*name == ' ')
		name++;
	pr_info("smpboot: CPU0: %s (family: 0x%x, model: 0x%x, stepping: 0x%x)\n",
		*name ? name : cpu_info.vendor, cpu_info.family, cpu_info.model, cpu_info.stepping);
	if (cpu_info.key_bits)
		pr_info("x86/cpu: %u bits of an address choose the key that memory is encrypted "
			"with\n",
			cpu_info.key_bits);
	pr_info("x86/cpu: %u bits of physical address, %s, %s\n", cpu_info.phys_bits,
		cpu_info.gb_pages ? "1 GB pages" : "no 1 GB pages",
		read_cr4() & CR4_LA57 ? "5 levels on"
		: cpu_info.la57	      ? "5 levels off"
				      : "4 levels only");
}

/* HyperTransport's, 12 GB below 1 TB (AMD IOMMU specification, section 2.1.2). */
bool arch_address_hole(u64 *start, u64 *end)
{
	*start = 0xfd00000000;
	*end = 0x10000000000;
	return !strcmp(cpu_info.vendor, "AuthenticAMD") || !strcmp(cpu_info.vendor, "HygonGenuine");
}

const char *arch_unsupported(void)
{
	struct encryption_facts facts = {.cr3 = read_cr3()};
	u32 regs[4];

	cpuid_if_any(CPUID_AMD_ENCRYPTION, regs);
	facts.amd_eax = regs[0];
	facts.amd_ebx = regs[1];
	if (facts.amd_eax & AMD_HAS_SEV)
		facts.sev_status = rdmsr(MSR_SEV_STATUS);
	cpuid_if_any(CPUID_TDX, regs);
	facts.tdx_name[0] = regs[1];
	facts.tdx_name[1] = regs[3];
	facts.tdx_name[2] = regs[2];
	return encryption_reason(&facts);
}
