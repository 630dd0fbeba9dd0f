/* SPDX-License-Identifier: MIT */
/*
 * Descriptors and exceptions: what the CPU needs to find its handlers, and the
 * state that a handler is given.
 *
 * Owns:       the IDT, each CPU's GDT and TSS, and on the boot CPU one stack for each of
 *             #DB, NMI, #DF and #MC, and one for all other exceptions.
 * Invariants: an exception never runs on the stack that it interrupted; below
 *             each stack lies a page that is mapped nowhere.
 * Lifetime:   from descriptors_load() on.
 * Locking:    none; each CPU loads its own.
 * Failure:    an exception ends the run, and a second one within ends it at once; but
 *             for those of accesses that may fail (extable.h), and machine checks that
 *             the machine survives (mce.h). Only the first CPU that has one shows it;
 *             the others stop.
 *             Interrupts (vectors 32 to 255) are other CPUs' calls; all else of them is
 *             counted and ignored.
 */
#ifndef _ARCH_X86_64_EXCEPTIONS_H
#define _ARCH_X86_64_EXCEPTIONS_H

#include <linux/compiler.h>
#include <linux/types.h>

#define X86_TRAP_DE  0
#define X86_TRAP_DB  1
#define X86_TRAP_NMI 2
#define X86_TRAP_DF  8
#define X86_TRAP_GP  13
#define X86_TRAP_PF  14
#define X86_TRAP_MC  18

#define NR_EXCEPTIONS	    32
#define NR_VECTORS	    256
#define EXCEPTION_STUB_SIZE 16

/* As entry.S pushes it, lowest address first. */
struct pt_regs {
	unsigned long r15, r14, r13, r12, rbp, rbx;
	unsigned long r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	unsigned long vector, error_code;
	unsigned long rip, cs, rflags, rsp, ss;
};

/*
 * Loads GDT, TSS, IDT and the segment registers; masks the interrupt controller.
 * Again after the CPU was in another mode.
 */
void descriptors_load(void);

/*
 * GDT, TSS and segments of CPU @cpu, which is the calling one, exceptions on its stacks, and
 * its per-CPU memory.
 */
struct cpu_stacks;
void descriptors_load_cpu(unsigned int cpu, const struct cpu_stacks *own);

/* Makes the entry for @vector fault: lkdtm= uses it to get a double fault. */
void descriptors_break_vector(unsigned int vector);

/* Interrupts that came although nothing was asked to send them. */
extern unsigned long nr_spurious_interrupts;

/* Called by entry.S. */
void exception_handler(struct pt_regs *regs);

/* The call chain of what an exception interrupted. */
void backtrace_regs(const struct pt_regs *regs);

/*
 * Set while CPUs run that have no per-CPU memory: asked first, on any CPU. False: the exception
 * is none of its business.
 */
extern bool (*early_exception)(struct pt_regs *regs);

/* An IDT for such a CPU: its exceptions run on the stack that they interrupted. */
void descriptors_load_bare(void);

/* Does the calling CPU handle an exception? Another one ends the run then, whatever it is. */
bool in_exception(void);

/* entry.S */
extern const char exception_stubs[];
void load_segments(u16 code, u16 data);

#endif /* _ARCH_X86_64_EXCEPTIONS_H */
