/* SPDX-License-Identifier: MIT */
/*
 * CPUs before there are allocators. Contract: baremm/arch_early.h.
 *
 *   boot CPU     INIT to all ── 10 ms ── startup to all ── 300 us ── startup to who is missing
 *   the others   halt            real mode, long mode (trampoline.h), a stack, fn(cpu), halt
 *
 * Nothing in the trampoline's page tells them apart, so each asks itself for its APIC id. One
 * that says another id than the MADT is taken for missing here; it is started later all the same.
 */
#include <baremm/arch_early.h>

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <baremm/arch.h>

#include "apic.h"
#include "cpu.h"
#include "cpu_state.h"
#include "exceptions.h"
#include "extable.h"
#include "mce.h"
#include "mmu.h"
#include "smpboot.h"

#undef pr_fmt
#define pr_fmt(fmt) "smpboot: " fmt

/* A virtual machine's CPU may wait long for its turn: so long after the last one came. */
#define PATIENCE_NS 1000000000ULL /* until that is said */
#define ARRIVAL_NS  10000000000ULL
#define LEAVE_NS    1000000000ULL

/* early_cpus_entry.S */
extern const char early_ap_entry[];
void early_ap_halt(void) __noreturn;
void early_ap_main(void) __noreturn;
u32 early_ap_arrived __initdata;
u32 early_ap_stacks_nr __initdata;
unsigned long early_ap_stacks __initdata;

static struct early_cpu {
	u32 apicid;
	bool up;
	int fault;	/* exception + 1 */
	struct mce mce; /* the first that it was told of */
} cpus[NR_CPUS] __initbss;

static unsigned int nr_cpus __initdata;
static void (*early_fn)(unsigned int cpu) __initdata;
static struct cpu_state boot_state __initbss;
static bool is_open __initdata;
static bool apic_is_mapped __initdata;

/* ---- On any CPU ------------------------------------------------------------------------- */

static struct early_cpu *__init this_early_cpu(void)
{
	u32 apicid = arch_boot_apic_id();

	for (unsigned int cpu = 1; cpu < nr_cpus; cpu++)
		if (cpus[cpu].apicid == apicid)
			return &cpus[cpu];
	return NULL;
}

static bool __init absorb(struct early_cpu *cpu)
{
	bool first = !cpu->mce.status, kept = mce_absorb_quietly(&cpu->mce);

	if (first)
		cpu->mce.cpu = (int)(cpu - cpus);
	return kept;
}

/*
 * An access that may fail did; or a machine check that is another CPU's, of which all are
 * told, and after which the interrupted code can go on.
 */
static bool __init goes_on(struct pt_regs *regs, struct early_cpu *cpu)
{
	unsigned long fixup = extable_fixup(regs);

	if (regs->vector == X86_TRAP_MC) {
		bool restartable = rdmsr(MSR_IA32_MCG_STATUS) & MCG_STATUS_RIPV;

		if (!absorb(cpu) || (!fixup && !restartable))
			return false;
	} else if (!fixup) {
		return false;
	}
	if (fixup)
		regs->rip = fixup;
	return true;
}

/* Nothing but faults comes to a CPU that is not the boot CPU; it cannot show one. */
static bool __init handle(struct pt_regs *regs)
{
	unsigned long stacks = early_ap_stacks_nr * (unsigned long)ARCH_EARLY_STACK_SIZE;
	struct early_cpu *cpu;

	if ((unsigned long)regs - early_ap_stacks >= stacks)
		return goes_on(regs, &cpus[0]);
	cpu = this_early_cpu();
	if (regs->vector == X86_TRAP_NMI || goes_on(regs, cpu))
		return true;
	__atomic_store_n(&cpu->fault, (int)regs->vector + 1, __ATOMIC_RELEASE);
	early_ap_halt();
}

/* ---- On a CPU that was started ------------------------------------------------------------ */

/*
 * With other MTRRs than the boot CPU's memory may be slow. Those of the firmware come back, for
 * whoever starts the CPU for good, and says what they were.
 */
static void __init work(struct early_cpu *cpu)
{
	struct cpu_state own;
	bool other;

	cpu_state_read(&own);
	other = cpu_state_mtrrs_differ(&own, &boot_state);
	if (other)
		cpu_state_set_mtrrs(&boot_state);
	__atomic_store_n(&cpu->up, true, __ATOMIC_RELEASE);
	early_fn((unsigned int)(cpu - cpus));
	if (other)
		cpu_state_set_mtrrs(&own);
	__atomic_store_n(&cpu->up, false, __ATOMIC_RELEASE);
}

/* On its own stack, with the boot CPU's page tables, and the trampoline's descriptors. */
void __init early_ap_main(void)
{
	struct early_cpu *cpu = this_early_cpu();

	if (!cpu)
		early_ap_halt();
	descriptors_load_bare();
	write_cr0(boot_state.regs[STATE_CR0]);
	write_cr4(boot_state.regs[STATE_CR4]);
	wrmsr(MSR_EFER, boot_state.regs[STATE_EFER]);
	wrmsr(MSR_GS_BASE, 0);
	mmu_cpu_init();
	mce_cpu_init();
	work(cpu);
	early_ap_halt();
}

/* ---- The boot CPU's APIC: at its own address, where nothing else is ------------------------ */

static phys_addr_t __init apic_base(void)
{
	return rdmsr(MSR_IA32_APIC_BASE) & APIC_BASE_ADDR;
}

/* In x2APIC mode it is reached without: then it does not matter whether it can be mapped. */
static int __init open_apic(u32 max_id)
{
	apic_is_mapped = !arch_map(apic_base(), apic_base(), PAGE_SIZE,
				   ARCH_MAP_WRITE | ARCH_MAP_UC | ARCH_MAP_IO);
	return apic_init(&apic_firmware_mapped, max_id);
}

static void __init close_apic(void)
{
	int err = apic_is_mapped ? arch_unmap(apic_base(), PAGE_SIZE) : 0;

	if (err)
		pr_err("the APIC's registers at %#llx stay mapped: error %d\n", apic_base(), err);
}

/* ---- On the boot CPU ------------------------------------------------------------------------ */

bool __init arch_early_cpu_up(unsigned int cpu)
{
	return __atomic_load_n(&cpus[cpu].up, __ATOMIC_ACQUIRE);
}

int __init arch_early_cpu_fault(unsigned int cpu)
{
	return __atomic_load_n(&cpus[cpu].fault, __ATOMIC_ACQUIRE) - 1;
}

static unsigned int __init count_up(void)
{
	unsigned int nr = 1;

	for (unsigned int cpu = 1; cpu < nr_cpus; cpu++)
		nr += arch_early_cpu_up(cpu);
	return nr;
}

/* Until all are there, or none came for @ns. */
static bool __init wait_for_all(u64 ns)
{
	unsigned int there = count_up(), now;
	u64 end = arch_clock_ns() + ns;

	for (; there < nr_cpus && arch_clock_ns() < end; cpu_relax()) {
		now = count_up();
		if (now != there)
			end = arch_clock_ns() + ns;
		there = now;
	}
	return there == nr_cpus;
}

/* An error is one of a CPU that then does not come. */
static void __init signal_missing(int (*send)(u32 apicid))
{
	for (unsigned int cpu = 1; cpu < nr_cpus; cpu++)
		if (!arch_early_cpu_up(cpu))
			send(cpus[cpu].apicid);
}

static void __init wake_all(void)
{
	signal_missing(smpboot_send_init);
	smpboot_wait(INIT_NS);
	signal_missing(smpboot_send_startup);
	if (wait_for_all(STARTUP_NS))
		return;
	signal_missing(smpboot_send_startup);
	if (wait_for_all(PATIENCE_NS))
		return;
	pr_info("%u CPUs have not come yet, up to %llu s are given to them\n", nr_cpus - count_up(),
		ARRIVAL_NS / 1000000000);
	if (wait_for_all(ARRIVAL_NS))
		return;
	signal_missing(smpboot_send_init);
	smpboot_wait(INIT_NS);
}

static u32 __init take_ids(unsigned int nr, const u32 *apicids)
{
	u32 largest = 0;

	nr_cpus = nr;
	for (unsigned int cpu = 0; cpu < nr; cpu++) {
		cpus[cpu] = (struct early_cpu){.apicid = apicids[cpu]};
		largest = max(largest, apicids[cpu]);
	}
	return largest;
}

int __init arch_early_cpus_start(unsigned int nr, const u32 *apicids, void *stacks,
				 void (*fn)(unsigned int cpu))
{
	u32 largest = take_ids(nr, apicids);
	int err;

	early_exception = handle;
	if (nr == 1)
		return 0;
	err = open_apic(largest);
	if (!err)
		err = smpboot_open((unsigned long)early_ap_entry);
	if (err) {
		close_apic();
		return err;
	}
	is_open = true;
	cpu_state_read(&boot_state);
	early_fn = fn;
	early_ap_arrived = 0;
	early_ap_stacks = (unsigned long)stacks;
	early_ap_stacks_nr = nr - 1;
	wake_all();
	return 0;
}

void __init arch_early_cpu_stop(unsigned int cpu)
{
	smpboot_send_init(cpus[cpu].apicid);
	smpboot_wait(INIT_NS);
	cpus[cpu].up = false;
}

/* They are done, and about to leave; who does not is stopped where it is. */
static void __init stop_all(void)
{
	u64 end = arch_clock_ns() + LEAVE_NS;

	while (count_up() > 1 && arch_clock_ns() < end)
		cpu_relax();
	for (unsigned int cpu = 1; cpu < nr_cpus; cpu++)
		smpboot_send_init(cpus[cpu].apicid);
	smpboot_wait(INIT_NS);
	smpboot_close();
	close_apic();
	early_ap_stacks_nr = 0;
	is_open = false;
}

void __init arch_early_cpus_stop(void)
{
	if (is_open)
		stop_all();
	early_exception = NULL;
	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++) {
		if (!cpus[cpu].mce.status)
			continue;
		nr_machine_checks++;
		mce_log(&cpus[cpu].mce, "memory that is tested");
	}
	nr_cpus = 0;
}
