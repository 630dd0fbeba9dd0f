// SPDX-License-Identifier: MIT
/*
 * The tree of a sparse array: nodes of 64 slots, the ways through them, stores. Contracts:
 * linux/xarray.h, xarray.h. The calls that users make of it: xarray_api.c, lib/xarray_*.c.
 *
 * Nodes that an insertion will take are allocated before it starts, with the lock let go,
 * so that it cannot fail half-way and that memory may be reclaimed from the very array
 * meanwhile. Who looks and finds the lock taken, by himself it may be, goes without: a node
 * may be freed under his eyes, but stays a node (SLAB_TYPESAFE_BY_RCU) while he is in an RCU
 * section, and xa_seq tells him to look again.
 */
#include "xarray.h"

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <asm/barrier.h>

static struct kmem_cache *node_cache;

void xarray_init(void)
{
	node_cache =
		kmem_cache_create("radix_tree_node", sizeof(struct xa_node), 0,
				  SLAB_PANIC | SLAB_RECLAIM_ACCOUNT | SLAB_TYPESAFE_BY_RCU, NULL);
}

/* ---- Nodes -------------------------------------------------------------------------- */

/* Is there room for @index below a root of @shift? */
static bool reaches(unsigned int shift, unsigned long index)
{
	unsigned int bits = shift + XA_CHUNK_SHIFT;

	return bits >= BITS_PER_LONG || !(index >> bits);
}

void xa_change_bit(struct xa_node *node, unsigned int slot, xa_mark_t filter, bool set)
{
	for (; node; slot = node->offset, node = node->parent) {
		unsigned long *bits = xa_bits(node, filter), old = *bits;

		WRITE_ONCE(*bits, set ? old | BIT(slot) : old & ~BIT(slot));
		if (!old == !*bits)
			return;
	}
}

/* In nodes that others may look at still, from before it was freed. */
static void init_node(const struct xarray *xa, struct xa_node *node, u8 shift)
{
	WRITE_ONCE(node->shift, shift);
	node->offset = 0;
	node->created = false;
	node->parent = NULL;
	node->array = (struct xarray *)(unsigned long)xa;
	WRITE_ONCE(node->present, 0);
	for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
		WRITE_ONCE(node->marks[i], xa_is_alloc(xa) && i == XA_FREE_MARK ? ~0UL : 0);
	for (unsigned int i = 0; i < XA_CHUNK_SIZE; i++)
		WRITE_ONCE(node->slots[i], NULL);
}

/* Nodes for a store are chained by their parents. */
int xas_fill(struct xa_state *xas, unsigned int nr, gfp_t gfp)
{
	for (struct xa_node *node = xas->xa_alloc; node && nr; node = node->parent)
		nr--;
	for (; nr; nr--) {
		struct xa_node *node = kmem_cache_alloc(node_cache, gfp);

		if (!node)
			return -ENOMEM;
		node->parent = xas->xa_alloc;
		xas->xa_alloc = node;
	}
	return 0;
}

void xas_destroy(struct xa_state *xas)
{
	while (xas->xa_alloc) {
		struct xa_node *node = xas->xa_alloc;

		xas->xa_alloc = node->parent;
		kmem_cache_free(node_cache, node);
	}
}

struct xa_node *xas_take_node(struct xa_state *xas, u8 shift)
{
	struct xa_node *node = xas->xa_alloc;

	xas->xa_alloc = node->parent;
	init_node(xas->xa, node, shift);
	return node;
}

/* Whoever came upon what changes next, which is out of the array, looks again. */
static void make_stale(struct xarray *xa)
{
	smp_store_release(&xa->xa_seq, xa->xa_seq + 1);
	smp_wmb();
}

static void free_node(struct xarray *xa, struct xa_node *node)
{
	make_stale(xa);
	kmem_cache_free(node_cache, node);
}

/* @node and all below it, from the leaves up: slots are emptied before their nodes are freed. */
static void free_tree(struct xarray *xa, struct xa_node *node)
{
	struct xa_node *end = node->parent;

	make_stale(xa);
	while (node != end) {
		struct xa_node *parent = node->parent;
		unsigned int slot = 0;

		while (slot < XA_CHUNK_SIZE && !xa_leads_down(node, node->slots[slot]))
			slot++;
		if (slot < XA_CHUNK_SIZE) {
			struct xa_node *child = xa_to_node(node->slots[slot]);

			WRITE_ONCE(node->slots[slot], NULL);
			node = child;
			continue;
		}
		free_node(xa, node);
		node = parent;
	}
}

/* Frees @node and those above it that hold nothing any more. */
static void prune(struct xarray *xa, struct xa_node *node)
{
	while (node && !node->present) {
		struct xa_node *parent = node->parent;

		if (parent) {
			WRITE_ONCE(parent->slots[node->offset], NULL);
			xa_change_bit(parent, node->offset, XA_PRESENT, false);
		} else {
			WRITE_ONCE(xa->xa_head, NULL);
		}
		free_node(xa, node);
		node = parent;
	}
}

void xa_destroy(struct xarray *xa)
{
	struct xa_node *head;

	xa_lock(xa);
	head = xa->xa_head;
	WRITE_ONCE(xa->xa_head, NULL);
	if (head)
		free_tree(xa, head);
	xa_unlock(xa);
}

/* ---- Ways through the tree --------------------------------------------------------------- */

unsigned int xa_nr_siblings(const struct xa_node *node, unsigned int slot)
{
	unsigned int nr = 0;

	while (slot + nr + 1 < XA_CHUNK_SIZE &&
	       READ_ONCE(node->slots[slot + nr + 1]) == xa_mk_internal(slot))
		nr++;
	return nr;
}

unsigned long xa_spot_last(const struct xa_spot *at, unsigned long index)
{
	unsigned long end;

	if (!at->entry)
		return index;
	end = at->slot + xa_nr_siblings(at->node, at->slot) + 1UL;
	if (!reaches(at->shift, ULONG_MAX))
		end += index >> (at->shift + XA_CHUNK_SHIFT) << XA_CHUNK_SHIFT;
	/* Of the last slot of all, 2^64 - 1. */
	return (end << at->shift) - 1;
}

/*
 * Slot @slot, or the one that it is tied to: what that holds is for @slot only where the tie is
 * there still, as both may have got entries of their own meanwhile. No tie leads to a tie.
 */
static void *resolve(const struct xa_node *node, unsigned int *slot)
{
	void *entry = rcu_dereference(node->slots[*slot]);

	while (xa_is_sibling(entry)) {
		unsigned int head = (unsigned int)xa_to_internal(entry);
		void *tied = rcu_dereference(node->slots[head]), *again;

		smp_rmb();
		again = rcu_dereference(node->slots[*slot]);
		if (again == entry && !xa_is_sibling(tied)) {
			*slot = head;
			return tied;
		}
		entry = again;
	}
	return entry;
}

/* Depths are counted from the root: what a freed node says of itself may be another's. */
void xa_spot_at(const struct xarray *xa, unsigned long index, struct xa_spot *at)
{
	struct xa_node *node = rcu_dereference(xa->xa_head);
	unsigned int shift = node ? READ_ONCE(node->shift) : 0, slot;
	void *entry;

	if (unlikely(!node || !reaches(shift, index))) {
		*at = (struct xa_spot){.node = NULL};
		return;
	}
	for (;; shift -= XA_CHUNK_SHIFT) {
		slot = index >> shift & XA_CHUNK_MASK;
		entry = rcu_dereference(node->slots[slot]);
		if (unlikely(xa_is_sibling(entry)))
			entry = resolve(node, &slot);
		if (!shift || !xa_is_node(entry))
			break;
		node = xa_to_node(entry);
	}
	*at = (struct xa_spot){node, slot, entry, shift};
}

/* The first that is set from @slot on; XA_CHUNK_SIZE without one. */
static unsigned int first_bit(unsigned long bits, unsigned int slot)
{
	bits &= ~0UL << slot;
	return bits ? (unsigned int)__ffs(bits) : XA_CHUNK_SIZE;
}

/*
 * One way down from the root to *@index or the first index behind it that may do: 1
 * where *@index is that one, 0 where *@index is only nearer, and to be tried next.
 * -ENOENT: there is none.
 */
static int step(const struct xarray *xa, unsigned long *index, xa_mark_t filter, struct xa_spot *at)
{
	struct xa_node *node = rcu_dereference(xa->xa_head);
	unsigned int shift = node ? READ_ONCE(node->shift) : 0;

	if (!node || !reaches(shift, *index))
		return -ENOENT;
	for (;; shift -= XA_CHUNK_SHIFT) {
		unsigned long span = 1UL << shift, bits, next;
		unsigned int slot = *index >> shift & XA_CHUNK_MASK, own = slot;
		void *entry = resolve(node, &own);

		/* What a slot's entry had when it came there, it has. */
		smp_rmb();
		bits = READ_ONCE(*xa_bits(node, filter));
		/* The marks of tied slots are the first one's. */
		next = bits >> own & 1 ? slot : first_bit(bits, slot);
		if (next != slot) {
			/* Whole slots on; the last of them may be the end of all indices. */
			*index = (*index & ~(span - 1)) + (next - slot) * span;
			if (next == XA_CHUNK_SIZE)
				return *index ? 0 : -ENOENT;
			own = (unsigned int)next;
			entry = resolve(node, &own);
		}
		if (shift && xa_is_node(entry)) {
			node = xa_to_node(entry);
			continue;
		}
		/* It went away since its bit was read. */
		if (unlikely(!entry) && !(xa_is_alloc(xa) && filter == XA_FREE_MARK)) {
			*index = (*index & ~(span - 1)) + span;
			return *index ? 0 : -ENOENT;
		}
		*at = (struct xa_spot){node, own, entry, shift};
		return 1;
	}
}

bool xa_spot_find(const struct xarray *xa, unsigned long *index, unsigned long most,
		  xa_mark_t filter, struct xa_spot *at)
{
	unsigned long from = *index;
	int found;

	do {
		found = step(xa, &from, filter, at);
	} while (!found && from <= most);
	if (found != 1 || from > most)
		return false;
	*index = from;
	return true;
}

/* ---- Looking without the lock ---------------------------------------------------------------- */

/*
 * Nobody else has it: the cheapest way. But an interrupt may want it, where users say so, and
 * where they have a lock of their own it keeps nobody out.
 */
#define NOT_TO_BE_TAKEN (XA_FLAGS_LOCK_IRQ | XA_FLAGS_LOCK_BH | XA_FLAGS_OTHER_LOCK)

static __always_inline bool try_lock(struct xarray *xa)
{
	return !(xa->xa_flags & NOT_TO_BE_TAKEN) && xa_trylock(xa);
}

static unsigned int begin_looking(const struct xarray *xa)
{
	rcu_read_lock();
	return smp_load_acquire(&xa->xa_seq);
}

/* Was a node freed since? */
static bool end_looking(const struct xarray *xa, unsigned int seq)
{
	bool stale;

	smp_rmb();
	stale = unlikely(READ_ONCE(xa->xa_seq) != seq);
	rcu_read_unlock();
	return stale;
}

static void look_at(const struct xarray *xa, unsigned long index, struct xa_spot *at,
		    unsigned long *last)
{
	xa_spot_at(xa, index, at);
	if (last)
		*last = xa_spot_last(at, index);
}

void xa_look_at(struct xarray *xa, unsigned long index, struct xa_spot *at, unsigned long *last)
{
	unsigned int seq;

	if (likely(try_lock(xa))) {
		look_at(xa, index, at, last);
		xa_unlock(xa);
		return;
	}
	do {
		seq = begin_looking(xa);
		look_at(xa, index, at, last);
	} while (end_looking(xa, seq));
}

static bool look_for(const struct xarray *xa, unsigned long *index, unsigned long most,
		     xa_mark_t filter, struct xa_spot *at, unsigned long *last)
{
	if (!xa_spot_find(xa, index, most, filter, at))
		return false;
	if (last)
		*last = xa_spot_last(at, *index);
	return true;
}

bool xa_look_for(struct xarray *xa, unsigned long *index, unsigned long most, xa_mark_t filter,
		 struct xa_spot *at, unsigned long *last)
{
	unsigned long from;
	unsigned int seq;
	bool found;

	if (likely(try_lock(xa))) {
		found = look_for(xa, index, most, filter, at, last);
		xa_unlock(xa);
		return found;
	}
	do {
		from = *index;
		seq = begin_looking(xa);
		found = look_for(xa, &from, most, filter, at, last);
	} while (end_looking(xa, seq));
	if (found)
		*index = from;
	return found;
}

/* ---- Making nodes --------------------------------------------------------------------------- */

/* The shift that a root for the state's range has. */
static unsigned int root_shift(const struct xa_state *xas)
{
	unsigned int shift = xas->xa_shift;

	while (!reaches(shift, xas_range_end(xas)))
		shift += XA_CHUNK_SHIFT;
	return shift;
}

unsigned int xas_nodes_missing(const struct xa_state *xas)
{
	const struct xa_node *node = xas->xa->xa_head;
	unsigned int top = root_shift(xas), below = (top - xas->xa_shift) / XA_CHUNK_SHIFT;

	if (!node)
		return below + 1;
	/* Roots above this one, and at most all below the highest of them. */
	if (node->shift < top)
		return (top - node->shift) / XA_CHUNK_SHIFT + below;
	while (node->shift > xas->xa_shift) {
		unsigned int slot = xa_slot_of(node, xas->xa_index);
		void *entry = resolve(node, &slot);

		if (!entry)
			return (node->shift - xas->xa_shift) / XA_CHUNK_SHIFT;
		if (!xa_is_node(entry))
			return 0;
		node = xa_to_node(entry);
	}
	return 0;
}

static void unlock_for(struct xa_state *xas, bool lock)
{
	unsigned int how = xas->xa->xa_flags & (XA_FLAGS_LOCK_IRQ | XA_FLAGS_LOCK_BH);

	if (how & XA_FLAGS_LOCK_IRQ)
		lock ? xas_lock_irq(xas) : xas_unlock_irq(xas);
	else
		lock ? xas_lock(xas) : xas_unlock(xas);
}

int xas_ready(struct xa_state *xas, gfp_t gfp)
{
	unsigned int missing = xas_nodes_missing(xas), nr = 0;
	int err;

	for (const struct xa_node *node = xas->xa_alloc; node && nr < missing; node = node->parent)
		nr++;
	if (nr == missing)
		return 0;
	unlock_for(xas, false);
	err = xas_fill(xas, missing, gfp);
	unlock_for(xas, true);
	return err ? err : -EAGAIN;
}

void xa_link_node(struct xa_node *parent, unsigned int slot, struct xa_node *node)
{
	node->parent = parent;
	node->offset = (u8)slot;
	xa_set_slot(parent, slot, xa_mk_node(node));
}

/* Makes the tree high enough for the state's range. */
static void raise_root(struct xa_state *xas)
{
	struct xarray *xa = xas->xa;
	unsigned int top = root_shift(xas);

	if (!xa->xa_head)
		rcu_assign_pointer(xa->xa_head, xas_take_node(xas, (u8)top));
	while (xa->xa_head->shift < top) {
		struct xa_node *old = xa->xa_head;
		struct xa_node *root = xas_take_node(xas, (u8)(old->shift + XA_CHUNK_SHIFT));

		xa_link_node(root, 0, old);
		root->present = 1;
		for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
			root->marks[i] = (root->marks[i] & ~1UL) | (old->marks[i] != 0);
		rcu_assign_pointer(xa->xa_head, root);
	}
}

/* Do slots up to @last, the first of which is of the entry at @slot, lie within that entry? */
static bool within_tied(const struct xa_node *node, unsigned int slot, unsigned int last)
{
	return slot + xa_nr_siblings(node, slot) >= last;
}

/*
 * What lies within a tied entry replaces all of it. Else what is as large as its slots, or larger,
 * takes those slots, and leaves a tied entry the others.
 */
void xas_make(struct xa_state *xas)
{
	struct xa_node *node;

	raise_root(xas);
	for (node = xas->xa->xa_head;; node = xa_to_node(node->slots[xas->xa_offset])) {
		unsigned int own = xa_slot_of(node, xas->xa_index), slot = own;
		void *entry = resolve(node, &slot);
		bool there = node->shift <= xas->xa_shift;

		xas->xa_node = node;
		if (there && xas->xa_sibs && !within_tied(node, slot, own + xas->xa_sibs))
			slot = own;
		xas->xa_offset = (unsigned char)slot;
		if (there || (entry && !xa_is_node(entry)))
			return;
		if (entry)
			continue;
		xa_link_node(node, slot, xas_take_node(xas, (u8)(node->shift - XA_CHUNK_SHIFT)));
		xa_change_bit(node, slot, XA_PRESENT, true);
	}
}

/* ---- Storing ---------------------------------------------------------------------------------- */

/* What of a tied entry lies behind slot @last of those that are overwritten is one of its own. */
static void cut_behind(struct xa_node *node, unsigned int last)
{
	unsigned int first = last + 1, slot = first;
	const void *tied;

	if (first == XA_CHUNK_SIZE || !xa_is_sibling(node->slots[first]))
		return;
	tied = node->slots[first];
	xa_set_slot(node, slot, node->slots[xa_to_internal(tied)]);
	for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
		xa_change_bit(node, slot, i, node->marks[i] >> xa_to_internal(tied) & 1);
	while (++slot < XA_CHUNK_SIZE && node->slots[slot] == tied)
		xa_set_slot(node, slot, xa_mk_internal(first));
}

/* As xa_change_bit(), which is seldom needed. */
static void want_bit(struct xa_node *node, unsigned int slot, xa_mark_t filter, bool set)
{
	if ((*xa_bits(node, filter) >> slot & 1) != set)
		xa_change_bit(node, slot, filter, set);
}

/* One mark for slots @first to @last, that of the first: where any of them has it. */
static void join_marks(struct xa_node *node, unsigned int first, unsigned int last)
{
	unsigned long slots = GENMASK(last, first);

	for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++) {
		/* Set before the others go, so that the parents' bits stay. */
		want_bit(node, first, i, node->marks[i] & slots);
		for (unsigned int slot = first + 1; slot <= last; slot++)
			want_bit(node, slot, i, false);
	}
}

void *xa_put_at(struct xarray *xa, const struct xa_spot *at, void *entry)
{
	xa_set_slot(at->node, at->slot, entry);
	want_bit(at->node, at->slot, XA_PRESENT, true);
	if (xa_is_alloc(xa))
		want_bit(at->node, at->slot, XA_FREE_MARK, false);
	return at->entry;
}

/* @entry into slots @first to @last, whatever they hold. */
static void put_tied(struct xarray *xa, struct xa_node *node, unsigned int first, unsigned int last,
		     void *entry)
{
	cut_behind(node, last);
	if (xa_is_alloc(xa))
		for (unsigned int slot = first; slot <= last; slot++)
			want_bit(node, slot, XA_FREE_MARK, false);
	join_marks(node, first, last);
	/* After the first from the last on, so that no tie leads to a tie. */
	for (unsigned int i = 0; i <= last - first; i++) {
		unsigned int slot = i ? last + 1 - i : first;
		void *was = node->slots[slot];

		xa_set_slot(node, slot, i ? xa_mk_internal(first) : entry);
		want_bit(node, slot, XA_PRESENT, true);
		if (xa_leads_down(node, was))
			free_tree(xa, xa_to_node(was));
	}
}

void *xas_put(struct xa_state *xas, void *entry)
{
	struct xa_spot at;
	unsigned int slot;

	xas_make(xas);
	slot = xas->xa_offset;
	at = (struct xa_spot){xas->xa_node, slot, resolve(xas->xa_node, &slot),
			      xas->xa_node->shift};
	if (xas->xa_sibs && at.shift <= xas->xa_shift &&
	    !within_tied(at.node, at.slot, xa_slot_of(at.node, xas->xa_index) + xas->xa_sibs))
		put_tied(xas->xa, at.node, at.slot, at.slot + xas->xa_sibs, entry);
	else if (xa_leads_down(at.node, at.entry))
		put_tied(xas->xa, at.node, at.slot, at.slot, entry);
	else
		xa_put_at(xas->xa, &at, entry);
	xas->xa_last =
		xa_spot_last(&(struct xa_spot){at.node, at.slot, entry, at.shift}, xas->xa_index);
	return xa_leads_down(at.node, at.entry) ? NULL : at.entry;
}

/* Most slots have no mark. */
static void clear_marks(const struct xarray *xa, struct xa_node *node, unsigned int slot)
{
	unsigned long marks = node->marks[0] | node->marks[1] | node->marks[2];

	if (marks >> slot & 1)
		for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
			want_bit(node, slot, i, false);
	if (xa_is_alloc(xa))
		xa_change_bit(node, slot, XA_FREE_MARK, true);
}
static_assert(XA_MAX_MARKS == 3);

void xa_clear_at(struct xarray *xa, const struct xa_spot *at)
{
	struct xa_node *node = at->node;
	unsigned int last = at->slot + xa_nr_siblings(node, at->slot);

	for (unsigned int slot = at->slot; slot <= last; slot++) {
		clear_marks(xa, node, slot);
		WRITE_ONCE(node->slots[slot], NULL);
		want_bit(node, slot, XA_PRESENT, false);
	}
	if (!node->present)
		prune(xa, node);
}

void *xas_clear(struct xa_state *xas)
{
	unsigned long index = xas->xa_index, end = xas_range_end(xas);
	struct xa_spot at;
	void *first;

	xa_spot_at(xas->xa, index, &at);
	first = at.entry;
	if (first)
		xa_clear_at(xas->xa, &at);
	while (index != end && xa_spot_find(xas->xa, &index, end, XA_PRESENT, &at))
		xa_clear_at(xas->xa, &at);
	xas->xa_node = XAS_RESTART;
	return first;
}
