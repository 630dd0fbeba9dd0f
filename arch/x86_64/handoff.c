/* SPDX-License-Identifier: MIT */
/* Taking the boot CPU over from the firmware. Contract: handoff.h. */
#include "handoff.h"

#include <linux/kernel.h>
#include <baremm/boot_info.h>

#include "apic.h"
#include "cpu.h"

#define MSR_MTRR_CAP	  0xfe
#define MSR_MCG_CAP	  0x179
#define MSR_MTRR_DEF_TYPE 0x2ff
#define MSR_MC0_STATUS	  0x401
#define MSR_S_CET	  0x6a2
#define MSR_FS_BASE	  0xc0000100

#define MCG_BANKS 0xff
#define MCI_VALID (1ULL << 63)

/* CPUID leaf 1, EDX, and leaf 7. */
#define CPUID_1_EDX_APIC  (1U << 9)
#define CPUID_1_EDX_MTRR  (1U << 12)
#define CPUID_1_EDX_MCA	  (1U << 14)
#define CPUID_1_EDX_PAT	  (1U << 16)
#define CPUID_7_ECX_SHSTK (1U << 7)
#define CPUID_7_EDX_IBT	  (1U << 20)

static struct arch_handoff handoff;

/* What of this the CPU has. */
static struct {
	u32 edx; /* CPUID leaf 1 */
	bool cet;
} has;

static void read_features(void)
{
	u32 regs[4];

	cpuid(1, 0, regs);
	has.edx = regs[3];
	cpuid(0, 0, regs);
	if (regs[0] < 7)
		return;
	cpuid(7, 0, regs);
	has.cet = regs[2] & CPUID_7_ECX_SHSTK || regs[3] & CPUID_7_EDX_IBT;
}

/* ---- Saving ---------------------------------------------------------------------- */

#define STORE(how, to) __asm__ __volatile__(how : "=r"(to))

static void save_segments(struct arch_handoff *h)
{
	struct {
		u16 limit;
		u64 base;
	} __attribute__((__packed__)) table;

	STORE("movw %%cs, %0", h->cs);
	STORE("movw %%ds, %0", h->ds);
	STORE("movw %%es, %0", h->es);
	STORE("movw %%ss, %0", h->ss);
	STORE("movw %%fs, %0", h->fs);
	STORE("movw %%gs, %0", h->gs);
	STORE("str %0", h->tr);
	STORE("sldt %0", h->ldtr);
	__asm__ __volatile__("sgdt %0" : "=m"(table));
	h->gdt_base = table.base;
	h->gdt_limit = table.limit;
	__asm__ __volatile__("sidt %0" : "=m"(table));
	h->idt_base = table.base;
	h->idt_limit = table.limit;
	h->fs_base = rdmsr(MSR_FS_BASE);
	h->gs_base = rdmsr(MSR_GS_BASE);
}

static void save_registers(struct arch_handoff *h)
{
	h->cr0 = read_cr0();
	h->cr3 = read_cr3();
	h->cr4 = read_cr4();
	h->efer = rdmsr(MSR_EFER);
	STORE("movq %%dr6, %0", h->dr6);
	STORE("movq %%dr7, %0", h->dr7);
}

static void save_msrs(struct arch_handoff *h)
{
	if (has.cet)
		h->s_cet = rdmsr(MSR_S_CET);
	if (has.edx & CPUID_1_EDX_PAT)
		h->pat = rdmsr(MSR_IA32_CR_PAT);
	if (has.edx & CPUID_1_EDX_APIC)
		h->apic_base = rdmsr(MSR_IA32_APIC_BASE);
	h->has_mtrr = has.edx & CPUID_1_EDX_MTRR;
	if (h->has_mtrr) {
		h->mtrr_cap = rdmsr(MSR_MTRR_CAP);
		h->mtrr_def_type = rdmsr(MSR_MTRR_DEF_TYPE);
	}
	if (has.edx & CPUID_1_EDX_MCA)
		h->mc_banks = rdmsr(MSR_MCG_CAP) & MCG_BANKS;
	for (unsigned int bank = 0; bank < h->mc_banks; bank++)
		h->mc_errors += (rdmsr(MSR_MC0_STATUS + 4 * bank) & MCI_VALID) != 0;
}

/* ---- Setting --------------------------------------------------------------------- */

/*
 * 1. Breakpoints go: one of the firmware's must not fire in what follows.
 * 2. Shadow stacks go before the first far return and change of stacks, which they would
 *    not know. Their switch in CR4 comes first; then the MSR, which nobody reads any more.
 * 3. With the same write go protection keys, guards of user pages, contexts of translations,
 *    and FRED, which would ignore our IDT.
 * 4. No local descriptors: a selector in them would outlive the firmware's table.
 * 5. CR0 last: caches on, no alignment checks, FPU errors as exceptions.
 * Descriptors, then page tables, PAT and CR0.WP follow when ours are ready.
 */
static void set_registers(const struct arch_handoff *h)
{
	__asm__ __volatile__("movq %0, %%dr7" : : "r"(X86_DR7_DEFAULT));
	write_cr4(h->cr4 & ~X86_CR4_UNWANTED);
	if (has.cet && h->s_cet)
		wrmsr(MSR_S_CET, 0);
	__asm__ __volatile__("lldt %w0" : : "r"(0));
	write_cr0((h->cr0 & ~(CR0_EM | CR0_TS | CR0_AM | CR0_NW | CR0_CD)) | CR0_NE);
}

void handoff_take(struct boot_info *info)
{
	read_features();
	save_registers(&handoff);
	save_segments(&handoff);
	save_msrs(&handoff);
	handoff.rflags = info->handoff_flags;
	info->handoff = &handoff;
	set_registers(&handoff);
	/* Their code lies in memory that is about to be ours. */
	if (has.edx & CPUID_1_EDX_APIC)
		apic_stop_others(&apic_firmware_mapped);
}
