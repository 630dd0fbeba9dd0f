/* SPDX-License-Identifier: MIT */
/*
 * The least number that both divide; 0 where one is 0, and the other in the second form.
 * Source: Linux's lcm.h.
 */
#ifndef _LINUX_LCM_H
#define _LINUX_LCM_H

unsigned long lcm(unsigned long a, unsigned long b);
unsigned long lcm_not_zero(unsigned long a, unsigned long b);

/* What comes with this header on Linux. */
#include <linux/compiler.h>

#endif /* _LINUX_LCM_H */
