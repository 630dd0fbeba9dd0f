// SPDX-License-Identifier: MIT
/* Fractions near others. Contract: linux/rational.h. */
#include <linux/rational.h>

#include <linux/limits.h>
#include <linux/minmax.h>

/* A continued fraction's convergent. */
struct convergent {
	unsigned long n, d;
};

/* The greatest factor with which @last on top of @before stays below the bounds. */
static unsigned long largest_term(const struct convergent *before, const struct convergent *last,
				  unsigned long max_n, unsigned long max_d)
{
	unsigned long term = ULONG_MAX;

	if (last->n)
		term = (max_n - before->n) / last->n;
	if (last->d)
		term = min(term, (max_d - before->d) / last->d);
	return term;
}

/*
 * Euclid's algorithm: each quotient makes the next convergent, which is nearer than the last. The
 * first that is too large is replaced by what the largest quotient makes that is not, where that is
 * nearer than the last: one of more than half of the quotient is, of half of it may be.
 */
void rational_best_approximation(unsigned long given_numerator, unsigned long given_denominator,
				 unsigned long max_numerator, unsigned long max_denominator,
				 unsigned long *best_numerator, unsigned long *best_denominator)
{
	unsigned long n = given_numerator, d = given_denominator;
	struct convergent before = {0, 1}, last = {1, 0};

	while (d) {
		unsigned long quotient = n / d, rest = n % d, term;

		term = largest_term(&before, &last, max_numerator, max_denominator);
		if (quotient > term) {
			bool half = 2 * term == quotient;

			if (!last.d || 2 * term > quotient ||
			    (half && before.d * d > last.d * rest))
				last = (struct convergent){before.n + term * last.n,
							   before.d + term * last.d};
			break;
		}
		before = (struct convergent){before.n + quotient * last.n,
					     before.d + quotient * last.d};
		swap(before, last);
		n = d;
		d = rest;
	}
	*best_numerator = last.n;
	*best_denominator = last.d;
}
