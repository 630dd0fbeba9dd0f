/* SPDX-License-Identifier: MIT */
/*
 * Arrays that grow where they are used: elements of one type by their index, in pages
 * that are made when an element of theirs is first asked for.
 *
 *   index 0 1 2 ... n-1 | n ...        n: elements that fit a page; none lies in two
 *        └──── page ───┘ └ page ┘
 *
 * Owns:       the pages and what finds them. Elements begin as zeroes.
 * Invariants: an element that was made stays where it is until genradix_free().
 * Lifetime:   a GENRADIX() that is all 0, or genradix_init(), to genradix_free().
 * Locking:    any number of callers at once, but for genradix_free(), which nobody may
 *             call while others use the array.
 * Units:      indices count elements, at most a page large each.
 * Failure:    NULL or -ENOMEM, nothing changed.
 * Source:     Linux's include/linux/generic-radix-tree.h: the same names and meaning.
 */
#ifndef _LINUX_GENERIC_RADIX_TREE_H
#define _LINUX_GENERIC_RADIX_TREE_H

#include <linux/build_bug.h>
#include <linux/gfp_types.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include <asm/page.h>

struct __genradix {
	struct xarray pages; /* by number */
};

#define __GENRADIX_INITIALIZER                            \
	{                                                 \
		.tree = {.pages = XARRAY_INIT(pages, 0) } \
	}

/* An array of @_type: a member of a structure, or a variable. */
#define GENRADIX(_type)                     \
	struct {                            \
		struct __genradix tree;     \
		_type type[0] __aligned(1); \
	}
#define DEFINE_GENRADIX(_name, _type) GENRADIX(_type) _name = __GENRADIX_INITIALIZER

#define genradix_init(_radix) xa_init(&(_radix)->tree.pages)

/* Gives all elements back; the array is empty then. */
#define genradix_free(_radix) __genradix_free(&(_radix)->tree)

#define __genradix_cast(_radix)	    (__typeof__((_radix)->type[0]) *)
#define __genradix_obj_size(_radix) sizeof((_radix)->type[0])

/* Where in the array's bytes element @idx of @obj_size bytes lies. */
static inline size_t __genradix_offset(size_t idx, size_t obj_size)
{
	size_t fit = PAGE_SIZE / obj_size;

	return idx / fit * PAGE_SIZE + idx % fit * obj_size;
}

#define __genradix_idx_to_offset(_radix, _idx)                                  \
	({                                                                      \
		BUILD_BUG_ON(__genradix_obj_size(_radix) > PAGE_SIZE);          \
		__genradix_offset((size_t)(_idx), __genradix_obj_size(_radix)); \
	})

/* Element @_idx, or NULL where no page was made for it. */
#define genradix_ptr(_radix, _idx) \
	(__genradix_cast(_radix)   \
		 __genradix_ptr(&(_radix)->tree, __genradix_idx_to_offset(_radix, _idx)))

/* The same, made where it is not there. NULL: no memory. */
#define genradix_ptr_alloc(_radix, _idx, _gfp)         \
	(__genradix_cast(_radix) __genradix_ptr_alloc( \
		&(_radix)->tree, __genradix_idx_to_offset(_radix, _idx), _gfp))

/* Makes elements 0 to @_nr - 1. 0 or -ENOMEM. */
#define genradix_prealloc(_radix, _nr, _gfp) \
	__genradix_prealloc(&(_radix)->tree, __genradix_idx_to_offset(_radix, _nr), _gfp)

/* ---- Walks over what there is: pages that were never asked for are left out ------------- */

struct genradix_iter {
	size_t offset;
	size_t pos; /* the element's index */
};

#define genradix_iter_init(_radix, _idx)                              \
	((struct genradix_iter){                                      \
		.pos = (_idx),                                        \
		.offset = __genradix_idx_to_offset((_radix), (_idx)), \
	})

/* The element at @_iter, or the next one that there is, to which @_iter then is set. */
#define genradix_iter_peek(_iter, _radix) \
	(__genradix_cast(_radix)          \
		 __genradix_iter_peek(_iter, &(_radix)->tree, __genradix_obj_size(_radix)))

#define genradix_iter_advance(_iter, _radix) \
	__genradix_iter_advance(_iter, __genradix_obj_size(_radix))

#define genradix_for_each_from(_radix, _iter, _p, _start)       \
	for (_iter = genradix_iter_init(_radix, _start);        \
	     (_p = genradix_iter_peek(&_iter, _radix)) != NULL; \
	     genradix_iter_advance(&_iter, _radix))
#define genradix_for_each(_radix, _iter, _p) genradix_for_each_from(_radix, _iter, _p, 0)

static inline void __genradix_iter_advance(struct genradix_iter *iter, size_t obj_size)
{
	iter->pos++;
	iter->offset = __genradix_offset(iter->pos, obj_size);
}

void __genradix_free(struct __genradix *radix);
void *__genradix_ptr(struct __genradix *radix, size_t offset);
void *__genradix_ptr_alloc(struct __genradix *radix, size_t offset, gfp_t gfp);
void *__genradix_iter_peek(struct genradix_iter *iter, struct __genradix *radix, size_t obj_size);
int __genradix_prealloc(struct __genradix *radix, size_t size, gfp_t gfp);

/* What comes with this header on Linux. */
#include <linux/log2.h>

#endif /* _LINUX_GENERIC_RADIX_TREE_H */
