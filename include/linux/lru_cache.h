/* SPDX-License-Identifier: MIT */
/*
 * Sets of the most recently used: a fixed number of elements, each of which stands for a number
 * (of a region of a disk, say) for as long as it is used, and after that until another number
 * needs an element. Such a change of the set is announced, and takes effect when its user says
 * that it has been recorded.
 *
 *   free ──► to_be_changed ──► in_use ◄──► lru      lc_get() of a number that is not in the set
 *                 ▲                         │       takes a free element, or the one that was
 *                 └─────────────────────────┘       not used for longest
 *
 * Owns:       the elements, which lie in objects of the user's cache, and their lists.
 * Invariants: each element is on one list. On `free` its number is LC_FREE. Off `to_be_changed`
 *             lc_number and lc_new_number are equal; an element is hashed by the latter.
 * Lifetime:   lc_create() to lc_destroy().
 * Locking:    the user's, for each call but lc_try_lock(), lc_try_lock_for_transaction() and
 *             lc_unlock(). Two at once are a BUG() where they meet.
 * Units:      elements; numbers are any below LC_FREE.
 * Failure:    lc_create(): NULL, nothing held. Who gets none from lc_get() tries again later. An
 *             element of another set, and one that is put more often than got, are a BUG().
 * Source:     Linux 6.1's lru_cache.h: the same names and meaning.
 */
#ifndef _LINUX_LRU_CACHE_H
#define _LINUX_LRU_CACHE_H

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#define LC_FREE (~0U) /* the number of an element that stands for none */

/* A member of the user's objects. */
struct lc_element {
	struct hlist_node colision;
	struct list_head list;
	unsigned int refcnt;	    /* lc_get() less lc_put() */
	unsigned int lc_index;	    /* which of the set's elements it is; never changes */
	unsigned int lc_number;	    /* what it stands for */
	unsigned int lc_new_number; /* what for, once the change is recorded */
};

#define LC_MAX_ACTIVE (1 << 24) /* elements of a set */

struct lru_cache {
	struct list_head lru; /* in the set, not used: the one used last is the first */
	struct list_head free;
	struct list_head in_use;
	struct list_head to_be_changed;
	struct kmem_cache *lc_cache; /* of the objects */
	size_t element_size;	     /* of an object, in bytes */
	size_t element_off;	     /* of the element in it */
	unsigned int nr_elements;
	unsigned int max_pending_changes;
	unsigned int pending_changes; /* elements on to_be_changed */
	unsigned int used;	      /* elements with references */
	unsigned long hits, misses;   /* of those that asked for an element */
	unsigned long starving;	      /* were refused, as none was to be had before */
	unsigned long locked;	      /* were refused, as the set was locked */
	unsigned long changed;	      /* changes that took effect */
	unsigned long flags;	      /* LC_* */
	void *lc_private;	      /* the user's */
	const char *name;
	struct hlist_head *lc_slot;	/* nr_elements chains */
	struct lc_element **lc_element; /* by their indices */
};

enum {
	__LC_PARANOIA, /* somebody is in one of the functions */
	__LC_DIRTY,    /* changes are pending, or were asked for */
	__LC_LOCKED,   /* the set may not be changed */
	__LC_STARVING, /* all are used: nobody gets one until one is not */
};
#define LC_PARANOIA (1 << __LC_PARANOIA)
#define LC_DIRTY    (1 << __LC_DIRTY)
#define LC_LOCKED   (1 << __LC_LOCKED)
#define LC_STARVING (1 << __LC_STARVING)

/* The user's object that @ptr is a member of. */
#define lc_entry(ptr, type, member) container_of(ptr, type, member)

/* ---- Life ------------------------------------------------------------------------------- */

/*
 * @e_count objects of @cache, of @e_size bytes that are zeroed but for the element @e_off bytes
 * into each. NULL: no memory, more than LC_MAX_ACTIVE, or @cache has smaller objects (a warning).
 */
struct lru_cache *lc_create(const char *name, struct kmem_cache *cache,
			    unsigned int max_pending_changes, unsigned int e_count, size_t e_size,
			    size_t e_off);

/* As if it was made anew: all objects are zeroed, whoever has references. */
void lc_reset(struct lru_cache *lc);

/* NULL is nothing. */
void lc_destroy(struct lru_cache *lc);

/*
 * Element @index stands for @enr, or for none (LC_FREE), and nobody may use it: what a record has.
 * An index outside of the set is nothing.
 */
void lc_set(struct lru_cache *lc, unsigned int enr, int index);

/* An element that nobody uses stands for none from now on. */
void lc_del(struct lru_cache *lc, struct lc_element *element);

/* ---- References ------------------------------------------------------------------------- */

/*
 * An element for @enr, with a reference more. Where lc_number is @enr it can be used. Else it is
 * on to_be_changed: the change is to be recorded (under lc_try_lock_for_transaction()), then
 * lc_committed() and lc_unlock().
 * NULL: the set is starving, or locked, or has max_pending_changes pending, or just that change
 * is pending, in which case lc_get_cumulative() gives the element.
 */
struct lc_element *lc_get(struct lru_cache *lc, unsigned int enr);
struct lc_element *lc_get_cumulative(struct lru_cache *lc, unsigned int enr);

/* NULL, too, where the set would have to be changed. */
struct lc_element *lc_try_get(struct lru_cache *lc, unsigned int enr);

/* How many references are left. The element may be taken for another number after the last. */
unsigned int lc_put(struct lru_cache *lc, struct lc_element *e);

/* All pending changes take effect. */
void lc_committed(struct lru_cache *lc);

/* ---- Looking ---------------------------------------------------------------------------- */

/* The element that stands for @enr, or NULL; one of a pending change is not found. */
struct lc_element *lc_find(struct lru_cache *lc, unsigned int enr);

/* Has @enr references, those of a pending change included? */
bool lc_is_used(struct lru_cache *lc, unsigned int enr);

struct lc_element *lc_element_by_index(struct lru_cache *lc, unsigned int i);
unsigned int lc_index_of(struct lru_cache *lc, struct lc_element *e);

/* A line of the counts; a line for each element, with what @detail (or NULL) writes about it. */
void lc_seq_printf_stats(struct seq_file *seq, struct lru_cache *lc);
void lc_seq_dump_details(struct seq_file *seq, struct lru_cache *lc, char *utext,
			 void (*detail)(struct seq_file *, struct lc_element *));

/* ---- Keeping the set as it is: any context, any CPU --------------------------------------- */

/* Not 0: no change is pending, and none can be asked for until lc_unlock(). */
int lc_try_lock(struct lru_cache *lc);

/* The same, but changes may be pending: they are the caller's to record. */
static inline int lc_try_lock_for_transaction(struct lru_cache *lc)
{
	return !test_and_set_bit(__LC_LOCKED, &lc->flags);
}

/* No change is pending any more. */
static inline void lc_unlock(struct lru_cache *lc)
{
	clear_bit(__LC_DIRTY, &lc->flags);
	clear_bit_unlock(__LC_LOCKED, &lc->flags);
}

#endif /* _LINUX_LRU_CACHE_H */
