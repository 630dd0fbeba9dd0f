/* SPDX-License-Identifier: MIT */
/* Measuring one counter by another, and where ACPI's tables say that these are. */
#include "tsc.h"

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <baremm/acpi.h>

#define RUNS	      3
#define RUNS_A_SECOND 100 /* 10 ms each */
#define EDGE_TRIES    5

/* FADT (5.2.9) and HPET's table. */
enum {
	FADT_PM_TMR_BLK = 76,
	FADT_PM_TMR_LEN = 91,
	FADT_FLAGS = 112,
	FADT_X_PM_TMR_BLK = 208,
	FADT_X_END = 220,
	HPET_GAS = 40,
	HPET_SIZE = 56,
	GAS_ADDRESS = 4,
};
#define FADT_TMR_VAL_EXT 0x100U /* the timer has 32 bits, not 24 */
#define GAS_MEMORY	 0
#define GAS_PORT	 1

#define PMTIMER_HZ	3579545
#define FS_PER_SECOND	1000000000000000ULL
#define HPET_PERIOD_MIN 1000000U   /* fs; less would be more than 1 GHz */
#define HPET_PERIOD_MAX 100000000U /* fs */

/* ---- Measuring ----------------------------------------------------------------------- */

struct reading {
	u64 tsc, ref;
};

/* Of several readings the one that took the shortest: no system management mode in between. */
static struct reading __init read_both(const struct tsc_reference *ref, u64 (*tsc)(void))
{
	struct reading best = {};
	u64 shortest = ~0ULL;

	for (int i = 0; i < EDGE_TRIES; i++) {
		u64 before = tsc(), value = ref->read(ref), took = tsc() - before;

		if (took < shortest) {
			shortest = took;
			best = (struct reading){before + took / 2, value};
		}
	}
	return best;
}

/* Reads until @ticks have gone by; false: the counter stands still. */
static bool __init wait_ticks(const struct tsc_reference *ref, u64 start, u64 ticks)
{
	u64 last = start;
	int same = 0;

	for (int reads = 0; reads < TSC_MAX_READS && same < TSC_MAX_SAME; reads++) {
		u64 now = ref->read(ref);

		if (((now - start) & ref->mask) >= ticks)
			return true;
		same = now == last ? same + 1 : 0;
		last = now;
	}
	return false;
}

/* 0 where the counter does not run, or comes round too fast. */
static u64 __init measure_once(const struct tsc_reference *ref, u64 (*tsc)(void))
{
	struct reading start = read_both(ref, tsc), end;
	u64 ticks = ref->hz / RUNS_A_SECOND, product;

	if (ticks > ref->mask / 2 || !wait_ticks(ref, start.ref, ticks))
		return 0;
	end = read_both(ref, tsc);
	ticks = (end.ref - start.ref) & ref->mask;
	if (!ticks || __builtin_mul_overflow(end.tsc - start.tsc, ref->hz, &product))
		return 0;
	return product / ticks;
}

u64 __init tsc_measure(const struct tsc_reference *ref, u64 (*tsc)(void))
{
	u64 rates[RUNS] = {};

	for (int i = 0; i < RUNS; i++) {
		int at = i;
		u64 rate = measure_once(ref, tsc);

		if (!rate)
			return 0;
		for (; at && rates[at - 1] > rate; at--)
			rates[at] = rates[at - 1];
		rates[at] = rate;
	}
	return rates[RUNS / 2];
}

/* ---- Tables --------------------------------------------------------------------------- */

int __init tsc_reference_pmtimer(const void *fadt, size_t length, struct tsc_reference *ref)
{
	if (length < FADT_FLAGS + 4 || acpi_u8(fadt, FADT_PM_TMR_LEN) != 4)
		return -ENODEV;
	ref->at = acpi_u32(fadt, FADT_PM_TMR_BLK);
	if (length >= FADT_X_END && acpi_u64(fadt, FADT_X_PM_TMR_BLK + GAS_ADDRESS)) {
		if (acpi_u8(fadt, FADT_X_PM_TMR_BLK) != GAS_PORT)
			return -ENODEV;
		ref->at = acpi_u64(fadt, FADT_X_PM_TMR_BLK + GAS_ADDRESS);
	}
	if (!ref->at || ref->at > U16_MAX - 3)
		return -ENODEV;
	ref->hz = PMTIMER_HZ;
	ref->mask = acpi_u32(fadt, FADT_FLAGS) & FADT_TMR_VAL_EXT ? U32_MAX : U32_MAX >> 8;
	return 0;
}

int __init tsc_reference_hpet(const void *table, size_t length, struct tsc_reference *ref)
{
	if (length < HPET_SIZE || acpi_u8(table, HPET_GAS) != GAS_MEMORY)
		return -ENODEV;
	ref->at = acpi_u64(table, HPET_GAS + GAS_ADDRESS);
	return ref->at && !(ref->at % HPET_REGISTERS) ? 0 : -ENODEV;
}

int __init tsc_reference_hpet_rate(u64 capabilities, struct tsc_reference *ref)
{
	u64 period = capabilities >> 32;

	if (period < HPET_PERIOD_MIN || period > HPET_PERIOD_MAX)
		return -ENODEV;
	ref->hz = FS_PER_SECOND / period;
	ref->mask = U32_MAX;
	return 0;
}
