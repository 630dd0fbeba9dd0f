// SPDX-License-Identifier: MIT
/* The cache types of physical ranges. Contract: memtype.h. */
#include "memtype.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/rbtree_augmented.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <baremm/boot_info.h>
#include <baremm/e820.h>

#include "internal.h"
#include "mtrr.h"

struct memtype {
	u64 start, end;
	u64 subtree_max_end; /* the highest end of it and those below it in the tree */
	enum page_cache_mode type;
	struct rb_node rb;
};

static struct rb_root memtype_root;
static DEFINE_SPINLOCK_RANK(memtype_lock, LOCK_RANK_LEAF);

static struct arch_mtrrs mtrrs;
static bool have_mtrrs;

static const char *type_name(enum page_cache_mode type)
{
	static const char *const names[] = {
		[_PAGE_CACHE_MODE_WB] = "write-back",
		[_PAGE_CACHE_MODE_WC] = "write-combining",
		[_PAGE_CACHE_MODE_UC_MINUS] = "uncached-minus",
		[_PAGE_CACHE_MODE_UC] = "uncached",
		[_PAGE_CACHE_MODE_WT] = "write-through",
	};

	return (unsigned int)type < ARRAY_SIZE(names) ? names[type] : "broken";
}

/* ---- The tree -------------------------------------------------------------------------- */

static u64 memtype_end(const struct memtype *m)
{
	return m->end;
}

RB_DECLARE_CALLBACKS_MAX(static, end_augment, struct memtype, rb, u64, subtree_max_end, memtype_end)

static struct memtype *memtype_of(const struct rb_node *node)
{
	return node ? rb_entry((struct rb_node *)(unsigned long)node, struct memtype, rb) : NULL;
}

/* The lowest in the subtree of @m that ends behind @start, or NULL. */
static struct memtype *first_behind(struct memtype *m, u64 start)
{
	while (m) {
		struct memtype *left = memtype_of(m->rb.rb_left);

		if (left && left->subtree_max_end > start)
			m = left;
		else if (m->end > start)
			return m;
		else
			m = memtype_of(m->rb.rb_right);
	}
	return NULL;
}

/* The first that overlaps [start, end), and the one after @m that does; NULL: none. */
static struct memtype *first_overlap(u64 start, u64 end)
{
	struct memtype *m = first_behind(memtype_of(memtype_root.rb_node), start);

	return m && m->start < end ? m : NULL;
}

static struct memtype *next_overlap(struct memtype *m, u64 start, u64 end)
{
	do
		m = memtype_of(rb_next(&m->rb));
	while (m && m->start < end && m->end <= start);
	return m && m->start < end ? m : NULL;
}

static void insert(struct memtype *new)
{
	struct rb_node **link = &memtype_root.rb_node, *parent = NULL;

	while (*link) {
		struct memtype *m = memtype_of(*link);

		parent = *link;
		m->subtree_max_end = max(m->subtree_max_end, new->end);
		link = new->start < m->start ? &parent->rb_left : &parent->rb_right;
	}
	new->subtree_max_end = new->end;
	rb_link_node(&new->rb, parent, link);
	rb_insert_augmented(&new->rb, &memtype_root, &end_augment);
}

/* ---- Reserving --------------------------------------------------------------------------- */

bool phys_is_system_ram(u64 start, u64 end)
{
	for (unsigned long i = 0; i < memblock.memory.cnt; i++) {
		const struct memblock_region *r = &memblock.memory.regions[i];
		u64 low = max(start, r->base), high = min(end, r->base + r->size);

		for (unsigned long pfn = PHYS_PFN(low); low < high && pfn < PFN_UP(high); pfn++) {
			const struct page *page = pfn_to_online_page(pfn);

			if (!page || !PageReserved(page))
				return true;
		}
	}
	return false;
}

/* Has the direct map any of it? */
static bool overlaps_memory(u64 start, u64 end)
{
	return memblock_overlaps_region(&memblock.memory, start, end - start);
}

/* Finds the type that a range can have. -EBUSY: those who have it differ from @new. */
static int check_conflict(struct memtype *new, bool may_change)
{
	bool first = !overlaps_memory(new->start, new->end);
	enum page_cache_mode had = _PAGE_CACHE_MODE_WB;
	struct memtype *m;

	if (!first && new->type != had) {
		if (!may_change)
			return -EBUSY;
		new->type = had;
	}
	for (m = first_overlap(new->start, new->end); m;
	     m = next_overlap(m, new->start, new->end)) {
		if (m->type != new->type && !(first && may_change)) {
			pr_info("PAT: conflicting memory types %llx-%llx %s<->%s\n", new->start,
				new->end, type_name(new->type), type_name(m->type));
			return -EBUSY;
		}
		new->type = m->type;
		first = false;
	}
	return 0;
}

/*
 * Write-back through the page tables is what the range registers say. Where they say other
 * than write-back, others reach the range uncached, and so does this one (Linux's
 * pat_x_mtrr_type()).
 */
static bool mtrrs_deny_write_back(u64 start, u64 end)
{
	return have_mtrrs && start >= SZ_1M &&
	       !(mtrrs.enabled && mtrr_is_type(&mtrrs, start, end, ARCH_MTRR_WB));
}

int memtype_reserve(u64 start, u64 end, enum page_cache_mode type, enum page_cache_mode *got)
{
	struct memtype *new;
	int err;

	if (start >= end)
		return -EINVAL;
	new = kmalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	*new = (struct memtype){.start = start, .end = end, .type = type};
	if (got && type == _PAGE_CACHE_MODE_WB && mtrrs_deny_write_back(start, end))
		new->type = _PAGE_CACHE_MODE_UC_MINUS;
	spin_lock(&memtype_lock);
	err = check_conflict(new, got);
	if (!err)
		insert(new);
	if (!err && got)
		*got = new->type;
	spin_unlock(&memtype_lock);
	if (!err)
		return 0;
	pr_info("PAT: memtype_reserve failed [mem %#010llx-%#010llx], track %s, req %s\n", start,
		end - 1, type_name(new->type), type_name(type));
	kfree(new);
	return err;
}

int memtype_free(u64 start, u64 end)
{
	struct memtype *m;

	spin_lock(&memtype_lock);
	m = first_overlap(start, end);
	while (m && (m->start != start || m->end != end))
		m = next_overlap(m, start, end);
	if (m)
		rb_erase_augmented(&m->rb, &memtype_root, &end_augment);
	spin_unlock(&memtype_lock);
	if (!m) {
		pr_info("PAT: freeing invalid memtype [mem %#010llx-%#010llx]\n", start, end - 1);
		return -EINVAL;
	}
	kfree(m);
	return 0;
}

/* ---- Bring-up ------------------------------------------------------------------------------ */

void __init memtype_reset(void)
{
	memtype_root = RB_ROOT;
	ram_types_reset();
	have_mtrrs = false;
}

/* Firmware's maps may list a range twice, or call RAM a framebuffer: that is reported. */
static void reserve_pages(u64 addr, u64 size, enum page_cache_mode type)
{
	u64 start = round_down(addr, PAGE_SIZE), end = PAGE_ALIGN(addr + size);

	if (size && start < end)
		memtype_reserve(start, end, type, NULL);
}

void __init memtype_init(void)
{
	memtype_reset();
	have_mtrrs = arch_read_mtrrs(&mtrrs);
	if (boot_info && boot_info->fb.format != BOOT_FB_NONE)
		reserve_pages(boot_info->fb.base, boot_info->fb.size, _PAGE_CACHE_MODE_WC);
	for (u32 i = 0; i < e820_table->nr_entries; i++) {
		const struct e820_entry *entry = &e820_table->entries[i];

		if (entry->type == E820_TYPE_ACPI || entry->type == E820_TYPE_NVS)
			reserve_pages(entry->addr, entry->size, _PAGE_CACHE_MODE_WB);
	}
}

/* ---- Checks and the dump -------------------------------------------------------------------- */

bool memtype_is_used(void)
{
	return !RB_EMPTY_ROOT(&memtype_root);
}

#define for_each_memtype(m)                                                                \
	for (struct rb_node *__node = rb_first(&memtype_root); ((m) = memtype_of(__node)); \
	     __node = rb_next(__node))

/* @far: the one before @m that ends last. */
static int check_order(const struct memtype *m, const struct memtype *far)
{
	int faults = 0;

	if (m->start >= m->end || (far && far->start > m->start)) {
		pr_err("memtype: [mem %#010llx-%#010llx] is no range, or out of order\n", m->start,
		       m->end - 1);
		faults++;
	}
	if (far && far->end > m->start && far->type != m->type) {
		pr_err("memtype: [mem %#010llx-%#010llx] is %s and %s\n", m->start,
		       min(far->end, m->end) - 1, type_name(far->type), type_name(m->type));
		faults++;
	}
	return faults;
}

int memtype_verify(void)
{
	const struct memtype *m, *far = NULL;
	int faults = 0;

	for_each_memtype(m)
	{
		const struct memtype *left = memtype_of(m->rb.rb_left);
		const struct memtype *right = memtype_of(m->rb.rb_right);
		u64 below =
			max(left ? left->subtree_max_end : 0, right ? right->subtree_max_end : 0);

		faults += check_order(m, far);
		if (!far || m->end > far->end)
			far = m;
		if (m->subtree_max_end == max(m->end, below))
			continue;
		pr_err("memtype: [mem %#010llx-%#010llx]: the highest end is not %#llx\n", m->start,
		       m->end - 1, m->subtree_max_end);
		faults++;
	}
	return faults;
}

void memtype_show(struct seq_file *m)
{
	const struct memtype *entry;

	seq_puts(m, "PAT memtype list:\n");
	for_each_memtype(entry) seq_printf(m, "PAT: [mem 0x%016llx-0x%016llx] %s\n", entry->start,
					   entry->end, type_name(entry->type));
}
