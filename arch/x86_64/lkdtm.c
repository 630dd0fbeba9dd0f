/* SPDX-License-Identifier: MIT */
/*
 * Faults on demand: lkdtm=NAME provokes one after bring-up, so that tests can see
 * that it is caught. Names are those of Linux's test module where it has the
 * fault, CPU's names else.
 */
#include "lkdtm.h"

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <baremm/arch.h>
#include <baremm/arch_boot.h>
#include <baremm/console.h>

#include "exceptions.h"
#include "mce.h"

#define MACHINE_CHECK_WAIT 60000000000ULL /* ns */
#include "lkdtm_heap.h"

static bool ptdump_wanted;

static const u8 rodata[64] = {0xc3};
static u8 data[64] = {0xc3}; /* ret */

/* Calls @where: the page must not be executable. */
static void execute(const void *where)
{
	void (*call)(void) = (void (*)(void))(unsigned long)where;

	call();
}

/* Hides from the compiler what an address is. */
static void *opaque(unsigned long address)
{
	__asm__ __volatile__("" : "+r"(address));
	return (void *)address;
}

static void do_panic(void)
{
	panic("dumptest");
}

static void panic_here(void *arg)
{
	panic("%s on CPU %d", (const char *)arg, smp_processor_id());
}

/* All at once: one of them ends the run. */
static void do_panic_everywhere(void)
{
	static char what[] = "dumptest";

	on_each_cpu(panic_here, what, true);
}

static void do_bug(void)
{
	BUG();
}

static void do_warning(void)
{
	WARN(1, "Warning message trigger\n");
}

static void do_null(void)
{
	*(volatile int *)opaque(0) = 0;
}

static __always_inline void do_divide(void)
{
	__asm__ __volatile__("xorl %%ecx, %%ecx; xorl %%edx, %%edx; divl %%ecx"
			     :
			     : "a"(1)
			     : "ecx", "edx", "cc");
}

static void do_int3(void)
{
	__asm__ __volatile__("int3");
}

/* Single step; QEMU's TCG does not know int1. */
static void do_debug(void)
{
	__asm__ __volatile__("pushfq; orq $0x100, (%%rsp); popfq; nop" : : : "memory", "cc");
}

static void do_undefined(void)
{
	__asm__ __volatile__("ud2");
}

static void do_nmi(void)
{
	__asm__ __volatile__("int $2");
}

static void do_general_protection(void)
{
	*(volatile int *)opaque(0x8000000000000000UL) = 0;
}

/* With interrupts' gates present, a vector from 32 on is counted and ignored. */
static void do_spurious(void)
{
	__asm__ __volatile__("int $0x80");
	pr_info("lkdtm: %lu spurious interrupt ignored\n", nr_spurious_interrupts);
}

static void do_write_ro(void)
{
	*(volatile u8 *)opaque((unsigned long)rodata) = 0;
}

static void do_write_text(void)
{
	*(volatile u8 *)opaque((unsigned long)do_write_ro) = 0;
}

/* The text through the direct map. */
static void do_write_alias(void)
{
	*(volatile u8 *)__va(virt_to_phys(opaque((unsigned long)do_write_ro))) = 0;
}

static void do_exec_data(void)
{
	execute(data);
}

static void do_exec_rodata(void)
{
	execute(rodata);
}

static void do_exec_stack(void)
{
	u8 code[64] = {0xc3};

	execute(opaque((unsigned long)code));
}

/* What is called late has gone, with the memory that it lay in. */
static noinline void __init init_function(void)
{
	pr_info("lkdtm: init memory is still there\n");
}

static void __ref do_exec_init(void)
{
	execute(init_function);
}

static void do_exec_null(void)
{
	execute(opaque(0));
}

static void do_exec_direct_map(void)
{
	execute(__va(virt_to_phys(opaque((unsigned long)do_int3))));
}

/* Calls itself until the stack meets its guard page. */
static int __attribute__((__noinline__)) recurse(int depth)
{
	volatile u8 frame[1024];

	frame[0] = (u8)depth;
	frame[sizeof(frame) - 1] = (u8)depth;
	return depth ? recurse(depth + 1) + frame[0] : 0;
}

static void do_exhaust_stack(void)
{
	pr_info("lkdtm: returned %d\n", recurse(1));
}

static long exhaust_stack_there(void *arg)
{
	(void)arg;
	do_exhaust_stack();
	return 0;
}

/* That of the last CPU. */
static void do_exhaust_stack_of_cpu(void)
{
	work_on_cpu((int)num_online_cpus() - 1, exhaust_stack_there, NULL);
}

/* A fault whose handler cannot be entered: #DE meets a gate that is not present. */
static void do_double_fault(void)
{
	descriptors_break_vector(X86_TRAP_DE);
	do_divide();
}

/* The frame pointer chain leads nowhere: the backtrace must say so and end. */
static void do_bad_frame(void)
{
	__asm__ __volatile__("movq $0x123456789abcde0, %%rbp; ud2" : : : "memory");
}

static bool broken;

static void write_broken(struct console *con, const char *text, size_t len)
{
	(void)con;
	(void)text;
	(void)len;
	if (broken)
		do_undefined();
}

/* An exception while one is being shown: a console that faults, used by the handler. */
static void do_nested_exception(void)
{
	static struct console console = {.name = "broken", .write = write_broken};

	register_console(&console);
	broken = true;
	do_divide();
}

/*
 * Waits for a machine check from outside, as QEMU's monitor makes one: the page named is
 * free, and must not be any more after it.
 */
static void do_machine_check(void)
{
	struct page *block = alloc_pages(GFP_KERNEL, 4);
	unsigned int before = nr_machine_checks;
	u64 start = arch_clock_ns();
	struct arch_mapping map;

	if (!block)
		return;
	__free_pages(block, 4);
	pr_info("lkdtm: waiting for a machine check, page at %#llx is free\n",
		page_to_phys(block + 5));
	console_flush_all();
	while (READ_ONCE(nr_machine_checks) == before &&
	       arch_clock_ns() - start < MACHINE_CHECK_WAIT)
		cpu_relax();
	arch_poll_errors();
	pr_info("lkdtm: %u machine checks, page is %s, and %s\n", nr_machine_checks - before,
		PageHWPoison(block + 5) ? "bad" : "good",
		arch_query((unsigned long)page_address(block + 5), &map) ? "not mapped" : "mapped");
}

/* Writes past an array: gcc has its function's canary there, clang eight bytes on. */
static noinline void do_corrupt_stack(void)
{
	char array[64];
	volatile char *end = array + sizeof(array);

	__asm__ __volatile__("" : "+r"(end) : : "memory");
	for (int i = 0; i < 16; i++)
		end[i] = 'a';
}

/* Stands still, as a PC does that a photo is taken of. */
static void do_hardlockup(void)
{
	arch_local_irq_save();
	for (;;)
		cpu_relax();
}

/* Exceptions of a probe come back as a no. */
static void do_probe_nothing(void)
{
	u64 word = 1;
	bool nowhere = arch_probe_word((void *)0x10), text = arch_probe_word(do_probe_nothing);

	pr_info("lkdtm: words that keep what is written: %d on the stack, %d in text, %d nowhere\n",
		arch_probe_word(&word) && word == 1, text, nowhere);
}

static const struct fault {
	const char *name;
	void (*provoke)(void);
} faults[] = {
	{"PANIC", do_panic},
	{"PANIC_EVERYWHERE", do_panic_everywhere},
	{"BUG", do_bug},
	{"WARNING", do_warning},
	{"CORRUPT_STACK", do_corrupt_stack},
	{"HARDLOCKUP", do_hardlockup},
	{"EXCEPTION", do_null},
	{"ACCESS_NULL", do_null},
	{"DIVIDE", do_divide},
	{"PROBE_NOTHING", do_probe_nothing},
	{"DEBUG", do_debug},
	{"NMI", do_nmi},
	{"INT3", do_int3},
	{"MACHINE_CHECK", do_machine_check},
	{"INVALID_OPCODE", do_undefined},
	{"GENERAL_PROTECTION", do_general_protection},
	{"SPURIOUS", do_spurious},
	{"WRITE_RO", do_write_ro},
	{"WRITE_KERN", do_write_text},
	{"WRITE_ALIAS", do_write_alias},
	{"EXEC_DATA", do_exec_data},
	{"EXEC_RODATA", do_exec_rodata},
	{"EXEC_STACK", do_exec_stack},
	{"EXEC_INIT", do_exec_init},
	{"EXEC_NULL", do_exec_null},
	{"EXEC_DIRECT_MAP", do_exec_direct_map},
	{"EXHAUST_STACK", do_exhaust_stack},
	{"EXHAUST_STACK_OF_CPU", do_exhaust_stack_of_cpu},
	{"DOUBLE_FAULT", do_double_fault},
	{"BAD_FRAME", do_bad_frame},
	{"NESTED_EXCEPTION", do_nested_exception},
	{"WRITE_BUDDY_AFTER_FREE", lkdtm_write_buddy_after_free},
	{"READ_BUDDY_AFTER_FREE", lkdtm_read_buddy_after_free},
	{"LEAK_PAGES", lkdtm_leak_pages},
	{"VMALLOC_LINEAR_OVERFLOW", lkdtm_vmalloc_linear_overflow},
	{"SLAB_LINEAR_OVERFLOW", lkdtm_slab_linear_overflow},
	{"SLAB_LINEAR_UNDERFLOW", lkdtm_slab_linear_underflow},
	{"READ_AFTER_FREE", lkdtm_read_after_free},
	{"WRITE_AFTER_FREE", lkdtm_write_after_free},
	{"SLAB_FREE_DOUBLE", lkdtm_slab_free_double},
	{"FREE_PAGES_WRONGLY", lkdtm_free_pages_wrongly},
};

static const struct fault *chosen;

int lkdtm_parse(char *value)
{
	for (size_t i = 0; value && i < ARRAY_SIZE(faults); i++) {
		if (!strcmp(value, faults[i].name)) {
			chosen = &faults[i];
			return 0;
		}
	}
	return -EINVAL;
}

int ptdump_parse(char *value)
{
	ptdump_wanted = true;
	return value ? kstrtobool(value, &ptdump_wanted) : 0;
}

void arch_ptdump(void)
{
	if (!ptdump_wanted)
		return;
	seq_puts(&seq_console, "=== page_tables\n");
	pgtable_dump(&seq_console);
	console_flush_all();
}

void arch_lkdtm(void)
{
	if (!chosen)
		return;
	pr_info("lkdtm: Performing direct entry %s\n", chosen->name);
	chosen->provoke();
	pr_info("lkdtm: %s returned\n", chosen->name);
}
