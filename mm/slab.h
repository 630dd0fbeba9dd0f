/* SPDX-License-Identifier: MIT */
/*
 * What the slab allocator's files share: caches, per-CPU and per-node parts, and
 * how a free list is written.
 *
 *   kmem_cache ─┬─ cpu_slab[cpu] ── slot: the object handed out last, out or back
 *               │                └─ freelist ──► object ──► object ──► end
 *               │                └─ page (frozen)   └ page->slab.freelist: freed here
 *               │                │                          by other CPUs meanwhile
 *               │                └─ freed: a slab that this CPU frees to, on a list
 *               │                │  of its own
 *               │                └─ partial: frozen slabs
 *               └─ node[nid] ───── partial: slabs with free objects
 *                                  (full slabs are on no list, only counted)
 *
 * A slab is a block of pages, naturally aligned, with struct page's slab_counters:
 *   objects   slots in it
 *   freelist  index of the first object of the slab's own free list
 *   inuse     objects not on that list: out, or on a CPU's free list
 *   frozen    a CPU's (its page or on its partial list); then on no node's list
 *   cache_id  index in slab_cache_table
 *
 * A link between free objects is the address of the next, or the slab's address
 * + 1 at the end, combined with the cache's random number and the byte-swapped
 * address of the link itself. Read with the right key, a link points into its
 * own slab; anything else is no link. So a link that was overwritten is noticed
 * before it is followed. And an object that holds a link is free, as allocation
 * wipes it: other data passes for a link once in 2^48 times or less (512 objects
 * of 8 bytes are 2^9 right values of 2^64, and the end). So no free list is
 * walked to find that an object is freed twice, by whatever CPU.
 *
 * The slot is for the most frequent use of all, an object that lives until its
 * CPU needs the next. It holds the address of the object that this CPU was given
 * last while that is out, and the complement when it came back: odd, and in the
 * half of the address space where no object lies, so that no other free matches.
 * Its object is always of the CPU's slab; a CPU that frees what is out in another's
 * slot empties that slot.
 *
 * Locking: from the outside in, slab_mutex (the list of caches), then
 *          kmem_cache_node.list_lock (the node's list, and the slab_counters of
 *          all its slabs, frozen ones too: other CPUs free into them).
 *          A kmem_cache_cpu is touched by its own CPU alone and takes no lock,
 *          as no exception handler allocates; but for a slot whose object is
 *          out, which other CPUs may exchange for the empty slot. Destruction
 *          and verify have the cache to themselves.
 */
#ifndef _MM_SLAB_H
#define _MM_SLAB_H

#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#define SLAB_END_OF_LIST  0xffffu
#define MAX_OBJS_PER_PAGE 32767u /* slab_counters.objects has 15 bits */

/* Ids of caches. 0 is none: that is what pages of others hold there. */
#define SLAB_MAX_CACHES 4096

/* A slab of this order holds so many objects. */
struct slab_shape {
	u16 order;
	u16 objects;
};

/* What Linux's rules make of an object's size; see slab_geometry.c. */
struct slab_geometry {
	unsigned int size;   /* from one object to the next */
	unsigned int inuse;  /* bytes of the object, without a link behind it */
	unsigned int offset; /* of the link */
	unsigned int align;
	struct slab_shape oo;  /* what is tried first */
	struct slab_shape min; /* the smallest order that holds an object */
	unsigned int min_partial;
	unsigned int cpu_partial;	/* free objects that a CPU keeps in partial slabs */
	unsigned int cpu_partial_slabs; /* and the slabs that this comes to, half full */
};

/*
 * The slab whose objects this CPU frees at the moment: the last that was full when
 * one of its objects was freed. Objects are mostly freed in the company in which
 * they were allocated, and so most frees need no lock and no look at the page. The
 * slab's counters learn of them when the CPU turns to another.
 */
struct slab_freed {
	unsigned long base; /* as in kmem_cache_cpu */
	unsigned long span;
	unsigned long list; /* freed last, ... */
	unsigned long tail; /* ... and first */
	struct page *page;
	unsigned long nr;
};

/*
 * Two cache lines for each CPU. The types are padded rather than aligned, as list
 * macros form pointers to a struct kmem_cache around a list's head.
 */
struct kmem_cache_cpu {
	unsigned long freelist; /* first free object of @page, or odd: none */
	unsigned long base;	/* page's first byte, 0 where there is no page */
	unsigned long span;	/* bytes of its objects */
	struct page *page;
	struct list_head partial;
	unsigned long slot;
	unsigned int nr_partial; /* slabs */
	struct slab_freed freed;
	u64 pad[2];
};
static_assert(sizeof(struct kmem_cache_cpu) % L1_CACHE_BYTES == 0);

struct kmem_cache_node {
	spinlock_t list_lock;
	unsigned long nr_partial;
	struct list_head partial;
	atomic_long_t nr_slabs; /* all, full and frozen ones too */
	atomic_long_t total_objects;
	atomic_long_t nr_pages;
};

struct kmem_cache {
	/* What the fast paths read. */
	u64 recip; /* ceil(2^64 / size) */
	unsigned long random;
	unsigned long slot_empty; /* even, and no address */
	unsigned int offset;
	gfp_t zero_flags; /* __GFP_ZERO where every object is to be zeroed */
	unsigned int object_size;
	unsigned int size;

	unsigned int inuse;
	unsigned int align;
	struct slab_shape oo;
	struct slab_shape min;
	unsigned int min_partial;
	unsigned int cpu_partial;
	unsigned int cpu_partial_slabs;
	slab_flags_t flags;
	gfp_t allocflags; /* for its pages */
	void (*ctor)(void *);
	u16 *random_seq; /* a random order of oo.objects indices, or NULL */
	u64 random_state;
	u16 id;
	int refcount;		 /* names that share this cache; below 0: lives for ever */
	unsigned int useroffset; /* of the part that copies to and from users may touch, */
	unsigned int usersize;	 /* and its bytes; 0: none */
	struct list_head list;
	const char *name;

	struct kmem_cache_node **node; /* by nid, nr_node_ids entries behind cpu_slab[] */
	u64 pad[5];
	struct kmem_cache_cpu cpu_slab[]; /* nr_cpu_ids entries */
};
static_assert(sizeof(struct kmem_cache) % L1_CACHE_BYTES == 0);

enum slab_state { DOWN, PARTIAL, UP, FULL };

extern enum slab_state slab_state;
extern struct list_head slab_caches; /* newest first */
extern spinlock_t slab_mutex;
extern struct kmem_cache *slab_cache_table[SLAB_MAX_CACHES];
extern struct kmem_cache *kmem_cache;
extern struct kmem_cache *kmem_cache_node;
extern atomic_long_t kmalloc_large_pages; /* in blocks with PG_kmalloc_large */

/* ---- slab_geometry.c: pure functions of sizes ------------------------------------ */

/*
 * Fills @g for objects of @object_size bytes aligned to @align on @cpus CPUs.
 * @ctor: the link may not lie in the object. -E2BIG where no slab holds one.
 */
int slab_geometry(struct slab_geometry *g, unsigned int object_size, unsigned int align,
		  slab_flags_t flags, bool ctor, unsigned int cpus);

/* A cache line's alignment, or of its halves where an object is small enough. */
unsigned int slab_alignment(unsigned int size, unsigned int align, slab_flags_t flags);

/* Options of these names: what orders and objects are asked for. 0 or -EINVAL. */
extern unsigned int slub_min_order;
extern unsigned int slub_max_order;
extern unsigned int slub_min_objects; /* 0: by the number of CPUs */
int slub_min_order_parse_option(char *value);
int slub_max_order_parse_option(char *value);
int slub_min_objects_parse_option(char *value);
void slab_geometry_reset(void);

/* The order of a slab of objects of @size bytes, or -ENOSYS. */
int slab_calculate_order(unsigned int size, unsigned int cpus);

/* ---- slab_page.c: slabs themselves ------------------------------------------------- */

/* A slab with all objects on its own free list, or NULL. Not frozen, on no list. */
struct page *slab_page_new(struct kmem_cache *s, gfp_t flags, int node);

/* Gives back a slab that is on no list and has no object out. */
void slab_page_discard(struct kmem_cache *s, struct page *page);

/* Draws the random order that new slabs' free lists get. Without memory: none. */
void slab_init_random_seq(struct kmem_cache *s);

/* ---- slub.c: allocation and free ---------------------------------------------------- */

/* What slab_alloc() does where the slot does not serve. */
void *slab_alloc_general(struct kmem_cache *s, gfp_t flags);

/* Frees @object of the slab @page to @s, with all checks. */
void slab_free_general(struct kmem_cache *s, struct page *page, unsigned long object);

/* Has @addr a page struct? Remembers the section in slab_known_section if so. */
bool slab_check_section(unsigned long addr);
extern unsigned long slab_known_section;

void slab_cpu_init(struct kmem_cache *s, struct kmem_cache_cpu *c);
void slab_node_init(struct kmem_cache_node *n);

/* Gives what @c holds to the nodes' lists. */
void slab_flush_cpu(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* Caller holds n->list_lock. */
void slab_add_partial(struct kmem_cache_node *n, struct page *page);
void slab_remove_partial(struct kmem_cache_node *n, struct page *page);

/* ---- kmalloc.c ------------------------------------------------------------------------ */

/* Makes the caches of all types and sizes. panic() without memory. */
void create_kmalloc_caches(void);
void kmalloc_reset(void);

/* ---- slab_common.c ---------------------------------------------------------------------- */

/* What a cache is made from. */
struct slab_spec {
	const char *name;
	unsigned int size;
	unsigned int align;
	slab_flags_t flags;
	unsigned int useroffset;
	unsigned int usersize;
	void (*ctor)(void *);
};

/* The bytes of a struct kmem_cache with its tables by CPU and by node. */
unsigned int kmem_cache_bytes(void);

/* Fills the zeroed @s, which then lacks only its node structs. -errno, and no id taken. */
int slab_init_cache(struct kmem_cache *s, const struct slab_spec *spec);

/* What depends on where @s lies: its tables. Forgets what CPUs hold. */
void slab_place_tables(struct kmem_cache *s);

/* 0 or -ENOMEM. */
int slab_alloc_node_structs(struct kmem_cache *s);
void slab_free_node_structs(struct kmem_cache *s);

/* Options slab_nomerge, slub_nomerge, slab_merge, slub_merge. 0 or -EINVAL. */
int slab_nomerge_parse_option(char *value);
int slab_merge_parse_option(char *value);

/* All options of slab caches as they are without any. */
void slab_options_reset(void);

/* ---- slab_boot.c -------------------------------------------------------------------------- */

/* A cache that lives for ever, with the alignment of kmalloc. panic() without memory. */
struct kmem_cache *slab_create_permanent(const char *name, unsigned int size, slab_flags_t flags);

/* ---- slab_report.c ---------------------------------------------------------------------- */

void slab_report_double_free(struct kmem_cache *s, unsigned long object);
void slab_report_misaligned(struct kmem_cache *s, unsigned long base, unsigned long object);
void slab_report_inside_block(unsigned long base, size_t size, unsigned long object);
void slab_report_wrong_cache(struct kmem_cache *s, struct kmem_cache *owner, unsigned long object);
void slab_report_no_slab(const char *caller, unsigned long object);
void slab_report_bad_freelist(struct kmem_cache *s, unsigned long where, unsigned long link);
void slab_report_bad_flags(const char *name, gfp_t bad);

/* ---- Small helpers ------------------------------------------------------------------------- */

static inline struct kmem_cache_cpu *this_cpu_slab(struct kmem_cache *s)
{
	return &s->cpu_slab[smp_processor_id()];
}

static inline struct kmem_cache_node *get_node(struct kmem_cache *s, int nid)
{
	return s->node[nid];
}

#define for_each_kmem_cache_node(s, nid, n)                \
	for ((nid) = 0; (nid) < (int)nr_node_ids; (nid)++) \
		if (((n) = get_node(s, nid)) == NULL)      \
			;                                  \
		else

static inline unsigned long slab_address(const struct page *page)
{
	return (unsigned long)lowmem_page_address(page);
}

static inline unsigned int slab_order(const struct page *page)
{
	return compound_order(page);
}

/* offset / size, by a multiplication: exact for offsets below 2^32. */
static inline unsigned int slab_index(const struct kmem_cache *s, unsigned long offset)
{
	return (unsigned int)((unsigned __int128)offset * s->recip >> 64);
}

/* Is @offset a multiple of the size? (offset / size has no fraction.) */
static inline bool slab_aligned(const struct kmem_cache *s, unsigned long offset)
{
	return offset * s->recip < s->recip;
}

/* Is @object the first byte of an object of the slab at @base? */
static inline bool slab_is_object(const struct kmem_cache *s, unsigned long base,
				  unsigned int objects, unsigned long object)
{
	unsigned long offset = object - base;

	return offset < (unsigned long)objects * s->size && slab_aligned(s, offset);
}

static inline unsigned long slab_object(const struct kmem_cache *s, unsigned long base,
					unsigned int index)
{
	return index == SLAB_END_OF_LIST ? base + 1 : base + (unsigned long)index * s->size;
}

/* The end of a free list is an odd address. */
static inline bool slab_link_is_end(unsigned long link)
{
	return link & 1;
}

static inline unsigned long *slab_link(const struct kmem_cache *s, unsigned long object)
{
	return (unsigned long *)(object + s->offset);
}

/* What links at @where are combined with. */
static inline unsigned long slab_link_key(const struct kmem_cache *s, const unsigned long *where)
{
	return s->random ^ __builtin_bswap64((unsigned long)where);
}

static inline unsigned long slab_get_link(const struct kmem_cache *s, unsigned long object)
{
	const unsigned long *where = slab_link(s, object);

	return *where ^ slab_link_key(s, where);
}

static inline void slab_set_link(const struct kmem_cache *s, unsigned long object,
				 unsigned long next)
{
	unsigned long *where = slab_link(s, object);

	*where = next ^ slab_link_key(s, where);
}

static inline void slab_wipe_link(const struct kmem_cache *s, unsigned long object)
{
	*slab_link(s, object) = 0;
}

/* May @next follow in a free list of the slab at @base? */
static inline bool slab_link_ok(const struct kmem_cache *s, unsigned long base,
				unsigned int objects, unsigned long next)
{
	return next == base + 1 || slab_is_object(s, base, objects, next);
}

/* ---- Fast paths ------------------------------------------------------------------------------ */

/* The page struct of @addr, its block's head; NULL where there is none. */
static inline struct page *slab_head_page(unsigned long addr)
{
	unsigned long phys = addr - PAGE_OFFSET;

	if (unlikely(phys >> SECTION_SIZE_BITS != READ_ONCE(slab_known_section)) &&
	    !slab_check_section(addr))
		return NULL;
	return compound_head(pfn_to_page(phys >> PAGE_SHIFT));
}

/* The cache of a slab. */
static inline struct kmem_cache *slab_page_cache(const struct page *page)
{
	return slab_cache_table[page->slab.cache_id];
}

/*
 * A pair of allocation and free on one CPU costs a dozen instructions: the free
 * complements the slot, the allocation complements it back. Nothing is zeroed here.
 */
static __always_inline void *slab_alloc(struct kmem_cache *s, gfp_t flags)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	unsigned long slot = READ_ONCE(c->slot);

	if (unlikely(flags & __GFP_ZERO || !(slot & 1)))
		return slab_alloc_general(s, flags);
	WRITE_ONCE(c->slot, ~slot);
	return (void *)~slot;
}

/* False where @object is not the one that this CPU was given last. */
static __always_inline bool slab_free_to_slot(struct kmem_cache *s, unsigned long object)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);

	if (unlikely(READ_ONCE(c->slot) != object))
		return false;
	WRITE_ONCE(c->slot, ~object);
	return true;
}

/*
 * Puts @object, which lies in [base, base + span), on @list. False where it is no
 * object, or looks free already.
 */
static __always_inline bool slab_push(struct kmem_cache *s, unsigned long object,
				      unsigned long base, unsigned long span, unsigned long *list)
{
	unsigned long *where = slab_link(s, object);
	unsigned long key = slab_link_key(s, where);

	if (unlikely(!slab_aligned(s, object - base) || (*where ^ key) - base < span))
		return false;
	*where = key ^ *list;
	*list = object;
	return true;
}

/*
 * Frees @object if it is of the slab that this CPU allocates from, or frees to.
 * False where it is not, or is to be refused: nothing is done then.
 */
static __always_inline bool slab_free_fast(struct kmem_cache *s, unsigned long object)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);

	if (unlikely(READ_ONCE(c->slot) == ~object))
		return false;
	if (object - c->base < c->span)
		return slab_push(s, object, c->base, c->span, &c->freelist);
	if (object - c->freed.base >= c->freed.span ||
	    !slab_push(s, object, c->freed.base, c->freed.span, &c->freed.list))
		return false;
	c->freed.nr++;
	return true;
}

#endif /* _MM_SLAB_H */
