/* SPDX-License-Identifier: MIT */
/*
 * What the slab allocator is made of: caches, per-CPU and per-node parts, slabs, and how a
 * free list is written.
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
#ifndef _MM_SLAB_TYPES_H
#define _MM_SLAB_TYPES_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

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
 * What is known of a slab; page->slab of its pages leads here. A free looks at nothing of it
 * but next[]: what else that needs stands in the pages' structs, see slab_fast.h.
 */
struct slab {
	struct kmem_cache *cache;
	struct kmem_cache_node *node; /* NULL in the very first of kmem_cache_node */
	struct page *page;
	bool listless;	/* it may be SLAB_FRESH */
	bool shared;	/* it had several owners */
	u16 objects;	/* in it */
	u16 freelist;	/* first of the slab's own list */
	u16 inuse;	/* objects not on it: out, in a stash or on a CPU's list */
	u16 frozen : 1; /* a CPU's; then on no node's list */
	u16 lost : 15;	/* objects that a broken list led to: never used again */
	bool bad;	/* a page of it is: see slab_bad.c */
	u8 pad[5];
	unsigned long base; /* its first byte */
	union {
		struct list_head list; /* a cache's partial or full list */
		struct rcu_head rcu;   /* it waits to be given back */
	};
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
	u16 fill;		    /* objects of a slab's list that it takes at most */
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
	u16 capacity;		 /* objects that there is memory for in a stash */
	u64 random_state;	 /* of the places in the cache's order that it takes slabs from */
};
static_assert(sizeof(struct kmem_cache_cpu) % L1_CACHE_BYTES == 0);

/*
 * Whose stash the objects of a slab join, as its pages' structs say it: the owner's part of the
 * cache, in the highest bits of whose address the number of its CPU is mixed. The highest byte
 * of an address is 0 or 0xff, so pointers that stand there in pages of other use are no owner.
 * Bit 0 is set: see compound_head().
 */
#define SLAB_OWNER_SHIFT 48
#define SLAB_OWNER_MARK	 0x4000u
#define SLAB_NOBODY	 (0x7fffULL << SLAB_OWNER_SHIFT | 1)
static_assert(NR_CPUS < SLAB_OWNER_MARK - 1);

/* What a CPU knows its pages by: its number, mixed like that, and how such addresses begin. */
struct slab_key {
	u64 cpu;
	u64 top;
};

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
	u32 reciprocal; /* of the size: see slab_reciprocal() */
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
	u64 pad[2];
	struct kmem_cache_cpu cpu_slab[]; /* nr_cpu_ids entries */
};
static_assert(sizeof(struct kmem_cache) % L1_CACHE_BYTES == 0);

#endif /* _MM_SLAB_TYPES_H */
