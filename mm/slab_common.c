// SPDX-License-Identifier: MIT
/*
 * How a cache is made, and when one that there is already serves instead.
 *
 * Source: Linux 6.1's kmem_cache_create_usercopy(), find_mergeable() and
 * slab_unmergeable() tell the rules and the contracts.
 */
#include "slab_alias.h"
#include "slab_debug.h"

#include <baremm/arch.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/stackdepot.h>
#include <linux/string.h>

#include "page_alloc.h"

#define SLAB_FLAGS_PERMITTED                                                                       \
	(SLAB_DEBUG_FLAGS | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA | SLAB_CACHE_DMA32 |               \
	 SLAB_RECLAIM_ACCOUNT | SLAB_PANIC | SLAB_ACCOUNT | SLAB_TYPESAFE_BY_RCU | SLAB_NO_MERGE | \
	 SLAB_FAILSLAB | SLAB_NOLEAKTRACE | SLAB_NO_USER_FLAGS | SLAB_SKIP_KFENCE)

/* Objects of caches with one of these are not like others of their size. */
#define SLAB_NEVER_MERGE                                                                           \
	(SLAB_DEBUG_METADATA | SLAB_TRACE | SLAB_TYPESAFE_BY_RCU | SLAB_NO_MERGE | SLAB_FAILSLAB | \
	 SLAB_NOLEAKTRACE | SLAB_SKIP_KFENCE)
/* Caches that differ in one of these have different pages. */
#define SLAB_MERGE_SAME (SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA | SLAB_CACHE_DMA32 | SLAB_ACCOUNT)

enum slab_state slab_state;
LIST_HEAD(slab_caches);
DEFINE_SPINLOCK_RANK(slab_mutex, LOCK_RANK_SLAB_MUTEX);
struct kmem_cache *kmem_cache;
struct kmem_cache *kmem_cache_node;

static bool slab_nomerge;

bool slab_is_available(void)
{
	return slab_state >= UP;
}

unsigned int kmem_cache_size(struct kmem_cache *s)
{
	return s->object_size;
}

const char *kmem_cache_name(struct kmem_cache *s)
{
	return s->name;
}

int __init slab_nomerge_parse_option(char *value)
{
	if (value)
		return -EINVAL;
	slab_nomerge = true;
	return 0;
}

int __init slab_merge_parse_option(char *value)
{
	if (value)
		return -EINVAL;
	slab_nomerge = false;
	return 0;
}

void __init slab_options_reset(void)
{
	slab_nomerge = false;
	slab_geometry_reset();
	slub_debug_reset();
}

/* ---- Filling a struct kmem_cache ---------------------------------------------------- */

unsigned int kmem_cache_bytes(void)
{
	return (unsigned int)(sizeof(struct kmem_cache) +
			      nr_cpu_ids * sizeof(struct kmem_cache_cpu) +
			      nr_node_ids * sizeof(struct kmem_cache_node *));
}

void slab_place_tables(struct kmem_cache *s)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		slab_cpu_init(s, cpu);
	s->node = (struct kmem_cache_node **)&s->cpu_slab[nr_cpu_ids];
}

static gfp_t cache_alloc_flags(const struct kmem_cache *s)
{
	gfp_t flags = 0;

	if (s->flags & SLAB_CACHE_DMA)
		flags |= GFP_DMA;
	if (s->flags & SLAB_CACHE_DMA32)
		flags |= GFP_DMA32;
	if (s->flags & SLAB_RECLAIM_ACCOUNT)
		flags |= __GFP_RECLAIMABLE;
	return flags;
}

/* The number whose product with @odd is 1 modulo 2^64: each round doubles the right bits. */
static u64 inverse_of(u64 odd)
{
	u64 inverse = odd; /* right in 3 bits */

	for (int bits = 3; bits < 64; bits *= 2)
		inverse *= 2 - odd * inverse;
	return inverse;
}

/* The shape of @spec's slabs with @flags, of which those go that slub_debug=O forbids. */
static int find_geometry(struct slab_geometry *g, const struct slab_spec *spec, slab_flags_t *flags)
{
	int err = slab_geometry(g, spec->size, spec->align, *flags, spec->ctor != NULL, nr_cpu_ids);

	if (err || !slab_debug_drops(g->size, spec->size))
		return err;
	*flags &= ~SLAB_DEBUG_METADATA;
	return slab_geometry(g, spec->size, spec->align, *flags, spec->ctor != NULL, nr_cpu_ids);
}

/* What is done to objects between owners; poison does not go with zeroes. */
static void set_object_care(struct kmem_cache *s)
{
	bool plain = !s->ctor && !(s->flags & (SLAB_TYPESAFE_BY_RCU | SLAB_POISON));

	s->zero_flags = want_init_on_alloc(0) && plain ? __GFP_ZERO : 0;
	s->clear_on_free = init_on_free && plain;
	s->single = slab_is_single(s);
}

int slab_init_cache(struct kmem_cache *s, const struct slab_spec *spec)
{
	slab_flags_t flags = slab_debug_flags(spec->name, spec->flags);
	struct slab_geometry g;
	int err = find_geometry(&g, spec, &flags);

	if (err)
		return err;
	s->name = spec->name;
	s->object_size = spec->size;
	s->useroffset = spec->useroffset;
	s->usersize = spec->usersize;
	s->size = g.size;
	s->shift = (u8)__builtin_ctz(g.size);
	s->inverse = inverse_of(g.size >> s->shift);
	s->reciprocal = slab_reciprocal(g.size, PAGE_SIZE << g.oo.order);
	s->rest = !is_power_of_2(g.size);
	s->inuse = g.inuse;
	s->offset = g.offset;
	s->red_left_pad = g.red_left_pad;
	s->align = g.align;
	s->oo = g.oo;
	s->min = g.min;
	s->min_partial = g.min_partial;
	s->cpu_partial = g.cpu_partial;
	s->cpu_partial_slabs = g.cpu_partial_slabs;
	s->flags = flags;
	s->ctor = spec->ctor;
	s->allocflags = cache_alloc_flags(s);
	set_object_care(s);
	s->key = (u16)(arch_random() & ~SLAB_STATE);
	s->link_key = (unsigned long)arch_random();
	s->random_state = arch_random() | 1;
	s->refcount = 1;
	INIT_LIST_HEAD(&s->list);
	INIT_LIST_HEAD(&s->aliases);
	slab_place_tables(s);
	if (flags & SLAB_STORE_USER && stack_depot_init())
		pr_warn("SLUB: no memory for stack traces, %s keeps callers alone\n", s->name);
	return 0;
}

void slab_free_node_structs(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_kmem_cache_node (s, nid, n) {
		s->node[nid] = NULL;
		kmem_cache_free(kmem_cache_node, n);
	}
}

int slab_alloc_node_structs(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_node_state (nid, N_NORMAL_MEMORY) {
		n = kmem_cache_alloc_node(kmem_cache_node, GFP_KERNEL, made_node(nid));
		if (!n) {
			slab_free_node_structs(s);
			return -ENOMEM;
		}
		slab_node_init(n);
		s->node[nid] = n;
	}
	return 0;
}

/* ---- One cache for several names ------------------------------------------------------ */

static bool may_share(const struct kmem_cache *s)
{
	return !slab_nomerge && !(s->flags & SLAB_NEVER_MERGE) && !s->ctor && !s->usersize &&
	       s->refcount >= 0;
}

/* Do @s's objects serve for those of @size bytes (with alignment) at little loss? */
static bool fits(const struct kmem_cache *s, unsigned int size, unsigned int align,
		 slab_flags_t flags)
{
	return size <= s->size && s->size - size < sizeof(void *) &&
	       (flags & SLAB_MERGE_SAME) == (s->flags & SLAB_MERGE_SAME) &&
	       IS_ALIGNED(s->size, align);
}

/* The oldest cache that may serve for @spec, or NULL. */
static struct kmem_cache *find_mergeable(const struct slab_spec *spec)
{
	slab_flags_t flags = slab_debug_flags(spec->name, spec->flags);
	unsigned int align = slab_alignment(spec->size, spec->align, spec->flags);
	unsigned int size = ALIGN(ALIGN(spec->size, (unsigned int)sizeof(void *)), align);
	struct kmem_cache *s;

	if (slab_nomerge || spec->ctor || spec->usersize || (flags & SLAB_NEVER_MERGE))
		return NULL;
	list_for_each_entry_reverse (s, &slab_caches, list)
		if (may_share(s) && fits(s, size, align, spec->flags))
			return s;
	return NULL;
}

/* Takes a share of @s for @spec. The larger object is what is zeroed. NULL, and *@err. */
static struct kmem_cache *merge(struct kmem_cache *s, const struct slab_spec *spec, int *err)
{
	*err = slab_add_alias(s, spec->name);
	if (*err)
		return NULL;
	s->refcount++;
	s->object_size = max(s->object_size, spec->size);
	s->inuse = max(s->inuse, ALIGN(spec->size, (unsigned int)sizeof(void *)));
	return s;
}

/* ---- Create ------------------------------------------------------------------------------- */

static bool sane_spec(const struct slab_spec *spec)
{
	const slab_flags_t zones = SLAB_CACHE_DMA | SLAB_CACHE_DMA32;

	return spec->name && *spec->name && spec->size && spec->size <= KMALLOC_MAX_SIZE &&
	       (spec->align == 0 || is_power_of_2(spec->align)) &&
	       spec->align <= KMALLOC_MAX_SIZE && !(spec->flags & ~SLAB_FLAGS_PERMITTED) &&
	       (spec->flags & zones) != zones;
}

/* @s and its name are @spec's; under slab_mutex. */
static int create_cache(struct kmem_cache *s, const struct slab_spec *spec)
{
	int err = slab_init_cache(s, spec);

	if (err)
		return err;
	err = slab_alloc_node_structs(s);
	if (err)
		return err;
	slab_init_order(s);
	list_add(&s->list, &slab_caches);
	return 0;
}

/* A cache of its own for @spec, whose name is copied. NULL, and *@err. */
static struct kmem_cache *new_cache(struct slab_spec *spec, int *err)
{
	struct kmem_cache *s = kmem_cache_zalloc(kmem_cache, GFP_KERNEL);

	spec->name = kstrdup(spec->name, GFP_KERNEL);
	*err = s && spec->name ? create_cache(s, spec) : -ENOMEM;
	if (!*err)
		return s;
	kfree(spec->name);
	if (s)
		kmem_cache_free(kmem_cache, s);
	return NULL;
}

struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size,
					      unsigned int align, slab_flags_t flags,
					      unsigned int useroffset, unsigned int usersize,
					      void (*ctor)(void *))
{
	struct slab_spec spec = {name, size, align, flags, useroffset, usersize, ctor};
	struct kmem_cache *s = NULL;
	int err = -EINVAL;

	/* A part for users that is none, or not in the object, is none. */
	if (WARN_ON(!usersize && useroffset) ||
	    WARN_ON(size < usersize || size - usersize < useroffset))
		spec.useroffset = spec.usersize = 0;

	if (slab_is_available() && sane_spec(&spec)) {
		spin_lock(&slab_mutex);
		s = find_mergeable(&spec);
		s = s ? merge(s, &spec, &err) : new_cache(&spec, &err);
		spin_unlock(&slab_mutex);
	}
	if (s)
		return s;

	name = name ?: "(null)";
	if (flags & SLAB_PANIC)
		panic("kmem_cache_create: Failed to create slab '%s'. Error %d", name, err);
	pr_warn("kmem_cache_create(%s) failed with error %d: size %u, align %u, flags 0x%x\n", name,
		err, size, align, flags);
	return NULL;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	return kmem_cache_create_usercopy(name, size, align, flags, 0, 0, ctor);
}
