// SPDX-License-Identifier: MIT
/*
 * kmemleak's scans: which blocks are reached, and how often. Contract: linux/kmemleak.h.
 *
 *   all white or grey, by what they must have ─► roots ─► blocks that turned grey, until
 *   there are no more ─► white ones whose contents changed count as grey, and what they
 *   reach ─► what is white now, and was not reported, is a leak
 *
 * The order is Linux's (mm/kmemleak.c).
 */
#include "kmemleak.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/string.h>
#include <baremm/arch.h>

#include "internal.h"
#include "percpu.h"

#undef pr_fmt
#define pr_fmt(fmt) "kmemleak: " fmt

static LIST_HEAD(gray_list);
static unsigned long lowest, highest; /* of the addresses in blocks; highest exclusive */

/* ---- Words ------------------------------------------------------------------------------ */

/* One more reference. Whoever has enough now is to be scanned, too. */
static void add_reference(struct kmemleak_object *object)
{
	if (!kmemleak_white(object))
		return;
	object->count++;
	if (kmemleak_gray(object))
		list_add_tail(&object->gray_list, &gray_list);
}

/* A reference that a block has beyond what it needs is one to what it stands for. */
static void see_word(unsigned long word, const struct kmemleak_object *scanned)
{
	struct kmemleak_object *object = kmemleak_lookup(word, false);
	unsigned long excess;

	if (!object || object == scanned)
		return;
	excess = kmemleak_gray(object) ? object->excess_ref : 0;
	add_reference(object);
	object = excess ? kmemleak_lookup(excess, false) : NULL;
	if (object && object != scanned)
		add_reference(object);
}

/*
 * Memory is looked at without regard to whose it is: also what a sanitizer keeps between
 * variables, on a host.
 */
static __no_sanitize_address void scan_block(unsigned long start, unsigned long end,
					     const struct kmemleak_object *scanned)
{
	for (start = ALIGN(start, sizeof(long)); start + sizeof(long) <= end;
	     start += sizeof(long)) {
		unsigned long word = *(const volatile unsigned long *)start;

		if (word >= lowest && word < highest)
			see_word(word, scanned);
	}
}

/* ---- Roots ------------------------------------------------------------------------------- */

static void scan_root(unsigned long start, unsigned long end, void *arg)
{
	(void)arg;
	scan_block(start, end, NULL);
}

static void scan_percpu(void)
{
	struct pcpu_chunk *chunk;

	list_for_each_entry (chunk, &pcpu_chunks, addr_list) {
		for (unsigned int unit = 0; unit < pcpu_nr_units; unit++) {
			unsigned long start = (unsigned long)pcpu_unit_addr(chunk, unit);

			scan_block(start, start + chunk->nr_blocks * PAGE_SIZE, NULL);
		}
	}
}

/* What is known of pages in use, where that is known at all. */
static void scan_page_structs(void)
{
	for (unsigned long nr = 0; nr < pfn_to_section_nr(max_pfn - 1) + 1; nr++) {
		unsigned long pfn = section_nr_to_pfn(nr);
		struct page *page = pfn_to_online_page(pfn);

		if (page)
			scan_block((unsigned long)page, (unsigned long)(page + PAGES_PER_SECTION),
				   NULL);
	}
}

/* ---- Blocks ---------------------------------------------------------------------------------- */

static void scan_object(const struct kmemleak_object *object)
{
	unsigned long start = kmemleak_start(object);
	struct kmemleak_area *area;

	if (object->no_scan)
		return;
	if (list_empty(&object->areas))
		scan_block(start, start + object->size, object);
	list_for_each_entry (area, &object->areas, list)
		scan_block(area->start, area->start + area->size, object);
}

/* Those that are reached from these join the list behind them. */
static noinline void scan_gray_list(void)
{
	struct kmemleak_object *object;

	while (!list_empty(&gray_list)) {
		object = list_first_entry(&gray_list, struct kmemleak_object, gray_list);
		scan_object(object);
		list_del_init(&object->gray_list);
	}
}

/* FNV-1a over whole words: as good as any other, and quick. */
static __no_sanitize_address u32 checksum(const struct kmemleak_object *object)
{
	unsigned long start = kmemleak_start(object), end = start + object->size;
	u64 hash = 0xcbf29ce484222325ULL;

	for (start = ALIGN(start, sizeof(long)); start + sizeof(long) <= end; start += sizeof(long))
		hash = (hash ^ *(const volatile unsigned long *)start) * 0x100000001b3ULL;
	return (u32)(hash ^ hash >> 32) | 1;
}

static bool has_changed(struct kmemleak_object *object)
{
	u32 old = object->checksum;

	object->checksum = checksum(object);
	return object->checksum != old;
}

/*
 * What a function leaves on the stack would be seen as part of a later one's. So the steps
 * of a scan are functions of their own: that which calls them holds no block's address.
 */
noinline void kmemleak_clear_stack(void)
{
	volatile u8 old[KMEMLEAK_OLD_STACK];

	for (size_t i = 0; i < sizeof(old); i++)
		old[i] = 0;
}

/* ---- A scan --------------------------------------------------------------------------------- */

static noinline void begin_scan(void)
{
	struct kmemleak_object *object;

	lowest = ~0UL;
	highest = 0;
	list_for_each_entry (object, &kmemleak_objects, object_list) {
		object->count = 0;
		if (kmemleak_gray(object))
			list_add_tail(&object->gray_list, &gray_list);
		if (object->phys)
			continue;
		lowest = min(lowest, object->pointer);
		highest = max(highest, object->pointer + object->size);
	}
}

/* A white block that is being written to is somebody's; so is what it leads to. */
static noinline void spare_changing_ones(void)
{
	struct kmemleak_object *object;

	list_for_each_entry (object, &kmemleak_objects, object_list) {
		if (!kmemleak_white(object) || !has_changed(object))
			continue;
		object->count = object->min_count;
		list_add_tail(&object->gray_list, &gray_list);
	}
	scan_gray_list();
}

static noinline unsigned int report_white_ones(void)
{
	struct kmemleak_object *object;
	unsigned int leaks = 0;

	list_for_each_entry (object, &kmemleak_objects, object_list) {
		if (!kmemleak_white(object) || object->reported)
			continue;
		object->reported = true;
		kmemleak_print(NULL, object);
		leaks++;
	}
	return leaks;
}

unsigned int kmemleak_scan(void)
{
	unsigned long flags;
	unsigned int leaks;

	if (!kmemleak_enabled)
		return 0;
	spin_lock_irqsave(&kmemleak_lock, flags);
	begin_scan();
	kmemleak_clear_stack();
	arch_walk_roots(scan_root, NULL);
	scan_percpu();
	scan_page_structs();
	scan_gray_list();
	spare_changing_ones();
	leaks = report_white_ones();
	kmemleak_stats.leaks += leaks;
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	if (leaks)
		pr_info("%u new suspected memory leaks\n", leaks);
	return leaks;
}

unsigned int kmemleak_scan_now(void)
{
	unsigned int leaks = kmemleak_scan();

	return leaks + kmemleak_scan();
}
