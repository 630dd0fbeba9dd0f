// SPDX-License-Identifier: MIT
/* The free ranges: finding room, taking it, and merging what comes back. Contract: vmap.h. */
#include "vmap.h"

#include <linux/errno.h>
#include <linux/kernel.h>

struct rb_root vmap_free_root;
unsigned long vmap_search_steps;

RB_DECLARE_CALLBACKS_MAX(static, free_augment, struct vmap_area, rb_node, unsigned long,
			 subtree_max_size, va_size)

/* ---- The tree --------------------------------------------------------------------------- */

static unsigned long subtree_max(const struct rb_node *node)
{
	return node ? va_of(node)->subtree_max_size : 0;
}

static void free_changed(struct vmap_area *va)
{
	free_augment.propagate(&va->rb_node, NULL);
}

static void free_erase(struct vmap_area *va)
{
	rb_erase_augmented(&va->rb_node, &vmap_free_root, &free_augment);
}

static void free_link(struct vmap_area *va, struct rb_node *parent, struct rb_node **link)
{
	rb_link_node(&va->rb_node, parent, link);
	va->subtree_max_size = 0;
	free_changed(va);
	rb_insert_augmented(&va->rb_node, &vmap_free_root, &free_augment);
}

unsigned long vmalloc_largest_free(void)
{
	unsigned long bytes;

	spin_lock(&vmap_lock);
	bytes = subtree_max(vmap_free_root.rb_node);
	spin_unlock(&vmap_lock);
	return bytes;
}

/*
 * Of two ranges that become one the upper stays, so that the last range is the same struct
 * for ever: when all is free again, the memory in use is what it was before.
 */
void vmap_free_insert(struct vmap_area *va, struct list_head *unused)
{
	struct rb_node **link = &vmap_free_root.rb_node, *parent = NULL;
	struct vmap_area *below = NULL, *above = NULL;
	unsigned long start;

	while (*link) {
		parent = *link;
		if (va->va_start < va_of(parent)->va_start) {
			above = va_of(parent);
			link = &parent->rb_left;
		} else {
			below = va_of(parent);
			link = &parent->rb_right;
		}
	}
	if (above && above->va_start != va->va_end)
		above = NULL;
	if (below && below->va_end != va->va_start)
		below = NULL;
	if (!below && !above) {
		free_link(va, parent, link);
		return;
	}
	list_add(&va->list, unused);
	if (!above) {
		below->va_end = va->va_end;
		free_changed(below);
		return;
	}
	start = va->va_start;
	if (below) {
		/* While each size is what the tree was told: rotations take them for that. */
		start = below->va_start;
		free_erase(below);
		list_add(&below->list, unused);
	}
	above->va_start = start;
	free_changed(above);
}

/* ---- Finding room ---------------------------------------------------------------------- */

/* Where @room lies in @va; 0: it does not fit. */
static unsigned long place_in(const struct vmap_area *va, const struct vmap_room *room)
{
	unsigned long addr = ALIGN(max(va->va_start, room->start), room->align);
	unsigned long end = min(va->va_end, room->end);

	return addr >= va->va_start && addr < end && end - addr >= room->size ? addr : 0;
}

/*
 * The lowest range from @start to @end that has room, in the subtree of @node. A subtree
 * that has nothing of @length bytes is passed over; one of whose ranges has them, and
 * which lies behind @start, has room for sure, if @length allows for the alignment. So
 * one way leads down, and one more along @start.
 */
static struct vmap_area *find_lowest(const struct rb_node *node, unsigned long length,
				     const struct vmap_room *room)
{
	while (subtree_max(node) >= length) {
		struct vmap_area *va = va_of(node);

		vmap_search_steps++;
		if (room->start < va->va_start && subtree_max(node->rb_left) >= length) {
			struct vmap_area *lower = find_lowest(node->rb_left, length, room);

			if (lower)
				return lower;
		}
		if (va->va_start >= room->end)
			return NULL;
		if (place_in(va, room))
			return va;
		node = node->rb_right;
	}
	return NULL;
}

/*
 * Alignment may cost up to a page less than @align: a range that is that much larger
 * surely has room. Where there is none before @end, all that are just large enough are
 * tried, for they may be aligned: the one search whose time grows with their number.
 */
static struct vmap_area *find_room(const struct vmap_room *room)
{
	const struct rb_node *root = vmap_free_root.rb_node;
	struct vmap_area *va = find_lowest(root, room->size + room->align - PAGE_SIZE, room);

	if (!va && room->align > PAGE_SIZE)
		va = find_lowest(root, room->size, room);
	return va;
}

/*
 * Takes [addr, addr + size) out of the free range @free:
 *
 *   |--- free ---|##########|--- free ---|     @spare becomes the lower part, where
 *   va_start    addr   addr + size  va_end     there are two
 *
 * Structs that are left over are chained to @unused. False: a spare one is needed.
 */
static bool carve(struct vmap_area *free, unsigned long addr, unsigned long size,
		  struct vmap_area *spare, struct list_head *unused)
{
	unsigned long end = addr + size, free_end = free->va_end;

	if (addr > free->va_start && end < free_end) {
		if (!spare)
			return false;
		spare->va_start = free->va_start;
		spare->va_end = addr;
		free->va_start = end;
		free_changed(free);
		vmap_free_insert(spare, unused);
		return true;
	}
	if (unlikely(spare))
		list_add(&spare->list, unused);
	if (free->va_start == addr && free_end == end) {
		free_erase(free);
		list_add(&free->list, unused);
		return true;
	}
	if (free->va_start == addr)
		free->va_start = end;
	else
		free->va_end = addr;
	free_changed(free);
	return true;
}

int vmap_take_room(const struct vmap_room *room, struct vmap_area *va, struct vmap_area *spare,
		   struct list_head *unused)
{
	struct vmap_area *free = find_room(room);
	unsigned long addr;

	if (!free)
		return -ENOSPC;
	addr = place_in(free, room);
	if (!carve(free, addr, room->size, spare, unused))
		return -EAGAIN;
	va->va_start = addr;
	va->va_end = addr + room->size;
	return 0;
}
