/* SPDX-License-Identifier: MIT */
/* Time from the time-stamp counter. */
#include "clock.h"

#include <linux/init.h>
#include <linux/kernel.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>

#include "tsc.h"

static u64 clock_start;
static u64 clock_hz;
static u64 clock_mult; /* ns = ticks * clock_mult >> 32; 0 before clock_init() */
static bool clock_assumed;
static const char *reference; /* what it was measured by; NULL: nothing of ours */

/* Below 1 MHz or beyond 100 GHz it is no rate but a failed measurement. */
static bool possible(u64 hz)
{
	return hz >= 1000000 && hz <= 100000000000ULL;
}

void __init clock_init(const struct boot_info *info)
{
	clock_start = info->tsc_start;
	if (!info->tsc_exact)
		clock_hz = tsc_calibrate(info, &reference);
	if (!possible(clock_hz)) {
		clock_hz = info->tsc_hz;
		reference = NULL;
	}
	if (!possible(clock_hz)) {
		clock_hz = CLOCK_ASSUMED_HZ;
		clock_assumed = true;
	}
	clock_mult = (1000000000ULL << 32) / clock_hz;
}

void clock_print(void)
{
	if (reference)
		pr_info("tsc: using %s reference calibration\n", reference);
	if (clock_assumed)
		pr_warn("tsc: rate not known, taking %llu.%03llu MHz: times are not seconds\n",
			clock_hz / 1000000, clock_hz / 1000 % 1000);
	else
		pr_info("tsc: Detected %llu.%03llu MHz processor\n", clock_hz / 1000000,
			clock_hz / 1000 % 1000);
}

u64 clock_rate(void)
{
	return clock_hz;
}

u64 arch_clock_ns(void)
{
	u64 now = arch_cycles();

	if (now < clock_start)
		return 0;
	return (u64)((unsigned __int128)(now - clock_start) * clock_mult >> 32);
}
