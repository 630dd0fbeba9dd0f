/* SPDX-License-Identifier: MIT */
/* The counters of a PC that the time-stamp counter can be measured by. */
#include "tsc.h"

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <baremm/arch.h>

#include "acpi_early.h"
#include "cpu.h"

/* HPET: registers, and the bit that starts its counter. */
#define HPET_CAPABILITIES 0x000UL
#define HPET_CONFIG	  0x010UL
#define HPET_COUNTER	  0x0f0UL
#define HPET_ENABLE	  1ULL

/* PIT: channel 2 is free on a PC; its gate and the speaker are bits of port 0x61. */
#define PIT_HZ	       1193182
#define PIT_CHANNEL2   0x42
#define PIT_COMMAND    0x43
#define PIT_2_RATE     0xb4 /* channel 2, both bytes, down to 0 and from the top again */
#define PIT_2_LATCH    0x80
#define PORT_GATE      0x61
#define GATE_2	       1U
#define GATE_2_SPEAKER 2U

static u64 __init read_pmtimer(const struct tsc_reference *ref)
{
	return inl((u16)ref->at) & ref->mask;
}

static volatile u64 __init *hpet_register(const struct tsc_reference *ref, unsigned long offset)
{
	return (volatile u64 *)(ref->at + offset);
}

/* As 32 bits: some chipsets tear a read of 64. */
static u64 __init read_hpet(const struct tsc_reference *ref)
{
	return *(volatile u32 *)hpet_register(ref, HPET_COUNTER);
}

static u64 __init read_pit(const struct tsc_reference *ref)
{
	u64 low;

	outb(PIT_2_LATCH, PIT_COMMAND);
	low = inb(PIT_CHANNEL2);
	return ref->mask - (low | (u64)inb(PIT_CHANNEL2) << 8);
}

static u64 __init by_pmtimer(const struct boot_info *info)
{
	struct tsc_reference ref = {};
	size_t length;
	const void *fadt = early_acpi_table(info, "FACP", &length);

	/* Not in the initializer: clang would keep one that stays, with the address. */
	ref.read = read_pmtimer;
	if (!fadt || tsc_reference_pmtimer(fadt, length, &ref))
		return 0;
	return tsc_measure(&ref, arch_cycles);
}

/* The memory map need not name its registers; it is enough that the firmware's page tables do. */
static u64 __init by_hpet(const struct boot_info *info)
{
	struct tsc_reference ref = {};
	struct arch_mapping map;
	size_t length;
	const void *table = early_acpi_table(info, "HPET", &length);

	ref.read = read_hpet;
	if (!table || tsc_reference_hpet(table, length, &ref) ||
	    early_is_memory(info, ref.at, ref.at + HPET_REGISTERS) || arch_query(ref.at, &map) ||
	    map.phys != ref.at ||
	    tsc_reference_hpet_rate(*hpet_register(&ref, HPET_CAPABILITIES), &ref))
		return 0;
	*hpet_register(&ref, HPET_CONFIG) |= HPET_ENABLE;
	return tsc_measure(&ref, arch_cycles);
}

static u64 __init by_pit(const struct boot_info *info)
{
	struct tsc_reference ref = {.hz = PIT_HZ, .mask = U16_MAX};
	u8 gate = inb(PORT_GATE);
	u64 rate;

	(void)info;
	ref.read = read_pit;
	outb((u8)((gate & ~GATE_2_SPEAKER) | GATE_2), PORT_GATE);
	outb(PIT_2_RATE, PIT_COMMAND);
	outb(0, PIT_CHANNEL2);
	outb(0, PIT_CHANNEL2);
	rate = tsc_measure(&ref, arch_cycles);
	outb(gate, PORT_GATE);
	return rate;
}

u64 __init tsc_calibrate(const struct boot_info *info, const char **name)
{
	static const struct {
		const char *name;
		u64 (*measure)(const struct boot_info *info);
	} ways[] __initconst = {{"PMTIMER", by_pmtimer}, {"HPET", by_hpet}, {"PIT", by_pit}};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		u64 rate = ways[i].measure(info);

		*name = ways[i].name;
		if (rate)
			return rate;
	}
	*name = NULL;
	return 0;
}
