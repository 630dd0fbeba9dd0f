// SPDX-License-Identifier: MIT
/*
 * Sparse arrays as trees of 64-slot nodes. Contract: linux/xarray.h.
 *
 * All entries lie at the same depth, in nodes of shift 0; the root is as high as the
 * largest index needs. Nodes that an insertion will take are allocated before it
 * starts, with the lock let go, so that it cannot fail half-way and that memory may
 * be reclaimed from the very array meanwhile.
 */
#include <linux/xarray.h>

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/slab.h>

static struct kmem_cache *node_cache;

void xarray_init(void)
{
	node_cache = kmem_cache_create("radix_tree_node", sizeof(struct xa_node), 0,
				       SLAB_PANIC | SLAB_RECLAIM_ACCOUNT, NULL);
}

/* ---- Nodes -------------------------------------------------------------------------- */

static unsigned int slot_of(const struct xa_node *node, unsigned long index)
{
	return index >> node->shift & XA_CHUNK_MASK;
}

/* Is there room for @index below @root? */
static bool root_reaches(const struct xa_node *root, unsigned long index)
{
	unsigned int bits = root->shift + XA_CHUNK_SHIFT;

	return bits >= BITS_PER_LONG || !(index >> bits);
}

static bool is_alloc(const struct xarray *xa)
{
	return xa->xa_flags & XA_FLAGS_ALLOC;
}

/* Bit @slot of @node becomes @set, and with it what the parents say. */
static void change_mark_bit(struct xa_node *node, unsigned int slot, xa_mark_t filter, bool set)
{
	for (; node; slot = node->offset, node = node->parent) {
		unsigned long old = node->bits[filter];

		if (set)
			node->bits[filter] |= BIT(slot);
		else
			node->bits[filter] &= ~BIT(slot);
		if (!old == !node->bits[filter])
			return;
	}
}

/* Nodes for one insertion, chained by their parents. */
struct node_pool {
	struct xa_node *first;
	unsigned int nr;
};

static int pool_fill(struct node_pool *pool, unsigned int nr, gfp_t gfp)
{
	while (pool->nr < nr) {
		struct xa_node *node = kmem_cache_zalloc(node_cache, gfp);

		if (!node)
			return -ENOMEM;
		node->parent = pool->first;
		pool->first = node;
		pool->nr++;
	}
	return 0;
}

static void pool_drain(struct node_pool *pool)
{
	while (pool->first) {
		struct xa_node *node = pool->first;

		pool->first = node->parent;
		kmem_cache_free(node_cache, node);
	}
	pool->nr = 0;
}

static struct xa_node *pool_take(const struct xarray *xa, struct node_pool *pool, u8 shift)
{
	struct xa_node *node = pool->first;

	pool->first = node->parent;
	pool->nr--;
	node->parent = NULL;
	node->shift = shift;
	if (is_alloc(xa))
		node->bits[XA_FREE_MARK] = ~0UL;
	return node;
}

/* ---- Looking up ------------------------------------------------------------------------ */

/* The node of shift 0 that holds @index; NULL where there is none. */
static struct xa_node *find_leaf(const struct xarray *xa, unsigned long index)
{
	struct xa_node *node = xa->xa_head;

	if (!node || !root_reaches(node, index))
		return NULL;
	while (node && node->shift)
		node = node->slots[slot_of(node, index)];
	return node;
}

static void *load(const struct xarray *xa, unsigned long index)
{
	struct xa_node *leaf = find_leaf(xa, index);

	return leaf ? leaf->slots[slot_of(leaf, index)] : NULL;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	void *entry;

	xa_lock(xa);
	entry = load(xa, index);
	xa_unlock(xa);
	return entry;
}

/* ---- Inserting ---------------------------------------------------------------------------- */

/* The levels that a tree for @index has. */
static unsigned int levels_for(unsigned long index)
{
	return max(1, DIV_ROUND_UP(fls64(index), XA_CHUNK_SHIFT));
}

/* Nodes that storing at @index will make. */
static unsigned int nodes_missing(const struct xarray *xa, unsigned long index)
{
	const struct xa_node *node = xa->xa_head;
	unsigned int levels;

	if (!node)
		return levels_for(index);
	levels = node->shift / XA_CHUNK_SHIFT + 1;
	if (!root_reaches(node, index))
		/* Roots above this one, and all below the highest of them. */
		return 2 * (levels_for(index) - 1) + 1 - levels;
	while (node && node->shift) {
		node = node->slots[slot_of(node, index)];
		levels--;
	}
	return node ? 0 : levels;
}

static void link_node(struct xa_node *parent, unsigned int slot, struct xa_node *node)
{
	node->parent = parent;
	node->offset = (u8)slot;
	parent->slots[slot] = node;
}

/* Makes the tree high enough for @index. */
static void raise_root(struct xarray *xa, struct node_pool *pool, unsigned long index)
{
	if (!xa->xa_head)
		xa->xa_head = pool_take(xa, pool, (u8)((levels_for(index) - 1) * XA_CHUNK_SHIFT));
	while (!root_reaches(xa->xa_head, index)) {
		struct xa_node *old = xa->xa_head;
		struct xa_node *root = pool_take(xa, pool, (u8)(old->shift + XA_CHUNK_SHIFT));

		link_node(root, 0, old);
		for (xa_mark_t i = 0; i < XA_NR_FILTERS; i++)
			root->bits[i] = (root->bits[i] & ~1UL) | (old->bits[i] != 0);
		xa->xa_head = root;
	}
}

/* The leaf for @index, made where it is missing from @pool, which has enough. */
static struct xa_node *make_leaf(struct xarray *xa, struct node_pool *pool, unsigned long index)
{
	struct xa_node *node;

	raise_root(xa, pool, index);
	for (node = xa->xa_head; node->shift;) {
		unsigned int slot = slot_of(node, index);

		if (!node->slots[slot])
			link_node(node, slot,
				  pool_take(xa, pool, (u8)(node->shift - XA_CHUNK_SHIFT)));
		node = node->slots[slot];
	}
	return node;
}

/* Puts @entry where nothing is. */
static void fill_slot(struct xarray *xa, struct node_pool *pool, unsigned long index, void *entry)
{
	struct xa_node *leaf = make_leaf(xa, pool, index);
	unsigned int slot = slot_of(leaf, index);

	leaf->slots[slot] = entry;
	change_mark_bit(leaf, slot, XA_PRESENT, true);
	if (is_alloc(xa))
		change_mark_bit(leaf, slot, XA_FREE_MARK, false);
}

/*
 * Fills @pool for storing at @index. -EAGAIN: the lock was let go for it, and all may
 * have changed.
 */
static int prepare(struct xarray *xa, struct node_pool *pool, unsigned long index, gfp_t gfp)
{
	unsigned int missing = nodes_missing(xa, index);
	int err;

	if (pool->nr >= missing)
		return 0;
	xa_unlock(xa);
	err = pool_fill(pool, missing, gfp);
	xa_lock(xa);
	return err ? err : -EAGAIN;
}

int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	struct node_pool pool = {NULL, 0};
	int err;

	do {
		err = load(xa, index) ? -EBUSY : prepare(xa, &pool, index, gfp);
	} while (err == -EAGAIN);
	if (!err)
		fill_slot(xa, &pool, index, entry);
	pool_drain(&pool);
	return err;
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
	struct xa_node *leaf = find_leaf(xa, index);

	BUG_ON(!leaf || !leaf->slots[slot_of(leaf, index)]);
	leaf->slots[slot_of(leaf, index)] = entry;
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old;
	int err = -EBUSY;

	if (!entry)
		return xa_erase(xa, index);
	xa_lock(xa);
	while ((old = load(xa, index)) == NULL && err == -EBUSY)
		err = __xa_insert(xa, index, entry, gfp);
	if (old && err == -EBUSY)
		__xa_replace(xa, index, entry);
	xa_unlock(xa);
	if (err == -EBUSY)
		return old;
	return err ? xa_mk_err(err) : NULL;
}

/* ---- Erasing --------------------------------------------------------------------------------- */

/* Frees @node and those above it that hold nothing any more. */
static void prune(struct xarray *xa, struct xa_node *node)
{
	while (node && !node->bits[XA_PRESENT]) {
		struct xa_node *parent = node->parent;

		if (parent)
			parent->slots[node->offset] = NULL;
		else
			xa->xa_head = NULL;
		kmem_cache_free(node_cache, node);
		node = parent;
	}
}

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	struct xa_node *leaf = find_leaf(xa, index);
	unsigned int slot;
	void *old;

	if (!leaf)
		return NULL;
	slot = slot_of(leaf, index);
	old = leaf->slots[slot];
	if (!old)
		return NULL;
	leaf->slots[slot] = NULL;
	change_mark_bit(leaf, slot, XA_PRESENT, false);
	change_mark_bit(leaf, slot, XA_MARK_0, is_alloc(xa));
	change_mark_bit(leaf, slot, XA_MARK_1, false);
	prune(xa, leaf);
	return old;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *old;

	xa_lock(xa);
	old = __xa_erase(xa, index);
	xa_unlock(xa);
	return old;
}

void xa_destroy(struct xarray *xa)
{
	unsigned long index = 0;

	xa_lock(xa);
	while (__xa_find(xa, &index, ULONG_MAX, XA_PRESENT))
		__xa_erase(xa, index);
	xa_unlock(xa);
}

/* ---- Walking ---------------------------------------------------------------------------------- */

/*
 * One way down from the root to *@index or the first index behind it that may do: 1
 * where *@index is that one, 0 where *@index is only nearer, and to be tried next.
 * -ENOENT: there is none.
 */
static int step(const struct xarray *xa, unsigned long *index, xa_mark_t filter)
{
	const struct xa_node *node = xa->xa_head;

	if (!node || !root_reaches(node, *index))
		return -ENOENT;
	for (;;) {
		unsigned long span = 1UL << node->shift;
		unsigned int slot = slot_of(node, *index);
		unsigned long next = find_next_bit(&node->bits[filter], XA_CHUNK_SIZE, slot);

		/* Whole slots on; the last of them may be the end of all indices. */
		if (next > slot)
			*index = (*index & ~(span - 1)) + (next - slot) * span;
		if (next == XA_CHUNK_SIZE)
			return *index ? 0 : -ENOENT;
		if (!node->shift || !node->slots[next])
			return 1;
		node = node->slots[next];
	}
}

static bool find_index(const struct xarray *xa, unsigned long *index, unsigned long most,
		       xa_mark_t filter)
{
	unsigned long at = *index;
	int found;

	do {
		found = step(xa, &at, filter);
	} while (!found && at <= most);
	if (found != 1 || at > most)
		return false;
	*index = at;
	return true;
}

void *__xa_find(struct xarray *xa, unsigned long *index, unsigned long most, xa_mark_t filter)
{
	return find_index(xa, index, most, filter) ? load(xa, *index) : NULL;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long most, xa_mark_t filter)
{
	void *entry;

	xa_lock(xa);
	entry = __xa_find(xa, index, most, filter);
	xa_unlock(xa);
	return entry;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long most, xa_mark_t filter)
{
	unsigned long next = *index + 1;
	void *entry = next ? xa_find(xa, &next, most, filter) : NULL;

	if (entry)
		*index = next;
	return entry;
}

/* ---- Indices for those who need one ------------------------------------------------------------- */

/* The lowest index from @min on that is free, be the tree high enough for it or not. */
static unsigned long first_free(const struct xarray *xa, unsigned long min)
{
	unsigned long index = min;

	if (!xa->xa_head || !root_reaches(xa->xa_head, min) ||
	    find_index(xa, &index, ULONG_MAX, XA_FREE_MARK))
		return index;
	return 1UL << (xa->xa_head->shift + XA_CHUNK_SHIFT);
}

int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
	struct node_pool pool = {NULL, 0};
	unsigned long index;
	int err;

	xa_lock(xa);
	do {
		index = first_free(xa, limit.min);
		err = index > limit.max ? -EBUSY : prepare(xa, &pool, index, gfp);
	} while (err == -EAGAIN);
	if (!err) {
		fill_slot(xa, &pool, index, entry);
		*id = (u32)index;
	}
	xa_unlock(xa);
	pool_drain(&pool);
	return err;
}

/* ---- Marks -------------------------------------------------------------------------------------------- */

static void change_mark(struct xarray *xa, unsigned long index, xa_mark_t mark, bool set)
{
	struct xa_node *leaf;

	xa_lock(xa);
	leaf = find_leaf(xa, index);
	if (leaf && leaf->slots[slot_of(leaf, index)])
		change_mark_bit(leaf, slot_of(leaf, index), mark, set);
	xa_unlock(xa);
}

void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	change_mark(xa, index, mark, true);
}

void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	change_mark(xa, index, mark, false);
}

bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	struct xa_node *leaf;
	bool set;

	xa_lock(xa);
	leaf = find_leaf(xa, index);
	set = leaf && leaf->bits[mark] >> slot_of(leaf, index) & 1;
	xa_unlock(xa);
	return set;
}

/* ---- Checking ------------------------------------------------------------------------------------------ */

static int verify_slot(const struct xa_node *node, unsigned int slot, const char *name)
{
	const struct xa_node *child = node->slots[slot];
	int faults = 0;

	if ((child != NULL) != (node->bits[XA_PRESENT] >> slot & 1)) {
		pr_err("xa_verify: %s: node %px slot %u is %px, its bit says otherwise\n", name,
		       (const void *)node, slot, (const void *)child);
		faults++;
	}
	if (!child || !node->shift)
		return faults;
	if (child->parent != node || child->offset != slot ||
	    child->shift + XA_CHUNK_SHIFT != node->shift) {
		pr_err("xa_verify: %s: node %px is not the one for slot %u of %px\n", name,
		       (const void *)child, slot, (const void *)node);
		return faults + 1;
	}
	for (xa_mark_t i = 0; i < XA_NR_FILTERS; i++) {
		if (!(node->bits[i] >> slot & 1) == !child->bits[i])
			continue;
		pr_err("xa_verify: %s: node %px slot %u: mark %u is not what lies below\n", name,
		       (const void *)node, slot, i);
		faults++;
	}
	return faults;
}

/* Down to the nodes' first children, then on to what follows; without recursion. */
static const struct xa_node *node_after(const struct xa_node *node)
{
	unsigned int slot = 0;

	if (!node->shift) {
		slot = node->offset + 1u;
		node = node->parent;
	}
	while (node) {
		for (; slot < XA_CHUNK_SIZE; slot++)
			if (node->slots[slot])
				return node->slots[slot];
		slot = node->offset + 1u;
		node = node->parent;
	}
	return NULL;
}

int xa_verify(struct xarray *xa, const char *name)
{
	const struct xa_node *node;
	int faults = 0;

	xa_lock(xa);
	for (node = xa->xa_head; node && !faults; node = node_after(node)) {
		if (!node->bits[XA_PRESENT]) {
			pr_err("xa_verify: %s: node %px is empty\n", name, (const void *)node);
			faults++;
		}
		for (unsigned int slot = 0; slot < XA_CHUNK_SIZE; slot++)
			faults += verify_slot(node, slot, name);
	}
	xa_unlock(xa);
	return faults;
}
