/* SPDX-License-Identifier: MIT */
/*
 * Who has pages that boot took: nobody is to find out, as memory never goes.
 *
 * Locking: none.
 * Failure: none.
 * Source:  Linux 6.1's bootmem_info.h, as it is without CONFIG_HAVE_BOOTMEM_INFO_NODE.
 */
#ifndef _LINUX_BOOTMEM_INFO_H
#define _LINUX_BOOTMEM_INFO_H

#include <linux/kmemleak.h>
#include <linux/mm.h>

#define register_page_bootmem_info_node(pgdat) ((void)(pgdat))
#define put_page_bootmem(page)		       ((void)(page))
#define get_page_bootmem(info, page, type)     ((void)(info), (void)(page), (void)(type))

/* Gives a page that boot took, which is reserved, to the allocator. */
static inline void free_bootmem_page(struct page *page)
{
	kmemleak_free_part(page_to_virt(page), PAGE_SIZE);
	free_reserved_page(page);
}

#endif /* _LINUX_BOOTMEM_INFO_H */
