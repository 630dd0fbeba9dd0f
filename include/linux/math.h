/* SPDX-License-Identifier: MIT */
/* Integer mathematics. */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

/* The largest n with n * n <= @x. */
unsigned long int_sqrt(unsigned long x);

/* @x * @n / @d, without overflow in the product where @n * @d does not. */
static inline unsigned long mult_frac(unsigned long x, unsigned long n, unsigned long d)
{
	return x / d * n + x % d * n / d;
}

#endif /* _LINUX_MATH_H */
