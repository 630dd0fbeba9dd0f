/* SPDX-License-Identifier: MIT */
/*
 * What the slab allocator's files share: functions, file by file, and small helpers. What
 * they work on, and under which locks, is described in slab_types.h.
 */
#ifndef _MM_SLAB_H
#define _MM_SLAB_H

#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu-defs.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "slab_types.h"

enum slab_state { DOWN, PARTIAL, UP, FULL };

extern enum slab_state slab_state;
extern struct list_head slab_caches; /* newest first */
extern spinlock_t slab_mutex;
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

/* ---- slab_record.c: where struct slab and stashes lie ------------------------------- */

/* Uninitialised; near node @nid. NULL without memory. Given back with the same size. */
void *slab_record_alloc(size_t bytes, gfp_t flags, int nid);
void *slab_stash_alloc(size_t bytes, gfp_t flags, int nid);
void slab_record_free(void *record, size_t bytes);

/*
 * What a slab of @objects objects needs. What is left behind the last of them, where that is
 * something (@rest), has an entry, too, which never is SLAB_OUT.
 */
static inline size_t slab_record_bytes(unsigned int objects, bool rest)
{
	return sizeof(struct slab) + (objects + rest) * sizeof(u16);
}

/* The machine's count of these pages against the lists. Faults, each reported. */
int slab_record_verify(void);
extern atomic_long_t slab_record_pages;
void slab_record_reset(void);
void slab_record_init(void); /* once there are pages; panics without memory */

/* ---- slab_page.c: slabs themselves ------------------------------------------------- */

/*
 * A slab whose objects are all free: SLAB_FRESH where it may be, else with all on its own
 * list. Not frozen, on no list. NULL without memory.
 */
struct slab *slab_new(struct kmem_cache *s, gfp_t flags, int node);

/* Gives back a slab that is on no list and has no object out. */
void slab_discard(struct kmem_cache *s, struct slab *slab);

/* Draws the random order in which new slabs' objects are used. Without memory: none. */
void slab_init_order(struct kmem_cache *s);

/*
 * Gives all objects of a slab, none of which is on a list, the state @state: eight at a time,
 * so that it is SLAB_OUT only for who sets the entry of the rest anew.
 */
void slab_mark_objects(struct slab *slab, u8 state);

/* Makes the list of a slab all of whose objects are free. */
void slab_link_objects(struct kmem_cache *s, struct slab *slab);

/* A place in the cache's random order: from there on it has all the numbers of objects. */
const u16 *slab_random_order(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* ---- slub.c: allocation ---------------------------------------------------------------- */

/*
 * What slab_alloc() does where the stash is empty. @caller is who is noted as the object's
 * owner, @size the bytes of it that he asked for; slab_alloc_slow() takes its own caller,
 * which is the caller's caller where the compiler makes a jump of the call.
 */
void *slab_alloc_for(struct kmem_cache *s, gfp_t flags, int node, size_t size,
		     unsigned long caller);
void *slab_alloc_slow(struct kmem_cache *s, gfp_t flags, int node);

/* Sees to it that c->active has an object to give, of @node. False without memory. */
bool slab_refill(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, int node);

/*
 * No object of @node could be had: says so, unless @flags have __GFP_NOWARN, at most
 * DEFAULT_RATELIMIT_BURST times in DEFAULT_RATELIMIT_INTERVAL. No lock of the cache is held.
 */
void slab_out_of_memory(struct kmem_cache *s, gfp_t flags, int node);

void slab_cpu_init(struct kmem_cache *s, unsigned int cpu);
void slab_node_init(struct kmem_cache_node *n);

/* Caller holds n->list_lock. */
void slab_add_partial(struct kmem_cache_node *n, struct slab *slab);
void slab_remove_partial(struct kmem_cache_node *n, struct slab *slab);

/*
 * Takes the first object from the slab's own list, which is not empty; under its lock.
 * SLAB_END, and the list given up with a report, where that is broken.
 */
unsigned int slab_take_first(struct kmem_cache *s, struct slab *slab);

/*
 * A list of @slab's leads from object @from (SLAB_END: from its head) to @link, which
 * cannot be: reports that, and counts what is on no list any more as lost.
 */
void slab_lose_list(struct kmem_cache *s, struct slab *slab, unsigned int from, unsigned int link);

/* ---- slub_stash.c ----------------------------------------------------------------------- */

/* Moves objects of c->active's list to the stash, unless that is half full. */
void slab_fill_stash(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* Makes room for more objects. False: it has as many as it may, or there is no memory. */
bool slab_grow_stash(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* What came back, some objects, is to be handed out next; the stash is empty. */
void slab_turn_stash(struct kmem_cache_cpu *c);

/* Gives the first @nr objects that came back to their slabs; all there are, and the memory. */
void slab_flush_oldest(struct kmem_cache *s, struct kmem_cache_cpu *c, unsigned long nr);
void slab_drop_stash(struct kmem_cache *s, struct kmem_cache_cpu *c);

static inline bool slab_has_stash(const struct kmem_cache_cpu *c)
{
	return c->stash_memory[0];
}

/* May frees push to the stash, as long as it has room? */
static inline void slab_open_stash(struct kmem_cache_cpu *c, bool open)
{
	c->limit = open && slab_has_stash(c) ? c->back_stash + 1 + c->room : NULL;
}

/* @slab goes: what was popped of it is not to be pushed back, by whichever CPU. */
void slab_forget_popped(struct kmem_cache *s, const struct slab *slab);

/* ---- slub_free.c --------------------------------------------------------------------- */

/* Frees @object, which lies in @slab, and which neither stash nor window took. */
void slab_free_slow(struct kmem_cache *s, struct slab *slab, unsigned long object,
		    unsigned long caller);

/* Frees @object to @s, which may not be its cache; it may be anything. */
void slab_free_checked(struct kmem_cache *s, unsigned long object, unsigned long caller);

/*
 * Puts @nr objects, no longer out, on @slab's own list: a chain from @head to @tail. Caller
 * holds the node's lock. True where the slab is to be given back, on no list by then.
 */
bool slab_put_chain(struct kmem_cache *s, struct slab *slab, unsigned int head, unsigned int tail,
		    unsigned int nr);

/* The same for all objects that were in use, if the slab is listless: none is linked. */
bool slab_put_rest(struct kmem_cache *s, struct slab *slab);

/* Gives c->active to its node, with its free list. */
void slab_deactivate(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* Gives c->freed to where slabs with free objects are. There is one. */
void slab_close_window(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* The same for an allocation: had few objects been freed, the next join the stash. */
void slab_end_frees(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* Ends a CPU's hold on @slab, whose objects are all counted. */
void slab_unfreeze(struct kmem_cache *s, struct slab *slab);

/* Gives what @c holds to the nodes' lists; some of another CPU's to this CPU's. */
void slab_flush_cpu(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* On all CPUs. With no lock held that a CPU may wait for. */
void slab_flush_all(struct kmem_cache *s);

/* Has @addr a page struct? Its section joins slab_known if so. */
bool slab_check_section(unsigned long addr);

/* ---- slub_single.c: caches without per-CPU slabs -------------------------------------- */

void *slab_alloc_single(struct kmem_cache *s, gfp_t flags, int node, size_t size,
			unsigned long caller);
void slab_free_single(struct kmem_cache *s, struct slab *slab, unsigned long object,
		      unsigned long caller);

/* Is @s one of them? */
bool slab_is_single(const struct kmem_cache *s);

/* Who has to see each allocation, and each free. */
enum slab_single_reason {
	SLAB_SINGLE_FAULTS = 1 << 0, /* should_failslab() */
	SLAB_SINGLE_KFENCE = 1 << 1,
	SLAB_SINGLE_KMEMLEAK = 1 << 2,
};

/*
 * All caches, while there is a reason, or only those that must be. No other CPU may use a
 * cache meanwhile.
 */
void slab_set_all_single(enum slab_single_reason reason, bool on);
void slab_single_reset(void);

/* ---- kmalloc.c ------------------------------------------------------------------------ */

/* Makes the caches of all types and sizes. panic() without memory. */
void create_kmalloc_caches(void);

void kmalloc_reset(void);

/* Is @x an object of @s that is out, or any such object or block of kmalloc() where @s is NULL? */
bool slab_holds(const struct kmem_cache *s, const void *x);

/* An object that is out has another size to its owner, of those that it has room for. */
void slab_resized(const void *x, size_t size);

/* Counts a block in, or out. */
void kmalloc_account_large(struct page *page, long pages);

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

void slab_report_double_free(struct kmem_cache *s, struct slab *slab, unsigned long object);
void slab_report_use_of_free(struct kmem_cache *s, const char *caller, unsigned long object);
void slab_report_misaligned(struct kmem_cache *s, struct slab *slab, unsigned long object);
void slab_report_inside_block(unsigned long base, size_t size, unsigned long object);
void slab_report_wrong_cache(struct kmem_cache *s, struct kmem_cache *owner, unsigned long object);
void slab_report_no_cache(const char *caller, const struct kmem_cache *s);
void slab_report_no_slab(const char *caller, unsigned long object);
void slab_report_bad_freelist(struct kmem_cache *s, struct slab *slab, unsigned int from,
			      unsigned int link);
#define SLAB_BAD_FLAGS (__GFP_HIGHMEM | __GFP_MOVABLE | __GFP_DMA32)
void slab_report_bad_flags(const char *name, gfp_t bad);

/* ---- Small helpers ------------------------------------------------------------------------- */

/* From cpu_slab[0] to the calling CPU's; kmem_cache_init() sets it. */
DECLARE_PER_CPU(unsigned long, slab_cpu_offset);

/* The calling CPU's part of the cache of which CPU 0 has @first; @s's. */
static __always_inline struct kmem_cache_cpu *this_cpu_part(struct kmem_cache_cpu *first)
{
	return (void *)((char *)first + raw_cpu_read(slab_cpu_offset));
}

static __always_inline struct kmem_cache_cpu *this_cpu_slab(struct kmem_cache *s)
{
	return this_cpu_part(s->cpu_slab);
}

static inline struct kmem_cache_node *get_node(struct kmem_cache *s, int nid)
{
	return s->node[nid];
}

DECLARE_PER_CPU(struct slab_key, slab_key);

/* What is mixed into the addresses of that CPU's parts of caches. */
static inline u64 slab_cpu_key(unsigned int cpu)
{
	return (u64)(SLAB_OWNER_MARK + cpu) << SLAB_OWNER_SHIFT | 1;
}

/* The owner that @c makes. */
static inline u64 slab_owner_of(const struct kmem_cache_cpu *c)
{
	return (unsigned long)c ^ slab_cpu_key(c->cpu);
}

/*
 * Or SLAB_NOBODY. Any CPU may ask. What keeps the answer is the node's lock, or that the owner
 * holds the slab.
 */
static __always_inline u64 slab_owner(const struct slab *slab)
{
	return READ_ONCE(slab->page->slab_owner);
}

static inline void slab_set_owner(struct slab *slab, u64 owner)
{
	struct page *page = slab->page, *end = page + (1UL << page_alloc_order(page));

	for (; page < end; page++)
		WRITE_ONCE(page->slab_owner, owner);
}

/* What is freed of @slab by @c's CPU may join its stash. A frozen slab's owner holds it. */
static inline void slab_own(struct kmem_cache_cpu *c, struct slab *slab)
{
	u64 owner = slab_owner_of(c), last = slab_owner(slab);

	if (last == owner || unlikely(READ_ONCE(slab->bad)))
		return;
	slab->shared |= last != SLAB_NOBODY;
	slab_set_owner(slab, owner);
}

/* Freezes @slab, which is on no list, for @c's CPU to use later. */
static inline void slab_hold_partial(struct kmem_cache_cpu *c, struct slab *slab)
{
	slab_own(c, slab);
	slab->frozen = 1;
	list_add(&slab->list, &c->partial);
	c->nr_partial++;
}

/* Objects to be handed out next, and that came back. */
static inline unsigned long slab_nr_stashed(const struct kmem_cache_cpu *c)
{
	return (unsigned long)(c->top - (c->stash + 1));
}

/* Objects that allocations take without a look at slabs. Changes with each such allocation. */
static inline u16 slab_at_hand(const struct kmem_cache_cpu *c)
{
	return (u16)(slab_nr_stashed(c) + (unsigned long)(c->active.fresh_end - c->active.fresh));
}

static inline unsigned long slab_nr_back(const struct kmem_cache_cpu *c)
{
	return (unsigned long)(c->back - (c->back_stash + 1));
}

/* So many in a row are a habit; with half as many, objects that live at random look like one. */
#define SLAB_LAST_RUN 6

/*
 * The stash is empty: were the last that came back those that were allocated last, each before
 * the next one? They lie above its top, in the opposite order.
 */
static inline bool slab_freed_last(const struct kmem_cache_cpu *c)
{
	if (slab_nr_back(c) < SLAB_LAST_RUN)
		return false;
	for (int i = 1; i <= SLAB_LAST_RUN; i++)
		if (c->back[-i].object != c->stash[i].object)
			return false;
	return true;
}

/* Objects there are, and pages they are on. */
static inline unsigned long slab_node_sum(const struct kmem_cache_node *n, unsigned long each,
					  unsigned long each_small)
{
	unsigned long small = (unsigned long)atomic_long_read(&n->nr_small);

	return ((unsigned long)atomic_long_read(&n->nr_slabs) - small) * each + small * each_small;
}

static inline unsigned long slab_node_objects(const struct kmem_cache *s,
					      const struct kmem_cache_node *n)
{
	return slab_node_sum(n, s->oo.objects, s->min.objects);
}

static inline unsigned long slab_node_pages(const struct kmem_cache *s,
					    const struct kmem_cache_node *n)
{
	return slab_node_sum(n, 1UL << s->oo.order, 1UL << s->min.order);
}

#define for_each_kmem_cache_node(s, nid, n)                \
	for ((nid) = 0; (nid) < (int)nr_node_ids; (nid)++) \
		if (((n) = get_node(s, nid)) == NULL)      \
			;                                  \
		else

static inline unsigned long slab_address(const struct slab *slab)
{
	return slab->base;
}

static inline int slab_nid(const struct slab *slab)
{
	return page_to_nid(slab->page);
}

static inline unsigned int slab_order(const struct slab *slab)
{
	return page_alloc_order(slab->page);
}

/*
 * The number of the object at @offset of a slab, where one begins there; else something
 * larger than any slab has objects. Dividing a multiple of an odd number by it is a
 * multiplication by its inverse, and of other numbers that makes more than 2^64 / size.
 *
 * Example: 96 = 3 << 5, and 3 * 0xaaaaaaaaaaaaaaab = 1 modulo 2^64. 192 times that is 64,
 * rotated right by 5: 2. 100 times that, rotated: 0x6000...
 */
static inline unsigned long slab_index(u64 inverse, u8 shift, unsigned long offset)
{
	unsigned long product = offset * inverse;

	return product >> shift | product << (-shift & 63);
}

/* 2^32 / @size, rounded up; 0 where slabs of @bytes are too large for slab_divide(). */
static inline u32 slab_reciprocal(u64 size, u64 bytes)
{
	return size * bytes <= 1ULL << 32 ? (u32)(~0U / size + 1) : 0;
}

/*
 * The same for any byte of a slab, in one multiplication: does an object begin at @addr, or
 * what is left behind the last? The product of its offset and the size's reciprocal is @index
 * in its upper half; the lower half is a small part of a step where nothing is left over.
 *
 * Example: the reciprocal of 96 is 0x2aaaaab. 192 times that is 2 and 2^-25; 100 times that
 * 1.04, whose fraction is larger than a 96th.
 */
static __always_inline bool slab_divide(struct slab_place place, unsigned long addr,
					unsigned long *index)
{
	u64 product = (u64)((u32)addr - place.base) * place.reciprocal;

	if (unlikely((u32)product >= place.reciprocal))
		return false;
	OPTIMIZER_HIDE_VAR(product); /* or both halves take a register from the start */
	*index = product >> 32;
	return true;
}

static inline unsigned long slab_object(const struct kmem_cache *s, const struct slab *slab,
					unsigned int index)
{
	return slab_address(slab) + s->red_left_pad + index * s->size;
}

/* Bytes that an owner may use. Behind them, slub_debug has what is not to be written to. */
static inline size_t slab_usable_size(const struct kmem_cache *s)
{
	if (s->flags & (SLAB_RED_ZONE | SLAB_POISON))
		return s->object_size;
	return s->flags & (SLAB_TYPESAFE_BY_RCU | SLAB_STORE_USER) ? s->inuse : s->size;
}

/* The number of the object that begins at @object; too large where none does. */
static inline unsigned long slab_object_index(const struct kmem_cache *s, const struct slab *slab,
					      unsigned long object)
{
	return slab_index(s->inverse, s->shift, object - slab_address(slab) - s->red_left_pad);
}

static inline unsigned int slab_get_link(const struct kmem_cache *s, const u16 *next,
					 unsigned int index)
{
	return READ_ONCE(next[index]) ^ s->key;
}

static inline void slab_set_link(const struct kmem_cache *s, u16 *next, unsigned int index,
				 unsigned int link)
{
	WRITE_ONCE(next[index], (u16)(link ^ s->key));
}

/* The upper byte of entry i is at 2 * i from here. It is written alone. */
static __always_inline u8 *slab_states(struct slab *slab)
{
	return (u8 *)slab->next + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
}

static __always_inline void slab_set_state(struct slab *slab, unsigned long index, u8 state)
{
	data_race_write(slab_states(slab)[2 * index], state);
}

/* What is left behind the last object is none. */
static inline void slab_mark_rest(struct slab *slab)
{
	slab->next[slab->objects] = (u16)(SLAB_BACK << 8);
}

static inline bool slab_object_is_out(const struct slab *slab, unsigned int index)
{
	return READ_ONCE(slab->next[index]) >> 8 == SLAB_OUT;
}

/*
 * Sections side by side that the calling CPU found to have page structs last. Sections stay
 * made once they are: that makes a free of any address harmless at the price of a comparison.
 */
struct slab_span {
	unsigned long start; /* address */
	unsigned long bytes;
	unsigned long page_0; /* where the page struct of address 0 would lie */
};
DECLARE_PER_CPU(struct slab_span, slab_known);

/* Does @addr lie in @span of this CPU, and where is its page struct then? */
#define slab_span_has(span, addr) ((addr)-raw_cpu_read(span.start) < raw_cpu_read(span.bytes))
#define slab_span_page(span, addr) \
	((struct page *)(raw_cpu_read(span.page_0) + ((addr) >> PAGE_SHIFT) * sizeof(struct page)))

/* The slab that @page is part of, or NULL. Each of a slab's pages leads to it. */
static __always_inline struct slab *slab_of_page(const struct page *page)
{
	return likely(PageSlab(page)) ? page->slab : NULL;
}

/* The page struct of any @addr; NULL where there is none. */
static inline struct page *slab_page_at(unsigned long addr)
{
	if (likely(slab_span_has(slab_known, addr)))
		return slab_span_page(slab_known, addr);
	return slab_check_section(addr) ? phys_to_page(addr - PAGE_OFFSET) : NULL;
}

/* The slab in which @addr lies, which may be anything; or NULL. */
static inline struct slab *slab_at(unsigned long addr)
{
	struct page *page = slab_page_at(addr);

	return page ? slab_of_page(page) : NULL;
}

#endif /* _MM_SLAB_H */
