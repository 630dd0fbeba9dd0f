// SPDX-License-Identifier: MIT
/*
 * Records of blocks, for kmemleak: made, changed and forgotten. Contract:
 * linux/kmemleak.h.
 *
 *   page | list, free slots | record | record | area | free | ...
 *
 * Records lie in pages straight from the page allocator, which kmemleak does not watch,
 * in slots of one size. A page without a record in it goes back.
 */
#include "kmemleak.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>

#include "slab.h"

#undef pr_fmt
#define pr_fmt(fmt) "kmemleak: " fmt

bool kmemleak_enabled;
struct kmemleak_stats kmemleak_stats;
DEFINE_SPINLOCK_RANK(kmemleak_lock, LOCK_RANK_LEAF);
struct list_head kmemleak_objects = LIST_HEAD_INIT(kmemleak_objects);
struct rb_root kmemleak_tree, kmemleak_phys_tree;

static bool wanted; /* kmemleak=on */

/* ---- Slots ------------------------------------------------------------------------------ */

#define SLOT_SIZE sizeof(struct kmemleak_object)
static_assert(sizeof(struct kmemleak_area) <= SLOT_SIZE);

struct slot_page {
	struct list_head list; /* of those with a free slot; else empty */
	void *free;	       /* slots, linked through their first word */
	unsigned long used;
};

static struct list_head slot_pages = LIST_HEAD_INIT(slot_pages);

static void put_slot(struct slot_page *p, void *slot)
{
	*(void **)slot = p->free;
	p->free = slot;
}

/* What an allocation in need may dig into: to lose a record would be to lose all. */
static struct slot_page *new_slot_page(gfp_t gfp)
{
	struct slot_page *p;
	unsigned long at;

	gfp = (gfp & __GFP_NOFAIL) | __GFP_MEMALLOC | __GFP_NOWARN;
	p = (struct slot_page *)__get_free_pages(gfp, 0);
	if (!p)
		return NULL;
	*p = (struct slot_page){.used = 0};
	INIT_LIST_HEAD(&p->list);
	for (at = ALIGN(sizeof(*p), 16); at + SLOT_SIZE <= PAGE_SIZE; at += SLOT_SIZE)
		put_slot(p, (char *)p + at);
	return p;
}

/* A slot of a page that has one; with kmemleak_lock held. NULL where there is none. */
static void *take_slot(void)
{
	struct slot_page *p = list_first_entry_or_null(&slot_pages, struct slot_page, list);
	void *slot;

	if (!p)
		return NULL;
	slot = p->free;
	p->free = *(void **)slot;
	p->used++;
	if (!p->free)
		list_del_init(&p->list);
	return slot;
}

static void add_slot_page(struct slot_page *p)
{
	list_add(&p->list, &slot_pages);
	kmemleak_stats.pages++;
}

/* NULL without memory. */
static void *alloc_slot(gfp_t gfp)
{
	struct slot_page *p;
	unsigned long flags;
	void *slot;

	spin_lock_irqsave(&kmemleak_lock, flags);
	slot = take_slot();
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	if (slot)
		return slot;
	p = new_slot_page(gfp);
	if (!p)
		return NULL;
	spin_lock_irqsave(&kmemleak_lock, flags);
	add_slot_page(p);
	slot = take_slot();
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	return slot;
}

/* With kmemleak_lock held. Chains pages that nothing lies in any more to @empty. */
static void free_slot(void *slot, struct list_head *empty)
{
	struct slot_page *p = (struct slot_page *)((unsigned long)slot & PAGE_MASK);

	if (!p->free)
		list_add(&p->list, &slot_pages);
	put_slot(p, slot);
	if (--p->used)
		return;
	list_move(&p->list, empty);
	kmemleak_stats.pages--;
}

static void give_pages(struct list_head *empty)
{
	struct slot_page *p, *next;

	list_for_each_entry_safe (p, next, empty, list)
		free_pages((unsigned long)p, 0);
}

/* ---- Trees --------------------------------------------------------------------------------- */

static struct kmemleak_object *object_of(struct rb_node *node)
{
	return rb_entry(node, struct kmemleak_object, rb_node);
}

struct kmemleak_object *kmemleak_lookup(unsigned long address, bool phys)
{
	struct rb_node *node = phys ? kmemleak_phys_tree.rb_node : kmemleak_tree.rb_node;

	while (node) {
		struct kmemleak_object *object = object_of(node);

		if (address < object->pointer)
			node = node->rb_left;
		else if (address - object->pointer >= object->size)
			node = node->rb_right;
		else
			return object;
	}
	return NULL;
}

/* The block that begins just there. */
static struct kmemleak_object *lookup_start(unsigned long address, bool phys)
{
	struct kmemleak_object *object = kmemleak_lookup(address, phys);

	return object && object->pointer == address ? object : NULL;
}

/* False where there is a block already. */
static bool insert(struct kmemleak_object *object)
{
	struct rb_root *root = object->phys ? &kmemleak_phys_tree : &kmemleak_tree;
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		struct kmemleak_object *other = object_of(*link);

		parent = *link;
		if (object->pointer + object->size <= other->pointer)
			link = &parent->rb_left;
		else if (other->pointer + other->size <= object->pointer)
			link = &parent->rb_right;
		else
			return false;
	}
	rb_link_node(&object->rb_node, parent, link);
	rb_insert_color(&object->rb_node, root);
	list_add_tail(&object->object_list, &kmemleak_objects);
	kmemleak_stats.blocks++;
	return true;
}

/* Forgets a block. With kmemleak_lock held. */
static void erase(struct kmemleak_object *object, struct list_head *empty)
{
	struct kmemleak_area *area, *next;

	rb_erase(&object->rb_node, object->phys ? &kmemleak_phys_tree : &kmemleak_tree);
	list_del(&object->object_list);
	list_for_each_entry_safe (area, next, &object->areas, list)
		free_slot(area, empty);
	kmemleak_stats.blocks--;
	free_slot(object, empty);
}

/* Without records of all blocks every other one would look lost: it ends. */
static void give_up(const char *why)
{
	struct kmemleak_object *object, *next;
	unsigned long flags;
	LIST_HEAD(empty);

	kmemleak_enabled = false;
	pr_err("Automatic memory scanning stopped: %s\n", why);
	spin_lock_irqsave(&kmemleak_lock, flags);
	list_for_each_entry_safe (object, next, &kmemleak_objects, object_list)
		erase(object, &empty);
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	give_pages(&empty);
}

/* ---- Blocks ---------------------------------------------------------------------------------- */

static void init_object(struct kmemleak_object *object, unsigned long pointer, size_t size,
			int min_count, bool phys)
{
	*object = (struct kmemleak_object){
		.pointer = pointer,
		.size = size,
		.min_count = min_count,
		.phys = phys,
		.cpu = smp_processor_id(),
		.ns = arch_clock_ns(),
	};
	INIT_LIST_HEAD(&object->gray_list);
	INIT_LIST_HEAD(&object->areas);
	object->nr_trace = stack_trace_save(object->trace, KMEMLEAK_TRACE, 2);
}

static noinline void create_object(unsigned long pointer, size_t size, int min_count, bool phys,
				   gfp_t gfp)
{
	struct kmemleak_object *object;
	unsigned long flags;
	LIST_HEAD(empty);

	if (!size || IS_ERR_VALUE(pointer))
		return;
	object = alloc_slot(gfp);
	if (!object) {
		give_up("no memory for a record");
		return;
	}
	init_object(object, pointer, size, min_count, phys);
	spin_lock_irqsave(&kmemleak_lock, flags);
	if (!insert(object)) {
		kmemleak_stats.overlap++;
		free_slot(object, &empty);
	}
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	give_pages(&empty);
}

void __kmemleak_alloc(const void *ptr, size_t size, int min_count, gfp_t gfp)
{
	create_object((unsigned long)ptr, size, min_count, false, gfp);
}

void __kmemleak_free(const void *ptr)
{
	struct kmemleak_object *object;
	unsigned long flags;
	LIST_HEAD(empty);

	spin_lock_irqsave(&kmemleak_lock, flags);
	object = lookup_start((unsigned long)ptr, false);
	if (object)
		erase(object, &empty);
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	give_pages(&empty);
}

void kmemleak_alloc_percpu(const void __percpu *ptr, size_t size, gfp_t gfp)
{
	for (unsigned int cpu = 0; kmemleak_enabled && ptr && cpu < nr_cpu_ids; cpu++)
		create_object((unsigned long)per_cpu_ptr(ptr, cpu), size, KMEMLEAK_GREY, false,
			      gfp);
}

void kmemleak_free_percpu(const void __percpu *ptr)
{
	for (unsigned int cpu = 0; kmemleak_enabled && ptr && cpu < nr_cpu_ids; cpu++)
		__kmemleak_free(per_cpu_ptr(ptr, cpu));
}

void kmemleak_alloc_phys(phys_addr_t phys, size_t size, gfp_t gfp)
{
	if (kmemleak_enabled)
		create_object(phys, size, KMEMLEAK_GREY, true, gfp);
}

/* What lies before and behind the part that goes, as blocks of their own. */
static void free_part(unsigned long start, size_t size, bool phys)
{
	struct kmemleak_object *object, whole = {.size = 0};
	unsigned long flags, end;
	LIST_HEAD(empty);

	spin_lock_irqsave(&kmemleak_lock, flags);
	object = kmemleak_lookup(start, phys);
	if (object) {
		whole = *object;
		erase(object, &empty);
	}
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	give_pages(&empty);
	if (!whole.size)
		return;
	end = whole.pointer + whole.size;
	if (start > whole.pointer)
		create_object(whole.pointer, start - whole.pointer, whole.min_count, phys, 0);
	if (end - start > size)
		create_object(start + size, end - start - size, whole.min_count, phys, 0);
}

void kmemleak_free_part(const void *ptr, size_t size)
{
	if (kmemleak_enabled && ptr)
		free_part((unsigned long)ptr, size, false);
}

void kmemleak_free_part_phys(phys_addr_t phys, size_t size)
{
	if (kmemleak_enabled)
		free_part(phys, size, true);
}

/* ---- What callers say of a block ---------------------------------------------------------------- */

/* Runs the statements for the block `object` that @address lies in, under the lock. */
#define WITH_OBJECT(lookup, ...)                                   \
	do {                                                       \
		struct kmemleak_object *object;                    \
		unsigned long irq_flags;                           \
                                                                   \
		if (!kmemleak_enabled)                             \
			break;                                     \
		spin_lock_irqsave(&kmemleak_lock, irq_flags);      \
		object = (lookup);                                 \
		if (object) {                                      \
			__VA_ARGS__;                               \
		}                                                  \
		spin_unlock_irqrestore(&kmemleak_lock, irq_flags); \
	} while (0)

static void paint(unsigned long address, bool phys, int color)
{
	WITH_OBJECT(lookup_start(address, phys), object->min_count = color;
		    object->no_scan |= color == KMEMLEAK_BLACK);
}

void kmemleak_not_leak(const void *ptr)
{
	paint((unsigned long)ptr, false, KMEMLEAK_GREY);
}

void kmemleak_ignore(const void *ptr)
{
	paint((unsigned long)ptr, false, KMEMLEAK_BLACK);
}

void kmemleak_ignore_phys(phys_addr_t phys)
{
	paint(phys, true, KMEMLEAK_BLACK);
}

void kmemleak_no_scan(const void *ptr)
{
	WITH_OBJECT(lookup_start((unsigned long)ptr, false), object->no_scan = true);
}

void kmemleak_update_trace(const void *ptr)
{
	WITH_OBJECT(lookup_start((unsigned long)ptr, false),
		    object->nr_trace = stack_trace_save(object->trace, KMEMLEAK_TRACE, 1));
}

void __kmemleak_vmalloc(const struct vm_struct *area, size_t size, gfp_t gfp)
{
	create_object((unsigned long)area->addr, size, 2, false, gfp);
	WITH_OBJECT(lookup_start((unsigned long)area, false),
		    object->excess_ref = (unsigned long)area->addr);
}

void __kmemleak_scan_area(const void *ptr, size_t size, gfp_t gfp)
{
	struct kmemleak_area *area;
	unsigned long flags;
	bool taken = false;
	LIST_HEAD(empty);

	area = alloc_slot(gfp);
	/* Then all of the block is scanned, and may hide a leak. */
	if (!area)
		return;
	area->start = (unsigned long)ptr;
	WITH_OBJECT(kmemleak_lookup((unsigned long)ptr, false),
		    area->size = min(size, object->pointer + object->size - area->start);
		    list_add(&area->list, &object->areas); taken = true);
	if (taken)
		return;
	spin_lock_irqsave(&kmemleak_lock, flags);
	free_slot(area, &empty);
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	give_pages(&empty);
}

/* ---- Bring-up --------------------------------------------------------------------------------------- */

int __init kmemleak_parse_option(char *value)
{
	bool on = value && !strcmp(value, "on");

	if (!value || (!on && strcmp(value, "off")))
		return -EINVAL;
	wanted = on;
	return 0;
}

void __init kmemleak_init(void)
{
	if (!wanted)
		return;
	kmemleak_enabled = true;
	pr_info("Kernel memory leak detector initialized\n");
}

void kmemleak_reset(void)
{
	wanted = kmemleak_enabled = false;
	spin_lock_init_rank(&kmemleak_lock, LOCK_RANK_LEAF);
	INIT_LIST_HEAD(&kmemleak_objects);
	INIT_LIST_HEAD(&slot_pages);
	kmemleak_tree = kmemleak_phys_tree = RB_ROOT;
	kmemleak_stats = (struct kmemleak_stats){.blocks = 0};
}
