/* SPDX-License-Identifier: MIT */
/*
 * The stacks of a CPU that is started: one to run on, and one for each kind of exception,
 * on the CPU's node, each with a page below it that is mapped nowhere.
 *
 *   | guard | run on | guard | #DF | guard | NMI | guard | #DB | ...
 *
 * Owns:     the stacks and their addresses. They stay for as long as the CPU runs.
 * Lifetime: with vmalloc up.
 * Locking:  none; the boot CPU, while it starts others.
 * Failure:  NULL without memory.
 */
#ifndef _ARCH_X86_64_CPU_STACKS_H
#define _ARCH_X86_64_CPU_STACKS_H

#include <linux/types.h>
#include <asm/page.h>
#include <baremm/arch.h>

#define EXCEPTION_STACK_SIZE (4 * PAGE_SIZE)
#define NR_CPU_STACKS	     6 /* number 0 is the one to run on */

struct cpu_stacks;

struct cpu_stacks *cpu_stacks_alloc(int nid);
void cpu_stacks_free(struct cpu_stacks *stacks);

/* Where stack @nr ends. */
unsigned long cpu_stack_top(const struct cpu_stacks *stacks, unsigned int nr);

/* The stacks that CPUs run on, for arch_walk_roots(). */
void cpu_stacks_walk(arch_root_fn fn, void *arg);

/* Is @addr in the page below one of them? */
bool cpu_stack_guard(unsigned long addr);

#endif /* _ARCH_X86_64_CPU_STACKS_H */
