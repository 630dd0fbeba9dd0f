// SPDX-License-Identifier: MIT
/* A record of who asked for buffers, and how many; it is read in one go, or under its lock. */
#include <linux/bitmap.h>
#include <linux/compaction.h>
#include <linux/highmem.h>
#include <linux/hugetlb.h>
#include <linux/migrate.h>
#include <linux/printk.h>
#include <linux/seqlock.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>

#define DEPTH 16

static DEFINE_SEQLOCK(lock);
static depot_stack_handle_t last;
static unsigned long requests;

int traces_note(gfp_t gfp);
int traces_note(gfp_t gfp)
{
	unsigned long entries[DEPTH];
	unsigned int nr = stack_trace_save(entries, ARRAY_SIZE(entries), 1);
	depot_stack_handle_t handle;

	nr = filter_irq_stacks(entries, nr);
	handle = stack_depot_save(entries, nr, gfp);
	if (!handle)
		return -ENOMEM;
	write_seqlock(&lock);
	last = handle;
	requests++;
	write_sequnlock(&lock);
	return 0;
}

void traces_show(void);
void traces_show(void)
{
	depot_stack_handle_t handle;
	unsigned long *entries, nr, flags;
	unsigned int depth;
	int seq = 0;

	for (;;) {
		flags = read_seqbegin_or_lock_irqsave(&lock, &seq);
		handle = last;
		nr = requests;
		if (!need_seqretry(&lock, seq))
			break;
		seq = 1;
	}
	done_seqretry_irqrestore(&lock, seq, flags);
	pr_info("%lu requests, the last by\n", nr);
	depth = stack_depot_fetch(handle, &entries);
	stack_trace_print(entries, depth, 1);
}

/* The formats are those of Linux's types. */
void traces_show_zone(struct zone *zone, struct hstate *h, const unsigned long *a);
void traces_show_zone(struct zone *zone, struct hstate *h, const unsigned long *a)
{
	pr_info("%u high, %u%% fragmented\n", nr_free_highpages(), extfrag_for_order(zone, 3));
	pr_info("%u pages each\n", pages_per_huge_page(h));
	pr_info("%lu %lu %u\n", bitmap_weight_and(a, a, 64), hweight_long(*a), hweight32(7));
}

int traces_take(struct page *page, const char *name, struct list_head *list);
int traces_take(struct page *page, const char *name, struct list_head *list)
{
	if (!(read_word_at_a_time(name) & 0xff))
		return -EINVAL;
	if (PageHuge(page))
		return folio_isolate_hugetlb(page, list);
	if (!__folio_test_movable(page_folio(page)))
		return -EBUSY;
	return isolate_movable_page(page, ISOLATE_UNMAPPED | ISOLATE_UNEVICTABLE);
}
