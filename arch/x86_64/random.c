/* SPDX-License-Identifier: MIT */
/* Random bits: the CPU's own where it has them, stirred with the time-stamp counter. */
#include <baremm/arch.h>

#include "cpu.h"

/* Intel SDM volume 1, 7.3.17.1: ten tries that all fail mean a broken generator. */
#define RDRAND_TRIES 10

static u64 state = 0x9e3779b97f4a7c15ULL;

static u64 hardware_random(void)
{
	if (!cpu_info.rdrand)
		return 0;
	for (int i = 0; i < RDRAND_TRIES; i++) {
		unsigned long value;
		bool ok;

		__asm__ __volatile__("rdrand %0" : "=r"(value), "=@ccc"(ok));
		if (ok)
			return value;
	}
	return 0;
}

/* The finaliser of SplitMix64: every bit of @x reaches every bit of the result. */
static u64 mix(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

u64 arch_random(void)
{
	u64 step = 0x9e3779b97f4a7c15ULL + (arch_cycles() << 1);
	u64 x = __atomic_add_fetch(&state, step, __ATOMIC_RELAXED);

	return mix(x) ^ hardware_random();
}
