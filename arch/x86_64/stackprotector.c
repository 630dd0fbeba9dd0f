/* SPDX-License-Identifier: MIT */
/*
 * The canary that functions with arrays put between these and their return address, and
 * what happens where one has changed. The compiler knows both by their names. It is one for
 * all CPUs, and another at each start.
 */
#include <baremm/arch_boot.h>

#include <linux/kernel.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

#include "cpu.h"

extern unsigned long __stack_chk_guard;
void __stack_chk_fail(void) __noreturn;

/* Until the start gives another. */
unsigned long __stack_chk_guard = 0x595e9fbd94fda700;

/* Its lowest byte ends strings, so that none can be made to write it (Linux's CANARY_MASK). */
#define CANARY_MASK 0xffffffffffffff00UL

void arch_stack_protector_init(u64 seed)
{
	cpu_early_init();
	seed ^= arch_random() ^ (unsigned long)&__stack_chk_guard;
	__stack_chk_guard = seed & CANARY_MASK;
}

/* Linux's words. */
void __stack_chk_fail(void)
{
	panic("stack-protector: Kernel stack is corrupted in: %pB", __builtin_return_address(0));
}
