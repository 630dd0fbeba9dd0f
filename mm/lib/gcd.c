// SPDX-License-Identifier: MIT
/* Greatest common divisor, least common multiple. Contracts: linux/gcd.h, linux/lcm.h. */
#include <linux/gcd.h>
#include <linux/lcm.h>

unsigned long gcd(unsigned long a, unsigned long b)
{
	while (b) {
		unsigned long rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

unsigned long lcm(unsigned long a, unsigned long b)
{
	return a && b ? a / gcd(a, b) * b : 0;
}

unsigned long lcm_not_zero(unsigned long a, unsigned long b)
{
	unsigned long multiple = lcm(a, b);

	return multiple ? multiple : a ? a : b;
}
