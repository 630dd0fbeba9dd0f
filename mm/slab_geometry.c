// SPDX-License-Identifier: MIT
/*
 * How many objects of a size share how many pages: Linux's rules, as functions of
 * the object and the number of CPUs alone.
 *
 * Example: 704 bytes aligned to 8, two CPUs. Three times 4 objects are wanted
 * at least. An order-1 slab (8192 bytes) holds only 11; order 2 holds 23 and
 * leaves 192 of 16384 bytes, less than a sixteenth: order 2 it is.
 *
 * Source: Linux 6.1 mm/slub.c, calculate_order(), calculate_sizes(),
 * set_min_partial(), set_cpu_partial(), and mm/slab_common.c,
 * calculate_alignment().
 */
#include "slab_debug.h"

#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>

#define DEFAULT_MAX_ORDER 3 /* PAGE_ALLOC_COSTLY_ORDER */
#define MIN_PARTIAL	  5
#define MAX_PARTIAL	  10
#define COARSEST_WASTE	  4 /* a quarter of a slab may be lost to have enough objects */
#define FINEST_WASTE	  16

unsigned int slub_min_order;
unsigned int slub_max_order = DEFAULT_MAX_ORDER;
unsigned int slub_min_objects;

/* ---- Options ------------------------------------------------------------------------- */

void __init slab_geometry_reset(void)
{
	slub_min_order = 0;
	slub_max_order = DEFAULT_MAX_ORDER;
	slub_min_objects = 0;
}

static int parse_number(char *value, unsigned int *number)
{
	int parsed, err = value ? kstrtoint(value, 0, &parsed) : -EINVAL;

	if (err || parsed < 0)
		return -EINVAL;
	*number = (unsigned int)parsed;
	return 0;
}

/* Orders past the page allocator's are its largest. */
static int parse_order(char *value, unsigned int *order)
{
	int err = parse_number(value, order);

	*order = min_t(unsigned int, *order, MAX_PAGE_ORDER);
	return err;
}

int __init slub_min_order_parse_option(char *value)
{
	return parse_order(value, &slub_min_order);
}

int __init slub_max_order_parse_option(char *value)
{
	return parse_order(value, &slub_max_order);
}

int __init slub_min_objects_parse_option(char *value)
{
	return parse_number(value, &slub_min_objects);
}

/* ---- Order ------------------------------------------------------------------------------ */

static unsigned int order_objects(unsigned int order, unsigned int size)
{
	return (unsigned int)((PAGE_SIZE << order) / size);
}

/*
 * The lowest order up to @max_order whose slabs hold @min_objects and lose at
 * most one part in @fraction. @max_order + 1 or more where there is none.
 */
static unsigned int calc_slab_order(unsigned int size, unsigned int min_objects,
				    unsigned int max_order, unsigned int fraction)
{
	unsigned int order;

	if (order_objects(slub_min_order, size) > MAX_OBJS_PER_PAGE)
		return get_order(size * MAX_OBJS_PER_PAGE) - 1;

	order = max_t(unsigned int, slub_min_order, get_order((unsigned long)min_objects * size));
	for (; order <= max_order; order++) {
		unsigned long slab_size = PAGE_SIZE << order;

		if (slab_size % size <= slab_size / fraction)
			break;
	}
	return order;
}

/*
 * More CPUs contend more for the lists of slabs, so their slabs are to hold more
 * objects. Gives up small waste before it gives up the number of objects.
 */
int slab_calculate_order(unsigned int size, unsigned int cpus)
{
	unsigned int min_objects = slub_min_objects ?: 4 * ((unsigned int)ilog2(cpus) + 2);
	unsigned int fraction, order;

	min_objects = min(min_objects, order_objects(slub_max_order, size));
	for (; min_objects > 1; min_objects--) {
		for (fraction = FINEST_WASTE; fraction >= COARSEST_WASTE; fraction /= 2) {
			order = calc_slab_order(size, min_objects, slub_max_order, fraction);
			if (order <= slub_max_order)
				return (int)order;
		}
	}

	order = calc_slab_order(size, 1, slub_max_order, 1);
	if (order <= slub_max_order)
		return (int)order;
	order = calc_slab_order(size, 1, MAX_PAGE_ORDER, 1);
	return order <= MAX_PAGE_ORDER ? (int)order : -ENOSYS;
}

unsigned int slab_alignment(unsigned int size, unsigned int align, slab_flags_t flags)
{
	unsigned int line = L1_CACHE_BYTES;

	if (flags & SLAB_HWCACHE_ALIGN) {
		while (size <= line / 2)
			line /= 2;
		align = max(align, line);
	}
	align = max_t(unsigned int, align, ARCH_SLAB_MINALIGN);
	return ALIGN(align, (unsigned int)sizeof(void *));
}

/* Large objects are kept back sparingly: they are few and cost much. */
static unsigned int cpu_partial_objects(unsigned int size)
{
	if (size >= PAGE_SIZE)
		return 6;
	if (size >= 1024)
		return 24;
	if (size >= 256)
		return 52;
	return 120;
}

static struct slab_shape make_shape(unsigned int order, unsigned int size)
{
	return (struct slab_shape){(u16)order, (u16)order_objects(order, size)};
}

/*
 * A free object's link lies in the middle of it, far from its ends, where overruns of the
 * neighbours strike first; or behind it, where it must be left as it is. Only debugging
 * writes one, but the room for it is Linux's in any case. Layout: slab_debug.h.
 */
static void lay_out(struct slab_geometry *g, unsigned int object_size, slab_flags_t flags,
		    bool ctor)
{
	const unsigned int word = sizeof(void *);
	unsigned int size = ALIGN(object_size, word);

	if (flags & SLAB_RED_ZONE && size == object_size)
		size += word;
	g->inuse = size;
	g->offset = ALIGN_DOWN(object_size / 2, word);
	if (ctor || flags & (SLAB_TYPESAFE_BY_RCU | SLAB_POISON) ||
	    (flags & SLAB_RED_ZONE && object_size < word)) {
		g->offset = size;
		size += word;
	}
	if (flags & SLAB_STORE_USER)
		size += NR_SLAB_TRACKS * (unsigned int)sizeof(struct slab_track);
	if (slab_flags_keep_size(flags))
		size += (unsigned int)sizeof(unsigned int);
	g->red_left_pad = 0;
	if (flags & SLAB_RED_ZONE) {
		g->red_left_pad = ALIGN(word, g->align);
		size += word + g->red_left_pad;
	}
	g->size = ALIGN(size, g->align);
}

int slab_geometry(struct slab_geometry *g, unsigned int object_size, unsigned int align,
		  slab_flags_t flags, bool ctor, unsigned int cpus)
{
	unsigned int size;
	int order;

	g->align = slab_alignment(object_size, align, flags);
	lay_out(g, object_size, flags, ctor);
	size = g->size;

	order = slab_calculate_order(size, cpus);
	if (order < 0)
		return -E2BIG;
	g->oo = make_shape((unsigned int)order, size);
	g->min = make_shape(get_order(size), size);
	g->min_partial = clamp((unsigned int)ilog2(size) / 2, (unsigned int)MIN_PARTIAL,
			       (unsigned int)MAX_PARTIAL);
	g->cpu_partial = flags & SLAB_DEBUG_FLAGS ? 0 : cpu_partial_objects(size);
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): an order has room for one at least. */
	g->cpu_partial_slabs = DIV_ROUND_UP(g->cpu_partial * 2, g->oo.objects);
	return 0;
}
