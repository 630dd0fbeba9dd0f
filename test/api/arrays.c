// SPDX-License-Identifier: MIT
/* Things by their numbers: a cache of blocks in an array, ids for sessions. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/xarray.h>

struct thing {
	u64 block;
	bool dirty;
};

static DEFINE_XARRAY(blocks);
static DEFINE_XARRAY_ALLOC1(names);
static DEFINE_XARRAY_FLAGS(quick, XA_FLAGS_LOCK_IRQ);
static DEFINE_IDR(sessions);
static DEFINE_IDA(minors);

int block_add(struct thing *thing, unsigned int order);
int block_add(struct thing *thing, unsigned int order)
{
	XA_STATE_ORDER(xas, &blocks, thing->block, order);
	void *found;

	do {
		xas_lock_irq(&xas);
		xas_for_each_conflict(&xas, found) if (!xa_is_value(found))
		{
			xas_set_err(&xas, -EEXIST);
			goto unlock;
		}
		xas_store(&xas, thing);
		if (thing->dirty)
			xas_set_mark(&xas, XA_MARK_0);
	unlock:
		xas_unlock_irq(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL));
	return xas_error(&xas);
}

struct thing *block_find(unsigned long block);
struct thing *block_find(unsigned long block)
{
	XA_STATE(xas, &blocks, block);
	struct thing *thing;

	rcu_read_lock();
	do {
		thing = xas_load(&xas);
	} while (xas_retry(&xas, thing));
	if (thing && thing != xas_reload(&xas))
		thing = NULL;
	rcu_read_unlock();
	return xa_is_value(thing) ? NULL : thing;
}

unsigned long blocks_clean(unsigned long first, unsigned long last);
unsigned long blocks_clean(unsigned long first, unsigned long last)
{
	XA_STATE(xas, &blocks, first);
	unsigned long nr = 0, index;
	struct thing *thing;

	xas_lock(&xas);
	xas_for_each_marked(&xas, thing, last, XA_MARK_0)
	{
		xas_clear_mark(&xas, XA_MARK_0);
		if (nr++ % 64 == 63) {
			xas_pause(&xas);
			xas_unlock(&xas);
			xas_lock(&xas);
		}
	}
	xas_set(&xas, first);
	xas_for_each (&xas, thing, last)
		if (!thing->dirty)
			xas_store(&xas, xa_mk_value(thing->block));
	nr += xas_next(&xas) != xas_prev(&xas);
	xas_unlock(&xas);
	xa_for_each_start (&blocks, index, thing, first)
		nr += xa_get_mark(&blocks, index, XA_MARK_1);
	xa_for_each_marked(&blocks, index, thing, XA_MARK_2) xa_erase_bh(&blocks, index);
	return nr + xa_marked(&blocks, XA_MARK_0) + xas_invalid(&xas);
}

void block_split(struct thing *thing);
void block_split(struct thing *thing)
{
	XA_STATE(xas, &blocks, thing->block);
	int order = xa_get_order(&blocks, thing->block);

	xas_split_alloc(&xas, thing, (unsigned int)order, GFP_KERNEL);
	xas_lock(&xas);
	xas_split(&xas, thing, (unsigned int)order);
	xas_unlock(&xas);
	xas_destroy(&xas);
}

int name_use(void *thing, void *other);
int name_use(void *thing, void *other)
{
	static u32 next;
	u32 id, cyclic;
	int err = xa_alloc(&names, &id, thing, xa_limit_31b, GFP_KERNEL);

	if (err ||
	    xa_alloc_cyclic_irq(&names, &cyclic, thing, XA_LIMIT(1, 99), &next, GFP_KERNEL) < 0)
		return -ENOMEM;
	if (xa_reserve(&quick, id, GFP_KERNEL) || xa_insert_irq(&quick, id, thing, GFP_ATOMIC))
		xa_release(&quick, id);
	if (xa_cmpxchg(&names, id, thing, other, GFP_KERNEL) != thing)
		err = xa_err(xa_store_irq(&quick, 5, xa_tag_pointer(other, 1), GFP_KERNEL));
	xa_store_range(&quick, 10, 99, thing, GFP_KERNEL);
	err += (int)xa_extract(&quick, &thing, 0, 9, 1, XA_PRESENT);
	xa_destroy(&quick);
	return err + (int)xa_to_value(xa_mk_value(3));
}

int session_open(struct thing *thing);
int session_open(struct thing *thing)
{
	int minor = ida_alloc_range(&minors, 1, 255, GFP_KERNEL), id;
	struct thing *other;

	if (minor < 0)
		return minor;
	idr_preload(GFP_KERNEL);
	idr_lock(&sessions);
	id = idr_alloc_cyclic(&sessions, thing, 1, 0, GFP_NOWAIT);
	idr_unlock(&sessions);
	idr_preload_end();
	if (id < 0 || idr_find(&sessions, (unsigned long)id) != thing)
		ida_free(&minors, (unsigned int)minor);
	if (IS_ERR(idr_replace(&sessions, NULL, (unsigned long)id)))
		idr_remove(&sessions, (unsigned long)id);
	idr_for_each_entry(&sessions, other, id) other->dirty = true;
	return idr_is_empty(&sessions) + ida_is_empty(&minors);
}
