// SPDX-License-Identifier: MIT
/*
 * Sections and their page structs: the table of sections, who has page structs
 * that can be read, and making them. Contract: linux/mmzone.h.
 *
 * The table has two levels. Roots, of SECTIONS_PER_ROOT entries in a page, come
 * with the first section made in them, so that memory nobody uses has none:
 *
 *   mem_section[]   | 0 | 1 | 2 | - | - | - | ... | 2047 |
 *                     |   |   |                      |
 *   struct mem_section  64 x 128 MB each             ...
 */
#include <linux/mmzone.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/string.h>
#include <baremm/arch.h>

#include "internal.h"
#include "page_alloc.h"

struct mem_section **mem_section;
unsigned long nr_section_roots;

/* Pageblocks of MIGRATE_ISOLATE; frees look for them while there are any. */
static long nr_isolated;

void __init sparse_init(void)
{
	unsigned long sections = DIV_ROUND_UP(PFN_UP(memblock_end_of_DRAM()), PAGES_PER_SECTION);

	nr_section_roots = DIV_ROUND_UP(sections, SECTIONS_PER_ROOT);
	mem_section =
		early_alloc(nr_section_roots * sizeof(*mem_section), first_node(node_online_map));
	if (!mem_section)
		panic("sparse: no memory for the table of %lu sections", sections);
}

void __init sparse_reset(void)
{
	mem_section = NULL;
	nr_section_roots = 0;
	nr_isolated = 0;
}

/* ---- Asking ------------------------------------------------------------------ */

/* From @root on: a machine of 16 TB has 2048, nearly all of them not there. */
static unsigned long next_root(unsigned long root)
{
	while (root < nr_section_roots && !mem_section[root])
		root++;
	return root;
}

unsigned long next_made_section(unsigned long nr)
{
	while (nr / SECTIONS_PER_ROOT < nr_section_roots) {
		unsigned long root = nr / SECTIONS_PER_ROOT;

		if (!mem_section[root]) {
			nr = next_root(root + 1) * SECTIONS_PER_ROOT;
			continue;
		}
		if (section_made(nr))
			return nr;
		nr++;
	}
	return ULONG_MAX;
}

unsigned long prev_made_section(unsigned long nr)
{
	for (nr = min(nr + 1, nr_section_roots * SECTIONS_PER_ROOT); nr--;) {
		if (section_made(nr))
			return nr;
		if (!mem_section[nr / SECTIONS_PER_ROOT])
			nr = nr / SECTIONS_PER_ROOT * SECTIONS_PER_ROOT;
	}
	return ULONG_MAX;
}

/* A whole page of memory, where a page struct could be. */
static bool pfn_is_memory(unsigned long pfn)
{
	return pfn < MAX_MEMMAP_PFN && memblock_is_region_memory(PFN_PHYS(pfn), PAGE_SIZE);
}

/* The first memory at @pfn or above; its zone is NULL where there is none. */
static struct memory_piece memory_above(unsigned long pfn)
{
	struct memory_piece piece;

	memory_piece_first(&piece, memblock_first_above(&memblock.memory, PFN_PHYS(pfn)));
	while (piece.zone && piece.end <= pfn)
		memory_piece_next(&piece);
	return piece;
}

/* Does a section that is not made wait, with a hole at @pfn? Not before there are zones. */
static bool pfn_is_hole(unsigned long pfn)
{
	unsigned long start = SECTION_ALIGN_DOWN(pfn);
	struct memory_piece piece;

	if (early_open || pfn >= MAX_MEMMAP_PFN)
		return false;
	piece = memory_above(start);
	return piece.zone && piece.start < start + PAGES_PER_SECTION;
}

/* A section not made will have page structs if it has memory; one that is lost stays so. */
int pfn_valid(unsigned long pfn)
{
	const struct mem_section *ms = __nr_to_section(pfn_to_section_nr(pfn));
	unsigned int state = ms ? __atomic_load_n(&ms->state, __ATOMIC_ACQUIRE) : SECTION_UNMADE;

	return state == SECTION_MADE ||
	       (state != SECTION_LOST && (pfn_is_memory(pfn) || pfn_is_hole(pfn)));
}

struct page *pfn_to_online_page(unsigned long pfn)
{
	return section_made(pfn_to_section_nr(pfn)) ? pfn_to_page(pfn) : NULL;
}

/* As its page struct will say it. */
static int hole_nid(unsigned long pfn)
{
	const struct zone *zone = memory_above(pfn).zone ?: last_populated_zone();

	return zone->node;
}

int pfn_to_nid(unsigned long pfn)
{
	unsigned long start, end;

	if (section_made(pfn_to_section_nr(pfn)))
		return page_to_nid(pfn_to_page(pfn));
	if (pfn_is_memory(pfn))
		return memblock_search_pfn_nid(pfn, &start, &end);
	return pfn_valid(pfn) ? hole_nid(pfn) : NUMA_NO_NODE;
}

int early_pfn_to_nid(unsigned long pfn)
{
	unsigned long start, end;
	int nid = memblock_search_pfn_nid(pfn, &start, &end);

	return nid < 0 ? (int)first_online_node : nid;
}

/* ---- Page structs ------------------------------------------------------------- */

/* The parts of a page struct that tell an owned, a reserved and a free page apart. */
struct page_init {
	unsigned long flags;
	u64 word; /* priv32 and _refcount */
};

static unsigned long zone_flags(const struct zone *zone)
{
	return (unsigned long)zone_idx(zone) << ZONES_PGSHIFT | (unsigned long)zone->node
									<< NODES_PGSHIFT;
}

/* Four stores a page, and little else: this loop is what making a section costs. */
static void init_pages(unsigned long start, unsigned long end, struct page_init init)
{
	struct page *page = pfn_to_page(start), *last = pfn_to_page(end);

#pragma GCC unroll 8
	for (; page < last; page++) {
		page_set_flags(page, init.flags);
		page->lru.next = NULL;
		page->lru.prev = NULL;
		page->slab_word = init.word;
	}
}

/* priv32 is the low half, _refcount the high one. */
#define PAGE_WORD_REFCOUNT_1 (1ULL << 32)

void init_unused_pages(unsigned long start, unsigned long end, const struct zone *zone)
{
	init_pages(start, end, (struct page_init){zone_flags(zone), 0});
}

void init_reserved_pages(unsigned long start, unsigned long end, const struct zone *zone)
{
	init_pages(start, end,
		   (struct page_init){zone_flags(zone) | 1UL << PG_reserved, PAGE_WORD_REFCOUNT_1});
}

void set_pages_reserved(unsigned long start, unsigned long end, unsigned long more_flags)
{
	struct page *page = pfn_to_page(start), *last = pfn_to_page(end);

	for (; page < last; page++) {
		page_set_flags(page, page->flags | 1UL << PG_reserved | more_flags);
		page->slab_word = PAGE_WORD_REFCOUNT_1;
	}
}

/* ---- A section's entry and memory ------------------------------------------------ */

static unsigned long section_root(unsigned long nr)
{
	return nr / SECTIONS_PER_ROOT;
}

bool section_has_root(unsigned long nr)
{
	return section_root(nr) < nr_section_roots && mem_section[section_root(nr)];
}

void section_set_root(unsigned long nr, void *page)
{
	memset(page, 0, PAGE_SIZE);
	__atomic_store_n(&mem_section[section_root(nr)], (struct mem_section *)page,
			 __ATOMIC_RELEASE);
}

void section_set_state(unsigned long nr, enum section_state state)
{
	__atomic_store_n(&__nr_to_section(nr)->state, state, __ATOMIC_RELEASE);
}

void section_tables_behind_memmap(unsigned long memmap_pfn, phys_addr_t tables[SECTION_TABLE_PAGES])
{
	for (int i = 0; i < SECTION_TABLE_PAGES; i++)
		tables[i] = PFN_PHYS(memmap_pfn + section_meta_pages() + (unsigned long)i);
}

int section_map_memmap(unsigned long nr, unsigned long memmap_pfn,
		       const phys_addr_t tables[SECTION_TABLE_PAGES])
{
	return arch_map_memmap((unsigned long)pfn_to_page(section_nr_to_pfn(nr)),
			       PFN_PHYS(memmap_pfn), SECTION_MEMMAP_PAGES << PAGE_SHIFT, tables,
			       SECTION_TABLE_PAGES);
}

void section_set_memmap(unsigned long nr, unsigned long memmap_pfn, unsigned long ext_pfn,
			int nr_tables)
{
	struct mem_section *ms = __nr_to_section(nr);

	BUG_ON(!ms);
	ms->memmap_pfn = memmap_pfn;
	ms->ext_pfn = ext_pfn;
	page_ext_section_made(ext_pfn);
	ms->nr_table_pages = (unsigned int)nr_tables;
	for (size_t i = 0; i < ARRAY_SIZE(ms->pageblock_flags); i++)
		ms->pageblock_flags[i] = 0x1111111111111111ULL * MIGRATE_MOVABLE;
}

void donate_to_memmap(struct page *page, unsigned long nr)
{
	unsigned long pfn = page_to_pfn(page);

	set_pages_reserved(pfn, pfn + nr, 1UL << PG_memmap);
	adjust_managed_page_count(page, -(long)nr);
}

/* ---- Pageblocks -------------------------------------------------------------------- */

void set_pfnblock_bits(unsigned long pfn, u64 mask, u64 bits)
{
	unsigned int shift;
	u64 *word = pageblock_word(pfn, &shift), old = READ_ONCE(*word);

	while (!__atomic_compare_exchange_n(word, &old, (old & ~(mask << shift)) | bits << shift,
					    false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void set_pfnblock_migratetype(unsigned long pfn, enum migratetype type)
{
	long isolated =
		(type == MIGRATE_ISOLATE) - (get_pfnblock_migratetype(pfn) == MIGRATE_ISOLATE);

	set_pfnblock_bits(pfn, PAGEBLOCK_TYPE_MASK, (u64)type);
	if (unlikely(isolated))
		page_hook_count(PAGE_HOOK_ISOLATE, &nr_isolated, isolated);
}

void set_pfnblock_skip(unsigned long pfn)
{
	set_pfnblock_bits(pfn, PAGEBLOCK_SKIP, PAGEBLOCK_SKIP);
}

void section_clear_skip(unsigned long nr)
{
	struct mem_section *ms = __nr_to_section(nr);

	for (size_t i = 0; i < ARRAY_SIZE(ms->pageblock_flags); i++)
		__atomic_fetch_and(&ms->pageblock_flags[i],
				   0x1111111111111111ULL * PAGEBLOCK_TYPE_MASK, __ATOMIC_RELAXED);
}
