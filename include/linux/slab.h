/* SPDX-License-Identifier: MIT */
/*
 * Slab caches and kmalloc: objects of any size up to KMALLOC_MAX_SIZE, by the
 * SLUB design.
 *
 *   kmalloc(100) ── size class ──► kmalloc-128 ──► this CPU's slab ──► object
 *   kmalloc(9000) ───────────────────────────────► compound pages
 *
 * Owns:       the caches, their slabs (blocks of pages with PG_slab), and the
 *             blocks with PG_kmalloc_large.
 * Invariants: an object lies at a multiple of the cache's size from the start of
 *             its slab, and is either out or on exactly one free list. Free lists lie
 *             outside the objects: a free object is left as it was, and what is written
 *             to it bends no list. With slub_debug= there is more around objects.
 * Lifetime:   from kmem_cache_init() on; see slab_is_available(). A second
 *             kmem_cache_init() forgets all caches and starts anew.
 * Locking:    from any CPU at once, but not from exception handlers. A caller
 *             frees an object once and no longer uses it then.
 * Units:      bytes.
 * Failure:    NULL and nothing changed. What a caller must not do (free twice,
 *             free what is no object, name a wrong cache) is named in the log,
 *             counted in slab_stats, and has no other effect.
 * Source:     Linux 6.1's include/linux/slab.h and mm/slub.c, whose contracts
 *             these functions keep.
 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/numa.h>
#include <linux/types.h>
#include <asm/arch.h>
#include <asm/page.h>

struct kmem_cache;
struct seq_file;

/*
 * How a cache is made. Bit values are not an interface.
 *
 * SLAB_TYPESAFE_BY_RCU: an object may be freed and handed out again at any time, but
 * its memory stays an object of this cache until an RCU grace period has passed. A
 * reader that found it under rcu_read_lock() may look at it, and asks then whether it
 * is still the one it was. See linux/rcupdate.h.
 */
#define SLAB_CONSISTENCY_CHECKS ((slab_flags_t)0x00000100u) /* slub_debug=F: look at objects */
#define SLAB_RED_ZONE		((slab_flags_t)0x00000400u) /* =Z: around each object */
#define SLAB_POISON		((slab_flags_t)0x00000800u) /* =P: in free objects */
#define SLAB_STORE_USER		((slab_flags_t)0x00010000u) /* =U: who had each object last */
#define SLAB_TRACE		((slab_flags_t)0x00200000u) /* =T: log each call */
#define SLAB_KMALLOC		((slab_flags_t)0x00001000u) /* kmalloc()'s; nobody else gives it */
#define SLAB_HWCACHE_ALIGN	((slab_flags_t)0x00002000u) /* objects share no cache line needlessly */
#define SLAB_CACHE_DMA		((slab_flags_t)0x00004000u) /* pages from ZONE_DMA */
#define SLAB_CACHE_DMA32	((slab_flags_t)0x00008000u) /* pages from below 4 GB */
#define SLAB_RECLAIM_ACCOUNT	((slab_flags_t)0x00020000u) /* objects can be reclaimed */
#define SLAB_PANIC		((slab_flags_t)0x00040000u) /* panic() where creation fails */
#define SLAB_TYPESAFE_BY_RCU	((slab_flags_t)0x00080000u) /* slabs go after a grace period */
#define SLAB_NOLEAKTRACE	((slab_flags_t)0x00800000u) /* not for kmemleak */
#define SLAB_NO_MERGE		((slab_flags_t)0x01000000u) /* no other name shares the cache */
#define SLAB_FAILSLAB		((slab_flags_t)0x02000000u) /* failslab.cache-filter=1 means it */
#define SLAB_ACCOUNT		((slab_flags_t)0x04000000u) /* merges with its like alone */
#define SLAB_NO_USER_FLAGS	((slab_flags_t)0x10000000u) /* slub_debug= does not mean it */
#define SLAB_SKIP_KFENCE	((slab_flags_t)0x20000000u) /* its objects are not guarded */
#define SLAB_TEMPORARY		SLAB_RECLAIM_ACCOUNT

/* Of tools that are not here: no bits, so that callers may give them. */
#define SLAB_MEM_SPREAD	   ((slab_flags_t)0)
#define SLAB_DEBUG_OBJECTS ((slab_flags_t)0)
#define SLAB_KASAN	   ((slab_flags_t)0)

/* What kmalloc(0) returns: not NULL, and kfree() takes it. */
#define ZERO_SIZE_PTR	    ((void *)16)
#define ZERO_OR_NULL_PTR(x) ((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)

#define ARCH_KMALLOC_MINALIGN __alignof__(unsigned long long)
#define ARCH_SLAB_MINALIGN    __alignof__(unsigned long long)
#define arch_slab_minalign()  ((unsigned int)ARCH_SLAB_MINALIGN)
#define SLAB_OBJ_MIN_SIZE     16

/* Size classes: 8 to 8192 in powers of two, 96 and 192 at indices 1 and 2. */
#define KMALLOC_SHIFT_LOW      3
#define KMALLOC_SHIFT_HIGH     (PAGE_SHIFT + 1)
#define KMALLOC_SHIFT_MAX      (MAX_PAGE_ORDER + PAGE_SHIFT)
#define KMALLOC_MIN_SIZE       (1 << KMALLOC_SHIFT_LOW)
#define KMALLOC_MAX_CACHE_SIZE (1UL << KMALLOC_SHIFT_HIGH)
#define KMALLOC_MAX_SIZE       (1UL << KMALLOC_SHIFT_MAX)
#define KMALLOC_MAX_ORDER      (KMALLOC_SHIFT_MAX - PAGE_SHIFT)

enum kmalloc_cache_type { KMALLOC_NORMAL, KMALLOC_RECLAIM, KMALLOC_DMA, NR_KMALLOC_TYPES };

/* ---- Caches ---------------------------------------------------------------- */

/*
 * A cache of objects of @size bytes, at least @align-aligned (0: the default, 8;
 * else a power of two). @ctor, where not NULL, runs once for each object of a
 * new slab, not at each allocation: free objects keep their contents. @name is
 * copied. NULL for a bad name, size (0 or over KMALLOC_MAX_SIZE), alignment or
 * flags, or without memory; with SLAB_PANIC it then panics instead.
 *
 * As on Linux a cache without constructor and part for users may be one that there is
 * already, of nearly that size, for pages of the same kind: it goes on under its first
 * name, until kmem_cache_destroy() was called for each. Not with slab_nomerge.
 *
 * kmem_cache_create_usercopy(): bytes [@useroffset, @useroffset + @usersize) of an
 * object may be copied to and from users; see check_object_size().
 */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *));
struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size,
					      unsigned int align, slab_flags_t flags,
					      unsigned int useroffset, unsigned int usersize,
					      void (*ctor)(void *));

/*
 * Gives back all of @s, which nobody may use any more. Where objects are still
 * out they are named in the log, and the cache stays as it was. NULL is fine.
 */
void kmem_cache_destroy(struct kmem_cache *s);

/*
 * Gives back the slabs that hold no object, this CPU's among them, and sorts the
 * partial lists, fullest first. 0, or 1 where slabs are left.
 */
int kmem_cache_shrink(struct kmem_cache *s);

/* The same for all caches; none where somebody holds their list. */
void kmem_cache_shrink_all(void);

/* The bytes of an object that its user may write. */
unsigned int kmem_cache_size(struct kmem_cache *s);

const char *kmem_cache_name(struct kmem_cache *s);

/* A cache for a struct, with its name, size and alignment. */
#define KMEM_CACHE(__struct, __flags)                                                       \
	kmem_cache_create(#__struct, sizeof(struct __struct), __alignof__(struct __struct), \
			  (__flags), NULL)

#define KMEM_CACHE_USERCOPY(__struct, __flags, __field)                              \
	kmem_cache_create_usercopy(#__struct, sizeof(struct __struct),               \
				   __alignof__(struct __struct), (__flags),          \
				   (unsigned int)offsetof(struct __struct, __field), \
				   (unsigned int)sizeof(((struct __struct *)0)->__field), NULL)

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags) __malloc;

/* From @node's memory if it has some; only from there with __GFP_THISNODE. */
void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t flags, int node) __malloc;

struct list_lru;

/* For an object that @lru is to have: its lists (linux/list_lru.h) need nothing made first. */
static inline void *kmem_cache_alloc_lru(struct kmem_cache *s, struct list_lru *lru, gfp_t flags)
{
	(void)lru;
	return kmem_cache_alloc(s, flags);
}

static inline void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t flags)
{
	return kmem_cache_alloc(s, flags | __GFP_ZERO);
}

/* @object came from @s, or is NULL. */
void kmem_cache_free(struct kmem_cache *s, void *object);

/*
 * @size objects into @p, cheaper than one by one: all, and @size is returned; or
 * none, and 0. kmem_cache_free_bulk() takes objects of several caches where @s is
 * NULL; kfree_bulk() what kmalloc() gave.
 */
int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t flags, size_t size, void **p);
void kmem_cache_free_bulk(struct kmem_cache *s, size_t size, void **p);

static inline void kfree_bulk(size_t size, void **p)
{
	kmem_cache_free_bulk(NULL, size, p);
}

/* ---- Copies to and from users ---------------------------------------------------- */

/*
 * May @n bytes at @ptr be copied to a user (or from one)? Of an object only what
 * kmem_cache_create_usercopy() named, of a block of kmalloc() all, never past its
 * end. Memory that is no object's is not judged. What may not be is reported in
 * Linux's words and counted. check_object_size() ends in panic() then, as Linux does, and
 * also where bytes wrap, begin at NULL, or pass the end of an area of vmalloc's, unless the
 * option hardened_usercopy=off is there;
 * __check_heap_object() returns false.
 */
bool __check_heap_object(const void *ptr, unsigned long n, bool to_user);
void check_object_size(const void *ptr, unsigned long n, bool to_user);

/* ---- kmalloc ----------------------------------------------------------------- */

/* By type and size class; see kmalloc_index() in mm/kmalloc.c. */
extern struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];

/*
 * At least @size bytes, aligned to 8, and to @size where that is a power of two.
 * 0 bytes: ZERO_SIZE_PTR. NULL above KMALLOC_MAX_SIZE or without memory.
 */
void *kmalloc(size_t size, gfp_t flags) __malloc __alloc_size(1);
void *kmalloc_node(size_t size, gfp_t flags, int node) __malloc __alloc_size(1);

/* Whole pages, whatever the size; kfree() takes them back. */
void *kmalloc_large_node(size_t size, gfp_t flags, int node) __malloc __alloc_size(1);
#define kmalloc_large(size, flags) kmalloc_large_node(size, flags, NUMA_NO_NODE)

/* What those are on Linux once the compiler has looked at the size. */
#define __kmalloc(size, flags)		  kmalloc(size, flags)
#define __kmalloc_node(size, flags, node) kmalloc_node(size, flags, node)

/* Callers are noted by where they are called from, always. */
#define kmalloc_track_caller(size, flags)	     kmalloc(size, flags)
#define kmalloc_node_track_caller(size, flags, node) kmalloc_node(size, flags, node)

/* NULL and ZERO_SIZE_PTR are fine. */
void kfree(const void *object);

/*
 * The bytes that may be used at @object: its size class's, not what was asked for. 0, with a
 * report, where no object or block begins.
 */
size_t ksize(const void *object);

/* What ksize() of an allocation of @size bytes would say; 0 for 0. */
size_t kmalloc_size_roundup(size_t size);

/*
 * @p's contents in at least @new_size bytes; @p itself where it is large enough.
 * @p == NULL: kmalloc(). @new_size == 0: kfree(), and ZERO_SIZE_PTR. NULL without
 * memory, or where @p is no object, and @p is then as it was. Bytes past the old size hold
 * anything, with __GFP_ZERO zeroes where the block moved.
 */
void *krealloc(const void *p, size_t new_size, gfp_t flags) __must_check;

/* kmalloc() and krealloc() for arrays: NULL where the product does not fit a size_t. */
void *krealloc_array(void *p, size_t n, size_t size, gfp_t flags) __must_check;

/* As kfree(), but nothing of what was in the block stays to be read. */
void kfree_sensitive(const void *p);

/*
 * Blocks that need not be contiguous, up to INT_MAX bytes. Those over a page are tried for
 * without effort; where there is none vmalloc() helps out, if @flags permit to wait.
 */
void *kvmalloc_node(size_t size, gfp_t flags, int node) __malloc __alloc_size(1);
void *kvrealloc(const void *p, size_t old_size, size_t new_size, gfp_t flags) __must_check;
void kvfree(const void *p);
void kvfree_sensitive(const void *p, size_t size);

static inline void *kvmalloc(size_t size, gfp_t flags)
{
	return kvmalloc_node(size, flags, NUMA_NO_NODE);
}

static inline void *kvzalloc(size_t size, gfp_t flags)
{
	return kvmalloc(size, flags | __GFP_ZERO);
}

static inline void *kvzalloc_node(size_t size, gfp_t flags, int node)
{
	return kvmalloc_node(size, flags | __GFP_ZERO, node);
}

static inline void *kvmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : kvmalloc(bytes, flags);
}

static inline void *kvcalloc(size_t n, size_t size, gfp_t flags)
{
	return kvmalloc_array(n, size, flags | __GFP_ZERO);
}

static inline void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | __GFP_ZERO);
}

static inline void *kzalloc_node(size_t size, gfp_t flags, int node)
{
	return kmalloc_node(size, flags | __GFP_ZERO, node);
}

/* @n elements of @size bytes; NULL where the product does not fit a size_t. */
static inline void *kmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kmalloc(bytes, flags);
}

static inline void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	return kmalloc_array(n, size, flags | __GFP_ZERO);
}

static inline void *kmalloc_array_node(size_t n, size_t size, gfp_t flags, int node)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kmalloc_node(bytes, flags, node);
}

static inline void *kcalloc_node(size_t n, size_t size, gfp_t flags, int node)
{
	return kmalloc_array_node(n, size, flags | __GFP_ZERO, node);
}

static inline void *kmem_cache_zalloc_node(struct kmem_cache *s, gfp_t flags, int node)
{
	return kmem_cache_alloc_node(s, flags | __GFP_ZERO, node);
}

/* ---- Bring-up, checks and dumps ----------------------------------------------- */

/* Makes the first two caches, then kmalloc's. panic() without memory. */
void kmem_cache_init(void);

/* May caches be made and kmalloc() be called? */
bool slab_is_available(void);

/* What callers did that they must not, and what was found broken. */
struct slab_stats {
	unsigned long double_free;     /* freed, or moved, when it was free already */
	unsigned long misaligned_free; /* an address in the middle of an object or block */
	unsigned long wrong_cache;     /* an object of another cache; what is no cache */
	unsigned long no_slab;	       /* an address that is no object at all */
	unsigned long bad_freelist;    /* a free list that was overwritten */
	unsigned long bad_flags;       /* gfp flags that slab pages cannot follow */
	unsigned long overwritten;     /* reports of slub_debug= */
	unsigned long bad_usercopy;    /* bytes of an object that users may not touch */
};
extern struct slab_stats slab_stats;

/*
 * Recounts from the free lists and compares with the counters. Reports each
 * fault by cache and address, returns the number of faults, changes nothing. No
 * other CPU may use the cache meanwhile.
 */
int kmem_cache_verify(struct kmem_cache *s);

/*
 * With slub_debug=: looks at all that surrounds the objects of @s, and at the free ones,
 * and reports, counts and restores what was overwritten. Returns the number of slabs.
 */
long validate_slab_cache(struct kmem_cache *s);
int kmem_cache_verify_all(void);

/*
 * Goes on with a line of the log that the caller began: the cache of the object at @object, and
 * where in it that lies; then who allocated it, if slub_debug=U knows. False: no object.
 */
bool kmem_valid_obj(void *object);
bool kmem_dump_obj(void *object);

/* All caches in the format of /proc/slabinfo. */
void slabinfo_show(struct seq_file *m);

/*
 * The objects of a cache with slub_debug=U by where they were allocated, or freed the time
 * before, most first: how many, bytes that kmalloc() was not asked for (of all, of each), age in
 * milliseconds (least, mean, most), CPUs, nodes, and the call chain. As /sys/kernel/debug/slab/
 * CACHE/alloc_traces and free_traces. May sleep.
 */
void slab_alloc_traces_show(struct seq_file *m, struct kmem_cache *s);
void slab_free_traces_show(struct seq_file *m, struct kmem_cache *s);

/* slab_alloc_traces_show() of each cache that has U and slabs, under a line with its name. */
void slab_owners_show(struct seq_file *m);

/* Those that serve under several names: how many have each, and the names, by age. */
bool slab_has_aliases(void);
void slab_aliases_show(struct seq_file *m);

/* For a variable, at the end of its block: linux/cleanup.h. NULL and error pointers are none. */
DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))

/* What comes with this header on Linux. */
#include <linux/ratelimit.h>
#include <linux/cache.h>
#include <linux/kasan.h>
#include <linux/overflow.h>
#include <linux/percpu-refcount.h>

#endif /* _LINUX_SLAB_H */
