/* SPDX-License-Identifier: MIT */
/* A machine of three small zones, brought up once, for fuzzers of what stands on pages. */
#ifndef _TEST_FUZZ_FUZZ_ZONES_H
#define _TEST_FUZZ_FUZZ_ZONES_H

#include "fuzz_machine.h"

#include "../unit/zones_machine.h"

/* ZONE_DMA has 16 MB, ZONE_DMA32 4 MB, ZONE_NORMAL 8 MB. */
static const struct ram zones_ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_16M + SZ_4M, 0}, {SZ_4G, SZ_4G + SZ_8M, 0}, {0, 0, 0}};

static struct host_snapshot *zones_snapshot;

/* What a fuzzer takes before the page allocator has the rest. */
#ifndef ZONES_EARLY
#define ZONES_EARLY() ((void)0)
#endif

/* What a fuzzer sets up behind it, so that not each input does. */
#ifndef ZONES_LATE
#define ZONES_LATE() ((void)0)
#endif

static inline void zones_make(void)
{
	machine_ram(zones_ram);
	machine_zones();
	ZONES_EARLY();
	mem_init();
	memmap_make_all();
	ZONES_LATE();
}

/* The machine as it came up: made at the first call. zones_end() follows the run. */
static inline void zones_begin(void)
{
	host_srandom(1);
	fuzz_machine_begin(&zones_snapshot, zones_make);
}

static inline void zones_end(void)
{
	fuzz_machine_end();
}

#endif /* _TEST_FUZZ_FUZZ_ZONES_H */
