// SPDX-License-Identifier: MIT
/*
 * Red zones, poison, padding and links of slub_debug: written when an object changes
 * hands, and looked at before the next time. Contract and layout: slab_debug.h.
 */
#include "slab_debug.h"

#include <linux/poison.h>

unsigned int slab_info_end(const struct kmem_cache *s)
{
	return s->offset >= s->inuse ? s->inuse + (unsigned int)sizeof(void *) : s->inuse;
}

static unsigned int tracks_end(const struct kmem_cache *s)
{
	unsigned int end = slab_info_end(s);

	if (s->flags & SLAB_STORE_USER)
		end += NR_SLAB_TRACKS * (unsigned int)sizeof(struct slab_track);
	return end;
}

unsigned int slab_padding_start(const struct kmem_cache *s)
{
	return tracks_end(s) + (slab_keeps_size(s) ? (unsigned int)sizeof(unsigned int) : 0);
}

/* Bytes of a slot from its object on. */
static unsigned long bytes_from_object(const struct kmem_cache *s)
{
	return s->size - s->red_left_pad;
}

static bool poisons_objects(const struct kmem_cache *s)
{
	return s->flags & SLAB_POISON && !s->ctor && !(s->flags & SLAB_TYPESAFE_BY_RCU);
}

/* ---- Links ------------------------------------------------------------------------------- */

static unsigned long *link_of(const struct kmem_cache *s, unsigned long object)
{
	return (unsigned long *)(object + s->offset);
}

static unsigned long link_key(const struct kmem_cache *s, const unsigned long *where)
{
	return s->link_key ^ __builtin_bswap64((unsigned long)where);
}

static void write_link(const struct kmem_cache *s, unsigned long object, unsigned long next)
{
	unsigned long *where = link_of(s, object);

	*where = next ^ link_key(s, where);
}

/* The address of the next free object, 0 at the end, by the slab's list. */
static unsigned long next_object(struct kmem_cache *s, struct slab *slab, unsigned int index)
{
	unsigned int next = slab_get_link(s, slab->next, index);

	return next < slab->objects ? slab_object(s, slab, next) : 0;
}

void slab_debug_link(struct kmem_cache *s, struct slab *slab, unsigned int index)
{
	write_link(s, slab_object(s, slab, index), next_object(s, slab, index));
}

/* ---- Writing ------------------------------------------------------------------------------- */

static unsigned int *asked_word(const struct kmem_cache *s, unsigned long object)
{
	return (unsigned int *)(object + tracks_end(s));
}

/* What is red zone from now on is so before its start is known: another CPU may look. */
void slab_set_asked(struct kmem_cache *s, unsigned long object, unsigned int size)
{
	if (s->flags & SLAB_RED_ZONE)
		memset((u8 *)object + size, SLUB_RED_ACTIVE, s->object_size - size);
	__atomic_store_n(asked_word(s, object), size, __ATOMIC_RELEASE);
}

unsigned int slab_asked(const struct kmem_cache *s, unsigned long object)
{
	return min(__atomic_load_n(asked_word(s, object), __ATOMIC_ACQUIRE), s->object_size);
}

/* @red: the red zones' value, which tells whether the object is out. */
static void init_object(struct kmem_cache *s, unsigned long object, u8 red)
{
	u8 *p = (u8 *)object;

	if (s->flags & SLAB_RED_ZONE) {
		memset(p - s->red_left_pad, red, s->red_left_pad);
		memset(p + s->object_size, red, s->inuse - s->object_size);
	}
	if (poisons_objects(s)) {
		memset(p, POISON_FREE, s->object_size - 1);
		p[s->object_size - 1] = POISON_END;
	}
	if (slab_keeps_size(s))
		*asked_word(s, object) = s->object_size;
}

void slab_debug_init(struct kmem_cache *s, struct slab *slab)
{
	if (s->flags & SLAB_POISON)
		memset((void *)slab_address(slab), POISON_INUSE, PAGE_SIZE << slab_order(slab));
	for (unsigned int i = 0; i < slab->objects; i++) {
		unsigned long object = slab_object(s, slab, i);

		init_object(s, object, SLUB_RED_INACTIVE);
		if (s->flags & SLAB_STORE_USER)
			slab_clear_tracks(s, object);
		slab_debug_link(s, slab, i);
	}
}

static void count_overwritten(void)
{
	__atomic_fetch_add(&slab_stats.overwritten, 1, __ATOMIC_RELAXED);
}

/* ---- Looking --------------------------------------------------------------------------------- */

/* The bytes at @start that differ from @value, as a report; they are restored. */
static bool check_bytes(struct kmem_cache *s, struct slab *slab, unsigned long object,
			const char *what, unsigned long start, u8 value, unsigned long bytes)
{
	const u8 *fault = memchr_inv((void *)start, value, bytes);
	const u8 *end = (const u8 *)start + bytes;
	unsigned long from = (unsigned long)fault, last;

	if (likely(!fault))
		return true;
	while (end[-1] == value)
		end--;
	last = (unsigned long)end - 1;
	count_overwritten();
	slab_bug(s, "%s overwritten", what);
	pr_err("0x%lx-0x%lx @offset=%lu. First byte 0x%x instead of 0x%x\n", from, last,
	       from - slab_address(slab), *fault, value);
	slab_print_trailer(s, slab, object);
	slab_fix(s, "Restoring %s 0x%lx-0x%lx=0x%x", what, from, last, value);
	memset((void *)from, value, last - from + 1);
	return false;
}

static bool check_red_zones(struct kmem_cache *s, struct slab *slab, unsigned long object, u8 red)
{
	unsigned long end = object + s->object_size;
	unsigned int asked = s->object_size;

	if (red == SLUB_RED_ACTIVE && slab_keeps_size(s))
		asked = slab_asked(s, object);
	if (s->flags & SLAB_RED_ZONE)
		return check_bytes(s, slab, object, "Left Redzone", object - s->red_left_pad, red,
				   s->red_left_pad) &&
		       check_bytes(s, slab, object, "Right Redzone", end, red,
				   s->inuse - s->object_size) &&
		       check_bytes(s, slab, object, "kmalloc Redzone", object + asked, red,
				   s->object_size - asked);
	return !(s->flags & SLAB_POISON) || check_bytes(s, slab, object, "Alignment padding", end,
							POISON_INUSE, s->inuse - s->object_size);
}

static bool check_poison(struct kmem_cache *s, struct slab *slab, unsigned long object, u8 red)
{
	unsigned long last = object + s->object_size - 1, padding = slab_padding_start(s);

	if (!(s->flags & SLAB_POISON))
		return true;
	if (red == SLUB_RED_INACTIVE && poisons_objects(s) &&
	    !(check_bytes(s, slab, object, "Poison", object, POISON_FREE, s->object_size - 1) &&
	      check_bytes(s, slab, object, "End Poison", last, POISON_END, 1)))
		return false;
	return check_bytes(s, slab, object, "Object padding", object + padding, POISON_INUSE,
			   bytes_from_object(s) - padding);
}

/* A free object's link says what the slab's list says. */
static bool check_link(struct kmem_cache *s, struct slab *slab, unsigned int index)
{
	unsigned long object = slab_object(s, slab, index);
	unsigned long *where = link_of(s, object);

	if ((*where ^ link_key(s, where)) == next_object(s, slab, index))
		return true;
	count_overwritten();
	slab_bug(s, "Freepointer corrupt");
	slab_print_trailer(s, slab, object);
	slab_debug_link(s, slab, index);
	return false;
}

static bool check_object(struct kmem_cache *s, struct slab *slab, unsigned int index, u8 red)
{
	unsigned long object = slab_object(s, slab, index);

	return check_red_zones(s, slab, object, red) && check_poison(s, slab, object, red) &&
	       (red == SLUB_RED_ACTIVE || check_link(s, slab, index));
}

/* What is left behind the slab's last object. */
static bool check_slab_padding(struct kmem_cache *s, struct slab *slab)
{
	unsigned long base = slab_address(slab), start = base + slab->objects * s->size;
	unsigned long end = base + (PAGE_SIZE << slab_order(slab)), from, last;
	const u8 *fault;

	if (!(s->flags & SLAB_POISON))
		return true;
	fault = memchr_inv((void *)start, POISON_INUSE, end - start);
	if (!fault)
		return true;
	from = (unsigned long)fault;
	for (last = end - 1; *(u8 *)last == POISON_INUSE; last--)
		;
	count_overwritten();
	slab_bug(s, "Padding overwritten. 0x%lx-0x%lx @offset=%lu", from, last, from - base);
	slab_print_info(s, slab);
	slab_print_section("Padding  ", start, end - start);
	slab_fix(s, "Restoring slab padding 0x%lx-0x%lx=0x%x", from, last, POISON_INUSE);
	memset((void *)from, POISON_INUSE, last - from + 1);
	return false;
}

/* ---- Objects that change hands -------------------------------------------------------------------- */

/* The call, what the object held when it was freed, and who calls. */
static void trace(struct kmem_cache *s, struct slab *slab, unsigned long object, bool alloc)
{
	if (!(s->flags & SLAB_TRACE))
		return;
	pr_info("TRACE %s %s 0x%lx inuse=%u fp=0x%lx\n", s->name, alloc ? "alloc" : "free", object,
		slab->inuse,
		slab->freelist < slab->objects ? slab_object(s, slab, slab->freelist) : 0);
	if (!alloc)
		print_hex_dump(KERN_INFO, "Object   ", DUMP_PREFIX_ADDRESS, 16, 1,
			       (const void *)object, s->object_size, true);
	dump_stack();
}

/*
 * Only with SLAB_CONSISTENCY_CHECKS is an object looked at. What is bad then is not handed
 * out, but stays as if it were: nobody knows who still writes to it.
 */
bool slab_debug_alloc(struct kmem_cache *s, struct slab *slab, unsigned int index,
		      unsigned long caller)
{
	unsigned long object = slab_object(s, slab, index);
	bool good =
		!(s->flags & SLAB_CONSISTENCY_CHECKS) ||
		(check_slab_padding(s, slab) && check_object(s, slab, index, SLUB_RED_INACTIVE));

	init_object(s, object, SLUB_RED_ACTIVE);
	if (!good) {
		slab_fix(s, "Object at 0x%lx is not handed out", object);
		return false;
	}
	if (s->flags & SLAB_STORE_USER)
		slab_set_track(s, object, TRACK_ALLOC, caller);
	trace(s, slab, object, true);
	return true;
}

bool slab_debug_free(struct kmem_cache *s, struct slab *slab, unsigned int index,
		     unsigned long caller)
{
	unsigned long object = slab_object(s, slab, index);

	if (s->flags & SLAB_CONSISTENCY_CHECKS &&
	    !(check_slab_padding(s, slab) && check_object(s, slab, index, SLUB_RED_ACTIVE))) {
		slab_fix(s, "Object at 0x%lx not freed", object);
		return false;
	}
	if (s->flags & SLAB_STORE_USER)
		slab_set_track(s, object, TRACK_FREE, caller);
	trace(s, slab, object, false);
	init_object(s, object, SLUB_RED_INACTIVE);
	return true;
}

/* ---- All objects of a cache -------------------------------------------------------------------------- */

static void validate_slab(struct kmem_cache *s, struct slab *slab)
{
	check_slab_padding(s, slab);
	for (unsigned int i = 0; i < slab->objects; i++)
		check_object(s, slab, i,
			     slab->next[i] & SLAB_STATE ? SLUB_RED_ACTIVE : SLUB_RED_INACTIVE);
}

static long validate_list(struct kmem_cache *s, struct list_head *slabs)
{
	struct slab *slab;
	long nr = 0;

	list_for_each_entry (slab, slabs, list) {
		validate_slab(s, slab);
		nr++;
	}
	return nr;
}

long validate_slab_cache(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	long nr = 0;
	int nid;

	if (!slab_has_debug(s))
		return 0;
	for_each_kmem_cache_node (s, nid, n) {
		spin_lock(&n->list_lock);
		nr += validate_list(s, &n->partial) + validate_list(s, &n->full);
		spin_unlock(&n->list_lock);
	}
	return nr;
}
