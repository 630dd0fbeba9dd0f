/* SPDX-License-Identifier: MIT */
/*
 * The CPU's own registers and ports, and what CPUID says it can do.
 *
 * Owns:       cpu_info, filled once by cpu_early_init() and constant then.
 * Lifetime:   the inline functions always; cpu_info from cpu_early_init() on.
 * Locking:    none; the boot CPU fills it.
 * Units:      none.
 * Failure:    none; a feature that CPUID does not name is off.
 * Source:     Intel SDM volumes 2 (CPUID) and 3 (control registers, MSRs).
 */
#ifndef _ARCH_X86_64_CPU_H
#define _ARCH_X86_64_CPU_H

#include <linux/types.h>

#define CR0_EM (1UL << 2)
#define CR0_TS (1UL << 3)
#define CR0_NE (1UL << 5)
#define CR0_WP (1UL << 16)
#define CR0_AM (1UL << 18)
#define CR0_NW (1UL << 29)
#define CR0_CD (1UL << 30)

#define CR4_PAE	 (1UL << 5)
#define CR4_MCE	 (1UL << 6)
#define CR4_PGE	 (1UL << 7)
#define CR4_LA57 (1UL << 12)

#define MSR_IA32_CR_PAT 0x277
#define MSR_EFER	0xc0000080
#define MSR_GS_BASE	0xc0000101
#define EFER_NXE	(1ULL << 11)

struct cpu_info {
	char vendor[13];
	char model_name[49];
	unsigned int family, model, stepping;
	unsigned int phys_bits; /* width of a physical address, */
	unsigned int key_bits;	/* without these, from cpu_print() on */
	bool nx;		/* pages can be kept from being executed */
	bool gb_pages;
	bool la57; /* five levels can be switched on */
	bool rdrand;
	bool hypervisor; /* runs in a virtual machine that says so */
	u64 firmware_pat;
};

extern struct cpu_info cpu_info;

/* Reads CPUID. */
void cpu_early_init(void);

/* One line for the log: what CPU this is. */
void cpu_print(void);

static inline void cpuid(u32 leaf, u32 sub, u32 regs[4])
{
	__asm__ __volatile__("cpuid"
			     : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			     : "a"(leaf), "c"(sub));
}

/* Zeros where the CPU's highest leaf is below @leaf. */
void cpuid_if_any(u32 leaf, u32 regs[4]);

#define DEFINE_CR(n)                                                                   \
	static inline unsigned long read_cr##n(void)                                   \
	{                                                                              \
		unsigned long value;                                                   \
                                                                                       \
		__asm__ __volatile__("mov %%cr" #n ", %0" : "=r"(value) : : "memory"); \
		return value;                                                          \
	}                                                                              \
	static inline void write_cr##n(unsigned long value)                            \
	{                                                                              \
		__asm__ __volatile__("mov %0, %%cr" #n : : "r"(value) : "memory");     \
	}
DEFINE_CR(0)
DEFINE_CR(2)
DEFINE_CR(3)
DEFINE_CR(4)
#undef DEFINE_CR

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	__asm__ __volatile__("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ __volatile__("wrmsr"
			     :
			     : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
			     : "memory");
}

static inline void invlpg(unsigned long va)
{
	__asm__ __volatile__("invlpg (%0)" : : "r"(va) : "memory");
}

static inline void wbinvd(void)
{
	__asm__ __volatile__("wbinvd" : : : "memory");
}

static inline u8 inb(u16 port)
{
	u8 value;

	__asm__ __volatile__("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outb(u8 value, u16 port)
{
	__asm__ __volatile__("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outw(u16 value, u16 port)
{
	__asm__ __volatile__("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline u32 inl(u16 port)
{
	u32 value;

	__asm__ __volatile__("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outl(u32 value, u16 port)
{
	__asm__ __volatile__("outl %0, %1" : : "a"(value), "Nd"(port));
}

#endif /* _ARCH_X86_64_CPU_H */
