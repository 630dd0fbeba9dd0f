/* SPDX-License-Identifier: MIT */
/*
 * Random numbers: the CPU's own random bits where it has them, stirred with the time-stamp
 * counter and with what add_device_randomness() was given.
 *
 * Invariants: none is less random than arch_random()'s. Where the CPU has no random bits
 *             (RDRAND), all come from a counter: good for the order of lists, keys of hash tables
 *             and canaries, and no secret to who knows when the machine was started. Keys for
 *             cryptography are not made of these.
 * Lifetime:   from the first line of mm_bring_up() on; nothing ever waits.
 * Locking:    none; any context, any CPU.
 * Units:      bytes.
 * Failure:    none.
 * Source:     Linux's random.h.
 */
#ifndef _LINUX_RANDOM_H
#define _LINUX_RANDOM_H

#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/once.h>
#include <linux/types.h>

struct notifier_block;

void get_random_bytes(void *buf, size_t len);
u8 get_random_u8(void);
u16 get_random_u16(void);
u32 get_random_u32(void);
u64 get_random_u64(void);

static inline unsigned long get_random_long(void)
{
	return get_random_u64();
}

/* Each number of [0, @ceil) as often as any other; @ceil of 0 stands for 2^32. */
u32 get_random_u32_below(u32 ceil);

/* Of (@floor, U32_MAX]; @floor is below U32_MAX. */
static inline u32 get_random_u32_above(u32 floor)
{
	return floor + 1 + get_random_u32_below(U32_MAX - floor);
}

/* Of [@floor, @ceil]. */
static inline u32 get_random_u32_inclusive(u32 floor, u32 ceil)
{
	return floor + get_random_u32_below(ceil - floor + 1);
}

/* A canary's lowest byte ends strings, so that none can be made to write it. */
#define CANARY_MASK 0xffffffffffffff00UL

static inline unsigned long get_random_canary(void)
{
	return get_random_long() & CANARY_MASK;
}

/* ---- Waiting, of which there is none ------------------------------------------------- */

/* All that the machine has is there from the start. */
static inline bool rng_is_initialized(void)
{
	return true;
}

/* 0. */
static inline int wait_for_random_bytes(void)
{
	return 0;
}

static inline int get_random_bytes_wait(void *buf, size_t nbytes)
{
	get_random_bytes(buf, nbytes);
	return 0;
}

/* Each 0, with a number in *@out. That of u64 has 32 bits, as on Linux. */
#define __get_random_wait(name, type)                         \
	static inline int get_random_##name##_wait(type *out) \
	{                                                     \
		*out = (type)get_random_##name();             \
		return 0;                                     \
	}
__get_random_wait(u8, u8) __get_random_wait(u16, u16) __get_random_wait(u32, u32)
	__get_random_wait(u64, u32) __get_random_wait(long, unsigned long)
#undef __get_random_wait

	/* ---- What others know that is random ------------------------------------------------- */

	/* All numbers from now on depend on these bytes, too: serial numbers, times, hardware's noise. */
	void add_device_randomness(const void *buf, size_t len);

/* The same; how many bits of it are random (@entropy), nobody counts. */
static inline void add_hwgenerator_randomness(const void *buf, size_t len, size_t entropy)
{
	(void)entropy;
	add_device_randomness(buf, len);
}

static inline void add_bootloader_randomness(const void *buf, size_t len)
{
	add_device_randomness(buf, len);
}

/* 0. Nobody copies a machine that runs and tells it, so that @nb is never called. */
static inline int register_random_vmfork_notifier(struct notifier_block *nb)
{
	(void)nb;
	return 0;
}

static inline int unregister_random_vmfork_notifier(struct notifier_block *nb)
{
	(void)nb;
	return 0;
}

/* What comes with this header on Linux. */
#include <linux/prandom.h>

#endif /* _LINUX_RANDOM_H */
