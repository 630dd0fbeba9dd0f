/* SPDX-License-Identifier: MIT */
/* The greatest number that divides both; the other where one is 0. Source: Linux's gcd.h. */
#ifndef _LINUX_GCD_H
#define _LINUX_GCD_H

unsigned long gcd(unsigned long a, unsigned long b);

/* What comes with this header on Linux. */
#include <linux/compiler.h>

#endif /* _LINUX_GCD_H */
