/* SPDX-License-Identifier: MIT */
/* How CPUs are numbered, and PCI configuration space through its two ports. */
#include <baremm/arch.h>

#include "cpu.h"

#define CPUID_TOPOLOGY	 0x0b /* Intel SDM volume 2: EDX is the x2APIC id */
#define CPUID_AMD_CORES	 0x80000008U
#define CPUID_AMD_LEAVES 0x80000000U

#define PCI_CONFIG_ADDRESS 0xcf8
#define PCI_CONFIG_DATA	   0xcfc
#define PCI_CONFIG_ENABLE  (1U << 31)

u32 arch_boot_apic_id(void)
{
	u32 regs[4];

	cpuid(0, 0, regs);
	if (regs[0] >= CPUID_TOPOLOGY) {
		cpuid(CPUID_TOPOLOGY, 0, regs);
		if (regs[1])
			return regs[3];
	}
	cpuid(1, 0, regs);
	return regs[1] >> 24;
}

/* ECX of AMD's leaf: bits 15:12 say how many, or bits 7:0 how many cores there are. */
unsigned int arch_core_id_bits(void)
{
	unsigned int bits;
	u32 regs[4];

	cpuid(CPUID_AMD_LEAVES, 0, regs);
	if (regs[0] < CPUID_AMD_CORES)
		return 0;
	cpuid(CPUID_AMD_CORES, 0, regs);
	bits = regs[2] >> 12 & 0xf;
	while (!(regs[2] & 0xf000) && 1u << bits < (regs[2] & 0xff) + 1)
		bits++;
	return bits;
}

u32 arch_pci_read32(unsigned int bus, unsigned int dev, unsigned int fn, unsigned int offset)
{
	outl(PCI_CONFIG_ENABLE | bus << 16 | dev << 11 | fn << 8 | (offset & 0xfc),
	     PCI_CONFIG_ADDRESS);
	return inl(PCI_CONFIG_DATA);
}
