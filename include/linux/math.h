/* SPDX-License-Identifier: MIT */
/* Integer mathematics. */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

/* The largest n with n * n <= @x. */
unsigned long int_sqrt(unsigned long x);

#endif /* _LINUX_MATH_H */
