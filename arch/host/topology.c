/* SPDX-License-Identifier: MIT */
/* CPU numbers and PCI configuration space of a simulated machine, as a test sets them. */
#include <baremm/arch.h>
#include <host/machine.h>

#include <stddef.h>

u32 host_boot_apic_id;
unsigned int host_core_id_bits;
u32 (*host_pci_read32)(unsigned int bus, unsigned int dev, unsigned int fn, unsigned int offset);

u32 arch_boot_apic_id(void)
{
	return host_boot_apic_id;
}

unsigned int arch_core_id_bits(void)
{
	return host_core_id_bits;
}

u32 arch_pci_read32(unsigned int bus, unsigned int dev, unsigned int fn, unsigned int offset)
{
	return host_pci_read32 ? host_pci_read32(bus, dev, fn, offset) : ~0U;
}

bool arch_address_hole(u64 *start, u64 *end)
{
	*start = *end = 0;
	return false;
}

const struct arch_mtrrs *host_mtrrs;

bool arch_read_mtrrs(struct arch_mtrrs *mtrrs)
{
	if (host_mtrrs)
		*mtrrs = *host_mtrrs;
	return host_mtrrs;
}
