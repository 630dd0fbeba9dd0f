// SPDX-License-Identifier: MIT
/*
 * B+ trees. Contract: linux/btree.h.
 *
 *   node:  nr | value 0, value 1, ... value max-1 | key 0, key 1, ... key max-1
 *
 * Keys ascend. In a leaf, values are the user's; above, child i has keys from key i up to key
 * i + 1, and child 0 all below key 1, too. So key 0 above the leaves is only looked at where it is
 * a bound: in a node that is not the first of its level it equals the bound its parent has for it,
 * and what moves from one node to the next is never the first of its level.
 */
#include <linux/btree.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#define NODE_WORDS 32

struct btree_geo {
	int key_words;
	int max; /* pairs in a node */
};

struct btree_geo btree_geo32 = {.key_words = 1, .max = (NODE_WORDS - 1) / 2};
struct btree_geo btree_geo64 = {.key_words = 1, .max = (NODE_WORDS - 1) / 2};
struct btree_geo btree_geo128 = {.key_words = 2, .max = (NODE_WORDS - 1) / 3};

struct node {
	long nr;
	unsigned long words[NODE_WORDS - 1];
};
static_assert(sizeof(struct node) == NODE_WORDS * sizeof(long));

/* A node has five children at least: 2^64 keys make 28 levels. */
#define MAX_HEIGHT 32

/* A way down: the pair in each node, from the leaf at level 0 up. */
struct path {
	struct node *node[MAX_HEIGHT];
	int at[MAX_HEIGHT];
};

void *btree_alloc(gfp_t gfp_mask, void *pool_data)
{
	(void)pool_data;
	return kmalloc(sizeof(struct node), gfp_mask);
}

void btree_free(void *element, void *pool_data)
{
	(void)pool_data;
	kfree(element);
}

/* ---- Nodes ---------------------------------------------------------------------------- */

static unsigned long *key_at(const struct btree_geo *geo, struct node *node, int i)
{
	return &node->words[geo->max + i * geo->key_words];
}

static void *value(const struct node *node, int i)
{
	return (void *)node->words[i];
}

static void copy_key(const struct btree_geo *geo, unsigned long *to, const unsigned long *from)
{
	memcpy(to, from, (size_t)geo->key_words * sizeof(*to));
}

static int compare(const struct btree_geo *geo, const unsigned long *a, const unsigned long *b)
{
	for (int i = 0; i < geo->key_words; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* @nr pairs, from @from's place @i to @to's place @j; the two may be one node. */
static void move_pairs(const struct btree_geo *geo, struct node *to, int j, struct node *from,
		       int i, long nr)
{
	memmove(key_at(geo, to, j), key_at(geo, from, i),
		(size_t)(nr * geo->key_words) * sizeof(long));
	memmove(&to->words[j], &from->words[i], (size_t)nr * sizeof(long));
}

/* There is room. */
static void put_pair(const struct btree_geo *geo, struct node *node, int i,
		     const unsigned long *key, void *val)
{
	move_pairs(geo, node, i + 1, node, i, node->nr - i);
	copy_key(geo, key_at(geo, node, i), key);
	node->words[i] = (unsigned long)val;
	node->nr++;
}

static void cut_pair(const struct btree_geo *geo, struct node *node, int i)
{
	node->nr--;
	move_pairs(geo, node, i, node, i + 1, node->nr - i);
}

/* How many of its keys are below @key, or equal. */
static int count_up_to(const struct btree_geo *geo, struct node *node, const unsigned long *key,
		       bool equal)
{
	int low = 0, high = (int)node->nr;

	while (low < high) {
		int middle = (low + high) / 2;

		if (compare(geo, key_at(geo, node, middle), key) < (equal ? 1 : 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- Ways ----------------------------------------------------------------------------- */

/* To the last pair of a leaf of the subtree @node of @level. */
static void go_last(struct path *path, struct node *node, int level)
{
	for (;; level--) {
		path->node[level] = node;
		path->at[level] = (int)node->nr - 1;
		if (!level)
			return;
		node = value(node, path->at[level]);
	}
}

/*
 * To the last key below @key, or equal, of the leaf that has it or would have it; at[0] is -1
 * where that has none. The tree is not empty.
 */
static void go_to(const struct btree_head *head, const struct btree_geo *geo, struct path *path,
		  const unsigned long *key, bool equal)
{
	struct node *node = (struct node *)head->node;

	for (int level = head->height - 1;; level--) {
		int at = count_up_to(geo, node, key, equal) - 1;

		path->node[level] = node;
		path->at[level] = level ? max(at, 0) : at;
		if (!level)
			return;
		node = value(node, path->at[level]);
	}
}

/* To the pair before the leaf's first. False: there is none. */
static bool go_to_leaf_before(const struct btree_head *head, struct path *path)
{
	int level = 1;

	while (level < head->height && !path->at[level])
		level++;
	if (level >= head->height)
		return false;
	path->at[level]--;
	go_last(path, value(path->node[level], path->at[level]), level - 1);
	return true;
}

/* The pair that the way ends at. */
static void *take(const struct btree_geo *geo, struct path *path, unsigned long *key)
{
	copy_key(geo, key, key_at(geo, path->node[0], path->at[0]));
	return value(path->node[0], path->at[0]);
}

/* False: @key is not there; the way leads to where it would be. */
static bool find(const struct btree_head *head, const struct btree_geo *geo, struct path *path,
		 const unsigned long *key)
{
	if (!head->node)
		return false;
	go_to(head, geo, path, key, true);
	return path->at[0] >= 0 && !compare(geo, key_at(geo, path->node[0], path->at[0]), key);
}

void *btree_lookup(struct btree_head *head, struct btree_geo *geo, unsigned long *key)
{
	struct path path;

	return find(head, geo, &path, key) ? value(path.node[0], path.at[0]) : NULL;
}

int btree_update(struct btree_head *head, struct btree_geo *geo, unsigned long *key, void *val)
{
	struct path path;

	BUG_ON(!val);
	if (!find(head, geo, &path, key))
		return -ENOENT;
	path.node[0]->words[path.at[0]] = (unsigned long)val;
	return 0;
}

void *btree_last(struct btree_head *head, struct btree_geo *geo, unsigned long *key)
{
	struct path path;

	if (!head->node)
		return NULL;
	go_last(&path, (struct node *)head->node, head->height - 1);
	return take(geo, &path, key);
}

void *btree_get_prev(struct btree_head *head, struct btree_geo *geo, unsigned long *key)
{
	struct path path;

	if (!head->node)
		return NULL;
	go_to(head, geo, &path, key, false);
	if (path.at[0] < 0 && !go_to_leaf_before(head, &path))
		return NULL;
	return take(geo, &path, key);
}

/* ---- Insertion ------------------------------------------------------------------------- */

/* Those that are taken for an insertion are chained by their first words. */
static void free_spare(struct btree_head *head, struct node *spare)
{
	while (spare) {
		struct node *next = (struct node *)spare->words[0];

		mempool_free(spare, head->mempool);
		spare = next;
	}
}

static struct node *pop_spare(struct node **spare)
{
	struct node *node = *spare;

	BUG_ON(!node);
	*spare = (struct node *)node->words[0];
	node->nr = 0;
	return node;
}

/* As many as an insertion at @path takes: one for each full node, and one for a new root. */
static int alloc_spare(struct btree_head *head, const struct btree_geo *geo,
		       const struct path *path, struct node **spare, gfp_t gfp)
{
	int nr = 0;

	while (nr < head->height && path->node[nr]->nr == geo->max)
		nr++;
	nr += nr == head->height;
	for (*spare = NULL; nr; nr--) {
		struct node *node = mempool_alloc(head->mempool, gfp);

		if (!node) {
			free_spare(head, *spare);
			return -ENOMEM;
		}
		node->words[0] = (unsigned long)*spare;
		*spare = node;
	}
	return 0;
}

/* The upper half of @node's pairs go to @upper. */
static void split(const struct btree_geo *geo, struct node *node, struct node *upper)
{
	int half = (int)node->nr / 2;

	upper->nr = node->nr - half;
	move_pairs(geo, upper, 0, node, half, upper->nr);
	node->nr = half;
}

/* A root above the two that the old one was split into. */
static void add_root(struct btree_head *head, const struct btree_geo *geo, struct node *root,
		     struct node *upper)
{
	struct node *old = (struct node *)head->node;

	BUG_ON(head->height == MAX_HEIGHT);
	put_pair(geo, root, 0, key_at(geo, old, 0), old);
	put_pair(geo, root, 1, key_at(geo, upper, 0), upper);
	head->node = (unsigned long *)root;
	head->height++;
}

/* Behind the pair that the way leads to. A node that is full is split, and is two to its parent. */
static void put_behind(struct btree_head *head, const struct btree_geo *geo,
		       const struct path *path, struct node *spare, const unsigned long *key,
		       void *val)
{
	for (int level = 0;; level++) {
		struct node *node = path->node[level], *upper;
		int at = path->at[level] + 1;

		if (node->nr < geo->max) {
			put_pair(geo, node, at, key, val);
			return;
		}
		upper = pop_spare(&spare);
		split(geo, node, upper);
		if (at > node->nr)
			put_pair(geo, upper, at - (int)node->nr, key, val);
		else
			put_pair(geo, node, at, key, val);
		if (level + 1 == head->height) {
			add_root(head, geo, pop_spare(&spare), upper);
			return;
		}
		key = key_at(geo, upper, 0);
		val = upper;
	}
}

static int insert_first(struct btree_head *head, const struct btree_geo *geo,
			const unsigned long *key, void *val, gfp_t gfp)
{
	struct node *node = mempool_alloc(head->mempool, gfp);

	if (!node)
		return -ENOMEM;
	node->nr = 0;
	put_pair(geo, node, 0, key, val);
	head->node = (unsigned long *)node;
	head->height = 1;
	return 0;
}

int btree_insert(struct btree_head *head, struct btree_geo *geo, unsigned long *key, void *val,
		 gfp_t gfp)
{
	struct node *spare;
	struct path path;

	BUG_ON(!val);
	BUG_ON(find(head, geo, &path, key));
	if (!head->node)
		return insert_first(head, geo, key, val, gfp);
	if (alloc_spare(head, geo, &path, &spare, gfp))
		return -ENOMEM;
	put_behind(head, geo, &path, spare, key, val);
	return 0;
}

int btree_merge(struct btree_head *target, struct btree_head *victim, struct btree_geo *geo,
		gfp_t gfp)
{
	unsigned long key[2];
	void *val;

	BUG_ON(target == victim);
	while ((val = btree_last(victim, geo, key))) {
		int err = btree_insert(target, geo, key, val, gfp);

		if (err)
			return err;
		btree_remove(victim, geo, key);
	}
	return 0;
}

/* ---- Removal --------------------------------------------------------------------------- */

/* Child @i of @parent, and the one behind it, are one. */
static void join(struct btree_head *head, const struct btree_geo *geo, struct node *parent, int i)
{
	struct node *left = value(parent, i), *right = value(parent, i + 1);

	move_pairs(geo, left, (int)left->nr, right, 0, right->nr);
	left->nr += right->nr;
	cut_pair(geo, parent, i + 1);
	mempool_free(right, head->mempool);
}

/* Child @i of @parent is filled from its neighbour, and has at least half of what fits then. */
static void fill(struct btree_head *head, const struct btree_geo *geo, struct node *parent, int i)
{
	bool from_left = i > 0;
	struct node *left = value(parent, from_left ? i - 1 : i);
	struct node *right = value(parent, from_left ? i : i + 1);

	if (left->nr + right->nr <= geo->max) {
		join(head, geo, parent, from_left ? i - 1 : i);
		return;
	}
	if (from_left) {
		left->nr--;
		put_pair(geo, right, 0, key_at(geo, left, (int)left->nr),
			 value(left, (int)left->nr));
	} else {
		put_pair(geo, left, (int)left->nr, key_at(geo, right, 0), value(right, 0));
		cut_pair(geo, right, 0);
	}
	copy_key(geo, key_at(geo, parent, from_left ? i : i + 1), key_at(geo, right, 0));
}

/* A root without pairs, or with one child alone, is none. */
static void lower_root(struct btree_head *head)
{
	struct node *root = (struct node *)head->node;

	if (root->nr > (head->height > 1))
		return;
	head->height--;
	head->node = head->height ? value(root, 0) : NULL;
	mempool_free(root, head->mempool);
}

void *btree_remove(struct btree_head *head, struct btree_geo *geo, unsigned long *key)
{
	struct path path;
	void *val;

	if (!find(head, geo, &path, key))
		return NULL;
	val = value(path.node[0], path.at[0]);
	cut_pair(geo, path.node[0], path.at[0]);
	for (int level = 0; level + 1 < head->height && path.node[level]->nr < geo->max / 2;
	     level++)
		fill(head, geo, path.node[level + 1], path.at[level + 1]);
	lower_root(head);
	return val;
}

/* ---- Visits ----------------------------------------------------------------------------- */

size_t btree_visitor(struct btree_head *head, struct btree_geo *geo, unsigned long opaque,
		     btree_visit_t *func, void *func2)
{
	struct path path;
	size_t nr = 0;

	if (!head->node)
		return 0;
	go_last(&path, (struct node *)head->node, head->height - 1);
	do {
		for (int i = path.at[0]; i >= 0; i--, nr++)
			if (func2)
				func(value(path.node[0], i), opaque, key_at(geo, path.node[0], i),
				     nr, func2);
	} while (go_to_leaf_before(head, &path));
	return nr;
}

/* @node, and what lies in @level levels below it. */
static void free_below(struct btree_head *head, struct node *node, int level)
{
	for (int i = 0; level && i < node->nr; i++)
		free_below(head, value(node, i), level - 1);
	mempool_free(node, head->mempool);
}

/* The tree is empty then. */
static void free_nodes(struct btree_head *head)
{
	if (head->node)
		free_below(head, (struct node *)head->node, head->height - 1);
	btree_init_mempool(head, head->mempool);
}

size_t btree_grim_visitor(struct btree_head *head, struct btree_geo *geo, unsigned long opaque,
			  btree_visit_t *func, void *func2)
{
	size_t nr = btree_visitor(head, geo, opaque, func, func2);

	free_nodes(head);
	return nr;
}

void visitorl(void *elem, unsigned long opaque, unsigned long *key, size_t index, void *func)
{
	((visitorl_t)func)(elem, opaque, *key, index);
}

void visitor32(void *elem, unsigned long opaque, unsigned long *key, size_t index, void *func)
{
	((visitor32_t)func)(elem, opaque, (u32)*key, index);
}

void visitor64(void *elem, unsigned long opaque, unsigned long *key, size_t index, void *func)
{
	((visitor64_t)func)(elem, opaque, *key, index);
}

void visitor128(void *elem, unsigned long opaque, unsigned long *key, size_t index, void *func)
{
	((visitor128_t)func)(elem, opaque, key[0], key[1], index);
}

/* ---- Life ------------------------------------------------------------------------------- */

void btree_init_mempool(struct btree_head *head, mempool_t *mempool)
{
	*head = (struct btree_head){.mempool = mempool};
}

int btree_init(struct btree_head *head)
{
	btree_init_mempool(head, mempool_create(0, btree_alloc, btree_free, NULL));
	return head->mempool ? 0 : -ENOMEM;
}

void btree_destroy(struct btree_head *head)
{
	free_nodes(head);
	mempool_destroy(head->mempool);
	head->mempool = NULL;
}
