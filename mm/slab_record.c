// SPDX-License-Identifier: MIT
/*
 * Memory for struct slab, of which each slab has one: 64 bytes and two for each object;
 * and for the stashes of CPUs. It may not come from kmalloc(), whose caches need it for
 * slabs of their own.
 *
 *   page | link, counts | record | record | ...          of one size class, on one node
 *
 * Pages that have room are on their class's list; a page without a record goes back.
 * Records of slabs with very many objects, and large stashes, have pages of their own.
 * Stashes, which live as long as a CPU is busy, share none with records, which live as long
 * as slabs.
 *
 * Locking: a pool's lock, innermost but for the page allocator's.
 */
#include "slab.h"

#include <linux/gfp.h>

/* Whole cache lines: what is at the end may be written over. */
static const u16 class_bytes[] = {128, 192, 320, 576, 1088, /* stashes: */ 320, 576, 1088, 2016};

#define NR_CLASSES  ARRAY_SIZE(class_bytes)
#define STASH_CLASS 5

/* At the start of a page of records. */
struct record_page {
	struct list_head list; /* of those with room; else empty */
	void *free;	       /* records, linked through their first word */
	u16 used;
	u16 class;
	int nid;
	u64 pad[4];
};
static_assert(sizeof(struct record_page) == L1_CACHE_BYTES);

struct record_pool {
	spinlock_t lock;
	struct list_head partial;
};

static struct record_pool (*pools)[NR_CLASSES]; /* by node; NULL before slabs have records */
atomic_long_t slab_record_pages;

void __init slab_record_reset(void)
{
	pools = NULL;
	atomic_long_set(&slab_record_pages, 0);
}

void __init slab_record_init(void)
{
	size_t bytes = nr_node_ids * sizeof(*pools);

	pools = (void *)__get_free_pages(GFP_NOWAIT, (unsigned int)get_order(bytes));
	if (!pools)
		panic("SLUB: no memory for the record pools of %u nodes", nr_node_ids);
	for (unsigned int nid = 0; nid < nr_node_ids; nid++) {
		for (unsigned int class = 0; class < NR_CLASSES; class ++) {
			spin_lock_init_rank(&pools[nid][class].lock, LOCK_RANK_LEAF);
			INIT_LIST_HEAD(&pools[nid][class].partial);
		}
	}
}

/* The first class that is large enough; STASH_CLASS: the record has pages of its own. */
static unsigned int record_class(size_t bytes)
{
	unsigned int class = 0;

	while (class < STASH_CLASS && class_bytes[class] < bytes)
		class ++;
	return class;
}

static void account(struct page *page, long pages)
{
	atomic_long_add(pages, &slab_record_pages);
	atomic_long_add(pages, &NODE_DATA(page_to_nid(page))->vm_stat[NR_SLAB_UNRECLAIMABLE]);
}

static struct page *take_pages(gfp_t flags, int nid, unsigned int order)
{
	struct page *page = alloc_pages_node(nid, flags & ~__GFP_THISNODE, order);

	if (page)
		account(page, 1L << order);
	return page;
}

static void give_pages(struct page *page, unsigned int order)
{
	account(page, -(1L << order));
	__free_pages(page, order);
}

static void put_record(struct record_page *p, void *record)
{
	*(void **)record = p->free;
	p->free = record;
}

/* A page of free records, on no list. */
static struct record_page *new_page(unsigned int class, gfp_t flags, int nid)
{
	struct page *page = take_pages(flags, nid, 0);
	struct record_page *p;
	unsigned long at;

	if (!page)
		return NULL;
	p = lowmem_page_address(page);
	*p = (struct record_page){.class = (u16) class, .nid = nid};
	INIT_LIST_HEAD(&p->list);
	for (at = sizeof(struct record_page); at + class_bytes[class] <= PAGE_SIZE;
	     at += class_bytes[class])
		put_record(p, (char *)p + at);
	return p;
}

/* A record of a page with room; caller holds the lock. NULL where there is none. */
static void *take_record(struct record_pool *pool)
{
	struct record_page *p;
	void *record;

	if (list_empty(&pool->partial))
		return NULL;
	p = list_first_entry(&pool->partial, struct record_page, list);
	record = p->free;
	p->free = *(void **)record;
	p->used++;
	if (!p->free)
		list_del_init(&p->list);
	return record;
}

/* One of @class, from a new page if it must be. */
static void *class_alloc(unsigned int class, gfp_t flags, int nid)
{
	struct record_pool *pool = &pools[nid][class];
	struct record_page *p;
	void *record;

	spin_lock(&pool->lock);
	record = take_record(pool);
	spin_unlock(&pool->lock);
	if (record)
		return record;

	p = new_page(class, flags, nid);
	if (!p)
		return NULL;
	spin_lock(&pool->lock);
	list_add(&p->list, &pool->partial);
	record = take_record(pool);
	spin_unlock(&pool->lock);
	return record;
}

/* A record with pages of its own. */
static void *alloc_alone(size_t bytes, gfp_t flags, int nid)
{
	struct page *page = take_pages(flags, nid, get_order(bytes));

	return page ? lowmem_page_address(page) : NULL;
}

void *slab_record_alloc(size_t bytes, gfp_t flags, int nid)
{
	unsigned int class = record_class(bytes);

	return class < STASH_CLASS ? class_alloc(class, flags, nid)
				   : alloc_alone(bytes, flags, nid);
}

void *slab_stash_alloc(size_t bytes, gfp_t flags, int nid)
{
	unsigned int class = STASH_CLASS;

	while (class < NR_CLASSES && class_bytes[class] < bytes)
		class ++;
	return class < NR_CLASSES ? class_alloc(class, flags, nid) : alloc_alone(bytes, flags, nid);
}

/* A record with pages of its own begins where others have struct record_page. */
void slab_record_free(void *record, size_t bytes)
{
	struct record_page *p = (void *)((unsigned long)record & PAGE_MASK);
	struct record_pool *pool;
	bool empty;

	if ((void *)p == record) {
		give_pages(virt_to_page(record), get_order(bytes));
		return;
	}
	pool = &pools[p->nid][p->class];
	spin_lock(&pool->lock);
	if (!p->free)
		list_add(&p->list, &pool->partial);
	put_record(p, record);
	empty = --p->used == 0;
	if (empty)
		list_del(&p->list);
	spin_unlock(&pool->lock);
	if (empty)
		give_pages(virt_to_page(p), 0);
}

/* ---- Verify ------------------------------------------------------------------------------ */

static int verify_page(const struct record_page *p, unsigned int class, unsigned int nid)
{
	unsigned int room =
		(unsigned int)(PAGE_SIZE - sizeof(struct record_page)) / class_bytes[class];
	unsigned int free = 0;
	void *record;

	for (record = p->free; record && free <= room; record = *(void **)record)
		free++;
	if (p->class == class && p->nid == (int)nid && p->used && free && p->used + free == room)
		return 0;
	pr_err("slab: verify: page 0x%lx of records has class %u, node %d, %u used and %u free of "
	       "%u; it is on the list of class %u, node %u\n",
	       (unsigned long)p, p->class, p->nid, p->used, free, room, class, nid);
	return 1;
}

int slab_record_verify(void)
{
	struct record_page *p;
	int faults = 0;

	for (unsigned int nid = 0; pools && nid < nr_node_ids; nid++)
		for (unsigned int class = 0; class < NR_CLASSES; class ++)
			list_for_each_entry (p, &pools[nid][class].partial, list)
				faults += verify_page(p, class, nid);
	return faults;
}
