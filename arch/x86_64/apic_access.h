/* SPDX-License-Identifier: MIT */
/*
 * How the local APIC's driver reaches registers: by the CPU's instructions, or, in host tests,
 * those of APICs that are made there.
 *
 * Owns:    the address at which xAPIC's registers are mapped.
 * Locking: none; all is about the calling CPU.
 * Failure: an access of what a CPU does not have is an exception: the driver makes none.
 */
#ifndef _ARCH_X86_64_APIC_ACCESS_H
#define _ARCH_X86_64_APIC_ACCESS_H

#include <linux/types.h>

struct apic_access {
	void (*cpuid)(u32 leaf, u32 sub, u32 regs[4]);
	u64 (*rdmsr)(u32 msr);
	void (*wrmsr)(u32 msr, u64 value);
	/* Of what was written to memory, others see all before they see what an MSR does. */
	void (*fence)(void);
	/* xAPIC's registers at physical @base can be reached from now on. -errno. */
	int (*map)(phys_addr_t base);
	u32 (*read)(unsigned int reg);
	void (*write)(unsigned int reg, u32 value);
};

/* The real ones; and those before there are page tables of ours, where firmware's map registers. */
extern const struct apic_access apic_hardware, apic_firmware_mapped;

#endif /* _ARCH_X86_64_APIC_ACCESS_H */
