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

/* PCIDE, SMEP, SMAP, UMIP, PKE, PKS: those that this CPU has. */
static UINT64 cr4_bits(void)
{
	UINT32 regs[4];
	UINT64 pcide;

	cpuid(1, regs);
	pcide = (UINT64)(regs[2] >> 17 & 1) << 17;
	cpuid(7, regs);
	return pcide | (UINT64)(regs[1] >> 7 & 1) << 20 | (UINT64)(regs[1] >> 20 & 1) << 21 |
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

/*
 * Five levels, which the CPU takes while paging is off alone: through compatibility mode, on
 * descriptors of our own, and back to the firmware's. All of it lies below 4 GB, mapped to
 * itself. The first entry of the new root is the firmware's.
 */
static UINT64 *levels_root;

static const UINT64 levels_gdt[] = {0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff};

/* levels_switch(root, what lgdt takes): what is saved lies on the stack, in its lower half. */
void levels_switch(UINT64 root, const void *gdtr);

__asm__(".globl levels_switch\n"
	"levels_switch:\n"
	"	pushq %rbx; pushq %rbp; pushq %r12; pushq %r13; pushq %r14; pushq %r15\n"
	"	movl %ds, %eax; pushq %rax\n"
	"	movl %ss, %eax; pushq %rax\n"
	"	movl %cs, %eax; pushq %rax\n"
	"	subq $16, %rsp; sgdt (%rsp)\n"
	"	lgdt (%rsi)\n"
	"	leaq 1f(%rip), %rax; pushq $0x08; pushq %rax; lretq\n"
	"	.code32\n"
	"1:	movl $0x18, %eax; movl %eax, %ds; movl %eax, %ss\n"
	"	movl %cr0, %eax; andl $0x7fffffff, %eax; movl %eax, %cr0\n"
	"	movl %cr4, %eax; orl $0x1000, %eax; movl %eax, %cr4\n"
	"	movl %edi, %cr3\n"
	"	movl %cr0, %eax; orl $0x80000000, %eax; movl %eax, %cr0\n"
	"	pushl $0x10; call 2f\n"
	"2:	addl $(3f - 2b), (%esp); lretl\n"
	"	.code64\n"
	"3:	movl %esp, %esp\n"
	"	lgdt (%rsp); addq $16, %rsp\n"
	"	popq %rcx\n"
	"	popq %rax; movl %eax, %ss\n"
	"	popq %rax; movl %eax, %ds\n"
	"	leaq 4f(%rip), %rax; pushq %rcx; pushq %rax; lretq\n"
	"4:	popq %r15; popq %r14; popq %r13; popq %r12; popq %rbp; popq %rbx\n"
	"	ret\n");

void cpu_levels_prepare(void)
{
	EFI_PHYSICAL_ADDRESS page = 0xffffffff;
	UINT32 regs[4];

	cpuid(7, regs);
	if (levels_root || !(regs[2] >> 16 & 1) ||
	    EFI_ERROR(real.AllocatePages(AllocateMaxAddress, EfiBootServicesData, 1, &page)))
		return;
	levels_root = (UINT64 *)page;
	for (UINTN i = 0; i < 512; i++)
		levels_root[i] = 0;
}

void cpu_levels_switch(void)
{
	struct {
		UINT16 limit;
		UINT64 base;
	} __attribute__((__packed__)) gdtr = {sizeof(levels_gdt) - 1, (UINTN)levels_gdt};
	UINT64 cr3;

	if (!levels_root)
		return;
	__asm__ __volatile__("cli; movq %%cr3, %0" : "=r"(cr3));
	levels_root[0] = cr3 | 3;
	levels_switch((UINTN)levels_root, &gdtr);
}
