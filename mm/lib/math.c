// SPDX-License-Identifier: MIT
/* Powers, and products that need more than 64 bits. Contract: linux/math.h, linux/math64.h. */
#include <linux/math.h>

#include <linux/math64.h>

u64 int_pow(u64 base, unsigned int exp)
{
	u64 power = 1;

	for (; exp; exp >>= 1, base *= base)
		if (exp & 1)
			power *= base;
	return power;
}

/* A bit of the quotient a step, as on paper: the image has no 128-bit division. */
u64 mul_u64_u64_div_u64(u64 a, u64 mul, u64 div)
{
	unsigned __int128 product = (unsigned __int128)a * mul;
	u64 quotient = 0, rest = (u64)(product >> 64) % div;
	u64 low = (u64)product;

	for (int bit = 63; bit >= 0; bit--) {
		bool carry = rest >> 63;

		rest = rest << 1 | (low >> bit & 1);
		if (carry || rest >= div) {
			rest -= div;
			quotient |= 1ULL << bit;
		}
	}
	return quotient;
}
