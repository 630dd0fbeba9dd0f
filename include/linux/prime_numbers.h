/* SPDX-License-Identifier: MIT */
/*
 * Prime numbers.
 *
 * Owns:       nothing.
 * Locking:    none; any context.
 * Failure:    none. No prime is above 18446744073709551557: next_prime_number() of that or
 *             more is ULONG_MAX, which is none.
 * Source:     Linux's lib/math/prime_numbers.c, without its table: each call computes anew.
 */
#ifndef _LINUX_PRIME_NUMBERS_H
#define _LINUX_PRIME_NUMBERS_H

#include <linux/types.h>

/* 0 and 1 are none. */
bool is_prime_number(unsigned long x);

/* The smallest above @x. */
unsigned long next_prime_number(unsigned long x);

/* All up to @max, which is below ULONG_MAX. The second begins with @from, prime or not. */
#define for_each_prime_number(prime, max) for_each_prime_number_from((prime), 2, (max))
#define for_each_prime_number_from(prime, from, max) \
	for (prime = (from); prime <= (max); prime = next_prime_number(prime))

#endif /* _LINUX_PRIME_NUMBERS_H */
