/* SPDX-License-Identifier: MIT */
/* The time of day, and how fast the time-stamp counter runs. */
#include "firmware.h"

#include <cpuid.h>
#include <linux/kernel.h>
#include <baremm/arch.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

#define NSEC_PER_SEC 1000000000LL
#define STALL_USEC   10000
#define STALLS	     3
/* A rate outside of these was not measured but made up. */
#define TSC_HZ_MIN 10000000ULL
#define TSC_HZ_MAX 100000000000ULL

/*
 * Days from 1970-01-01 to a date of the Gregorian calendar. Years start in
 * March, so that the leap day is a year's last: the days before month m of such
 * a year are (153 * m + 2) / 5 with m = 0 for March.
 */
static s64 days_since_1970(s64 year, s64 month, s64 day)
{
	s64 y = month > 2 ? year : year - 1;
	s64 m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool time_is_possible(const EFI_TIME *t)
{
	return t->Year >= 1970 && t->Year <= 2200 && t->Month >= 1 && t->Month <= 12 &&
	       t->Day >= 1 && t->Day <= 31 && t->Hour < 24 && t->Minute < 60 && t->Second < 60 &&
	       t->Nanosecond < NSEC_PER_SEC;
}

static s64 time_to_ns(const EFI_TIME *t)
{
	s64 seconds = days_since_1970(t->Year, t->Month, t->Day) * 86400 + t->Hour * 3600 +
		      t->Minute * 60 + t->Second;

	/* Local time is UTC less the zone's minutes (UEFI 2.10 section 8.3.1). */
	if (t->TimeZone >= -1440 && t->TimeZone <= 1440)
		seconds += t->TimeZone * 60;
	return seconds * NSEC_PER_SEC + t->Nanosecond;
}

static s64 read_time(const struct firmware *fw)
{
	EFI_TIME t;
	EFI_STATUS status = fw->st->RuntimeServices->GetTime(&t, NULL);

	if (EFI_ERROR(status)) {
		pr_notice("no time of day: status 0x%llx\n", (u64)status);
		return 0;
	}
	if (!time_is_possible(&t)) {
		pr_notice("the clock says %u-%u-%u %u:%u:%u; ignored\n", t.Year, t.Month, t.Day,
			  t.Hour, t.Minute, t.Second);
		return 0;
	}
	return time_to_ns(&t);
}

/* CPUID leaf 15h: crystal Hz times numerator over denominator; 0 if incomplete. */
static u64 tsc_hz_from_cpuid(void)
{
	unsigned int denominator, numerator, crystal_hz, unused;

	if (!__get_cpuid_count(0x15, 0, &denominator, &numerator, &crystal_hz, &unused))
		return 0;
	if (!denominator || !numerator || !crystal_hz)
		return 0;
	return (u64)crystal_hz * numerator / denominator;
}

/* Stall() may take longer than asked, never shorter: the shortest counts. */
static u64 tsc_hz_from_stall(const struct firmware *fw)
{
	u64 best = ~0ULL;
	int i;

	for (i = 0; i < STALLS; i++) {
		u64 start = arch_cycles();

		if (EFI_ERROR(fw->bs->Stall(STALL_USEC)))
			return 0;
		best = min(best, arch_cycles() - start);
	}
	if (best > TSC_HZ_MAX)
		return 0;
	return best * (1000000 / STALL_USEC);
}

void clock_read(const struct firmware *fw, struct boot_info *info)
{
	u64 hz = tsc_hz_from_cpuid();

	info->tsc_exact = hz >= TSC_HZ_MIN && hz <= TSC_HZ_MAX;
	if (!info->tsc_exact)
		hz = tsc_hz_from_stall(fw);
	if (hz < TSC_HZ_MIN || hz > TSC_HZ_MAX) {
		pr_notice("time-stamp counter: %llu Hz cannot be true; rate unknown\n", hz);
		hz = 0;
	}
	info->tsc_hz = hz;
	info->time = read_time(fw);
}
