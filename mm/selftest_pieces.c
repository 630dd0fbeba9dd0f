/* SPDX-License-Identifier: MIT */
/* Pieces of all kinds, with marks. Contract: selftest_pieces.h. */
#include "selftest_pieces.h"

#include <linux/cma.h>
#include <linux/compaction.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "selftest.h"

/* The bytes at both ends of a piece that are marked. */
#define MARK_HEAD 256UL
#define MARK_TAIL 64UL

#define PIECE_GFP (GFP_KERNEL | __GFP_NOWARN)

#define SHARES 1024U

#define MOST_CONTIG  64UL /* pages side by side */
#define MOST_MAPPED  32UL
#define GULP	     4096U /* single pages */
#define CACHE_PIECES 16UL  /* objects of a cache of its own */

struct piece_kind {
	const char *name;
	unsigned int share; /* of SHARES */
	bool percpu;	    /* each CPU has a copy */
	void (*take)(struct piece *piece, u64 *random);
	void (*give)(struct piece *piece);
};

static const unsigned int object_sizes[] = {8, 24, 64, 72, 192, 512, 1000, 4096};
static struct kmem_cache *caches[ARRAY_SIZE(object_sizes)];

static u64 below(u64 *random, u64 end)
{
	return selftest_random(random) % end;
}

/* ---- Marks -------------------------------------------------------------------------- */

static u64 mark_of(const struct piece *piece)
{
	return (u64)piece->cpu << 48 ^ piece->number;
}

static size_t tail_of(const struct piece *piece)
{
	return ALIGN_DOWN(piece->size - MARK_TAIL, sizeof(u64));
}

/* The start, and the end where that is another part. */
static void mark_at(const struct piece *piece, char *at)
{
	pattern_fill(at, min(piece->size, MARK_HEAD), mark_of(piece));
	if (piece->size >= MARK_HEAD + MARK_TAIL)
		pattern_fill(at + tail_of(piece), MARK_TAIL, mark_of(piece));
}

static bool mark_is_lost(const struct piece *piece, const char *at)
{
	if (pattern_check(at, min(piece->size, MARK_HEAD), mark_of(piece)))
		return true;
	return piece->size >= MARK_HEAD + MARK_TAIL &&
	       pattern_check(at + tail_of(piece), MARK_TAIL, mark_of(piece));
}

static void mark(const struct piece *piece)
{
	unsigned int cpu;

	if (!piece->kind->percpu) {
		mark_at(piece, piece->at);
		return;
	}
	for_each_online_cpu (cpu)
		mark_at(piece, per_cpu_ptr((char __percpu *)piece->at, cpu));
}

static bool is_sound(const struct piece *piece)
{
	unsigned int cpu;
	bool lost = false;

	if (!piece->kind->percpu)
		return !mark_is_lost(piece, piece->at);
	for_each_online_cpu (cpu)
		lost |= mark_is_lost(piece, per_cpu_ptr((char __percpu *)piece->at, cpu));
	return !lost;
}

/* ---- Pages ------------------------------------------------------------------------------ */

/* Small blocks mostly, all orders now and then. */
static void take_pages(struct piece *piece, u64 *random)
{
	struct page *page;

	piece->part = (unsigned int)below(random, below(random, 32) ? 4 : NR_PAGE_ORDERS);
	piece->size = PAGE_SIZE << piece->part;
	page = alloc_pages(PIECE_GFP, piece->part);
	piece->at = page ? page_address(page) : NULL;
}

static void give_pages(struct piece *piece)
{
	free_pages((unsigned long)piece->at, piece->part);
}

static int choose_area(struct cma *cma, void *chosen)
{
	*(struct cma **)chosen = cma;
	return 1;
}

static struct cma *first_area(void)
{
	struct cma *cma = NULL;

	cma_for_each_area(choose_area, &cma);
	return cma;
}

/* Pages side by side around one that may be moved: others' may be, too, or are free. */
static struct page *take_range_of_zone(unsigned int nr)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN);
	unsigned long start;

	if (!page)
		return NULL;
	start = ALIGN_DOWN(page_to_pfn(page), MOST_CONTIG);
	__free_page(page);
	if (alloc_contig_range(start, start + nr, MIGRATE_MOVABLE, PIECE_GFP))
		return NULL;
	return pfn_to_page(start);
}

static void give_range(const struct piece *piece, struct page *page)
{
	if (piece->whole)
		WARN_ON(!cma_release(piece->whole, page, piece->part));
	else
		free_contig_range(page_to_pfn(page), piece->part);
}

/* Others' pages move away for it: those of a CMA area, where there is one. */
static void take_contig(struct piece *piece, u64 *random)
{
	struct cma *cma = first_area();
	struct page *page;

	piece->whole = cma;
	piece->part = (unsigned int)(1 + below(random, MOST_CONTIG));
	piece->size = piece->part * PAGE_SIZE;
	page = cma ? cma_alloc(cma, piece->part, 0, true) : take_range_of_zone(piece->part);
	/* A high page may have an address for a while, but not for the rest of the range. */
	piece->at = page && !PageHighMem(page) ? page_address(page) : NULL;
	if (page && !piece->at)
		give_range(piece, page);
}

static void give_contig(struct piece *piece)
{
	give_range(piece, virt_to_page(piece->at));
}

/* ---- Mapped memory ---------------------------------------------------------------------- */

static void take_area(struct piece *piece, u64 *random)
{
	piece->size = 1 + below(random, 9000);
	piece->at = __vmalloc(piece->size, PIECE_GFP);
}

static void give_area(struct piece *piece)
{
	vfree(piece->at);
}

static void free_mapped_pages(struct piece *piece)
{
	struct page **pages = piece->whole;

	for (unsigned int i = 0; i < piece->part; i++)
		if (pages[i])
			__free_page(pages[i]);
	kfree(pages);
}

/* Pages in bulk, side by side at an address that all CPUs forget later. */
static void take_mapped(struct piece *piece, u64 *random)
{
	struct page **pages;

	piece->part = (unsigned int)(1 + below(random, MOST_MAPPED));
	piece->size = piece->part * PAGE_SIZE;
	pages = kcalloc(piece->part, sizeof(*pages), PIECE_GFP);
	piece->whole = pages;
	if (!pages)
		return;
	if (alloc_pages_bulk_array(PIECE_GFP, piece->part, pages) == piece->part)
		piece->at = vm_map_ram(pages, piece->part, NUMA_NO_NODE);
	if (!piece->at)
		free_mapped_pages(piece);
}

static void give_mapped(struct piece *piece)
{
	vm_unmap_ram(piece->at, piece->part);
	free_mapped_pages(piece);
}

static void take_percpu(struct piece *piece, u64 *random)
{
	piece->size = 8 * (1 + below(random, 64));
	piece->at = __alloc_percpu_gfp(piece->size, 8, PIECE_GFP);
}

static void give_percpu(struct piece *piece)
{
	free_percpu(piece->at);
}

/* ---- Objects ---------------------------------------------------------------------------- */

static void take_object(struct piece *piece, u64 *random)
{
	piece->part = (unsigned int)below(random, ARRAY_SIZE(caches));
	piece->size = object_sizes[piece->part];
	piece->at = kmem_cache_alloc(caches[piece->part], PIECE_GFP);
}

static void give_object(struct piece *piece)
{
	kmem_cache_free(caches[piece->part], piece->at);
}

static void take_kmalloc(struct piece *piece, u64 *random)
{
	piece->size = 1 + below(random, 9000);
	piece->at = kmalloc(piece->size, PIECE_GFP);
}

static void give_kmalloc(struct piece *piece)
{
	kfree(piece->at);
}

/* A cache lives and ends while others do; most of its objects go at once. */
static void take_cache(struct piece *piece, u64 *random)
{
	unsigned int size = (unsigned int)(8 + 8 * below(random, 100));
	void *objects[CACHE_PIECES] = {};

	piece->size = size;
	piece->whole = kmem_cache_create("smp_stress-own", size, 0, SLAB_NO_MERGE, NULL);
	if (!piece->whole)
		return;
	for (size_t i = 0; i < CACHE_PIECES; i++)
		objects[i] = kmem_cache_alloc(piece->whole, PIECE_GFP);
	piece->at = objects[0];
	for (size_t i = 1; i < CACHE_PIECES; i++)
		if (objects[i])
			kmem_cache_free(piece->whole, objects[i]);
	if (!piece->at)
		kmem_cache_destroy(piece->whole);
}

static void give_cache(struct piece *piece)
{
	kmem_cache_free(piece->whole, piece->at);
	kmem_cache_destroy(piece->whole);
}

/* ---- Any of them ------------------------------------------------------------------------ */

static const struct piece_kind kinds[] = {
	{"pages", 301, false, take_pages, give_pages},
	{"objects", 310, false, take_object, give_object},
	{"kmalloc", 310, false, take_kmalloc, give_kmalloc},
	{"vmalloc", 32, false, take_area, give_area},
	{"mapped", 32, false, take_mapped, give_mapped},
	{"per-CPU", 24, true, take_percpu, give_percpu},
	{"contiguous", 12, false, take_contig, give_contig},
	{"caches", 3, false, take_cache, give_cache},
};

static const struct piece_kind *some_kind(u64 *random)
{
	const struct piece_kind *kind = kinds;

	for (u64 r = below(random, SHARES); r >= kind->share; kind++)
		r -= kind->share;
	return kind;
}

bool piece_take(struct piece *piece, u64 *random)
{
	const struct piece_kind *kind = some_kind(random);

	*piece = (struct piece){
		.kind = kind,
		.cpu = (unsigned int)smp_processor_id(),
		.number = selftest_random(random),
	};
	kind->take(piece, random);
	if (piece->at)
		mark(piece);
	else
		piece->kind = NULL;
	return piece->at;
}

bool piece_give(struct piece *piece)
{
	bool sound = is_sound(piece);

	if (!sound)
		selftest_note("CPU %d: %zu bytes (%s) at %px lost the mark of CPU %u",
			      smp_processor_id(), piece->size, piece->kind->name, piece->at,
			      piece->cpu);
	piece->kind->give(piece);
	piece->kind = NULL;
	return sound;
}

/* More single pages at once than kswapd can free meanwhile: who takes them reclaims. */
static bool gulp(u64 mark)
{
	bool sound = true;
	struct page *page, *next;
	LIST_HEAD(taken);

	for (unsigned int i = 0; i < GULP; i++) {
		page = alloc_page(PIECE_GFP);
		if (!page)
			break;
		pattern_fill(page_address(page), MARK_TAIL, mark);
		list_add(&page->lru, &taken);
	}
	list_for_each_entry_safe (page, next, &taken, lru) {
		sound &= !pattern_check(page_address(page), MARK_TAIL, mark);
		__free_page(page);
	}
	return sound;
}

bool pieces_disturb(u64 *random)
{
	switch (below(random, 5)) {
	case 0:
		drain_all_pages(NULL);
		break;
	case 1:
		kmem_cache_shrink(caches[below(random, ARRAY_SIZE(caches))]);
		break;
	case 2:
		vm_unmap_aliases();
		break;
	case 3:
		compact_node(numa_mem_id());
		break;
	default:
		return gulp(selftest_random(random));
	}
	return true;
}

bool pieces_begin(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		caches[i] =
			kmem_cache_create("smp_stress", object_sizes[i], 0, SLAB_NO_MERGE, NULL);
		if (!caches[i])
			return false;
	}
	return true;
}

void pieces_end(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		kmem_cache_destroy(caches[i]);
		caches[i] = NULL;
	}
}
