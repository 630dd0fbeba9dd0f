/* SPDX-License-Identifier: MIT */
/*
 * GDT, TSS, IDT and the exception stacks; the step from the firmware's world to
 * ours.
 *
 * The tables are filled at run time: an address in constant data would need a
 * relocation that splits it in three as a gate does, and PE has none.
 */
#include "exceptions.h"
#include "handoff.h"

#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <baremm/arch_boot.h>
#include <baremm/boot_info.h>

#include "clock.h"
#include "consoles.h"
#include "cpu.h"
#include "cpu_stacks.h"
#include "mmu.h"
#include "percpu.h"
#include "segments.h"

/* Interrupt stack table slots: who may interrupt whom gets a stack of its own. */
enum { IST_NONE, IST_DF, IST_NMI, IST_DB, IST_MC, IST_OTHER, NR_IST };
static_assert(NR_IST == NR_CPU_STACKS);

struct gate {
	u16 offset_low;
	u16 selector;
	u8 ist;
	u8 type; /* present, privilege level 0, 64-bit interrupt gate */
	u16 offset_mid;
	u32 offset_high;
	u32 reserved;
};
static_assert(sizeof(struct gate) == 16);

/* Intel SDM volume 3A, figure 8-11. */
struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 io_map;
} __packed;
static_assert(sizeof(struct tss) == 104);

struct table_register {
	u16 limit;
	u64 base;
} __packed;

struct guarded_stack {
	u8 guard[PAGE_SIZE];
	u8 stack[EXCEPTION_STACK_SIZE];
};

static struct guarded_stack stacks[NR_IST - 1] __section(".bss..stacks") __aligned(PAGE_SIZE);

/* The boot CPU's are those in the image, also once it has per-CPU memory. */
struct cpu_descriptors {
	u64 gdt[16] __aligned(16);
	struct tss tss __aligned(16);
};
static struct cpu_descriptors boot_descriptors;
static DEFINE_PER_CPU_ALIGNED(struct cpu_descriptors, cpu_descriptors);

static struct gate idt[NR_VECTORS] __aligned(16); /* all CPUs' */

/* entry.S */
void enter_on_stack(struct boot_info *info, void (*next)(struct boot_info *info),
		    void *top) __noreturn;

u32 arch_boot_ranges(struct boot_range ranges[ARCH_BOOT_RANGES_MAX])
{
	u32 nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++) {
		phys_addr_t guard = (unsigned long)stacks[i].guard;
		phys_addr_t stack = (unsigned long)stacks[i].stack;

		ranges[nr++] = (struct boot_range){guard, stack, BOOT_RANGE_GUARD};
		ranges[nr++] =
			(struct boot_range){stack, stack + EXCEPTION_STACK_SIZE, BOOT_RANGE_STACK};
	}
	return nr;
}
static_assert(2 * (NR_IST - 1) <= ARCH_BOOT_RANGES_MAX);

static u8 ist_of(unsigned int vector)
{
	switch (vector) {
	case X86_TRAP_DF:
		return IST_DF;
	case X86_TRAP_NMI:
		return IST_NMI;
	case X86_TRAP_DB:
		return IST_DB;
	case X86_TRAP_MC:
		return IST_MC;
	default:
		return vector < NR_EXCEPTIONS ? IST_OTHER : IST_NONE;
	}
}

static struct gate make_gate(unsigned int vector, u8 ist)
{
	unsigned long entry = (unsigned long)exception_stubs + vector * EXCEPTION_STUB_SIZE;

	return (struct gate){
		.offset_low = (u16)entry,
		.offset_mid = (u16)(entry >> 16),
		.offset_high = (u32)(entry >> 32),
		.selector = KERNEL_CS,
		.ist = ist,
		.type = 0x8e,
	};
}

static void fill_idt(void)
{
	for (unsigned int i = 0; i < NR_VECTORS; i++)
		idt[i] = make_gate(i, ist_of(i));
}

void descriptors_break_vector(unsigned int vector)
{
	idt[vector].type &= 0x7f;
}

static void fill_gdt(struct cpu_descriptors *d)
{
	u64 base = (unsigned long)&d->tss, limit = sizeof(d->tss) - 1;

	d->gdt[KERNEL_CS / 8] = SEGMENT_CODE64;
	d->gdt[KERNEL_DS / 8] = SEGMENT_DATA;
	/* A TSS descriptor takes two slots: type 9 (available), present. */
	d->gdt[TSS_SEL / 8] =
		limit | (base & 0xffffff) << 16 | 0x89ULL << 40 | (base >> 24 & 0xff) << 56;
	d->gdt[TSS_SEL / 8 + 1] = base >> 32;
}

/* The stack of slot @ist ends at @first_top + (@ist - 1) * @step. */
static void fill_tss(struct tss *tss, unsigned long first_top, size_t step)
{
	tss->io_map = sizeof(*tss);
	for (unsigned int i = IST_DF; i < NR_IST; i++)
		tss->ist[i - 1] = first_top + (i - 1) * step;
}

/* Both legacy controllers; the local APIC delivers nothing while IF is clear. */
static void mask_pic(void)
{
	outb(0xff, 0x21);
	outb(0xff, 0xa1);
}

static void load(const struct cpu_descriptors *d)
{
	struct table_register gdtr = {sizeof(d->gdt) - 1, (unsigned long)d->gdt};
	struct table_register idtr = {sizeof(idt) - 1, (unsigned long)idt};

	__asm__ __volatile__("lgdt %0" : : "m"(gdtr) : "memory");
	load_segments(KERNEL_CS, KERNEL_DS);
	__asm__ __volatile__("ltr %w0" : : "r"(TSS_SEL) : "memory");
	__asm__ __volatile__("lidt %0" : : "m"(idtr) : "memory");
}

void descriptors_load(void)
{
	__asm__ __volatile__("cli" : : : "memory");
	mask_pic();
	fill_gdt(&boot_descriptors);
	fill_tss(&boot_descriptors.tss, (unsigned long)(stacks[0].stack + EXCEPTION_STACK_SIZE),
		 sizeof(stacks[0]));
	fill_idt();
	load(&boot_descriptors);
	percpu_early_enter();
}

void descriptors_load_cpu(unsigned int cpu, const struct cpu_stacks *own)
{
	struct cpu_descriptors *d = &per_cpu(cpu_descriptors, cpu);

	fill_gdt(d);
	fill_tss(&d->tss, cpu_stack_top(own, 1), cpu_stack_top(own, 2) - cpu_stack_top(own, 1));
	load(d);
	arch_percpu_enter(cpu);
}

/* Without a TSS there are no other stacks. */
void __init descriptors_load_bare(void)
{
	static struct gate bare_idt[NR_EXCEPTIONS] __aligned(16);
	struct table_register idtr = {sizeof(bare_idt) - 1, (unsigned long)bare_idt};

	/* All that come at once write the same. */
	for (unsigned int i = 0; i < NR_EXCEPTIONS; i++)
		bare_idt[i] = make_gate(i, IST_NONE);
	__asm__ __volatile__("lidt %0" : : "m"(idtr) : "memory");
}

void __ref arch_enter(struct boot_info *info, void (*next)(struct boot_info *info), void *stack_top)
{
	cpu_early_init();
	mmu_early_init();
	handoff_take(info);
	descriptors_load();
	clock_init(info);
	console_early_init(info);
	enter_on_stack(info, next, stack_top);
}
