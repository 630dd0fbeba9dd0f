/* SPDX-License-Identifier: MIT */
/*
 * The local APIC of each CPU: how CPUs send each other interrupts.
 *
 * Owns:       the local APIC's registers; each CPU drives its own.
 * Invariants: no CPU's mode, xAPIC (registers in memory) or x2APIC (MSRs), is ever lowered.
 *             A CPU keeps the one in which it is found, but all are raised to x2APIC where
 *             the boot CPU is in it, or where ids above 254 are to be reached, for which xAPIC
 *             has no room. Local sources (timer, pins, counters) are masked; other CPUs'
 *             interrupts come alone.
 * Lifetime:   apic_init() on the boot CPU, with vmalloc up; apic_cpu_init() on the others;
 *             apic_stop_others() before that.
 * Locking:    none; a CPU's own. With interrupts off.
 * Failure:    -errno, with a message. No wait is without a bound.
 * Source:     Intel SDM volume 3A, chapter 10.
 */
#ifndef _ARCH_X86_64_APIC_H
#define _ARCH_X86_64_APIC_H

#include <linux/types.h>

#include "apic_access.h"

/* Vectors, as on Linux; below them are exceptions, and what nobody is to send. */
#define CALL_FUNCTION_VECTOR 0xfc
#define SPURIOUS_APIC_VECTOR 0xff

/* Delivery modes of the interrupt command register, with the level that goes with them. */
#define APIC_DM_FIXED	     0x04000
#define APIC_DM_NMI	     0x04400
#define APIC_DM_INIT	     0x0c500 /* level triggered, asserted */
#define APIC_DM_INIT_END     0x08500 /* and no more */
#define APIC_DM_STARTUP	     0x04600
#define APIC_DEST_ALL_OTHERS 0xc0000 /* added to one of them */

/* The last: what is the same on all CPUs where the firmware was consistent. */
#define MSR_IA32_APIC_BASE 0x1b
#define APIC_BASE_X2	   (1ULL << 10)
#define APIC_BASE_ENABLE   (1ULL << 11)
#define APIC_BASE_ADDR	   0x000ffffffffff000ULL
#define APIC_BASE_COMMON   (APIC_BASE_ADDR | APIC_BASE_ENABLE | APIC_BASE_X2)

/*
 * Other CPUs may run firmware's code still. INIT makes them wait for a start-up message; one
 * that waits for it already is not disturbed. Nothing is changed on the calling CPU, and nothing
 * is sent where it is not in either mode, or where @access cannot map its registers.
 */
void apic_stop_others(const struct apic_access *access);

/*
 * Finds the boot CPU's APIC and switches it on. @access is used from now on. @max_id: of those
 * to be reached. -ENODEV: there is none; or what mapping the registers said.
 */
int apic_init(const struct apic_access *access, u32 max_id);

/* The same for the calling CPU, which was started. */
void apic_cpu_init(void);

/* What apic_init() or apic_cpu_init() found on the calling CPU: of APIC_BASE_COMMON. */
u64 apic_found(void);

/* Has apic_init() succeeded? Then interrupts can be sent. */
bool apic_is_up(void);

/* The calling CPU's own id. */
u32 apic_id(void);

/* Sends what @command (APIC_DM_*, a vector) says to the CPU with that id. */
int apic_send(u32 apicid, u32 command);

/* The same to all other CPUs. */
int apic_send_all_others(u32 command);

/* The interrupt that is being handled is done. */
void apic_eoi(void);

#endif /* _ARCH_X86_64_APIC_H */
