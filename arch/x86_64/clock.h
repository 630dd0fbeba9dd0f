/* SPDX-License-Identifier: MIT */
/*
 * The time-stamp counter as a clock, behind arch_clock_ns().
 *
 * Owns:     the counter's start and rate, set once by clock_init().
 * Lifetime: from clock_init() on; before, the time is 0.
 * Locking:  none.
 * Units:    nanoseconds since the program's first instruction.
 * Failure:  the rate is what the CPU says, else measured by a counter of known rate (tsc.h),
 *           else what the firmware's Stall() made of it, else CLOCK_ASSUMED_HZ; clock_print()
 *           says which.
 */
#ifndef _ARCH_X86_64_CLOCK_H
#define _ARCH_X86_64_CLOCK_H

#include <linux/types.h>

struct boot_info;

#define CLOCK_ASSUMED_HZ 1000000000ULL

/* Interrupts are off; takes 30 ms where it has to measure. */
void clock_init(const struct boot_info *info);
void clock_print(void);

/* Ticks of the time-stamp counter a second. */
u64 clock_rate(void);

#endif /* _ARCH_X86_64_CLOCK_H */
