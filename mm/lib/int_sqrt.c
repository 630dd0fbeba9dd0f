// SPDX-License-Identifier: MIT
/* The integer square root, a bit of the result a step from the top. */
#include <linux/math.h>

unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0, rest = x;

	/* root is twice the bits found so far, moved down with the bit that is tried. */
	for (unsigned long bit = 1UL << 62; bit; bit >>= 2) {
		unsigned long step = root + bit;

		root >>= 1;
		if (rest >= step) {
			rest -= step;
			root += bit;
		}
	}
	return root;
}
