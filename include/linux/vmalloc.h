/* SPDX-License-Identifier: MIT */
/*
 * Virtually contiguous memory: pages from anywhere, and ranges of devices, side by side
 * at addresses of their own.
 *
 *   VMALLOC_START                                                        VMALLOC_END
 *   |page|page|page|guard|     free     |2 MB page|guard| device |guard|   free    |
 *
 * Owns:       the addresses from VMALLOC_START to VMALLOC_END, the page tables there,
 *             and the pages of areas made by vmalloc() and its like.
 * Invariants: areas do not overlap, and the page behind each is mapped by nobody, so who
 *             runs off the end faults. An address that was given back is not handed out
 *             again before all CPUs have forgotten what was there.
 * Lifetime:   from vmalloc_init() on, after kmem_cache_init(). NULL before.
 * Locking:    any CPU. Areas are made where memory may be allocated as the gfp flags say
 *             (GFP_KERNEL where there are none), and with no lock held. They are given
 *             back in any order with no lock held, and not in exception handlers;
 *             vfree_atomic() anywhere.
 * Units:      bytes; areas are whole pages.
 * Failure:    NULL and nothing changed, with a line in the log unless __GFP_NOWARN.
 *             Giving back what is no area, or not of that kind, is refused with a message
 *             and counted in vmalloc_stats.
 * Weakness:   a free is lazy: until lazy_max_pages() have come together, CPUs may still
 *             read and write through the old addresses, and the pages are others' by
 *             then. Linux does the same.
 * Source:     Linux 6.1's include/linux/vmalloc.h: the same names and meaning.
 */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/types.h>

struct seq_file;

/* vm_struct.flags. Bit values are not an interface. */
#define VM_IOREMAP	     0x00000001 /* of a device: ioremap() */
#define VM_ALLOC	     0x00000002 /* has pages of its own: vmalloc() */
#define VM_MAP		     0x00000004 /* others' pages: vmap() */
#define VM_USERMAP	     0x00000008 /* zeroed, may be mapped to users */
#define VM_DMA_COHERENT	     0x00000010ul
#define VM_NO_GUARD	     0x00000040 /* no page without a mapping behind it */
#define VM_FLUSH_RESET_PERMS 0x00000100 /* given back with a flush at once */
#define VM_MAP_PUT_PAGES     0x00000200 /* vfree() of what vmap() made frees the pages */
#define VM_ALLOW_HUGE_VMAP   0x00000400 /* in 2 MB pages where that goes */

#define VMALLOC_TOTAL (VMALLOC_END - VMALLOC_START) /* Linux's: one byte less */

/* log2 of the largest alignment that an ioremap() area has by itself: that of a 1 GB page. */
#define IOREMAP_MAX_ORDER (PAGE_SHIFT + 2 * HUGETLB_PAGE_ORDER)

struct vm_struct {
	struct vm_struct *next; /* the owner's */
	void *addr;
	unsigned long size; /* with the guard page */
	unsigned long flags;
	struct page **pages;	 /* each base page; NULL where there are none */
	unsigned int page_order; /* of what the pages were allocated as */
	unsigned int nr_pages;
	phys_addr_t phys_addr; /* VM_IOREMAP: what is mapped */
	const void *caller;
};

/* ---- Memory ---------------------------------------------------------------------- */

/*
 * At least @size bytes at a page's start. vzalloc: zeroed. _node: from @node's memory if
 * it has some. vmalloc_huge: in 2 MB pages if there are enough, else in base pages.
 * vmalloc_32: below 4 GB. _user: zeroed, and VM_USERMAP.
 */
void *vmalloc(unsigned long size) __alloc_size(1);
void *vzalloc(unsigned long size) __alloc_size(1);
void *vmalloc_user(unsigned long size) __alloc_size(1);
void *vmalloc_node(unsigned long size, int node) __alloc_size(1);
void *vzalloc_node(unsigned long size, int node) __alloc_size(1);
void *vmalloc_32(unsigned long size) __alloc_size(1);
void *vmalloc_32_user(unsigned long size) __alloc_size(1);
void *vmalloc_huge(unsigned long size, gfp_t gfp) __alloc_size(1);
void *__vmalloc(unsigned long size, gfp_t gfp) __alloc_size(1);
void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp, int node,
		     const void *caller) __alloc_size(1);

/* All that can be said: where in [@start, @end), with which protection and VM_ flags. */
void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start,
			   unsigned long end, gfp_t gfp, pgprot_t prot, unsigned long vm_flags,
			   int node, const void *caller) __alloc_size(1);

/* Arrays: NULL where the product does not fit a size_t. */
void *__vmalloc_array(size_t n, size_t size, gfp_t flags) __alloc_size(1, 2);
void *vmalloc_array(size_t n, size_t size) __alloc_size(1, 2);
void *__vcalloc(size_t n, size_t size, gfp_t flags) __alloc_size(1, 2);
void *vcalloc(size_t n, size_t size) __alloc_size(1, 2);

/*
 * Gives back what the calls above made, or vmap() with VM_MAP_PUT_PAGES. NULL is fine.
 * vfree_atomic() leaves the work to the next call that makes an area, or vm_unmap_aliases().
 */
void vfree(const void *addr);
void vfree_atomic(const void *addr);

/* ---- Mappings of pages -------------------------------------------------------------- */

/*
 * @count pages side by side. Only the mapping is given back by vunmap(). Refused where one of
 * them is no page. There is a guard page, whatever @flags say.
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot);
void vunmap(const void *addr);

/* The same for @count pages of devices. What has a page struct is refused. */
void *vmap_pfn(unsigned long *pfns, unsigned int count, pgprot_t prot);

/*
 * The same for mappings that live shortly, at less cost: nothing is known of them but
 * their place. They have a guard page behind them, too. @count is that of vm_map_ram().
 */
void *vm_map_ram(struct page **pages, unsigned int count, int node);
void vm_unmap_ram(const void *mem, unsigned int count);

/* No CPU knows an address any more that was given back before. */
void vm_unmap_aliases(void);

struct notifier_block;

/*
 * @nb (linux/notifier.h, of a blocking chain) is called when no room is found for an area whose
 * caller may wait, and a flush has found none: with an unsigned long, to which it adds the pages
 * that it has given back. If there are any the search is made once more. 0 or as
 * blocking_notifier_chain_register().
 */
int register_vmap_purge_notifier(struct notifier_block *nb);
int unregister_vmap_purge_notifier(struct notifier_block *nb);

/* ---- Areas ------------------------------------------------------------------------------ */

/*
 * Addresses for @size bytes and a guard page, with nothing mapped. remove_vm_area() unmaps
 * what is mapped, and its caller kfree()s the struct; free_vm_area() does both.
 */
struct vm_struct *get_vm_area(unsigned long size, unsigned long flags);
struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, const void *caller);
struct vm_struct *__get_vm_area_caller(unsigned long size, unsigned long flags, unsigned long start,
				       unsigned long end, const void *caller);
struct vm_struct *remove_vm_area(const void *addr);
void free_vm_area(struct vm_struct *area);

/* The area that @addr lies in, its guard page included, or NULL. */
struct vm_struct *find_vm_area(const void *addr);

/* Without the guard page. */
static inline size_t get_vm_area_size(const struct vm_struct *area)
{
	return area->flags & VM_NO_GUARD ? area->size : area->size - PAGE_SIZE;
}

static inline void set_vm_flush_reset_perms(void *addr)
{
	struct vm_struct *vm = find_vm_area(addr);

	if (vm)
		vm->flags |= VM_FLUSH_RESET_PERMS;
}

/* Pages that vmalloc() and its like have out, and bytes of the largest free range. */
unsigned long vmalloc_nr_pages(void);
unsigned long vmalloc_largest_free(void);

/*
 * Copies what lies from @addr on, up to @count bytes, to @buf: zeroes for what is nobody's, is a
 * device's, or has no page, guard pages among it. Areas may come and go meanwhile. The bytes that
 * were written: @count, but less where @addr is past or near the end of the addresses; 0 where
 * no area lies in the range.
 */
long vread(char *buf, char *addr, unsigned long count);

/* Takes [@addr, @end) of an area off its page tables, and all CPUs forget it. */
void vunmap_range(unsigned long addr, unsigned long end);

/* ---- Bring-up, checks and dumps ---------------------------------------------------------- */

/* Forgets all areas, and takes the addresses. panic() without memory. */
void vmalloc_init(void);

/* Back to the time before vmalloc_init(). */
void vmalloc_reset(void);

/* What callers did that they must not. */
struct vmalloc_stats {
	unsigned long bad_free;	 /* an address that is no area's start, or another kind's */
	unsigned long bad_range; /* mappings asked for that cannot be */
};
extern struct vmalloc_stats vmalloc_stats;

/*
 * Checks that trees, lists and counts are right, that areas have all addresses between
 * them, and that just what they say is mapped. Reports each fault, returns the number.
 */
int vmap_verify(void);

/*
 * Ends a line of the log that the caller began with which area @object lies in, and who made it, if it does; also if that
 * is its guard page, or if it was given back. False: no area. In exception handlers, too.
 */
bool vmalloc_dump_obj(void *object);

/* All areas in the format of /proc/vmallocinfo. */
void vmallocinfo_show(struct seq_file *m);

/* Is the area mapped in 2 MB pages? */
static inline bool is_vm_area_hugepages(const void *addr)
{
	const struct vm_struct *vm = find_vm_area(addr);

	return vm && vm->page_order > 0;
}

/* What comes with this header on Linux. */
#include <linux/init.h>
#include <linux/llist.h>
#include <linux/overflow.h>
#include <linux/rbtree.h>

#endif /* _LINUX_VMALLOC_H */
