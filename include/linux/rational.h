/* SPDX-License-Identifier: MIT */
/*
 * The fraction nearest to another of which numerator and denominator are bounded: for dividers of
 * clocks. 0 and 1 at least are permitted of each; of two as near it is the simpler.
 *
 * Locking: none; any context.
 * Failure: none.
 * Source:  Linux 6.1's rational.h.
 */
#ifndef _LINUX_RATIONAL_H
#define _LINUX_RATIONAL_H

void rational_best_approximation(unsigned long given_numerator, unsigned long given_denominator,
				 unsigned long max_numerator, unsigned long max_denominator,
				 unsigned long *best_numerator, unsigned long *best_denominator);

#endif /* _LINUX_RATIONAL_H */
