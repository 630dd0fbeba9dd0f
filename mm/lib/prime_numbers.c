// SPDX-License-Identifier: MIT
/*
 * Prime numbers. Contract: linux/prime_numbers.h.
 *
 * The test of Miller and Rabin with the first twelve primes as bases errs for no number of 64
 * bits (Sorenson and Webster, Strong pseudoprimes to twelve prime bases, 2015).
 */
#include <linux/prime_numbers.h>

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/math64.h>

static const u8 bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};

/* @a * @b modulo @n, both below @n: what is lost of the products beyond 64 bits is the same. */
static u64 mul_mod(u64 a, u64 b, u64 n)
{
	return a * b - mul_u64_u64_div_u64(a, b, n) * n;
}

static u64 pow_mod(u64 base, u64 exponent, u64 n)
{
	u64 power = 1;

	for (base %= n; exponent; exponent >>= 1) {
		if (exponent & 1)
			power = mul_mod(power, base, n);
		base = mul_mod(base, base, n);
	}
	return power;
}

/* Is odd @n what a prime is to @base: among the roots of 1 that it meets there is no third? */
static bool is_probable_prime(u64 n, u64 base)
{
	unsigned long twos = __ffs(n - 1);
	u64 root = pow_mod(base, (n - 1) >> twos, n);

	if (root == 1)
		return true;
	while (root != n - 1 && --twos)
		root = mul_mod(root, root, n);
	return root == n - 1;
}

bool is_prime_number(unsigned long x)
{
	if (x < 2)
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(bases); i++)
		if (x % bases[i] == 0)
			return x == bases[i];
	for (unsigned int i = 0; i < ARRAY_SIZE(bases); i++)
		if (!is_probable_prime(x, bases[i]))
			return false;
	return true;
}

unsigned long next_prime_number(unsigned long x)
{
	while (x < ULONG_MAX && !is_prime_number(++x))
		;
	return x;
}
