// SPDX-License-Identifier: MIT
/* The older names of xarrays. Contract: linux/radix-tree.h. */
#include <linux/radix-tree.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/rcupdate.h>

static struct xarray *array_of(const struct radix_tree_root *root)
{
	return (struct xarray *)(uintptr_t)root;
}

/* ---- Items --------------------------------------------------------------------------------- */

static gfp_t gfp_of(const struct radix_tree_root *root)
{
	return root->xa_flags & __GFP_BITS_MASK & ~GFP_ZONEMASK;
}

int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item)
{
	XA_STATE(xas, root, index);

	do {
		if (xas_load(&xas))
			xas_set_err(&xas, -EEXIST);
		else
			xas_store(&xas, item);
	} while (xas_nomem(&xas, gfp_of(root)));
	return xas_error(&xas);
}

void *radix_tree_delete_item(struct radix_tree_root *root, unsigned long index, void *item)
{
	XA_STATE(xas, root, index);
	void *found = xas_load(&xas);

	if (!found || (item && found != item))
		return NULL;
	xas_store(&xas, NULL);
	return found;
}

unsigned int radix_tree_gang_lookup(const struct radix_tree_root *root, void **results,
				    unsigned long first_index, unsigned int max_items)
{
	return xa_extract(array_of(root), results, first_index, ULONG_MAX, max_items, XA_PRESENT);
}

unsigned int radix_tree_gang_lookup_tag(const struct radix_tree_root *root, void **results,
					unsigned long first_index, unsigned int max_items,
					unsigned int tag)
{
	return xa_extract(array_of(root), results, first_index, ULONG_MAX, max_items, tag);
}

/* ---- Slots ---------------------------------------------------------------------------------- */

void __rcu **radix_tree_lookup_slot(const struct radix_tree_root *root, unsigned long index)
{
	XA_STATE(xas, array_of(root), index);
	const void *item;

	rcu_read_lock();
	item = xas_load(&xas);
	rcu_read_unlock();
	return item ? &xas.xa_node->slots[xas.xa_offset] : NULL;
}

unsigned int radix_tree_gang_lookup_tag_slot(const struct radix_tree_root *root,
					     void __rcu ***results, unsigned long first_index,
					     unsigned int max_items, unsigned int tag)
{
	struct radix_tree_iter iter;
	unsigned int nr = 0;
	void __rcu **slot;

	radix_tree_for_each_tagged(slot, root, &iter, first_index, tag)
	{
		if (nr == max_items)
			break;
		results[nr++] = slot;
	}
	return nr;
}

void radix_tree_replace_slot(struct radix_tree_root *root, void __rcu **slot, void *entry)
{
	(void)root;
	if (WARN_ON_ONCE(!entry || !*slot))
		return;
	__atomic_store_n(slot, entry, __ATOMIC_RELEASE);
}

/* ---- Tags ------------------------------------------------------------------------------------ */

void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	XA_STATE(xas, root, index);
	void *item = xas_load(&xas);

	if (item)
		xas_set_mark(&xas, tag);
	return item;
}

void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	XA_STATE(xas, root, index);
	void *item = xas_load(&xas);

	if (item)
		xas_clear_mark(&xas, tag);
	return item;
}

/* ---- Walks ------------------------------------------------------------------------------------ */

/*
 * Behind the last index lies none, though the next is 0 again. An item that another CPU takes out
 * before its slot is looked up was not there.
 */
void __rcu **radix_tree_next_chunk(const struct radix_tree_root *root, struct radix_tree_iter *iter,
				   unsigned int flags)
{
	unsigned int filter =
		flags & RADIX_TREE_ITER_TAGGED ? flags & RADIX_TREE_ITER_TAG_MASK : XA_PRESENT;
	unsigned long index = iter->next_index;
	unsigned long max = flags & RADIX_TREE_ITER_CONTIG ? index : ULONG_MAX;
	void __rcu **slot = NULL;

	if (!index && iter->index)
		return NULL;
	while (!slot) {
		if (!xa_find(array_of(root), &index, max, filter))
			return NULL;
		slot = radix_tree_lookup_slot(root, index);
	}
	iter->index = index;
	iter->next_index = index + 1;
	iter->tags = 1;
	return slot;
}
