// SPDX-License-Identifier: MIT
/* Division as multiplication. Contract: linux/reciprocal_div.h. */
#include <linux/reciprocal_div.h>

#include <linux/bitops.h>
#include <linux/minmax.h>

struct reciprocal_value reciprocal_value(u32 d)
{
	int l = fls(d - 1); /* ceil(log2(d)) */
	u64 m = (1ULL << 32) * ((1ULL << l) - d) / d + 1;

	return (struct reciprocal_value){
		.m = (u32)m, .sh1 = (u8)min(l, 1), .sh2 = (u8)max(l - 1, 0)};
}
