/* SPDX-License-Identifier: MIT */
/*
 * The page allocator used by several CPUs at once, with all that takes pages away from
 * them: drains, compaction, reclaim, kswapd and kcompactd on CPUs of their own. Each CPU
 * finds its pages as it wrote them. Built twice: the second time ThreadSanitizer says
 * where two CPUs reach the same word without an order between them.
 */
#include "pressure_machine.h"

#include "cpus.h"
#include "daemon_cpus.h"
#include "tsan.h"

#include <linux/compaction.h>
#include <linux/migrate.h>
#include <linux/pagemap.h>

#include "../../mm/compaction.h"

#ifndef ROUNDS
#define ROUNDS 2000
#endif

#define WORKERS	      4 /* CPUs 1 to 4; 0 waits for them */
#define KSWAPD_CPU    (WORKERS + 1)
#define KCOMPACTD_CPU (WORKERS + 2)
#define NR_CPUS_USED  (WORKERS + 3)
#define HELD	      96
#define SLOTS	      256
#define FILE_SIZE     20000 /* pages: more than there is memory */

static u64 base_seed;

static u64 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* ---- Movable pages: a slot each, whose lock says who has it ------------------------------ */

static struct slot {
	spinlock_t lock;
	bool away; /* isolated: its owner leaves it alone */
	struct page *page;
	u64 word;
} slots[WORKERS + 1][SLOTS];

static struct slot *slot_of(const struct page *page)
{
	return (struct slot *)page->index;
}

static void set_away(struct slot *slot, bool away)
{
	spin_lock(&slot->lock);
	slot->away = away;
	spin_unlock(&slot->lock);
}

static bool slot_isolate(struct page *page, isolate_mode_t mode)
{
	struct slot *slot = slot_of(page);
	bool ours;

	(void)mode;
	spin_lock(&slot->lock);
	ours = slot->page == page && !slot->away;
	slot->away |= ours;
	spin_unlock(&slot->lock);
	return ours;
}

static void slot_putback(struct page *page)
{
	set_away(slot_of(page), false);
}

static int slot_migrate(struct page *dst, struct page *src, enum migrate_mode mode);

static const struct movable_operations slot_ops = {slot_isolate, slot_migrate, slot_putback};

static int slot_migrate(struct page *dst, struct page *src, enum migrate_mode mode)
{
	struct slot *slot = slot_of(src);

	(void)mode;
	memcpy(page_address(dst), page_address(src), PAGE_SIZE);
	get_page(dst);
	__SetPageMovable(dst, &slot_ops);
	dst->index = (unsigned long)slot;
	__ClearPageMovable(src);
	spin_lock(&slot->lock);
	WRITE_ONCE(slot->page, dst);
	slot->away = false;
	spin_unlock(&slot->lock);
	put_page(src);
	return MIGRATEPAGE_SUCCESS;
}

static void fill_slot(struct slot *slot, u64 word)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN);

	if (!page)
		return;
	slot->word = word;
	*(u64 *)page_address(page) = word;
	lock_page(page);
	page->index = (unsigned long)slot;
	__SetPageMovable(page, &slot_ops);
	spin_lock(&slot->lock);
	WRITE_ONCE(slot->page, page);
	spin_unlock(&slot->lock);
	unlock_page(page);
}

/* False where its page holds what nobody wrote. */
static bool empty_slot(struct slot *slot)
{
	struct page *page = NULL;
	bool sound;

	spin_lock(&slot->lock);
	if (!slot->away) {
		page = slot->page;
		WRITE_ONCE(slot->page, NULL);
	}
	spin_unlock(&slot->lock);
	if (!page)
		return true;
	sound = *(u64 *)page_address(page) == slot->word;
	lock_page(page);
	__ClearPageMovable(page);
	unlock_page(page);
	put_page(page);
	return sound;
}

/* ---- What a CPU does ------------------------------------------------------------------ */

struct held {
	struct page *page;
	unsigned int order;
};

static gfp_t some_gfp(u64 r)
{
	static const gfp_t gfps[] = {GFP_KERNEL, GFP_HIGHUSER_MOVABLE,
				     GFP_KERNEL | __GFP_RECLAIMABLE, GFP_ATOMIC,
				     GFP_KERNEL | GFP_DMA};

	return gfps[r % ARRAY_SIZE(gfps)] | __GFP_NOWARN;
}

/* Takes a block, or gives back the one that is there; false where it was another's, too. */
static bool take_or_free(struct held *h, u64 r)
{
	if (h->page) {
		u64 *word = page_address(h->page);
		bool sound = *word == (u64)(uintptr_t)h;

		__free_pages(h->page, h->order);
		h->page = NULL;
		return sound;
	}
	h->order = r >> 20 & 7 ? (unsigned int)(r >> 24) % 4 : (unsigned int)(r >> 24) % 11;
	h->page = alloc_pages(some_gfp(r >> 32), h->order);
	if (h->page)
		*(u64 *)page_address(h->page) = (u64)(uintptr_t)h;
	return true;
}

static void bulk(u64 r)
{
	unsigned long nr = 1 + r % 64;
	struct page *pages[64] = {};

	alloc_pages_bulk_array(some_gfp(r >> 32), nr, pages);
	for (unsigned long i = 0; i < nr; i++)
		if (pages[i])
			__free_page(pages[i]);
}

static bool read_file(u64 r)
{
	pgoff_t index = r % FILE_SIZE;
	struct page *page = read_mapping_page(&file.mapping, index, NULL);
	bool sound;

	if (IS_ERR(page))
		return true;
	sound = *(u64 *)page_address(page) == index;
	put_page(page);
	return sound;
}

/* What reaches into all CPUs' lists, or moves all there is: each in its turn. */
static void disturb(int turn)
{
	switch (turn % 5) {
	case 0:
		drain_all_pages(NULL);
		break;
	case 1:
		compact_node(0);
		break;
	case 2:
		wakeup_kcompactd(NODE_DATA(0), 9, ZONE_DMA32);
		break;
	case 3:
		reclaim(GFP_KERNEL, 0);
		break;
	case 4:
		zone_pcp_disable(zone_of(0, ZONE_DMA32));
		zone_pcp_enable(zone_of(0, ZONE_DMA32));
		break;
	}
}

static const char *work(int cpu)
{
	static struct held held[WORKERS + 1][HELD];
	u64 random = base_seed + (u64)cpu * 0x9e3779b97f4a7c15ULL;
	const char *fault = NULL;

	for (int i = 0; i < ROUNDS && !fault; i++) {
		u64 r = next_random(&random);
		struct slot *slot = &slots[cpu][r >> 40 & (SLOTS - 1)];

		if (!take_or_free(&held[cpu][r % HELD], r))
			fault = "a block was handed out twice";
		if (!READ_ONCE(slot->page))
			fill_slot(slot, r);
		else if (!empty_slot(slot))
			fault = "a page that was moved lost its contents";
		if (!read_file(r >> 7))
			fault = "a page of the file has another's contents";
		if (i % 16 == 0)
			bulk(r);
		if (i % 256 == cpu)
			disturb(i / 256 + cpu);
	}
	for (int i = 0; i < HELD; i++)
		if (held[cpu][i].page)
			take_or_free(&held[cpu][i], 0);
	return fault;
}

/* ---- The tests -------------------------------------------------------------------------- */

static int open_machine(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, NR_CPUS_USED);
	memmap_make_all();
	test_file_open(&file);
	return 0;
}

/* Slabs of the file's tree may stay, with objects that CPUs keep at hand. */
static unsigned long free_and_slab_pages(void)
{
	drain_all_pages(NULL);
	return nr_free_pages() + global_node_page_state(NR_SLAB_RECLAIMABLE) +
	       global_node_page_state(NR_SLAB_UNRECLAIMABLE);
}

static void cpus_take_pages_while_others_move_and_reclaim_them(void **state)
{
	unsigned long before = free_and_slab_pages();

	(void)state;
	base_seed = host_test_seed(__func__) | 1;
	memset(slots, 0, sizeof(slots));
	start_daemon_cpu(KSWAPD_CPU);
	start_daemon_cpu(KCOMPACTD_CPU);
	NODE_DATA(0)->kswapd.cpu = KSWAPD_CPU;
	run_on_cpus(1, WORKERS + 1, work);
	host_cpus_stop();
	for (int cpu = 1; cpu <= WORKERS; cpu++)
		for (int i = 0; i < SLOTS; i++)
			assert_true(empty_slot(&slots[cpu][i]));
	truncate_inode_pages(&file.mapping, 0);
	assert_int_equal(verify_caches(), 0);
	assert_int_equal(free_and_slab_pages(), before);
	assert_true(vm_event(PGMIGRATE_SUCCESS) > 0);
	assert_true(vm_event(PGSTEAL_KSWAPD) + vm_event(PGSTEAL_DIRECT) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cpus_take_pages_while_others_move_and_reclaim_them,
						open_machine, close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
