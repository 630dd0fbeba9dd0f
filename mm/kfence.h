/* SPDX-License-Identifier: MIT */
/* What KFENCE's files share: the record of an object, and reports. */
#ifndef _MM_KFENCE_H
#define _MM_KFENCE_H

#include <linux/atomic.h>
#include <linux/kfence.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "slab.h"

#define KFENCE_STACK_DEPTH 32

/* What a byte beside an object holds. */
#define KFENCE_CANARY_PATTERN(addr) ((u8)(0xaa ^ ((unsigned long)(addr)&7)))

enum kfence_error_type {
	KFENCE_ERROR_OOB,	   /* a guard page beside an object that is out */
	KFENCE_ERROR_UAF,	   /* an object that was freed */
	KFENCE_ERROR_CORRUPTION,   /* a canary byte, seen when its object is freed */
	KFENCE_ERROR_INVALID,	   /* no object is near */
	KFENCE_ERROR_INVALID_FREE, /* not an object, or one that was freed */
};

enum kfence_object_state {
	KFENCE_OBJECT_UNUSED, /* never handed out, or of a cache that is gone */
	KFENCE_OBJECT_ALLOCATED,
	KFENCE_OBJECT_RCU, /* freed to a SLAB_TYPESAFE_BY_RCU cache, still mapped */
	KFENCE_OBJECT_FREED,
};

/* Who had an object, and when. */
struct kfence_track {
	int cpu;
	unsigned int nr; /* of entries */
	u64 ts_nsec;
	unsigned long entries[KFENCE_STACK_DEPTH];
};

struct kfence_metadata {
	struct list_head list; /* of free objects, longest free first; empty while it is out */
	struct rcu_head rcu_head;
	spinlock_t lock; /* all below, but what never changes */
	enum kfence_object_state state;
	unsigned long addr; /* of the object; before the first, of its page */
	size_t size;
	bool guard_open; /* a bad access mapped one of the guard pages beside it */
	struct kfence_track alloc_track;
	struct kfence_track free_track;
	struct slab slab; /* for its page: no objects, which is what tells it from others */
};

extern struct kfence_metadata *kfence_metadata; /* kfence_num_objects of them */
extern struct list_head kfence_freelist;
extern spinlock_t kfence_freelist_lock;

static inline unsigned long kfence_page(const struct kfence_metadata *meta)
{
	return (unsigned long)__kfence_pool +
	       (unsigned long)(meta - kfence_metadata + 1) * 2 * PAGE_SIZE;
}

/* The record of the object in whose page @addr lies; NULL for guard pages. */
struct kfence_metadata *kfence_addr_to_metadata(unsigned long addr);

/* The slab of a guarded object. */
static inline bool slab_is_kfence(const struct slab *slab)
{
	return unlikely(!slab->objects);
}

/* ---- kfence_report.c ------------------------------------------------------------ */

/*
 * @address is what was touched or freed; @regs who did, or NULL: the caller; @meta the
 * object it is about, locked, or NULL.
 */
void kfence_report_error(unsigned long address, bool is_write, const struct pt_regs *regs,
			 const struct kfence_metadata *meta, enum kfence_error_type type);

/* The object and its callers to @m, or to the log where that is NULL. */
void kfence_print_object(struct seq_file *m, const struct kfence_metadata *meta);

/* ---- Options and state ------------------------------------------------------------- */

/* Options kfence.sample_interval= and kfence.num_objects=. 0 or -EINVAL. */
int kfence_sample_interval_parse_option(char *value);
int kfence_num_objects_parse_option(char *value);

/* No pool, no options: for hosts that bring up several machines. */
void kfence_reset(void);

#endif /* _MM_KFENCE_H */
