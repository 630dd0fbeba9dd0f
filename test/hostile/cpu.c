/* SPDX-License-Identifier: MIT */
/* States that firmware leaves CPUs in. */
#include "hostile.h"

#define MSR_APIC_BASE	  0x1b
#define MSR_PAT		  0x277
#define MSR_MTRR_DEF_TYPE 0x2ff
#define MSR_MC3_STATUS	  0x40d
#define APIC_X2		  (1ULL << 10)
#define APIC_ICR	  0xfee00300

/* A corrected error of a cache. */
#define OLD_ERROR 0x9000000000000110ULL

static void cpuid(UINT32 leaf, UINT32 regs[4])
{
	__asm__ __volatile__("cpuid"
			     : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			     : "a"(leaf), "c"(0));
}

static UINT64 rdmsr(UINT32 msr)
{
	UINT32 low, high;

	__asm__ __volatile__("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (UINT64)high << 32 | low;
}

static void wrmsr(UINT32 msr, UINT64 value)
{
	__asm__ __volatile__("wrmsr" : : "c"(msr), "a"((UINT32)value), "d"((UINT32)(value >> 32)));
}

/* SMEP, SMAP, UMIP, PKE, PKS: those that this CPU has. */
static UINT64 cr4_bits(void)
{
	UINT32 regs[4];

	cpuid(7, regs);
	return (UINT64)(regs[1] >> 7 & 1) << 20 | (UINT64)(regs[1] >> 20 & 1) << 21 |
	       (UINT64)(regs[2] >> 2 & 1) << 11 | (UINT64)(regs[2] >> 3 & 1) << 22 |
	       (UINT64)(regs[2] >> 31 & 1) << 24;
}

void cpu_state_spoil(void)
{
	UINT64 cr0, cr4;
	UINT32 regs[4];

	cpuid(1, regs);
	wrmsr(MSR_PAT, 0x0007010600070406ULL);
	wrmsr(MSR_MTRR_DEF_TYPE, rdmsr(MSR_MTRR_DEF_TYPE) & ~0xffULL);
	wrmsr(MSR_MC3_STATUS, OLD_ERROR);
	if (regs[2] >> 21 & 1)
		wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_X2);
	/* A breakpoint at what nobody executes, but switched on. */
	__asm__ __volatile__("movq %0, %%dr0; movq %1, %%dr7" : : "r"(guest.start), "r"(0x403ULL));
	__asm__ __volatile__("movq %%cr4, %0" : "=r"(cr4));
	__asm__ __volatile__("movq %0, %%cr4" : : "r"(cr4 | cr4_bits()));
	__asm__ __volatile__("movq %%cr0, %0" : "=r"(cr0));
	__asm__ __volatile__("movq %0, %%cr0" : : "r"(cr0 | 1 << 18)); /* AM */
	__asm__ __volatile__("movl %0, %%ds; movl %0, %%es; movl %0, %%fs" : : "r"(0x18));
	__asm__ __volatile__("sti");
}

/*
 * Another CPU that writes '@' to the serial port for ever, as firmware's would go on with
 * whatever it does:  mov $0x3f8, %dx; mov $'@', %al; 1: out %al, %dx; jmp 1b
 */
static const UINT8 endless[] = {0xba, 0xf8, 0x03, 0xb0, '@', 0xee, 0xeb, 0xfd};
static EFI_PHYSICAL_ADDRESS endless_page;

void cpu_other_prepare(void)
{
	EFI_PHYSICAL_ADDRESS page = 0x9ffff;

	if (endless_page ||
	    EFI_ERROR(real.AllocatePages(AllocateMaxAddress, EfiBootServicesData, 1, &page)))
		return;
	for (UINTN i = 0; i < sizeof(endless); i++)
		((UINT8 *)page)[i] = endless[i];
	endless_page = page;
}

/* A message to all CPUs but this one, and time for it to arrive. */
static void send(UINT32 message)
{
	*(volatile UINT32 *)APIC_ICR = message;
	for (UINTN i = 0; i < 1000000; i++)
		__asm__ __volatile__("pause");
}

void cpu_other_start(void)
{
	send(0xc4500);
	send(0xc4600 | (UINT32)(endless_page >> 12));
}
