/* SPDX-License-Identifier: MIT */
/*
 * Machine checks: the banks, the exception, the log. Contract: mce.h.
 */
#include "mce.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/arch_boot.h>

#include "cpu.h"
#include "exceptions.h"
#include "segments.h"

#undef pr_fmt
#define pr_fmt(fmt) "mce: " fmt
#define HW_ERR	    "[Hardware Error]: "

#define MSR_IA32_MCG_CAP  0x179
#define MSR_IA32_MCG_CTL  0x17b
#define MSR_MC0_CTL	  0x400
#define MSR_MC(bank, reg) (MSR_MC0_CTL + 4 * (bank) + (reg))
enum { MC_CTL, MC_STATUS, MC_ADDR, MC_MISC };

#define MCG_CAP_BANKS(cap) ((cap)&0xff)
#define MCG_CTL_P	   (1ULL << 8)
#define MCG_SER_P	   (1ULL << 24)
#define MAX_BANKS	   64 /* Linux's MAX_NR_BANKS */

#define CPUID_1_EDX_MCE (1U << 7)
#define CPUID_1_EDX_MCA (1U << 14)

/* Linux's numbers in PROCESSOR lines. */
#define X86_VENDOR_INTEL   0
#define X86_VENDOR_AMD	   2
#define X86_VENDOR_HYGON   9
#define X86_VENDOR_UNKNOWN 0xff

static struct mce_cpu cpu;
static unsigned int nr_banks; /* 0: no reporting */
static unsigned int vendor, signature;

static bool off;	 /* mce=off */
static int bootlog = -1; /* what firmware left: log it; -1: as the CPU's age tells */

unsigned int nr_machine_checks;

int mce_parse_option(char *value)
{
	if (value && !strcmp(value, "off"))
		off = true;
	else if (value && !strcmp(value, "bootlog"))
		bootlog = 1;
	else if (value && !strcmp(value, "nobootlog"))
		bootlog = 0;
	else
		return -EINVAL;
	return 0;
}

/* ---- One bank ------------------------------------------------------------------- */

/* False: nothing is in it. */
static bool read_bank(unsigned int bank, struct mce *m)
{
	*m = (struct mce){.status = rdmsr(MSR_MC(bank, MC_STATUS)), .bank = (u8)bank};
	if (!(m->status & MCI_STATUS_VAL))
		return false;
	m->mcgstatus = rdmsr(MSR_IA32_MCG_STATUS);
	m->tsc = arch_cycles();
	m->cpu = smp_processor_id();
	m->apicid = arch_boot_apic_id();
	if (m->status & MCI_STATUS_MISCV)
		m->misc = rdmsr(MSR_MC(bank, MC_MISC));
	if (m->status & MCI_STATUS_ADDRV)
		m->addr = rdmsr(MSR_MC(bank, MC_ADDR));
	/* Bits of the address below its granularity say nothing. */
	if (cpu.ser && m->status & MCI_STATUS_ADDRV && m->status & MCI_STATUS_MISCV)
		m->addr &= ~0ULL << (m->misc & 0x3f);
	return true;
}

static void clear_bank(unsigned int bank)
{
	wrmsr(MSR_MC(bank, MC_STATUS), 0);
}

void mce_log(const struct mce *m, const char *why)
{
	pr_emerg(HW_ERR "CPU %d: Machine Check%s: %llx Bank %d: %016llx\n", m->cpu,
		 m->mcgstatus & MCG_STATUS_MCIP ? " Exception" : "", m->mcgstatus, m->bank,
		 m->status);
	if (m->ip)
		pr_emerg(HW_ERR "RIP%s %02x:<%016llx> {%pS}\n",
			 m->mcgstatus & MCG_STATUS_EIPV ? "" : " !INEXACT!", m->cs, m->ip,
			 (void *)m->ip);
	pr_emerg(HW_ERR "TSC %llx ", m->tsc);
	if (m->addr)
		pr_cont("ADDR %llx ", m->addr);
	if (m->misc)
		pr_cont("MISC %llx ", m->misc);
	pr_cont("\n");
	/* There is no calendar: the time is that of the log. */
	pr_emerg(HW_ERR "PROCESSOR %u:%x TIME %llu SOCKET 0 APIC %x\n", vendor, signature,
		 arch_clock_ns() / 1000000000, m->apicid);
	pr_emerg(HW_ERR "Machine check: %s\n", why);
}

/* A page that lost its contents, or will when somebody reads it. Its key is no address. */
static void queue_page(const struct mce *m, enum mce_severity severity)
{
	if (severity != MCE_AO_SEVERITY && severity != MCE_DEFERRED_SEVERITY)
		return;
	if (mce_usable_address(m, &cpu))
		memory_failure_queue(PHYS_PFN(m->addr & ((1ULL << cpu_info.phys_bits) - 1)), 0);
	else
		pr_err(HW_ERR "the error has no address: no page can be taken out of use\n");
}

/* ---- Polling ---------------------------------------------------------------------- */

/* What an exception is about to report is left to it, unless @all. */
static bool left_to_exception(u64 status)
{
	return status & (cpu.ser ? MCI_STATUS_S : MCI_STATUS_UC);
}

static void poll_banks(bool all, bool log)
{
	for (unsigned int bank = 0; bank < nr_banks; bank++) {
		enum mce_severity severity;
		const char *why;
		struct mce m;

		if (!read_bank(bank, &m) || (!all && left_to_exception(m.status)))
			continue;
		severity = mce_severity(&m, &cpu, false, &why);
		if (log)
			mce_log(&m, why);
		if (!all)
			queue_page(&m, severity);
		clear_bank(bank);
	}
}

void arch_poll_errors(void)
{
	poll_banks(false, true);
	memory_failure_work();
}

/* ---- The exception ------------------------------------------------------------------ */

/* Logs all banks; the worst of them, and why. Pages that are lost are queued. */
static enum mce_severity take_banks(const struct pt_regs *regs, const char **worst_why)
{
	enum mce_severity worst = MCE_NO_SEVERITY;

	for (unsigned int bank = 0; bank < nr_banks; bank++) {
		enum mce_severity severity;
		const char *why;
		struct mce m;

		if (!read_bank(bank, &m))
			continue;
		m.ip = regs->rip;
		m.cs = (u16)regs->cs;
		severity = mce_severity(&m, &cpu, true, &why);
		if (!left_to_exception(m.status) && severity != MCE_PANIC_SEVERITY)
			continue;
		mce_log(&m, why);
		queue_page(&m, severity);
		if (severity >= worst) {
			worst = severity;
			*worst_why = why;
		}
	}
	return worst;
}

bool mce_recover(const struct pt_regs *regs)
{
	const char *why = "Fatal machine check from unknown source";
	enum mce_severity worst = take_banks(regs, &why);

	if (worst <= MCE_KEEP_SEVERITY || worst >= MCE_UC_SEVERITY) {
		pr_emerg(HW_ERR "the machine cannot go on: %s\n", why);
		return false;
	}
	for (unsigned int bank = 0; bank < nr_banks; bank++)
		if (left_to_exception(rdmsr(MSR_MC(bank, MC_STATUS))))
			clear_bank(bank);
	nr_machine_checks++;
	wrmsr(MSR_IA32_MCG_STATUS, 0);
	return true;
}

bool mce_absorb(void)
{
	for (unsigned int bank = 0; bank < nr_banks; bank++) {
		struct mce m;

		if (!read_bank(bank, &m))
			continue;
		mce_log(&m, "memory that is probed");
		if (m.status & MCI_STATUS_PCC)
			return false;
		clear_bank(bank);
	}
	nr_machine_checks++;
	wrmsr(MSR_IA32_MCG_STATUS, 0);
	return true;
}

bool mce_absorb_quietly(struct mce *first)
{
	for (unsigned int bank = 0; bank < nr_banks; bank++) {
		struct mce m;

		if (!read_bank(bank, &m))
			continue;
		if (!first->status)
			*first = m;
		if (m.status & MCI_STATUS_PCC)
			return false;
		clear_bank(bank);
	}
	wrmsr(MSR_IA32_MCG_STATUS, 0);
	return true;
}

/* ---- Switching on --------------------------------------------------------------------- */

static unsigned int vendor_number(void)
{
	static const struct {
		const char *name;
		unsigned int number;
	} vendors[] = {{"GenuineIntel", X86_VENDOR_INTEL},
		       {"AuthenticAMD", X86_VENDOR_AMD},
		       {"HygonGenuine", X86_VENDOR_HYGON}};

	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++)
		if (!strcmp(cpu_info.vendor, vendors[i].name))
			return vendors[i].number;
	return X86_VENDOR_UNKNOWN;
}

/* Firmware of these CPUs leaves rubbish in the banks. */
static bool banks_hold_rubbish(void)
{
	if (cpu.amd)
		return cpu_info.family < 0x11;
	return vendor == X86_VENDOR_INTEL && cpu_info.family == 6 && cpu_info.model <= 13;
}

/* Bits of a bank's control register; ~0 all. */
static u64 bank_control(unsigned int bank)
{
	/* GART walk errors, which are none. */
	if (cpu.amd && cpu_info.family == 15 && bank == 4)
		return ~(1ULL << 10);
	return ~0ULL;
}

/* Of these CPUs firmware alone may write bank 0's: SDM section 15.3.2.1. */
static bool bank_is_firmwares(unsigned int bank)
{
	return !bank && vendor == X86_VENDOR_INTEL && cpu_info.family == 6 && cpu_info.model < 0x1a;
}

static void enable_banks(u64 cap)
{
	if (cap & MCG_CTL_P)
		wrmsr(MSR_IA32_MCG_CTL, ~0ULL);
	for (unsigned int bank = 0; bank < nr_banks; bank++) {
		if (bank_is_firmwares(bank))
			continue;
		wrmsr(MSR_MC(bank, MC_CTL), bank_control(bank));
		clear_bank(bank);
	}
}

void mce_cpu_init(void)
{
	if (!nr_banks)
		return;
	write_cr4(read_cr4() | CR4_MCE);
	enable_banks(rdmsr(MSR_IA32_MCG_CAP));
}

void __init mce_init(void)
{
	u32 regs[4];
	u64 cap;

	cpuid(1, 0, regs);
	if (off || !(regs[3] & CPUID_1_EDX_MCE) || !(regs[3] & CPUID_1_EDX_MCA)) {
		pr_info("%s\n", off ? "Machine checks are off" : "CPU has no machine checks");
		return;
	}
	signature = regs[0];
	vendor = vendor_number();
	cap = rdmsr(MSR_IA32_MCG_CAP);
	cpu.amd = vendor == X86_VENDOR_AMD || vendor == X86_VENDOR_HYGON;
	cpu.ser = !cpu.amd && cap & MCG_SER_P;
	nr_banks = min_t(unsigned int, MCG_CAP_BANKS(cap), MAX_BANKS);
	poll_banks(true, bootlog < 0 ? !banks_hold_rubbish() : bootlog);
	write_cr4(read_cr4() | CR4_MCE);
	enable_banks(cap);
	pr_info("CPU supports %u MCE banks%s\n", nr_banks,
		cpu.ser ? ", software error recovery" : "");
}
