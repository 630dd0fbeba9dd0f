/* SPDX-License-Identifier: MIT */
/*
 * The names behind printk's %pGg, %pGp and %pGv: flags as words, in Linux's order and form.
 */
#ifndef _MM_LIB_FLAG_NAMES_H
#define _MM_LIB_FLAG_NAMES_H

#include <linux/types.h>

/*
 * Writes the flags into @buf as far as they fit and returns the length; always
 * terminated. gfp flags: "GFP_KERNEL|__GFP_ZERO", bits without a name as a number,
 * "none" for 0. Page flags: "0x800000000000200(slab|node=0|zone=1)".
 */
size_t gfp_flags_text(char *buf, size_t size, gfp_t gfp);
size_t page_flags_text(char *buf, size_t size, unsigned long flags);

/* What a user's mapping has: "read|exec|mayread". */
size_t vma_flags_text(char *buf, size_t size, unsigned long flags);

#endif /* _MM_LIB_FLAG_NAMES_H */
