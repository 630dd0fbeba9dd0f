/* SPDX-License-Identifier: MIT */
/* What Linux's allocators and DMA tell KMSAN: see linux/kmsan-checks.h. */
#ifndef _LINUX_KMSAN_H
#define _LINUX_KMSAN_H

#include <linux/kmsan-checks.h>
#include <linux/types.h>

#define kmsan_init_shadow()		       ((void)0)
#define kmsan_init_runtime()		       ((void)0)
#define kmsan_task_create(task)		       ((void)(task))
#define kmsan_task_exit(task)		       ((void)(task))
#define kmsan_free_page(page, order)	       ((void)(page), (void)(order))
#define kmsan_copy_page_meta(dst, src)	       ((void)(dst), (void)(src))
#define kmsan_slab_alloc(s, object, flags)     ((void)(s), (void)(object), (void)(flags))
#define kmsan_slab_free(s, object)	       ((void)(s), (void)(object))
#define kmsan_kmalloc_large(ptr, size, flags)  ((void)(ptr), (void)(size), (void)(flags))
#define kmsan_kfree_large(ptr)		       ((void)(ptr))
#define kmsan_vunmap_range_noflush(start, end) ((void)(start), (void)(end))
#define kmsan_iounmap_page_range(start, end)   ((void)(start), (void)(end))
#define kmsan_handle_dma(page, offset, size, dir) \
	((void)(page), (void)(offset), (void)(size), (void)(dir))
#define kmsan_handle_dma_sg(sg, nents, dir) ((void)(sg), (void)(nents), (void)(dir))
#define kmsan_handle_urb(urb, is_out)	    ((void)(urb), (void)(is_out))
#define kmsan_unpoison_entry_regs(regs)	    ((void)(regs))

/* The pages may go to the allocator; the rest has nothing that could fail. */
#define kmsan_memblock_free_pages(page, order) ((void)(page), (void)(order), true)
#define kmsan_alloc_page(page, order, flags)   ((void)(page), (void)(order), (void)(flags), 0)
#define kmsan_vmap_pages_range_noflush(start, end, prot, pages, page_shift) \
	((void)(start), (void)(end), (void)(prot), (void)(pages), (void)(page_shift), 0)
#define kmsan_ioremap_page_range(start, end, phys_addr, prot, page_shift) \
	((void)(start), (void)(end), (void)(phys_addr), (void)(prot), (void)(page_shift), 0)

/* What comes with this header on Linux. */
#include <linux/dma-direction.h>
#include <linux/gfp.h>

#endif /* _LINUX_KMSAN_H */
