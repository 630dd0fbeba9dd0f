// SPDX-License-Identifier: MIT
/* Division as multiplication. Contract: linux/reciprocal_div.h. */
#include <linux/reciprocal_div.h>

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/limits.h>
#include <linux/minmax.h>

struct reciprocal_value reciprocal_value(u32 d)
{
	int l = fls(d - 1); /* ceil(log2(d)) */
	u64 m = (1ULL << 32) * ((1ULL << l) - d) / d + 1;

	return (struct reciprocal_value){
		.m = (u32)m, .sh1 = (u8)min(l, 1), .sh2 = (u8)max(l - 1, 0)};
}

/* Of the multipliers between @low and @high that serve, the one with the fewest bits. */
struct reciprocal_value_adv reciprocal_value_adv(u32 d, u8 prec)
{
	unsigned int l = (unsigned int)fls(d - 1), shift = l;
	u64 low, high;

	if (WARN_ON(!d || l == 32))
		return (struct reciprocal_value_adv){.exp = (u8)l};
	low = (1ULL << (32 + l)) / d;
	high = ((1ULL << (32 + l)) + (1ULL << (32 + l - prec))) / d;
	for (; shift && low >> 1 < high >> 1; shift--) {
		low >>= 1;
		high >>= 1;
	}
	return (struct reciprocal_value_adv){
		.m = (u32)high, .sh = (u8)shift, .exp = (u8)l, .is_wide_m = high > U32_MAX};
}
