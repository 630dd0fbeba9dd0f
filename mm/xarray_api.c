// SPDX-License-Identifier: MIT
/* The calls of sparse arrays that are used most, and their check. Contract: linux/xarray.h. */
#include <linux/xarray.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/printk.h>

#include "xarray.h"

/* What users see of it. */
static void *visible(void *entry)
{
	return xa_is_zero(entry) ? NULL : entry;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	struct xa_spot at;

	xa_look_at(xa, index, &at, NULL);
	return visible(at.entry);
}

/* ---- Storing ---------------------------------------------------------------------------- */

/* The same as put() where the slot's node may be missing. */
static noinline int put_new(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp,
			    bool only_new, void **old)
{
	XA_STATE(xas, xa, index);
	struct xa_spot at;
	int err;

	do {
		xa_spot_at(xa, index, &at);
		if (only_new && at.entry)
			err = -EBUSY;
		else
			err = xa_spot_is_there(&at) ? 0 : xas_ready(&xas, gfp);
	} while (err == -EAGAIN);
	if (!err)
		*old = xa_spot_is_there(&at) ? xa_put_at(xa, &at, entry) : xas_put(&xas, entry);
	xas_destroy(&xas);
	return err;
}

/* The lock may be let go meanwhile. -EBUSY where @only_new and something is there. */
static int put(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp, bool only_new,
	       void **old)
{
	struct xa_spot at;

	xa_spot_at(xa, index, &at);
	if (only_new && at.entry)
		return -EBUSY;
	if (unlikely(!xa_spot_is_there(&at)))
		return put_new(xa, index, entry, gfp, only_new, old);
	*old = xa_put_at(xa, &at, entry);
	return 0;
}

int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old;

	if (WARN_ON(xa_is_advanced(entry)))
		return -EINVAL;
	return put(xa, index, entry ? entry : XA_ZERO_ENTRY, gfp, true, &old);
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	int err;

	xa_lock(xa);
	err = __xa_insert(xa, index, entry, gfp);
	xa_unlock(xa);
	return err;
}

void __xa_replace(struct xarray *xa, unsigned long index, void *entry)
{
	struct xa_spot at;

	xa_spot_at(xa, index, &at);
	BUG_ON(!at.entry);
	xa_put_at(xa, &at, entry);
}

void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old;
	int err;

	if (WARN_ON(xa_is_advanced(entry)))
		return xa_mk_err(-EINVAL);
	if (!entry && !xa_is_alloc(xa))
		return __xa_erase(xa, index);
	err = put(xa, index, entry ? entry : XA_ZERO_ENTRY, gfp, false, &old);
	return err ? xa_mk_err(err) : visible(old);
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old;

	xa_lock(xa);
	old = __xa_store(xa, index, entry, gfp);
	xa_unlock(xa);
	return old;
}

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	struct xa_spot at;

	xa_spot_at(xa, index, &at);
	if (at.entry)
		xa_clear_at(xa, &at);
	return visible(at.entry);
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *old;

	xa_lock(xa);
	old = __xa_erase(xa, index);
	xa_unlock(xa);
	return old;
}

/* ---- Indices for those who need one --------------------------------------------------------- */

unsigned long xa_first_free(const struct xarray *xa, unsigned long min, struct xa_spot *at)
{
	const struct xa_node *head = xa->xa_head;
	unsigned long index = min;

	*at = (struct xa_spot){.node = NULL};
	if (!head ||
	    (head->shift < BITS_PER_LONG - XA_CHUNK_SHIFT && min >> (head->shift + XA_CHUNK_SHIFT)))
		return min;
	if (xa_spot_find(xa, &index, ULONG_MAX, XA_FREE_MARK, at))
		return index;
	return 1UL << (head->shift + XA_CHUNK_SHIFT);
}

int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
	XA_STATE(xas, xa, 0);
	struct xa_spot at;
	int err;

	if (WARN_ON(xa_is_advanced(entry)) || WARN_ON(!xa_is_alloc(xa)))
		return -EINVAL;
	if (xa->xa_flags & XA_FLAGS_ZERO_BUSY && !limit.min)
		limit.min = 1;
	do {
		xas_set(&xas, xa_first_free(xa, limit.min, &at));
		if (xas.xa_index > limit.max)
			err = -EBUSY;
		else
			err = xa_spot_is_there(&at) ? 0 : xas_ready(&xas, gfp);
	} while (err == -EAGAIN);
	if (!entry)
		entry = XA_ZERO_ENTRY;
	if (!err) {
		xa_spot_is_there(&at) ? xa_put_at(xa, &at, entry) : xas_put(&xas, entry);
		*id = (u32)xas.xa_index;
	}
	xas_destroy(&xas);
	return err;
}

int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
	int err;

	xa_lock(xa);
	err = __xa_alloc(xa, id, entry, limit, gfp);
	xa_unlock(xa);
	return err;
}

/* ---- Walking ---------------------------------------------------------------------------------- */

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long most, xa_mark_t filter)
{
	unsigned long from = *index, last;
	struct xa_spot at;

	while (xa_look_for(xa, &from, most, filter, &at, &last)) {
		if (visible(at.entry)) {
			*index = from;
			return at.entry;
		}
		from = last + 1;
		if (!from)
			break;
	}
	return NULL;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long most, xa_mark_t filter)
{
	unsigned long next;
	struct xa_spot at;
	void *entry;

	xa_look_at(xa, *index, &at, &next);
	next++;
	entry = next ? xa_find(xa, &next, most, filter) : NULL;
	if (entry)
		*index = next;
	return entry;
}

/* ---- Marks -------------------------------------------------------------------------------------- */

static void change_mark(struct xarray *xa, unsigned long index, xa_mark_t mark, bool set)
{
	struct xa_spot at;

	xa_spot_at(xa, index, &at);
	if (at.entry)
		xa_change_bit(at.node, at.slot, mark, set);
}

void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	change_mark(xa, index, mark, true);
}

void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	change_mark(xa, index, mark, false);
}

void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	xa_lock(xa);
	__xa_set_mark(xa, index, mark);
	xa_unlock(xa);
}

void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	xa_lock(xa);
	__xa_clear_mark(xa, index, mark);
	xa_unlock(xa);
}

bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	unsigned long found = index;
	struct xa_spot at;

	return xa_look_for(xa, &found, index, mark, &at, NULL) && at.entry;
}

bool xa_marked(const struct xarray *xa, xa_mark_t mark)
{
	unsigned long index = 0;
	struct xa_spot at;

	if (xa_empty(xa))
		return xa_is_alloc(xa) && mark == XA_FREE_MARK;
	return xa_look_for((struct xarray *)(unsigned long)xa, &index, ULONG_MAX, mark, &at, NULL);
}

/* ---- Checking ------------------------------------------------------------------------------------- */

/* What slot @slot says of mark @mark; what lies below, or is there, says the other. */
static bool mark_is_right(const struct xarray *xa, struct xa_node *node, unsigned int slot,
			  xa_mark_t mark)
{
	const void *entry = node->slots[slot];
	bool marked = *xa_bits(node, mark) >> slot & 1;

	if (xa_leads_down(node, entry))
		return marked == !!*xa_bits(xa_to_node(entry), mark);
	if (xa_is_alloc(xa) && mark == XA_FREE_MARK)
		return marked == !entry;
	return !marked || (entry && !xa_is_sibling(entry));
}

static bool slot_is_right(const struct xa_node *node, unsigned int slot)
{
	const void *entry = node->slots[slot];
	unsigned long first = xa_to_internal(entry);
	const struct xa_node *child;

	if (!entry != !(node->present >> slot & 1))
		return false;
	if (xa_is_sibling(entry))
		return first < slot && node->slots[first] && !xa_is_sibling(node->slots[first]) &&
		       !xa_leads_down(node, node->slots[first]) &&
		       (first + 1 == slot || node->slots[slot - 1] == entry);
	if (!xa_leads_down(node, entry))
		return true;
	child = xa_to_node(entry);
	return node->shift == child->shift + XA_CHUNK_SHIFT && child->parent == node &&
	       child->offset == slot;
}

static int verify_slot(const struct xarray *xa, struct xa_node *node, unsigned int slot,
		       const char *name)
{
	int faults = 0;

	if (!slot_is_right(node, slot)) {
		pr_err("xa_verify: %s: node %px slot %u: %px does not belong there, or its bit "
		       "says otherwise\n",
		       name, (const void *)node, slot, node->slots[slot]);
		return 1;
	}
	for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++) {
		if (mark_is_right(xa, node, slot, i))
			continue;
		pr_err("xa_verify: %s: node %px slot %u: mark %u is not what lies below\n", name,
		       (const void *)node, slot, i);
		faults++;
	}
	return faults;
}

/* Down to the nodes' first children, then on to what follows; without recursion. */
static struct xa_node *node_after(struct xa_node *node)
{
	unsigned int slot = 0;

	while (node) {
		for (; slot < XA_CHUNK_SIZE; slot++)
			if (xa_leads_down(node, node->slots[slot]))
				return xa_to_node(node->slots[slot]);
		slot = node->offset + 1u;
		node = node->parent;
	}
	return NULL;
}

int xa_verify(struct xarray *xa, const char *name)
{
	struct xa_node *node;
	int faults = 0;

	xa_lock(xa);
	for (node = xa->xa_head; node && !faults; node = node_after(node)) {
		if (!node->present && !node->created) {
			pr_err("xa_verify: %s: node %px is empty\n", name, (const void *)node);
			faults++;
		}
		if (node->array != xa) {
			pr_err("xa_verify: %s: node %px is one of %px\n", name, (const void *)node,
			       (const void *)node->array);
			faults++;
		}
		for (unsigned int slot = 0; slot < XA_CHUNK_SIZE; slot++)
			faults += verify_slot(xa, node, slot, name);
	}
	xa_unlock(xa);
	return faults;
}
