/* SPDX-License-Identifier: MIT */
/*
 * The local APIC of each CPU: how CPUs send each other interrupts.
 *
 * Owns:       the local APIC's registers; each CPU drives its own.
 * Invariants: a CPU keeps the mode in which it is found, xAPIC (registers in memory) or
 *             x2APIC (MSRs), unless ids above 254 are to be reached, for which xAPIC has no
 *             room: then all are switched to x2APIC. None ever goes back. Local sources
 *             (timer, pins, counters) are masked; other CPUs' interrupts come alone.
 * Lifetime:   apic_init() on the boot CPU, with vmalloc up; apic_cpu_init() on the others.
 * Locking:    none; a CPU's own. With interrupts off.
 * Failure:    -errno, with a message.
 * Source:     Intel SDM volume 3A, chapter 10.
 */
#ifndef _ARCH_X86_64_APIC_H
#define _ARCH_X86_64_APIC_H

#include <linux/types.h>

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

/* Finds the boot CPU's APIC and switches it on. @max_id: of those to be reached. */
int apic_init(u32 max_id);

/* The same for the calling CPU, which was started. */
void apic_cpu_init(void);

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
