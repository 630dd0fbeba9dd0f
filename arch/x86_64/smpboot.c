/* SPDX-License-Identifier: MIT */
/* Starting and stopping CPUs. Contracts: smpboot.h, baremm/arch.h. */
#include "smpboot.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/topology.h>
#include <linux/workqueue.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>
#include <baremm/panic.h>

#include "apic.h"
#include "clock.h"
#include "cpu.h"
#include "cpu_stacks.h"
#include "cpu_state.h"
#include "exceptions.h"
#include "handoff.h"
#include "mce.h"
#include "mem_encrypt.h"
#include "mmu.h"
#include "trampoline.h"

#undef pr_fmt
#define pr_fmt(fmt) "smpboot: " fmt

#define ARRIVAL_SECONDS 10ULL /* a virtual machine's CPU may wait long for its turn */
#define STOP_NS		1000000000ULL

void ap_main(void);

/* What the one CPU that is being started is to be. */
static struct {
	unsigned int cpu;
	const struct cpu_stacks *stacks;
	bool alive; /* it came out of the trampoline */
} starting;
unsigned long ap_stack_top;

static phys_addr_t trampoline;
static bool borrowed; /* its contents are somebody else's */

/* What a CPU is for the others, and what it said of itself when it was started. */
struct cpu_record {
	u32 apicid;
	u32 own_apicid;
	struct cpu_state state;
};
static DEFINE_PER_CPU(struct cpu_record, cpu_record);

static const struct cpu_state *state_of(unsigned int cpu)
{
	return cpu_online(cpu) ? &per_cpu(cpu_record, cpu).state : NULL;
}

static const u64 *boot_regs(void)
{
	return state_of(0)->regs;
}

static bool stopping;
static struct cpumask stopped;

/* ---- On the CPU that is started --------------------------------------------------------- */

/* On its own stack, with the boot CPU's page tables, and no descriptors yet. */
void ap_main(void)
{
	struct cpu_record *record;

	descriptors_load_cpu(starting.cpu, starting.stacks);
	__atomic_store_n(&starting.alive, true, __ATOMIC_RELEASE);
	write_cr0(boot_regs()[STATE_CR0]);
	write_cr4(boot_regs()[STATE_CR4]);
	wrmsr(MSR_EFER, boot_regs()[STATE_EFER]);
	record = this_cpu_ptr(&cpu_record);
	record->state.regs[STATE_FIRMWARE_PAT] = rdmsr(MSR_IA32_CR_PAT);
	mmu_cpu_init();
	apic_cpu_init();
	record->state.regs[STATE_FIRMWARE_APIC] = apic_found();
	mce_cpu_init();
	record->own_apicid = apic_id();
	cpu_state_read(&record->state);
	if (cpu_state_mtrrs_differ(&record->state, state_of(0)))
		cpu_state_set_mtrrs(state_of(0));
	set_this_cpu_online();
	__asm__ __volatile__("sti" : : : "memory");
	cpu_work_loop(NULL);
}

/* ---- On the boot CPU ---------------------------------------------------------------------- */

void smpboot_wait(u64 ns)
{
	for (u64 end = arch_clock_ns() + ns; arch_clock_ns() < end;)
		cpu_relax();
}

/* False: @ns went by. */
static bool wait_for(const bool *flag, u64 ns)
{
	u64 end = arch_clock_ns() + ns;

	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE)) {
		if (arch_clock_ns() > end)
			return false;
		cpu_relax();
	}
	return true;
}

static bool wait_until_online(unsigned int cpu)
{
	u64 end = arch_clock_ns() + ARRIVAL_SECONDS * 1000000000ULL;

	while (!cpu_online(cpu)) {
		if (arch_clock_ns() > end)
			return false;
		cpu_relax();
	}
	return true;
}

int smpboot_send_init(u32 apicid)
{
	int err = apic_send(apicid, APIC_DM_INIT);

	return err ? err : apic_send(apicid, APIC_DM_INIT_END);
}

int smpboot_send_startup(u32 apicid)
{
	return apic_send(apicid, APIC_DM_STARTUP | (u32)(trampoline >> PAGE_SHIFT));
}

/* The second signal is for CPUs that missed the first: SDM 8.4.4.1, step 15. */
static int wake(u32 apicid)
{
	int err = smpboot_send_init(apicid);

	if (err)
		return err;
	smpboot_wait(INIT_NS);
	err = smpboot_send_startup(apicid);
	if (!err && !wait_for(&starting.alive, STARTUP_NS))
		err = smpboot_send_startup(apicid);
	return err;
}

/* Nothing in the page tells which CPU comes: one comes at a time. */
static int start(unsigned int cpu, u32 apicid, const struct cpu_stacks *stacks)
{
	int err;

	starting.cpu = cpu;
	starting.stacks = stacks;
	starting.alive = false;
	ap_stack_top = cpu_stack_top(stacks, 0);
	per_cpu(cpu_record, cpu) = (struct cpu_record){.apicid = apicid};
	err = wake(apicid);
	if (err || wait_until_online(cpu))
		return err;
	smpboot_send_init(apicid);
	smpboot_wait(INIT_NS);
	return cpu_online(cpu) ? 0 : -ETIMEDOUT;
}

int arch_cpu_start(unsigned int cpu, u32 apicid)
{
	struct cpu_stacks *stacks = cpu_stacks_alloc(cpu_to_node((int)cpu));
	int err;

	if (!stacks)
		return -ENOMEM;
	err = start(cpu, apicid, stacks);
	if (err)
		cpu_stacks_free(stacks);
	return err;
}

/* The page is executable while CPUs come through it, and then nothing can write to it. */
static int protect_trampoline(unsigned int identity, unsigned int alias)
{
	int err = arch_protect(trampoline, PAGE_SIZE, identity);

	return err ? err : arch_protect((unsigned long)__va(trampoline), PAGE_SIZE, alias);
}

static phys_addr_t choose_page(const struct boot_info *info)
{
	phys_addr_t page = trampoline_page(info);

	if (page)
		return page;
	page = trampoline_borrow(info);
	if (page)
		pr_info("no free page below 1 MB: borrowing %pa to start CPUs in\n", &page);
	borrowed = page != 0;
	return page;
}

int smpboot_open(unsigned long entry)
{
	phys_addr_t root = live_pgtable.root;
	int err;

	if (mem_encrypt_is_host()) {
		pr_warn("memory is encrypted (SME), and a CPU that starts does not reach it: one "
			"CPU runs\n");
		return -EOPNOTSUPP;
	}
	trampoline = choose_page(mmu_boot_info);
	if (!trampoline) {
		pr_warn("no memory below 1 MB to start CPUs in (the boot record names %#llx): one "
			"CPU runs\n",
			mmu_boot_info->trampoline);
		return -ENOMEM;
	}
	if (root >= SZ_4G) {
		pr_warn("page tables at %pa: CPUs cannot start above 4 GB, one CPU runs\n", &root);
		return -ENOMEM;
	}
	trampoline_fill(trampoline, read_cr4() & (CR4_PAE | CR4_LA57), root, root);
	trampoline_set_entry(trampoline, entry, 0);
	err = protect_trampoline(ARCH_MAP_EXEC, ARCH_MAP_READ);
	if (err)
		pr_warn("protecting the page %pa: error %d, one CPU runs\n", &trampoline, err);
	return err;
}

void smpboot_close(void)
{
	int err = protect_trampoline(ARCH_MAP_WRITE, ARCH_MAP_WRITE);

	if (err)
		panic("smpboot: protecting the page %#llx: error %d", trampoline, err);
	if (borrowed) {
		trampoline_restore(trampoline);
		pr_info("page %pa has its contents back\n", &trampoline);
	}
}

int arch_smp_prepare(u32 max_apicid)
{
	struct cpu_record *record = this_cpu_ptr(&cpu_record);
	int err = apic_init(&apic_hardware, max_apicid);

	if (err) {
		pr_warn("without a local APIC (error %d) one CPU runs\n", err);
		return err;
	}
	record->apicid = record->own_apicid = apic_id();
	record->state.regs[STATE_FIRMWARE_PAT] = cpu_info.firmware_pat;
	/* CPUs that were started before may have had need of another mode. */
	record->state.regs[STATE_FIRMWARE_APIC] =
		mmu_boot_info->handoff->apic_base & APIC_BASE_COMMON;
	cpu_state_read(&record->state);
	return smpboot_open((unsigned long)ap_entry);
}

/* Firmware that set up its own CPU only left the others without MTRRs. */
static void compare_all(void)
{
	unsigned int cpu, corrected = 0;

	for_each_online_cpu (cpu) {
		const struct cpu_record *record = &per_cpu(cpu_record, cpu);

		if (record->own_apicid != record->apicid)
			pr_warn("CPU%u says its APIC id is %#x, the MADT says %#x\n", cpu,
				record->own_apicid, record->apicid);
		corrected += cpu_state_mtrrs_differ(&record->state, state_of(0));
	}
	if (!cpu_states_compare(state_of, nr_cpu_ids))
		pr_info("control registers, PAT and MTRRs are the same on all CPUs\n");
	if (corrected)
		pr_info("MTRRs of %u CPUs are set as CPU0 has them\n", corrected);
}

/* As Linux counts them at 250 ticks a second. */
static void print_total(void)
{
	u64 bogosum = num_online_cpus() * clock_rate() / 250;

	pr_info("Total of %u processors activated (%llu.%02llu BogoMIPS)\n", num_online_cpus(),
		bogosum / 2000, bogosum / 20 % 100);
}

void arch_smp_done(void)
{
	smpboot_close();
	compare_all();
	print_total();
	if (num_online_cpus() > 1)
		__asm__ __volatile__("sti" : : : "memory");
}

/* ---- Interrupts, rest, end ------------------------------------------------------------------- */

void arch_send_call_ipi(unsigned int cpu)
{
	int err = apic_send(per_cpu(cpu_record, cpu).apicid, APIC_DM_FIXED | CALL_FUNCTION_VECTOR);

	if (err)
		panic("smp: CPU#%u cannot be interrupted: error %d", cpu, err);
}

void arch_cpu_idle(void)
{
	__asm__ __volatile__("sti; hlt" : : : "memory");
}

bool smp_stopping(void)
{
	return READ_ONCE(stopping);
}

unsigned int arch_stop_other_cpus(void)
{
	unsigned int running = num_online_cpus() - 1;
	u64 end = arch_clock_ns() + STOP_NS;

	WRITE_ONCE(stopping, true);
	if (!running || apic_send_all_others(APIC_DM_NMI))
		return running;
	while (bitmap_weight(stopped.bits, NR_CPUS) < running && arch_clock_ns() < end)
		cpu_relax();
	return running - min(running, bitmap_weight(stopped.bits, NR_CPUS));
}

void arch_stop_this_cpu(void)
{
	cpumask_set_cpu((unsigned int)smp_processor_id(), &stopped);
	for (;;)
		__asm__ __volatile__("cli; hlt");
}
