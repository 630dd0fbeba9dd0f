/* SPDX-License-Identifier: MIT */
/*
 * B+ trees: pointers by keys of one or two words, kept in order, many to a node.
 *
 * Owns:       the nodes. The values are the user's, and never NULL.
 * Invariants: no key is there twice; all leaves lie equally deep; each node but the root is at
 *             least half full.
 * Lifetime:   btree_init() to btree_destroy(); or btree_init_mempool() to the last removal, or a
 *             grim visit, where nodes come from a pool of the user's.
 * Locking:    the user's: who changes a tree is alone with it; any number may look at once.
 * Units:      a key is words of the machine, the highest first; one tree has one geometry.
 * Order:      all walks go from the greatest key down.
 * Failure:    -ENOMEM, nothing changed. A key that is there already, or a value that is NULL, is
 *             a BUG().
 * Source:     Linux 6.1's btree.h: the same names and meaning. A tree that is destroyed gives back
 *             all nodes, on Linux only its root.
 */
#ifndef _LINUX_BTREE_H
#define _LINUX_BTREE_H

#include <linux/kernel.h>
#include <linux/mempool.h>

struct btree_head {
	unsigned long *node; /* the root; NULL: an empty tree */
	mempool_t *mempool;  /* where nodes come from */
	int height;	     /* levels of nodes */
};

/* What keys a tree has. */
struct btree_geo;
extern struct btree_geo btree_geo32;  /* an unsigned long, or a u32 in it */
extern struct btree_geo btree_geo64;  /* a u64 */
extern struct btree_geo btree_geo128; /* two of them */

typedef void btree_visit_t(void *elem, unsigned long opaque, unsigned long *key, size_t index,
			   void *func2);

/* For mempool_create(): nodes from the slab allocator. @pool_data is not looked at. */
void *btree_alloc(gfp_t gfp_mask, void *pool_data);
void btree_free(void *element, void *pool_data);

/* ---- Trees of any keys ------------------------------------------------------------------ */

/* An empty tree, of @mempool's nodes or of those of its own pool: 0 or -ENOMEM. */
void btree_init_mempool(struct btree_head *head, mempool_t *mempool);
int __must_check btree_init(struct btree_head *head);

/* The nodes and the pool of btree_init() go; the values do not. */
void btree_destroy(struct btree_head *head);

/* The value, or NULL. */
void *btree_lookup(struct btree_head *head, struct btree_geo *geo, unsigned long *key);

/* 0 or -ENOMEM. */
int __must_check btree_insert(struct btree_head *head, struct btree_geo *geo, unsigned long *key,
			      void *val, gfp_t gfp);

/* @val instead of what @key has: 0, or -ENOENT. */
int btree_update(struct btree_head *head, struct btree_geo *geo, unsigned long *key, void *val);

/* The value that was taken out, or NULL. Needs no memory. */
void *btree_remove(struct btree_head *head, struct btree_geo *geo, unsigned long *key);

/*
 * All of @victim into @target, from its greatest key down. A key that both have is a BUG().
 * -ENOMEM: what was moved until then stays moved.
 */
int btree_merge(struct btree_head *target, struct btree_head *victim, struct btree_geo *geo,
		gfp_t gfp);

/*
 * The value of the greatest key, and of the greatest one below *@key; the key is stored in @key.
 * NULL: there is none, and @key is as it was. Between two calls the tree may be changed.
 */
void *btree_last(struct btree_head *head, struct btree_geo *geo, unsigned long *key);
void *btree_get_prev(struct btree_head *head, struct btree_geo *geo, unsigned long *key);

/*
 * @func for each, counted by its index from 0 on, which may not change the tree: how many there
 * are. @func2 is for it; where it is NULL, they are only counted. The grim one leaves the tree
 * empty, without a node.
 */
size_t btree_visitor(struct btree_head *head, struct btree_geo *geo, unsigned long opaque,
		     btree_visit_t *func, void *func2);
size_t btree_grim_visitor(struct btree_head *head, struct btree_geo *geo, unsigned long opaque,
			  btree_visit_t *func, void *func2);

/* ---- Trees of keys of one type: l (unsigned long), 32 (u32), 64 (u64), 128 (two u64) ------ */

typedef void (*visitorl_t)(void *elem, unsigned long opaque, unsigned long key, size_t index);
typedef void (*visitor32_t)(void *elem, unsigned long opaque, u32 key, size_t index);
typedef void (*visitor64_t)(void *elem, unsigned long opaque, u64 key, size_t index);
typedef void (*visitor128_t)(void *elem, unsigned long opaque, u64 key1, u64 key2, size_t index);

/* They call @func, a visitor of their type, with the key that *@key is. */
void visitorl(void *elem, unsigned long opaque, unsigned long *key, size_t index, void *func);
void visitor32(void *elem, unsigned long opaque, unsigned long *key, size_t index, void *func);
void visitor64(void *elem, unsigned long opaque, unsigned long *key, size_t index, void *func);
void visitor128(void *elem, unsigned long opaque, unsigned long *key, size_t index, void *func);

#define __BTREE_OF_ANY_KEY(sfx, geo)                                                              \
	struct btree_head##sfx {                                                                  \
		struct btree_head h;                                                              \
	};                                                                                        \
	static inline void btree_init_mempool##sfx(struct btree_head##sfx *head, mempool_t *pool) \
	{                                                                                         \
		btree_init_mempool(&head->h, pool);                                               \
	}                                                                                         \
	static inline int btree_init##sfx(struct btree_head##sfx *head)                           \
	{                                                                                         \
		return btree_init(&head->h);                                                      \
	}                                                                                         \
	static inline void btree_destroy##sfx(struct btree_head##sfx *head)                       \
	{                                                                                         \
		btree_destroy(&head->h);                                                          \
	}                                                                                         \
	static inline int btree_merge##sfx(struct btree_head##sfx *target,                        \
					   struct btree_head##sfx *victim, gfp_t gfp)             \
	{                                                                                         \
		return btree_merge(&target->h, &victim->h, &(geo), gfp);                          \
	}                                                                                         \
	static inline size_t btree_visitor##sfx(struct btree_head##sfx *head,                     \
						unsigned long opaque, visitor##sfx##_t func)      \
	{                                                                                         \
		return btree_visitor(&head->h, &(geo), opaque, visitor##sfx, (void *)func);       \
	}                                                                                         \
	static inline size_t btree_grim_visitor##sfx(struct btree_head##sfx *head,                \
						     unsigned long opaque, visitor##sfx##_t func) \
	{                                                                                         \
		return btree_grim_visitor(&head->h, &(geo), opaque, visitor##sfx, (void *)func);  \
	}

#define __BTREE_OF_ONE_WORD(sfx, type, geo)                                                    \
	__BTREE_OF_ANY_KEY(sfx, geo)                                                           \
	static inline void *btree_lookup##sfx(struct btree_head##sfx *head, type key)          \
	{                                                                                      \
		unsigned long word = key;                                                      \
                                                                                               \
		return btree_lookup(&head->h, &(geo), &word);                                  \
	}                                                                                      \
	static inline int btree_insert##sfx(struct btree_head##sfx *head, type key, void *val, \
					    gfp_t gfp)                                         \
	{                                                                                      \
		unsigned long word = key;                                                      \
                                                                                               \
		return btree_insert(&head->h, &(geo), &word, val, gfp);                        \
	}                                                                                      \
	static inline int btree_update##sfx(struct btree_head##sfx *head, type key, void *val) \
	{                                                                                      \
		unsigned long word = key;                                                      \
                                                                                               \
		return btree_update(&head->h, &(geo), &word, val);                             \
	}                                                                                      \
	static inline void *btree_remove##sfx(struct btree_head##sfx *head, type key)          \
	{                                                                                      \
		unsigned long word = key;                                                      \
                                                                                               \
		return btree_remove(&head->h, &(geo), &word);                                  \
	}                                                                                      \
	static inline void *btree_last##sfx(struct btree_head##sfx *head, type *key)           \
	{                                                                                      \
		unsigned long word = 0;                                                        \
		void *val = btree_last(&head->h, &(geo), &word);                               \
                                                                                               \
		if (val)                                                                       \
			*key = (type)word;                                                     \
		return val;                                                                    \
	}                                                                                      \
	static inline void *btree_get_prev##sfx(struct btree_head##sfx *head, type *key)       \
	{                                                                                      \
		unsigned long word = *key;                                                     \
		void *val = btree_get_prev(&head->h, &(geo), &word);                           \
                                                                                               \
		*key = (type)word;                                                             \
		return val;                                                                    \
	}

__BTREE_OF_ONE_WORD(l, unsigned long, btree_geo32)
__BTREE_OF_ONE_WORD(32, u32, btree_geo32)
__BTREE_OF_ONE_WORD(64, u64, btree_geo64)
__BTREE_OF_ANY_KEY(128, btree_geo128)

static inline void *btree_lookup128(struct btree_head128 *head, u64 k1, u64 k2)
{
	unsigned long key[] = {k1, k2};

	return btree_lookup(&head->h, &btree_geo128, key);
}

static inline int btree_insert128(struct btree_head128 *head, u64 k1, u64 k2, void *val, gfp_t gfp)
{
	unsigned long key[] = {k1, k2};

	return btree_insert(&head->h, &btree_geo128, key, val, gfp);
}

static inline int btree_update128(struct btree_head128 *head, u64 k1, u64 k2, void *val)
{
	unsigned long key[] = {k1, k2};

	return btree_update(&head->h, &btree_geo128, key, val);
}

static inline void *btree_remove128(struct btree_head128 *head, u64 k1, u64 k2)
{
	unsigned long key[] = {k1, k2};

	return btree_remove(&head->h, &btree_geo128, key);
}

static inline void *btree_last128(struct btree_head128 *head, u64 *k1, u64 *k2)
{
	unsigned long key[] = {0, 0};
	void *val = btree_last(&head->h, &btree_geo128, key);

	if (val) {
		*k1 = key[0];
		*k2 = key[1];
	}
	return val;
}

static inline void *btree_get_prev128(struct btree_head128 *head, u64 *k1, u64 *k2)
{
	unsigned long key[] = {*k1, *k2};
	void *val = btree_get_prev(&head->h, &btree_geo128, key);

	*k1 = key[0];
	*k2 = key[1];
	return val;
}

/* @val is each value, @key its key; the one it stands on may be removed. */
#define btree_for_each_safel(head, key, val) \
	for (val = btree_lastl(head, &key); val; val = btree_get_prevl(head, &key))
#define btree_for_each_safe32(head, key, val) \
	for (val = btree_last32(head, &key); val; val = btree_get_prev32(head, &key))
#define btree_for_each_safe64(head, key, val) \
	for (val = btree_last64(head, &key); val; val = btree_get_prev64(head, &key))
#define btree_for_each_safe128(head, k1, k2, val) \
	for (val = btree_last128(head, &k1, &k2); val; val = btree_get_prev128(head, &k1, &k2))

#endif /* _LINUX_BTREE_H */
