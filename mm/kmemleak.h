/* SPDX-License-Identifier: MIT */
/*
 * What kmemleak's files share: the record of a block.
 *
 *   kmemleak.c          records: the calls of allocators and their callers
 *   kmemleak_scan.c     who is reached from where
 *   kmemleak_report.c   blocks as text, verify
 *
 * Colours are Linux's: white blocks have too few references, grey ones enough, and black
 * ones are left out of it all.
 */
#ifndef _MM_KMEMLEAK_H
#define _MM_KMEMLEAK_H

#include <linux/kmemleak.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

#define KMEMLEAK_TRACE 16
#define KMEMLEAK_GREY  0
#define KMEMLEAK_BLACK (-1)

struct kmemleak_object {
	struct rb_node rb_node;
	struct list_head object_list; /* all of them */
	struct list_head gray_list;   /* during a scan: reached, not scanned yet */
	struct list_head areas;	      /* struct kmemleak_area; empty: all of it is scanned */
	unsigned long pointer;	      /* or a physical address */
	size_t size;
	unsigned long excess_ref; /* a block that references to this one count for, too */
	int min_count;
	int count;     /* references found by the last scan */
	u32 checksum;  /* of its contents then */
	bool phys : 1; /* lies in the tree of physical addresses */
	bool no_scan : 1;
	bool reported : 1;
	int cpu;
	unsigned int nr_trace;
	u64 ns; /* when it was allocated */
	unsigned long trace[KMEMLEAK_TRACE];
};

/* Lies in a slot as large as a record. */
struct kmemleak_area {
	struct list_head list;
	unsigned long start;
	size_t size;
};

extern spinlock_t kmemleak_lock;
extern struct list_head kmemleak_objects;
extern struct rb_root kmemleak_tree, kmemleak_phys_tree;

static inline bool kmemleak_white(const struct kmemleak_object *object)
{
	return object->count < object->min_count;
}

static inline bool kmemleak_gray(const struct kmemleak_object *object)
{
	return object->min_count != KMEMLEAK_BLACK && object->count >= object->min_count;
}

/* Where its contents are. */
static inline unsigned long kmemleak_start(const struct kmemleak_object *object)
{
	return object->phys ? (unsigned long)__va(object->pointer) : object->pointer;
}

/* The block that @address lies in, or NULL. With kmemleak_lock held. */
struct kmemleak_object *kmemleak_lookup(unsigned long address, bool phys);

/* Clears what functions that returned have left on the stack: nobody has it any more. */
#define KMEMLEAK_OLD_STACK 4096
void kmemleak_clear_stack(void);

/* A block as Linux shows it; to the log where @m is NULL. */
void kmemleak_print(struct seq_file *m, const struct kmemleak_object *object);

#endif /* _MM_KMEMLEAK_H */
