/* SPDX-License-Identifier: MIT */
/*
 * Where pointers to allocated memory may lie that nothing else leads to: the image's data,
 * the stacks, and the registers of whoever asks.
 */
#include <baremm/arch.h>

#include <baremm/boot_info.h>
#include <linux/init.h>
#include <linux/kernel.h>

#include "cpu_stacks.h"
#include "mmu.h"

/* Those that a call leaves alone: rbx, r12 to r15; rbp is a frame's address. */
#define SAVED_REGISTERS 5

static bool is_stack(const struct boot_range *range)
{
	return range->type == BOOT_RANGE_STACK || range->type == BOOT_RANGE_GUARD;
}

/* The first stack, or guard page of one, in [start, end). */
static const struct boot_range *first_stack(phys_addr_t start, phys_addr_t end)
{
	const struct boot_range *first = NULL;

	for (u32 i = 0; i < mmu_boot_info->nr_ranges; i++) {
		const struct boot_range *range = &mmu_boot_info->ranges[i];

		if (is_stack(range) && range->start >= start && range->start < end &&
		    (!first || range->start < first->start))
			first = range;
	}
	return first;
}

static void walk_data(const struct boot_range *data, arch_root_fn fn, void *arg)
{
	phys_addr_t start = data->start;
	const struct boot_range *stack;

	while ((stack = first_stack(start, data->end))) {
		fn(start, stack->start, arg);
		start = stack->end;
	}
	fn(start, data->end, arg);
}

void arch_walk_roots(arch_root_fn fn, void *arg)
{
	unsigned long registers[SAVED_REGISTERS], sp = (unsigned long)registers;

	__asm__ __volatile__("movq %%rbx, 0(%0); movq %%r12, 8(%0); movq %%r13, 16(%0);"
			     "movq %%r14, 24(%0); movq %%r15, 32(%0)"
			     :
			     : "r"(registers)
			     : "memory");
	for (u32 i = 0; i < mmu_boot_info->nr_ranges; i++) {
		const struct boot_range *range = &mmu_boot_info->ranges[i];

		if (range->type == BOOT_RANGE_DATA ||
		    (range->type == BOOT_RANGE_INIT_DATA && !initmem_is_free(range)))
			walk_data(range, fn, arg);
		else if (range->type == BOOT_RANGE_STACK && range->start <= sp && sp < range->end)
			fn(sp, range->end, arg);
		else if (range->type == BOOT_RANGE_STACK)
			fn(range->start, range->end, arg);
	}
	cpu_stacks_walk(fn, arg);
}
