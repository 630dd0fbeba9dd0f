/* SPDX-License-Identifier: MIT */
/* The local APIC's registers as the CPU has them. Contract: apic_access.h. */
#include "apic_access.h"

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>

#include "cpu.h"

static char *registers; /* xAPIC's */

static u64 read_msr(u32 msr)
{
	return rdmsr(msr);
}

static void write_msr(u32 msr, u64 value)
{
	wrmsr(msr, value);
}

static void read_cpuid(u32 leaf, u32 sub, u32 regs[4])
{
	cpuid(leaf, sub, regs);
}

/* SDM volume 3A, section 10.12.3: writing x2APIC's MSRs orders nothing. */
static void fence(void)
{
	__asm__ __volatile__("mfence; lfence" : : : "memory");
}

static u32 read_register(unsigned int reg)
{
	return READ_ONCE(*(u32 *)(registers + reg));
}

static void write_register(unsigned int reg, u32 value)
{
	WRITE_ONCE(*(u32 *)(registers + reg), value);
}

/* At an address of its own: 0xfee00000 is no memory, and so in no map. */
static int map_registers(phys_addr_t base)
{
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_IOREMAP);
	int err = -ENOMEM;

	if (area) {
		err = arch_map((unsigned long)area->addr, base, PAGE_SIZE,
			       ARCH_MAP_WRITE | ARCH_MAP_UC | ARCH_MAP_IO);
		area->phys_addr = base;
	}
	if (err) {
		if (area)
			free_vm_area(area);
		return err;
	}
	registers = area->addr;
	return 0;
}

static int find_identity(phys_addr_t base)
{
	struct arch_mapping map;

	if (arch_query(base, &map) || map.phys != base)
		return -ENOENT;
	registers = (char *)base;
	return 0;
}

#define APIC_ACCESS(how)                                                                    \
	{                                                                                   \
		.cpuid = read_cpuid, .rdmsr = read_msr, .wrmsr = write_msr, .fence = fence, \
		.map = (how), .read = read_register, .write = write_register,               \
	}

const struct apic_access apic_hardware = APIC_ACCESS(map_registers);
const struct apic_access apic_firmware_mapped = APIC_ACCESS(find_identity);
