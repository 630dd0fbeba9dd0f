/* SPDX-License-Identifier: MIT */
/* What CPU this is, and what it can do. */
#include "cpu.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/page.h>
#include <baremm/arch.h>

#include "mem_encrypt.h"

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

void cpuid_if_any(u32 leaf, u32 regs[4])
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

void cpu_print(void)
{
	const char *name = cpu_info.model_name;

	cpu_info.key_bits = cpu_info.phys_bits - mem_encrypt_phys_bits(cpu_info.phys_bits);
	cpu_info.phys_bits -= cpu_info.key_bits;
	while (*name == ' ')
		name++;
	pr_info("smpboot: CPU0: %s (family: 0x%x, model: 0x%x, stepping: 0x%x)\n",
		*name ? name : cpu_info.vendor, cpu_info.family, cpu_info.model, cpu_info.stepping);
	if (cpu_info.key_bits)
		pr_info("x86/cpu: %u bits of an address choose the key that memory is encrypted "
			"with\n",
			cpu_info.key_bits);
	mem_encrypt_print();
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
