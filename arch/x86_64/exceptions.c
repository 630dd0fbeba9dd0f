/* SPDX-License-Identifier: MIT */
/*
 * The panic screen: what happened, where, what the tables say about it, the
 * registers and the way there; in the words of Linux's oops.
 */
#include "exceptions.h"

#include <linux/init.h>
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/percpu-defs.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>
#include <baremm/panic.h>

#include "apic.h"
#include "consoles.h"
#include "cpu.h"
#include "cpu_stacks.h"
#include "extable.h"
#include "mce.h"
#include "mmu.h"
#include "smpboot.h"

/* Page-fault error code: Intel SDM volume 3A, section 4.7. */
#define PF_PROT	 (1UL << 0)
#define PF_WRITE (1UL << 1)
#define PF_USER	 (1UL << 2)
#define PF_RSVD	 (1UL << 3)
#define PF_INSTR (1UL << 4)
#define PF_PK	 (1UL << 5)

#define CODE_BEFORE 16
#define CODE_BYTES  32

unsigned long nr_spurious_interrupts;
bool (*early_exception)(struct pt_regs *regs);

/* How many handlers are running: 2 is an exception inside the first one's. */
static DEFINE_PER_CPU(int, depth);

bool in_exception(void)
{
	return raw_cpu_read(depth) != 0;
}

static const char *const names[NR_EXCEPTIONS] = {
	"divide error",
	"debug",
	"non-maskable interrupt",
	"int3",
	"overflow",
	"bounds",
	"invalid opcode",
	"device not available",
	"double fault",
	"coprocessor segment overrun",
	"invalid TSS",
	"segment not present",
	"stack segment",
	"general protection fault",
	"page fault",
	"reserved exception 15",
	"math fault",
	"alignment check",
	"machine check",
	"SIMD exception",
	"virtualization exception",
	"control protection",
	"reserved exception 22",
	"reserved exception 23",
	"reserved exception 24",
	"reserved exception 25",
	"reserved exception 26",
	"reserved exception 27",
	"hypervisor injection exception",
	"VMM communication exception",
	"security exception",
	"reserved exception 31",
};

/* ---- Page faults ------------------------------------------------------------ */

static bool in_guard_page(unsigned long addr)
{
	for (u32 i = 0; mmu_boot_info && i < mmu_boot_info->nr_ranges; i++) {
		const struct boot_range *range = &mmu_boot_info->ranges[i];

		if (range->type == BOOT_RANGE_GUARD && range->start <= addr && addr < range->end)
			return true;
	}
	return cpu_stack_guard(addr);
}

static bool in_freed_initmem(unsigned long addr)
{
	for (u32 i = 0; mmu_boot_info && i < mmu_boot_info->nr_ranges; i++) {
		const struct boot_range *range = &mmu_boot_info->ranges[i];

		if (initmem_is_free(range) && range->start <= addr && addr < range->end)
			return true;
	}
	return false;
}

static const char *fault_reason(unsigned long error_code)
{
	if (!(error_code & PF_PROT))
		return "not-present page";
	if (error_code & PF_RSVD)
		return "reserved bit violation";
	if (error_code & PF_PK)
		return "protection keys violation";
	return "permissions violation";
}

static const char *fault_access(unsigned long error_code)
{
	if (error_code & PF_INSTR)
		return "instruction fetch";
	return error_code & PF_WRITE ? "write access" : "read access";
}

/* The entries on the way to @addr: "PGD 7e01063 PUD 7e02063 PMD 0". */
static void print_entries(unsigned long addr)
{
	static const char *const level_names[] = {"PTE", "PMD", "PUD", "P4D", "PGD"};
	char line[160];
	u64 entries[5];
	int nr, len = 0;

	if (!pgtable_canonical(&live_pgtable, addr)) {
		pr_alert("address %#lx is not canonical\n", addr);
		return;
	}
	nr = pgtable_entries(&live_pgtable, addr, entries);
	for (int i = 0; i < nr; i++)
		len += scnprintf(line + len, sizeof(line) - (size_t)len, "%s %llx ",
				 i ? level_names[live_pgtable.levels - 1 - i] : "PGD", entries[i]);
	pr_alert("%s\n", line);
}

static void print_mapping(unsigned long addr)
{
	struct arch_mapping map;

	if (arch_query(addr, &map)) {
		pr_alert("%#lx is not mapped\n", addr);
		return;
	}
	pr_alert("%#lx maps physical %#llx in a page of %zuK, %s%s%s\n", addr, map.phys,
		 map.page_size >> 10, map.prot & ARCH_MAP_WRITE ? "RW" : "ro",
		 map.prot & ARCH_MAP_EXEC ? " x" : " NX",
		 map.prot & ARCH_MAP_WC		? " WC"
		 : map.prot & ARCH_MAP_WT	? " WT"
		 : map.prot & ARCH_MAP_UC	? " UC"
		 : map.prot & ARCH_MAP_UC_MINUS ? " UC-"
						: "");
}

static void print_page_fault(unsigned long error_code, unsigned long addr)
{
	if (in_guard_page(addr))
		pr_alert("BUG: stack guard page was hit at %#lx\n", addr);
	else if (in_freed_initmem(addr))
		pr_alert("BUG: %pS is used after bring-up, and was freed (linux/init.h)\n",
			 (void *)addr);
	else if (addr < PAGE_SIZE)
		pr_alert("BUG: kernel NULL pointer dereference, address: %016lx\n", addr);
	else
		pr_alert("BUG: unable to handle page fault for address: %016lx\n", addr);
	pr_alert("#PF: %s %s in kernel mode\n", error_code & PF_USER ? "user" : "supervisor",
		 fault_access(error_code));
	pr_alert("#PF: error_code(0x%04lx) - %s\n", error_code, fault_reason(error_code));
	print_entries(addr);
	print_mapping(addr);
	vmalloc_dump_obj((void *)addr);
}

/* An access beside a guarded object, or to one that was freed: reported, and done now. */
static bool guarded_object_fault(struct pt_regs *regs)
{
	return !(regs->error_code & PF_PROT) &&
	       kfence_handle_page_fault(read_cr2(), regs->error_code & PF_WRITE, regs);
}

/* An access that may fail did. */
static bool fixup_exception(struct pt_regs *regs)
{
	unsigned long fixup = extable_fixup(regs);

	if (!fixup || (regs->vector == X86_TRAP_MC && !mce_absorb()))
		return false;
	regs->rip = fixup;
	return true;
}

/* ---- Other causes ------------------------------------------------------------- */

/* Intel SDM volume 3A, section 6.13: the selector that an exception is about. */
static void print_selector(unsigned long error_code)
{
	static const char *const tables[] = {"GDT", "IDT", "LDT", "IDT"};

	if (error_code)
		pr_alert("selector %#lx, index %lu of the %s%s\n", error_code & 0xfff8,
			 error_code >> 3 & 0x1fff, tables[error_code >> 1 & 3],
			 error_code & 1 ? ", external event" : "");
}

static void print_cause(const struct pt_regs *regs)
{
	switch (regs->vector) {
	case X86_TRAP_PF:
		print_page_fault(regs->error_code, read_cr2());
		break;
	case 10:
	case 11:
	case 12:
	case X86_TRAP_GP:
		print_selector(regs->error_code);
		break;
	case X86_TRAP_DF:
		pr_alert("the last page fault was at %016lx%s\n", read_cr2(),
			 in_guard_page(read_cr2()) ? ", in a stack guard page" : "");
		break;
	}
}

/* ---- Registers ---------------------------------------------------------------- */

/* The bytes around @rip, the one it points at in <>, those that can be read. */
static void print_code(unsigned long rip)
{
	unsigned long first = rip - CODE_BEFORE;
	char line[CODE_BYTES * 4 + 8];
	int len = 0;
	u8 byte;

	for (unsigned int i = 0; i < CODE_BYTES; i++) {
		const char *mark = i == CODE_BEFORE ? "<" : "", *end = *mark ? ">" : "";
		size_t room = sizeof(line) - (size_t)len;

		if (get_kernel_nofault(byte, (const u8 *)(first + i)))
			len += scnprintf(line + len, room, "%s??%s ", mark, end);
		else
			len += scnprintf(line + len, room, "%s%02x%s ", mark, byte, end);
	}
	pr_emerg("Code: %s\n", line);
}

static void print_registers(const struct pt_regs *r)
{
	pr_emerg("RIP: %04lx:%pS\n", r->cs, (void *)r->rip);
	print_code(r->rip);
	pr_emerg("RSP: %04lx:%016lx EFLAGS: %08lx\n", r->ss, r->rsp, r->rflags);
	pr_emerg("RAX: %016lx RBX: %016lx RCX: %016lx\n", r->rax, r->rbx, r->rcx);
	pr_emerg("RDX: %016lx RSI: %016lx RDI: %016lx\n", r->rdx, r->rsi, r->rdi);
	pr_emerg("RBP: %016lx R08: %016lx R09: %016lx\n", r->rbp, r->r8, r->r9);
	pr_emerg("R10: %016lx R11: %016lx R12: %016lx\n", r->r10, r->r11, r->r12);
	pr_emerg("R13: %016lx R14: %016lx R15: %016lx\n", r->r13, r->r14, r->r15);
	pr_emerg("RIP: %016lx CR0: %016lx CR2: %016lx\n", r->rip, read_cr0(), read_cr2());
	pr_emerg("CR3: %016lx CR4: %016lx\n", read_cr3(), read_cr4());
}

/* An exception while one is being shown: as few steps as can be. */
static void __noreturn second_exception(const struct pt_regs *regs)
{
	char line[120];

	if (raw_cpu_read(depth) > 2)
		arch_shutdown(false);
	scnprintf(line, sizeof(line),
		  "\nexception %lu at %#lx while showing an exception (CR2 %#lx)\n", regs->vector,
		  regs->rip, read_cr2());
	console_emergency_write(line);
	console_emergency_write("baremm: verdict: FAIL: exception inside the exception handler\n");
	arch_shutdown(false);
}

/* A call of another CPU; else something that was left unmasked, and is ignored. */
static void interrupt(unsigned long vector)
{
	if (vector == CALL_FUNCTION_VECTOR) {
		apic_eoi();
		smp_call_poll();
		return;
	}
	__atomic_fetch_add(&nr_spurious_interrupts, 1, __ATOMIC_RELAXED);
	if (vector != SPURIOUS_APIC_VECTOR && apic_is_up())
		apic_eoi();
}

static bool machine_check(struct pt_regs *regs)
{
	bool recovered;

	nmi_enter();
	recovered = mce_recover(regs);
	nmi_exit();
	return recovered;
}

void exception_handler(struct pt_regs *regs)
{
	const char *name;

	if (early_exception && early_exception(regs))
		return;
	if (regs->vector >= NR_EXCEPTIONS) {
		interrupt(regs->vector);
		return;
	}
	if (regs->vector == X86_TRAP_NMI && smp_stopping())
		arch_stop_this_cpu();
	name = names[regs->vector];
	raw_cpu_inc(depth);
	if (raw_cpu_read(depth) > 1)
		second_exception(regs);
	if (fixup_exception(regs) || (regs->vector == X86_TRAP_MC && machine_check(regs)) ||
	    (regs->vector == X86_TRAP_PF && guarded_object_fault(regs))) {
		raw_cpu_dec(depth);
		return;
	}
	if (!panic_claim())
		arch_stop_this_cpu();
	console_ensure();
	print_cause(regs);
	pr_emerg("%s: %04lx [#1] CPU: %d\n", regs->vector == X86_TRAP_PF ? "Oops" : name,
		 regs->error_code & 0xffff, smp_processor_id());
	print_registers(regs);
	backtrace_regs(regs);
	if (regs->vector == X86_TRAP_MC)
		panic("Fatal machine check");
	panic("exception %s at %pS", name, (void *)regs->rip);
}
