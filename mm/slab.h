/* SPDX-License-Identifier: MIT */
/*
 * What the slab allocator's files share: caches, per-CPU and per-node parts, and
 * how a free list is written.
 *
 *   kmem_cache ─┬─ cpu_slab[cpu] ── stash: free objects of any slab, to be handed out next
 *               │                └─ back_stash: objects that came back
 *               │                └─ active: the slab that it allocates from (frozen)
 *               │                └─ freed: the slab that it frees to (frozen)
 *               │                └─ partial: frozen slabs with free objects
 *               └─ node[nid] ──┬── partial: slabs with free objects
 *                              └── full: slabs without
 *
 * A slab is a block of pages, naturally aligned, and a struct slab that lies
 * elsewhere (slab_record.c): out of reach of whoever writes past an object or to one
 * that is free. It says of each object where in a free list it stands:
 *
 *   next[i]   index of the next free object, SLAB_END at the end; both combined with the
 *             cache's random key. Or, in the upper byte, a state:
 *             SLAB_OUT    somebody has it
 *             SLAB_BACK   free, and on no list: in a CPU's stash, on the way to its slab,
 *                         or not handed out yet
 *             SLAB_FREED  the same, and freed to the slab that a CPU frees to
 *
 *   freelist ─► 3 ─► 0 ─► end        next: [0] end  [1] out  [2] out  [3] 0
 *
 * So a free object holds no link: nothing that is done to it can bend a free list. And
 * an object that is freed twice is known by its state, whatever was written to it in
 * between, and by whichever CPU. What a list leads to is checked all the same before it
 * is handed out: it must be an object of the slab, and none that is out.
 *
 * A slab all of whose objects are free and on no list has the freelist SLAB_FRESH: a CPU
 * that makes it its own takes the objects in the cache's random order, from a random
 * place on. See slab_page.c.
 *
 * A CPU's slab has lists of its own: those objects that its CPU may hand out or has
 * freed, touched by that CPU alone; and the slab's own, to which other CPUs free under
 * the node's lock. All are written into the same next[].
 *
 * The stash is a stack of objects, each with the address of its entry in next[]. A CPU
 * allocates from its top. What it frees of slabs that it owns (those that it was the last
 * to allocate from) goes to a second one, and the two change places when the first is
 * empty. So an allocation never waits for what the free before it makes of its object's
 * page. But what was popped last still stands above the top, and is pushed back without a
 * look at the page. See slub_stash.c.
 *
 * Some caches have none of this: where each call is to be looked at (debugging, objects
 * cleared when they are freed, injected faults), CPUs hold no slab, and every object
 * comes from and goes to its slab's own list under the node's lock (slub_single.c).
 *
 * Locking: from the outside in, slab_mutex (the list of caches), then
 *          kmem_cache_node.list_lock (the node's lists, and freelist, inuse and frozen of
 *          all its slabs, frozen ones too: other CPUs free into them), then the locks of
 *          slab_record.c and of the page allocator.
 *          A kmem_cache_cpu is touched by its own CPU alone and takes no lock,
 *          as no exception handler allocates; but for what stands above a stash's top,
 *          which other CPUs may wipe out. Destruction and verify have the cache to
 *          themselves.
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

#define MAX_OBJS_PER_PAGE 32767u

/* What next[] holds; see above. The states have the highest bit, links do not. */
#define SLAB_END   0x7fffu
#define SLAB_OUT   0xffu
#define SLAB_BACK  0xfeu
#define SLAB_FREED 0xfdu
#define SLAB_STATE 0x8000u

/* What freelist may also hold: all objects are free, and on no list. */
#define SLAB_FRESH 0xfffdu

/*
 * What is known of a slab; page->slab of its pages leads here. A free looks at
 * nothing else of it but next[].
 */
struct slab {
	unsigned long base; /* its first byte */
	u64 reciprocal;	    /* the cache's, for slab_divide() */
	bool listless;	    /* it may be SLAB_FRESH */
	u16 objects;	    /* in it */
	u16 freelist;	    /* first of the slab's own list */
	u16 inuse;	    /* objects not on it: out, in a stash or on a CPU's list */
	u16 frozen : 1;	    /* a CPU's; then on no node's list */
	u16 lost : 15;	    /* objects that a broken list led to: never used again */
	bool shared;	    /* it had several owners */
	bool bad;	    /* a page of it is: see slab_bad.c */
	u8 pad[4];
	struct kmem_cache_cpu *owner; /* whose stash its objects join; or slab_nobody */
	struct kmem_cache *cache;
	struct kmem_cache_node *node; /* NULL in the very first of kmem_cache_node */
	struct page *page;
	u16 next[];
};
static_assert(sizeof(struct slab) == L1_CACHE_BYTES);

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
	unsigned int red_left_pad;
	unsigned int align;
	struct slab_shape oo;  /* what is tried first */
	struct slab_shape min; /* the smallest order that holds an object */
	unsigned int min_partial;
	unsigned int cpu_partial;	/* free objects that a CPU keeps in partial slabs */
	unsigned int cpu_partial_slabs; /* and the slabs that this comes to, half full */
};

/* The slab that a CPU frees to, as much of it as a free needs. */
struct slab_window {
	unsigned long base;    /* the slab's first byte */
	unsigned long objects; /* of the slab; 0 where there is none */
	unsigned long nr;      /* how many were freed to it */
	struct slab *slab;
};

/* The slab that a CPU allocates from. */
struct slab_active {
	const u16 *fresh, *fresh_end; /* numbers of objects that were not handed out yet */
	unsigned long base;
	struct slab *slab;
	u16 head; /* of the list of those that were */
};

/* A free object at hand, and the upper byte of its entry in next[]. */
struct slab_stashed {
	unsigned long object;
	u8 *state;
};

/*
 * What a CPU holds of a cache. The types are padded rather than aligned, as list macros
 * form pointers to a struct kmem_cache around a list's head.
 *
 *   stash[0]             object 0: nothing is below it
 *   top ─►               what was popped last, or SLAB_NO_OBJECT
 *
 *   back_stash[0]        object 0
 *   back ─►              where the next free pushes
 *   limit ─►             as far as frees may do so without further ado
 *
 * `freed` is the slab whose objects this CPU frees at the moment, when it frees more than
 * the stash holds: the last that was full when one of its objects was freed. Objects are
 * mostly freed in the company in which they were allocated, and so most such frees need
 * no lock and no look at the page. The slab's counters learn of them when the CPU turns
 * to another. While there is such a slab, other frees go the slow way.
 */
struct kmem_cache_cpu {
	struct slab_stashed *top;
	struct slab_stashed *back;
	struct slab_stashed *limit; /* NULL: none may */
	u64 inverse;		    /* the cache's, */
	u64 size;		    /* and its size, */
	u8 shift;		    /* and shift */
	u8 short_runs;		    /* slabs on end of which few objects came in a row */
	u16 cpu;		    /* whose it is */
	u16 fill;		    /* half of what there is memory for in a stash */
	u16 room;		    /* objects that frees may push */
	struct slab_window freed;
	struct slab_active active;
	struct slab_stashed *stash, *back_stash;
	struct slab_stashed *stash_memory[2]; /* the same two, which stay in place; NULL: none */
	struct list_head partial;
	unsigned int nr_partial; /* slabs */
	spinlock_t stash_lock;	 /* for that memory, between its CPU and others' discards */
	u16 at_hand;		 /* when a free last had to look; see slab_at_hand() */
	u16 fresh_freed;	 /* what of freed.nr was not handed out before */
	u64 random_state;	 /* of the places in the cache's order that it takes slabs from */
};
static_assert(sizeof(struct kmem_cache_cpu) % L1_CACHE_BYTES == 0);

/* Whose slabs are that no CPU had yet. */
#define SLAB_NO_CPU 0xffffu
static_assert(NR_CPUS <= SLAB_NO_CPU);
extern struct kmem_cache_cpu slab_nobody;

/* The stash of a CPU that has none: an empty one. */
extern struct slab_stashed slab_no_stash[2];

/* An address that no object has: it is odd. */
#define SLAB_NO_OBJECT 0xffffffff87654321UL

struct kmem_cache_node {
	spinlock_t list_lock;
	unsigned long nr_partial;
	struct list_head partial;
	struct list_head full;
	atomic_long_t nr_slabs; /* frozen ones too */
	atomic_long_t nr_small; /* those among them of the smallest order */
};

struct kmem_cache {
	u64 size;	/* from one object to the next */
	u64 inverse;	/* of the size without its factors of 2, modulo 2^64, */
	u64 reciprocal; /* 2^64 / size, rounded up: see slab_divide() */
	u8 shift;	/* how many these factors are: see slab_index() */
	u16 key;	/* of links; without SLAB_STATE */
	bool rest;	/* something is left of a slab behind its last object */
	bool single;	/* no CPU holds anything: see slub_single.c */
	bool clear_on_free;
	gfp_t zero_flags; /* __GFP_ZERO where every object is to be zeroed */

	unsigned int object_size;
	unsigned int offset;	   /* of a free object's link, with slub_debug */
	unsigned int red_left_pad; /* bytes of a slot before its object */
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
	struct slab_order *order; /* the random order of new free lists, or NULL */
	u64 random_state;	  /* of its order, and its CPUs' first */
	int refcount;		  /* names that share this cache; below 0: lives for ever */
	unsigned int useroffset;  /* of the part that copies to and from users may touch, */
	unsigned int usersize;	  /* and its bytes; 0: none */
	struct list_head list;
	const char *name;

	struct kmem_cache_node **node; /* by nid, nr_node_ids entries behind cpu_slab[] */
	unsigned long link_key;	       /* of links in objects, which slub_debug has */
	struct list_head aliases;      /* other names of it */
	u64 pad[1];
	struct kmem_cache_cpu cpu_slab[]; /* nr_cpu_ids entries */
};
static_assert(sizeof(struct kmem_cache) % L1_CACHE_BYTES == 0);

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
bool slab_all_single(void);

/* ---- kmalloc.c ------------------------------------------------------------------------ */

/* Makes the caches of all types and sizes. panic() without memory. */
void create_kmalloc_caches(void);

/* All caches are single: kmalloc() need not look for what is at hand. */
void kmalloc_set_single(bool on);
void kmalloc_reset(void);

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
void slab_report_misaligned(struct kmem_cache *s, struct slab *slab, unsigned long object);
void slab_report_inside_block(unsigned long base, size_t size, unsigned long object);
void slab_report_wrong_cache(struct kmem_cache *s, struct kmem_cache *owner, unsigned long object);
void slab_report_no_slab(const char *caller, unsigned long object);
void slab_report_bad_freelist(struct kmem_cache *s, struct slab *slab, unsigned int from,
			      unsigned int link);
void slab_report_bad_flags(const char *name, gfp_t bad);

/* ---- Small helpers ------------------------------------------------------------------------- */

/* From cpu_slab[0] to the calling CPU's; kmem_cache_init() sets it. */
DECLARE_PER_CPU(unsigned long, slab_cpu_offset);

/* @s's part for the calling CPU. */
static __always_inline struct kmem_cache_cpu *this_cpu_slab(struct kmem_cache *s)
{
	return (void *)((char *)s->cpu_slab + raw_cpu_read(slab_cpu_offset));
}

static inline struct kmem_cache_node *get_node(struct kmem_cache *s, int nid)
{
	return s->node[nid];
}

/* Any CPU may ask. What keeps the answer is the node's lock, or that the owner holds the slab. */
static __always_inline struct kmem_cache_cpu *slab_owner(const struct slab *slab)
{
	return READ_ONCE(slab->owner);
}

/* What is freed of @slab by @c's CPU may join its stash. A frozen slab's owner holds it. */
static inline void slab_own(struct kmem_cache_cpu *c, struct slab *slab)
{
	if (slab->owner == c || unlikely(READ_ONCE(slab->bad)))
		return;
	slab->shared |= slab->owner != &slab_nobody;
	WRITE_ONCE(slab->owner, c);
}

/* Freezes @slab, which is on no list, for @c's CPU to use later. */
static inline void slab_hold_partial(struct kmem_cache_cpu *c, struct slab *slab)
{
	slab_own(c, slab);
	slab->frozen = 1;
	list_add(&slab->page->slab_list, &c->partial);
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

/*
 * The stash is empty: were the last that came back those that were allocated last, each before
 * the next one? They lie above its top, in the opposite order.
 */
static inline bool slab_freed_last(const struct kmem_cache_cpu *c)
{
	return slab_nr_back(c) >= 3 && c->back[-1].object == c->stash[1].object &&
	       c->back[-2].object == c->stash[2].object && c->back[-3].object == c->stash[3].object;
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
	return compound_order(slab->page);
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

/*
 * The same for the @offset of any byte of a slab, in one multiplication: does an object begin
 * there, or what is left behind the last? The product with the size's reciprocal is @index in
 * its upper half; the lower half is a small part of a step where nothing is left over.
 *
 * Example: the reciprocal of 96 is 0x2aaaaaaaaaaaaab. 192 times that is 2 and 2^-57;
 * 100 times that 1.04, whose fraction is larger than a 96th.
 */
static __always_inline bool slab_divide(u64 reciprocal, unsigned long offset, unsigned long *index)
{
	unsigned __int128 product = (unsigned __int128)offset * reciprocal;

	*index = (unsigned long)(product >> 64);
	return (u64)product < reciprocal;
}

static inline unsigned long slab_object(const struct kmem_cache *s, const struct slab *slab,
					unsigned int index)
{
	return slab_address(slab) + s->red_left_pad + index * s->size;
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
	struct page *pages; /* start's */
};
DECLARE_PER_CPU(struct slab_span, slab_known);

/* The page struct of @addr, if it lies there. */
static __always_inline bool slab_page_known(unsigned long addr, struct page **page)
{
	unsigned long offset = addr - raw_cpu_read(slab_known.start);

	/* A number first: it may lead anywhere, and pages may be NULL. */
	*page = (struct page *)((unsigned long)raw_cpu_read(slab_known.pages) +
				(offset >> PAGE_SHIFT) * sizeof(struct page));
	return likely(offset < raw_cpu_read(slab_known.bytes));
}

/* The slab that @page is part of, or NULL. Each of a slab's pages leads to it. */
static __always_inline struct slab *slab_of_page(const struct page *page)
{
	return likely(PageSlab(page)) ? page->slab : NULL;
}

/* The page struct of any @addr; NULL where there is none. */
static inline struct page *slab_page_at(unsigned long addr)
{
	struct page *page;

	if (slab_page_known(addr, &page))
		return page;
	return slab_check_section(addr) ? phys_to_page(addr - PAGE_OFFSET) : NULL;
}

/* The slab in which @addr lies, which may be anything; or NULL. */
static inline struct slab *slab_at(unsigned long addr)
{
	struct page *page = slab_page_at(addr);

	return page ? slab_of_page(page) : NULL;
}

#endif /* _MM_SLAB_H */
