/* SPDX-License-Identifier: MIT */
/* The local APIC. Contract: apic.h. */
#include "apic.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <baremm/arch.h>

#undef pr_fmt
#define pr_fmt(fmt) "APIC: " fmt

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
#define ICR_POLLS   100000	 /* the same, where there is no clock */
#define TURNS	    2		 /* that others get before they are stopped */

static const struct apic_access *access; /* NULL before apic_init() */
static bool want_x2apic;		 /* all CPUs are to be in it */
static phys_addr_t registers_at;	 /* xAPIC's, of all CPUs */
static bool up;
static DEFINE_PER_CPU(bool, x2apic); /* the calling CPU's mode */
static DEFINE_PER_CPU(u64, found);   /* its IA32_APIC_BASE */

/* ---- Registers ---------------------------------------------------------------------- */

static u32 apic_read(unsigned int reg)
{
	if (raw_cpu_read(x2apic))
		return (u32)access->rdmsr(X2APIC_MSR + reg / 16);
	return access->read(reg);
}

static void apic_write(unsigned int reg, u32 value)
{
	if (raw_cpu_read(x2apic))
		access->wrmsr(X2APIC_MSR + reg / 16, value);
	else
		access->write(reg, value);
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
		access->fence();
		access->wrmsr(X2APIC_MSR + APIC_ICR / 16, (u64)apicid << 32 | command);
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

/* ---- Before we are up ------------------------------------------------------------------------ */

/*
 * No clock yet: a number of looks bounds the wait. The firmware sends two start-up messages, of
 * which a CPU that runs drops the second (SDM 8.4.4.1). In an emulator whose CPUs take turns that
 * may be under way still; after INIT it would start the CPU in memory that the firmware had.
 */
void apic_stop_others(const struct apic_access *by)
{
	u64 base = by->rdmsr(MSR_IA32_APIC_BASE);

	if (!(base & APIC_BASE_ENABLE))
		return;
	for (int i = 0; i < TURNS; i++)
		cpu_relax();
	if (base & APIC_BASE_X2) {
		by->fence();
		by->wrmsr(X2APIC_MSR + APIC_ICR / 16, APIC_DM_INIT | APIC_DEST_ALL_OTHERS);
		return;
	}
	if (by->map(base & APIC_BASE_ADDR))
		return;
	by->write(APIC_ICR, APIC_DM_INIT | APIC_DEST_ALL_OTHERS);
	for (int i = 0; i < ICR_POLLS && by->read(APIC_ICR) & APIC_ICR_BUSY; i++)
		cpu_relax();
}

/* ---- Switching on ---------------------------------------------------------------------------- */

/* The mode that firmware left, or a higher one: first xAPIC, from there x2APIC. */
static void set_mode(void)
{
	u64 base = access->rdmsr(MSR_IA32_APIC_BASE), wanted = base | APIC_BASE_ENABLE;

	raw_cpu_write(found, base & APIC_BASE_COMMON);
	/* Firmware may have moved the registers of the boot CPU alone. */
	if (!(base & APIC_BASE_X2))
		wanted = (wanted & ~APIC_BASE_ADDR) | registers_at;
	if (wanted != base)
		access->wrmsr(MSR_IA32_APIC_BASE, base = wanted);
	if (!(base & APIC_BASE_X2) && want_x2apic)
		access->wrmsr(MSR_IA32_APIC_BASE, base |= APIC_BASE_X2);
	raw_cpu_write(x2apic, (base & APIC_BASE_X2) != 0);
}

u64 apic_found(void)
{
	return raw_cpu_read(found);
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

/* As the boot CPU is, whose registers all CPUs will have. -errno: it is in xAPIC, and stays. */
static int choose_mode(u32 max_id, u32 features)
{
	u64 base = access->rdmsr(MSR_IA32_APIC_BASE);
	int err;

	registers_at = base & APIC_BASE_ADDR;
	want_x2apic = base & APIC_BASE_X2;
	if (!want_x2apic && max_id > XAPIC_MAX_ID) {
		want_x2apic = features & CPUID_1_ECX_X2APIC;
		if (!want_x2apic)
			pr_warn("id %#x needs x2APIC, which the CPU does not have\n", max_id);
	}
	if (want_x2apic)
		return 0;
	err = access->map(registers_at);
	if (err)
		pr_err("cannot map the registers at %pa: error %d\n", &registers_at, err);
	return err;
}

int apic_init(const struct apic_access *by, u32 max_id)
{
	u32 regs[4];
	int err;

	up = false;
	access = by;
	access->cpuid(1, 0, regs);
	if (!(regs[3] & CPUID_1_EDX_APIC)) {
		pr_warn("the CPU has no local APIC\n");
		return -ENODEV;
	}
	err = choose_mode(max_id, regs[2]);
	if (err)
		return err;
	apic_cpu_init();
	up = true;
	pr_info("%s, id %#x, version %#x\n", raw_cpu_read(x2apic) ? "x2APIC" : "xAPIC", apic_id(),
		apic_read(APIC_LVR) & 0xff);
	return 0;
}
