/* SPDX-License-Identifier: MIT */
/* The local APIC. Contract: apic.h. */
#include "apic.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>

#include "cpu.h"

#undef pr_fmt
#define pr_fmt(fmt) "APIC: " fmt

#define MSR_IA32_APIC_BASE 0x1b
#define APIC_BASE_X2	   (1ULL << 10)
#define APIC_BASE_ENABLE   (1ULL << 11)
#define APIC_BASE_ADDR	   0x000ffffffffff000ULL
#define CPUID_1_EDX_APIC   (1U << 9)
#define CPUID_1_ECX_X2APIC (1U << 21)

/* Registers: offsets in memory; an MSR each at X2APIC_MSR + offset / 16. */
#define X2APIC_MSR   0x800
#define APIC_ID	     0x20
#define APIC_LVR     0x30
#define APIC_TASKPRI 0x80
#define APIC_EOI     0xb0
#define APIC_SPIV    0xf0
#define APIC_ESR     0x280
#define APIC_LVTCMCI 0x2f0
#define APIC_ICR     0x300
#define APIC_ICR2    0x310
#define APIC_LVTT    0x320
#define APIC_LVTTHMR 0x330
#define APIC_LVTPC   0x340
#define APIC_LVT0    0x350
#define APIC_LVT1    0x360
#define APIC_LVTERR  0x370

#define APIC_SPIV_ENABLE       (1U << 8)
#define APIC_ICR_BUSY	       (1U << 12)
#define APIC_LVT_MASKED	       (1U << 16)
#define APIC_VERSION_LVTS(lvr) ((lvr) >> 16 & 0xff) /* entries, less one */

/* The largest id that xAPIC's 8 bits can name; 255 means all. */
#define XAPIC_MAX_ID 254

#define ICR_WAIT_NS 100000000ULL /* for an interrupt to leave */

static void *registers;	 /* in memory; NULL before apic_init() */
static bool want_x2apic; /* some id is too large for xAPIC */
static bool up;
static DEFINE_PER_CPU(bool, x2apic); /* the calling CPU's mode */

/* ---- Registers ---------------------------------------------------------------------- */

static u32 apic_read(unsigned int reg)
{
	if (raw_cpu_read(x2apic))
		return (u32)rdmsr(X2APIC_MSR + reg / 16);
	return READ_ONCE(*(u32 *)((char *)registers + reg));
}

static void apic_write(unsigned int reg, u32 value)
{
	if (raw_cpu_read(x2apic))
		wrmsr(X2APIC_MSR + reg / 16, value);
	else
		WRITE_ONCE(*(u32 *)((char *)registers + reg), value);
}

u32 apic_id(void)
{
	u32 id = apic_read(APIC_ID);

	return raw_cpu_read(x2apic) ? id : id >> 24;
}

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

bool apic_is_up(void)
{
	return up;
}

/* ---- Sending ------------------------------------------------------------------------------ */

/* xAPIC: one at a time. */
static int wait_until_sent(void)
{
	u64 end = arch_clock_ns() + ICR_WAIT_NS;

	while (apic_read(APIC_ICR) & APIC_ICR_BUSY) {
		if (arch_clock_ns() > end)
			return -ETIMEDOUT;
		cpu_relax();
	}
	return 0;
}

static int send(u32 apicid, u32 command)
{
	unsigned long flags;
	int err;

	if (raw_cpu_read(x2apic)) {
		/* What was written before is seen by who is interrupted: SDM 10.12.3. */
		__asm__ __volatile__("mfence; lfence" : : : "memory");
		wrmsr(X2APIC_MSR + APIC_ICR / 16, (u64)apicid << 32 | command);
		return 0;
	}
	flags = arch_local_irq_save();
	err = wait_until_sent();
	if (!err) {
		apic_write(APIC_ICR2, apicid << 24);
		apic_write(APIC_ICR, command);
		err = wait_until_sent();
	}
	arch_local_irq_restore(flags);
	return err;
}

int apic_send(u32 apicid, u32 command)
{
	if (!raw_cpu_read(x2apic) && apicid > XAPIC_MAX_ID)
		return -ERANGE;
	return send(apicid, command);
}

int apic_send_all_others(u32 command)
{
	return send(0, command | APIC_DEST_ALL_OTHERS);
}

/* ---- Switching on ---------------------------------------------------------------------------- */

static bool has_x2apic(void)
{
	u32 regs[4];

	cpuid(1, 0, regs);
	return regs[2] & CPUID_1_ECX_X2APIC;
}

/* The mode that firmware left, or a higher one: first xAPIC, from there x2APIC. */
static void set_mode(void)
{
	u64 base = rdmsr(MSR_IA32_APIC_BASE);

	if (!(base & APIC_BASE_ENABLE))
		wrmsr(MSR_IA32_APIC_BASE, base |= APIC_BASE_ENABLE);
	if (!(base & APIC_BASE_X2) && want_x2apic)
		wrmsr(MSR_IA32_APIC_BASE, base |= APIC_BASE_X2);
	raw_cpu_write(x2apic, (base & APIC_BASE_X2) != 0);
}

static void mask_local_sources(void)
{
	/* In the order of how many entries a CPU has. */
	static const u16 entries[] = {APIC_LVTT,  APIC_LVT0,	APIC_LVT1,   APIC_LVTERR,
				      APIC_LVTPC, APIC_LVTTHMR, APIC_LVTCMCI};
	unsigned int nr = APIC_VERSION_LVTS(apic_read(APIC_LVR)) + 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(entries) && i < nr; i++)
		apic_write(entries[i], apic_read(entries[i]) | APIC_LVT_MASKED);
}

void apic_cpu_init(void)
{
	set_mode();
	apic_write(APIC_SPIV, APIC_SPIV_ENABLE | SPURIOUS_APIC_VECTOR);
	mask_local_sources();
	apic_write(APIC_TASKPRI, 0);
}

/* At an address of its own: 0xfee00000 is no memory, and so in no map. */
static int map_registers(void)
{
	phys_addr_t base = rdmsr(MSR_IA32_APIC_BASE) & APIC_BASE_ADDR;
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_IOREMAP);
	int err = -ENOMEM;

	if (area) {
		err = arch_map((unsigned long)area->addr, base, PAGE_SIZE,
			       ARCH_MAP_WRITE | ARCH_MAP_UC);
		area->phys_addr = base;
	}
	if (err) {
		pr_err("cannot map the registers at %pa: error %d\n", &base, err);
		if (area)
			free_vm_area(area);
		return err;
	}
	registers = area->addr;
	return 0;
}

int apic_init(u32 max_id)
{
	u32 regs[4];
	int err;

	cpuid(1, 0, regs);
	if (!(regs[3] & CPUID_1_EDX_APIC)) {
		pr_warn("the CPU has no local APIC\n");
		return -ENODEV;
	}
	want_x2apic = max_id > XAPIC_MAX_ID;
	if (want_x2apic && !has_x2apic()) {
		pr_warn("id %#x needs x2APIC, which the CPU does not have\n", max_id);
		want_x2apic = false;
	}
	err = map_registers();
	if (err)
		return err;
	apic_cpu_init();
	up = true;
	pr_info("%s, id %#x, version %#x\n", raw_cpu_read(x2apic) ? "x2APIC" : "xAPIC", apic_id(),
		apic_read(APIC_LVR) & 0xff);
	return 0;
}
