/* SPDX-License-Identifier: MIT */
/* From a code address to the function it lies in, by the image's symbol table. */
#include <baremm/arch.h>
#include "ksyms.h"

/*
 * The last function that starts at or below @offset. The caller made sure that
 * the first one does.
 */
static u32 find_function(u32 offset)
{
	u32 low = 0, high = ksym_count;

	while (high - low > 1) {
		u32 mid = low + (high - low) / 2;

		if (ksym_offsets[mid] <= offset)
			low = mid;
		else
			high = mid;
	}
	return low;
}

const char *arch_symbol(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	unsigned long at = addr - (unsigned long)__image_base__;
	u32 i;

	if (!ksym_count || at < ksym_offsets[0] || at >= ksym_offsets[ksym_count])
		return NULL;
	i = find_function(at);
	*offset = at - ksym_offsets[i];
	*size = ksym_offsets[i + 1] - ksym_offsets[i];
	return &ksym_text[ksym_names[i]];
}
