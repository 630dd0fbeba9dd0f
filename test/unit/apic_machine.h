/* SPDX-License-Identifier: MIT */
/*
 * Local APICs that are made here, one for each CPU, and the bus between them. What real ones
 * answer with an exception fails the test, and so does a mode that is lowered.
 */
#ifndef _TEST_APIC_MACHINE_H
#define _TEST_APIC_MACHINE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <host/machine.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/smp.h>

#include "../../arch/x86_64/apic.h"

#define CPUS	 4
#define ALL_ONES 0xffffffffU
#define NO_PLACE 0ULL

#define BASE_BSP   (1ULL << 8)
#define USUAL_BASE 0xfee00000ULL
#define XAPIC	   (USUAL_BASE | APIC_BASE_ENABLE)
#define X2APIC	   (XAPIC | APIC_BASE_X2)
#define OFF	   USUAL_BASE

/* Registers by number: offset / 16, or MSR - 0x800. */
enum {
	R_ID = 0x02,
	R_VERSION = 0x03,
	R_TPR = 0x08,
	R_EOI = 0x0b,
	R_SPIV = 0x0f,
	R_CMCI = 0x2f,
	R_ICR = 0x30,
	R_ICR2 = 0x31,
	R_LVT = 0x32, /* timer, thermal, counters, pins 0 and 1, errors */
	R_LVT_END = 0x38,
	NR_REGS = 0x40,
};
#define ICR_BUSY (1U << 12)

struct apic {
	u64 base;
	u32 id;
	u32 regs[NR_REGS];
	unsigned int base_writes, eois;
};

/* What went over the bus. */
struct message {
	int from;
	u32 dest, command;
	bool fenced; /* all that was written before is seen */
};

static struct {
	struct apic apics[CPUS];
	bool has_apic, has_x2apic;
	unsigned int lvts;	 /* entries of the local vector table */
	unsigned int busy_reads; /* until a message has left; ALL_ONES: it never does */
	unsigned int busy, icr_reads;
	int map_error;
	phys_addr_t mapped;
	bool fenced;
	u64 now;
	struct message sent[16];
	unsigned int nr_sent;
} bus;

static struct apic *this_apic(void)
{
	return &bus.apics[smp_processor_id()];
}

static bool is_x2(const struct apic *apic)
{
	return apic->base & APIC_BASE_X2;
}

static u32 id_of(const struct apic *apic)
{
	return is_x2(apic) ? apic->id : apic->id & 0xff;
}

/* ---- The bus ------------------------------------------------------------------------- */

static void send_message(u32 dest, u32 command)
{
	assert_in_range(bus.nr_sent, 0, ARRAY_SIZE(bus.sent) - 1);
	bus.sent[bus.nr_sent++] = (struct message){smp_processor_id(), dest, command, bus.fenced};
	bus.fenced = false;
	bus.busy = bus.busy_reads;
}

/* Would @cpu take that message? */
static inline bool comes_to(const struct message *message, int cpu)
{
	if (message->command & APIC_DEST_ALL_OTHERS)
		return cpu != message->from;
	return id_of(&bus.apics[cpu]) == message->dest;
}

/* ---- Registers ------------------------------------------------------------------------ */

static bool has_register(unsigned int reg)
{
	switch (reg) {
	case R_ID:
	case R_VERSION:
	case R_TPR:
	case R_EOI:
	case R_SPIV:
	case R_ICR:
		return true;
	case R_ICR2:
		return !is_x2(this_apic());
	case R_CMCI:
		return bus.lvts > 6;
	default:
		return reg >= R_LVT && reg < R_LVT_END;
	}
}

static u32 read_reg(unsigned int reg)
{
	struct apic *apic = this_apic();

	if (!has_register(reg) || reg == R_EOI)
		fail_msg("register %#x cannot be read", reg);
	if (reg == R_ID)
		return is_x2(apic) ? apic->id : apic->id << 24;
	if (reg == R_VERSION)
		return 0x14 | (bus.lvts - 1) << 16;
	if (reg != R_ICR)
		return apic->regs[reg];
	bus.icr_reads++;
	if (!bus.busy)
		return apic->regs[reg];
	bus.busy -= bus.busy != ALL_ONES;
	return apic->regs[reg] | ICR_BUSY;
}

static void write_reg(unsigned int reg, u32 value)
{
	struct apic *apic = this_apic();

	if (!has_register(reg) || reg == R_ID || reg == R_VERSION)
		fail_msg("register %#x cannot be written", reg);
	if (reg == R_EOI && value)
		fail_msg("EOI of %#x", value);
	apic->eois += reg == R_EOI;
	apic->regs[reg] = value;
}

static u32 memory_read(unsigned int reg)
{
	assert_int_equal(this_apic()->base & APIC_BASE_COMMON, bus.mapped | APIC_BASE_ENABLE);
	return read_reg(reg / 16);
}

static void memory_write(unsigned int reg, u32 value)
{
	assert_int_equal(this_apic()->base & APIC_BASE_COMMON, bus.mapped | APIC_BASE_ENABLE);
	if (reg / 16 == R_ICR && bus.busy)
		fail_msg("%#x is sent while the last message has not left", value);
	write_reg(reg / 16, value);
	if (reg / 16 == R_ICR)
		send_message(this_apic()->regs[R_ICR2] >> 24, value);
}

/* ---- MSRs ------------------------------------------------------------------------------ */

static u64 msr_read(u32 msr)
{
	if (msr == MSR_IA32_APIC_BASE)
		return this_apic()->base;
	if (!is_x2(this_apic()) || msr < 0x800 || msr >= 0x800 + NR_REGS)
		fail_msg("MSR %#x cannot be read", msr);
	return read_reg(msr - 0x800);
}

/* SDM volume 3A, figure 10-27; a mode that is lowered is an exception where it is locked. */
static void write_base(u64 value)
{
	struct apic *apic = this_apic();
	u64 from = apic->base & (APIC_BASE_ENABLE | APIC_BASE_X2);
	u64 to = value & (APIC_BASE_ENABLE | APIC_BASE_X2);

	if (to < from)
		fail_msg("APIC base %#llx is lowered to %#llx", apic->base, value);
	if (to & APIC_BASE_X2 && (!bus.has_x2apic || !(from & APIC_BASE_ENABLE)))
		fail_msg("APIC base %#llx cannot become %#llx", apic->base, value);
	apic->base = value;
	apic->base_writes++;
}

static void msr_write(u32 msr, u64 value)
{
	if (msr == MSR_IA32_APIC_BASE) {
		write_base(value);
		return;
	}
	if (!is_x2(this_apic()) || msr < 0x800 || msr >= 0x800 + NR_REGS)
		fail_msg("MSR %#x cannot be written", msr);
	if (msr - 0x800 == R_ICR) {
		send_message((u32)(value >> 32), (u32)value);
		return;
	}
	if (value > ALL_ONES)
		fail_msg("MSR %#x has no room for %#llx", msr, value);
	write_reg(msr - 0x800, (u32)value);
}

static void fence_made(void)
{
	bus.fenced = true;
}

static int map_made(phys_addr_t base)
{
	if (!bus.map_error)
		bus.mapped = base;
	return bus.map_error;
}

static void cpuid_made(u32 leaf, u32 sub, u32 regs[4])
{
	assert_int_equal(leaf, 1);
	assert_int_equal(sub, 0);
	memset(regs, 0, 4 * sizeof(*regs));
	regs[2] = bus.has_x2apic ? 1U << 21 : 0;
	regs[3] = bus.has_apic ? 1U << 9 : 0;
}

static const struct apic_access made = {
	.cpuid = cpuid_made,
	.rdmsr = msr_read,
	.wrmsr = msr_write,
	.fence = fence_made,
	.map = map_made,
	.read = memory_read,
	.write = memory_write,
};

/* ---- Machines --------------------------------------------------------------------------- */

static u64 apic_clock(void)
{
	return bus.now += 1000;
}

/* CPU n has the id @ids[n], and is left in the mode @bases[n]. */
static void apic_machine(const u32 *ids, const u64 *bases)
{
	memset(&bus, 0, sizeof(bus));
	bus.has_apic = bus.has_x2apic = true;
	bus.lvts = 6;
	bus.mapped = NO_PLACE;
	for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
		bus.apics[cpu].id = ids[cpu];
		bus.apics[cpu].base = bases[cpu] | (cpu ? 0 : BASE_BSP);
	}
	host_set_cpu(0);
	host_log_clear();
	host_clock = apic_clock;
}

static u32 apic_machine_max_id(void)
{
	u32 id = 0;

	for (unsigned int cpu = 0; cpu < CPUS; cpu++)
		id = max(id, bus.apics[cpu].id);
	return id;
}

/* The boot CPU, then the others, as they are started. */
static inline void apic_machine_up(void)
{
	assert_int_equal(apic_init(&made, apic_machine_max_id()), 0);
	for (int cpu = 1; cpu < CPUS; cpu++) {
		host_set_cpu(cpu);
		apic_cpu_init();
	}
	host_set_cpu(0);
}

#endif /* _TEST_APIC_MACHINE_H */
