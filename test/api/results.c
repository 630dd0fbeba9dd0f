// SPDX-License-Identifier: MIT
/* Results, constants and functions where their very type matters: pointers, formats, min(). */
#include <linux/bottom_half.h>
#include <linux/build_bug.h>
#include <linux/dma-direction.h>
#include <linux/fault-inject.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/page-flags.h>
#include <linux/page-isolation.h>
#include <linux/page_ref.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

struct tests {
	int (*first)(const struct list_head *list, const struct list_head *head);
	int (*empty)(const struct list_head *head);
	int (*valid)(unsigned long pfn);
	int (*take)(struct page *page);
	int (*freeze)(struct folio *folio, int count);
	int (*lock)(spinlock_t *lock);
	int (*watched)(void);
	int (*depth)(void);
	int (*direction)(enum dma_data_direction direction);
	int (*order)(unsigned long size);
	int (*fails)(struct kmem_cache *s, gfp_t gfp);
};

struct tests tests(void);
struct tests tests(void)
{
	return (struct tests){
		.first = list_is_first,
		.empty = list_empty_careful,
		.valid = pfn_valid,
		.take = put_page_testzero,
		.freeze = folio_ref_freeze,
		.lock = spin_trylock,
		.watched = rcu_read_lock_held,
		.depth = preempt_count,
		.direction = valid_dma_direction,
		.order = get_order,
		.fails = should_failslab,
	};
}

/* The upper byte of a register of 8 bits is no sign. */
u64 wide(const void __iomem *registers);
u64 wide(const void __iomem *registers)
{
	static_assert(__same_type(ioread8(registers), unsigned int));
	static_assert(__same_type(ioread16(registers), unsigned int));
	static_assert(__same_type(ioread64(registers), u64));
	return ioread8(registers) << 24;
}

int least(nodemask_t nodes, int limit, unsigned int most);
int least(nodemask_t nodes, int limit, unsigned int most)
{
	unsigned int first = min(first_node(nodes), most);
	int order = min(get_order(SZ_64K), limit);
	int pages = min(limit, MAX_ORDER_NR_PAGES);

	pr_info("%x %x %d %d\n", VM_MAP | VM_ALLOC, VM_READ, MAX_ORDER_NR_PAGES, KMALLOC_MIN_SIZE);
	pr_info("%zu %d\n", ARCH_KMALLOC_MINALIGN, PERCPU_DYNAMIC_RESERVE);
	pr_info("%d %d\n", is_migrate_isolate(MIGRATE_MOVABLE), WORK_BUSY_PENDING);
	return (int)first + order + pages + (gfp_migratetype(GFP_KERNEL) < 0);
}

void quiet(struct page *page, unsigned long ip);
void quiet(struct page *page, unsigned long ip)
{
	kasan_vmalloc_flags_t flags = KASAN_VMALLOC_NONE;

	__local_bh_disable_ip(ip, SOFTIRQ_OFFSET);
	switch (PageDirty(page) + PageLocked(page)) {
	case 2:
		pr_info("%lu %u\n", COMPACT_CLUSTER_MAX, flags);
	}
	__local_bh_enable_ip(ip, SOFTIRQ_OFFSET);
	local_bh_enable_ip(ip);
	WARN_ON(kasan_populate_vmalloc(ip, PAGE_SIZE, GFP_KERNEL));
}
