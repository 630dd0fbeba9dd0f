/* SPDX-License-Identifier: MIT */
/*
 * What the program's start calls of the architecture, in this order:
 *
 *   arch_stack_protector_init(), arch_unsupported()   first of all
 *   arch_boot_ranges()      while the boot record is filled
 *   arch_enter()            right after ExitBootServices; goes on at `next`
 *   arch_register_options()
 *   parse_options()         (baremm/options.h)
 *   arch_console_init()
 *   mm_bring_up()           (baremm/bringup.h; calls arch_init_mem_mapping())
 *   arch_ptdump(), arch_lkdtm(), arch_poll_errors()
 *
 * Owns:     descriptor tables, exception stacks, console drivers.
 * Locking:  none; boot CPU only.
 * Failure:  a console that is not there is left out. Nothing here fails.
 */
#ifndef _BAREMM_ARCH_BOOT_H
#define _BAREMM_ARCH_BOOT_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <baremm/boot_info.h>

/*
 * Gives this start's canary to the functions that the compiler protects: random bits of the
 * CPU's, and @seed. The caller must be none of these, and never return to one.
 */
void arch_stack_protector_init(u64 seed) __no_stack_protector;

/* Why the program cannot run on this machine, while it can still go back; NULL: it can. */
const char *arch_unsupported(void);

/*
 * The stacks that exceptions run on and the guard page below each, for
 * boot_info.ranges. They lie in the image. Returns how many there are, at most
 * ARCH_BOOT_RANGES_MAX.
 */
#define ARCH_BOOT_RANGES_MAX 16
u32 arch_boot_ranges(struct boot_range ranges[ARCH_BOOT_RANGES_MAX]);

/*
 * Leaves the firmware's stack and descriptors: interrupts off and masked, own
 * GDT, TSS and IDT, exceptions on stacks of their own, then next(info) on the
 * stack that ends at @stack_top. The firmware's page tables stay until
 * arch_init_mem_mapping().
 */
void arch_enter(struct boot_info *info, void (*next)(struct boot_info *info),
		void *stack_top) __noreturn;

/* console=, lkdtm=, mce=, no5lvl, ptdump. */
void arch_register_options(void);

/*
 * Registers the consoles that console= named, by default the first serial port
 * and the framebuffer, those of them that are there; then logs what was found.
 * None is no error.
 */
void arch_console_init(struct boot_info *info);

/* The page-table dump, where the option ptdump asks for it. */
void arch_ptdump(void);

/*
 * Logs errors that the hardware corrected or did not report at once, and takes the pages
 * that they are about out of use.
 */
void arch_poll_errors(void);

/* Provokes the fault that lkdtm= names, if any. Most do not return. */
void arch_lkdtm(void);

#endif /* _BAREMM_ARCH_BOOT_H */
