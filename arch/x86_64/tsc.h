/* SPDX-License-Identifier: MIT */
/*
 * How fast the time-stamp counter runs, by a counter whose rate is known.
 *
 * Owns:       nothing.
 * Invariants: no loop is without a bound: a counter that stands still, as a PIT whose clock is
 *             gated does, is given up after TSC_MAX_SAME equal readings, one that crawls after
 *             TSC_MAX_READS.
 * Lifetime:   before bring-up.
 * Locking:    none; boot CPU, interrupts off.
 * Units:      ticks a second.
 * Failure:    0: the counter does not run.
 * Source:     ACPI 6.5 section 4.8.3.3 (PM timer); IA-PC HPET specification 1.0a section 2.3;
 *             Intel 8254 data sheet.
 */
#ifndef _ARCH_X86_64_TSC_H
#define _ARCH_X86_64_TSC_H

#include <linux/types.h>

#define TSC_MAX_SAME  100000
#define TSC_MAX_READS 10000000

#define HPET_REGISTERS 1024 /* bytes, of one page */

/* A counter that goes up, and starts again at 0 after @mask. */
struct tsc_reference {
	u64 (*read)(const struct tsc_reference *ref);
	u64 at; /* its port or address, for read() */
	u64 hz;
	u64 mask;
};

/* @tsc's rate by @ref: the middle one of three measurements of 10 ms each. */
u64 tsc_measure(const struct tsc_reference *ref, u64 (*tsc)(void));

/*
 * The PM timer that the table FADT, of @length bytes, names; -ENODEV: none that can be read
 * through a port. @ref->read stays the caller's.
 */
int tsc_reference_pmtimer(const void *fadt, size_t length, struct tsc_reference *ref);

/* The HPET that the table HPET names: its address, without rate; -ENODEV. */
int tsc_reference_hpet(const void *table, size_t length, struct tsc_reference *ref);

/*
 * Its rate, and the mask of its lower half, by its register of capabilities; -ENODEV where that
 * cannot be true.
 */
int tsc_reference_hpet_rate(u64 capabilities, struct tsc_reference *ref);

struct boot_info;

/*
 * Measures by the first of PM timer, HPET and PIT that runs. *@name is Linux's for it. 0: none
 * of them does.
 */
u64 tsc_calibrate(const struct boot_info *info, const char **name);

#endif /* _ARCH_X86_64_TSC_H */
