/* SPDX-License-Identifier: MIT */
/* The page below 1 MB that code runs in while paging is off: fill it. */
#include "trampoline.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/page.h>

static_assert(TRAMPOLINE_SIZE <= PAGE_SIZE);

void trampoline_set_entry(phys_addr_t page, unsigned long entry, unsigned long stack)
{
	struct trampoline_args *args = (void *)(page + TRAMPOLINE_ARGS);

	args->entry = entry;
	args->stack = stack;
}

void trampoline_fill(phys_addr_t page, unsigned long cr4, phys_addr_t cr3, phys_addr_t fallback_cr3)
{
	struct trampoline_args *args = (void *)(page + TRAMPOLINE_ARGS);

	trampoline_save(page);
	memcpy((void *)page, trampoline_start, (size_t)(trampoline_end - trampoline_start));
	*args = (struct trampoline_args){
		.gdt_limit = sizeof(args->gdt) - 1,
		.gdt_base = page + TRAMPOLINE_ARGS + ARGS_GDT,
		.long_mode_eip = (u32)(page + (trampoline_long_mode - trampoline_start)),
		.long_mode_cs = KERNEL_CS,
		.protected_eip = (u32)(page + (trampoline_protected - trampoline_start)),
		.protected_cs = KERNEL32_CS,
		.cr4 = (u32)cr4,
		.cr3 = (u32)cr3,
		.fallback_cr3 = (u32)fallback_cr3,
		.gdt[KERNEL32_CS / 8] = SEGMENT_CODE32,
		.gdt[KERNEL_CS / 8] = SEGMENT_CODE64,
		.gdt[KERNEL_DS / 8] = SEGMENT_DATA,
	};
}
