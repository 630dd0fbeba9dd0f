// SPDX-License-Identifier: MIT
/* Who has each page: showing it, in Linux's forms. Contract: linux/page_owner.h. */
#include "page_owner.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <baremm/arch.h>

#include "internal.h"
#include "page_alloc.h"

static u64 mark; /* page_owner_mark() */

static void show_stack(struct seq_file *m, depot_stack_handle_t handle)
{
	unsigned long *entries;
	unsigned int nr = stack_depot_fetch(handle, &entries);

	if (!nr)
		seq_puts(m, " stack trace missing\n");
	stack_trace_seq(m, entries, nr, 0);
}

/* ---- Every block ---------------------------------------------------------------------- */

static void show_owner(struct page *page, const struct page_owner *owner, void *arg)
{
	unsigned long pfn = page_to_pfn(page);
	struct seq_file *m = arg;

	seq_printf(
		m,
		"Page allocated via order %u, mask %#x(%pGg), pid 0, tgid 0 (cpu%u), ts %llu ns, "
		"free_ts %llu ns\n",
		owner->order, owner->gfp, (const void *)&owner->gfp, owner->cpu, owner->ts,
		owner->free_ts);
	seq_printf(m, "PFN %lu type %s Block %lu type %s Flags %pGp\n", pfn,
		   migratetype_names[gfp_migratetype(owner->gfp)], pfn >> pageblock_order,
		   migratetype_names[get_pfnblock_migratetype(pfn)], (void *)&page->flags);
	show_stack(m, owner->handle);
	if (owner->migrated)
		seq_puts(m, "Page has been migrated\n");
	seq_putc(m, '\n');
}

void page_owner_show(struct seq_file *m)
{
	if (page_hooks & PAGE_HOOK_OWNER)
		page_owner_walk(show_owner, m);
}

/* ---- Pageblocks ------------------------------------------------------------------------ */

struct mixed {
	const struct zone *zone;
	unsigned long *count;	/* by type */
	unsigned long next_pfn; /* of the pageblocks below it nothing more is to be found out */
};

static void count_mixed(struct page *page, const struct page_owner *owner, void *arg)
{
	unsigned long pfn = page_to_pfn(page), end = pfn + (1UL << owner->order);
	struct mixed *mixed = arg;

	if (page_zone(page) != mixed->zone)
		return;
	for (pfn = max(pfn, mixed->next_pfn); pfn < end; pfn = ALIGN(pfn + 1, pageblock_nr_pages)) {
		int type = get_pfnblock_migratetype(pfn);

		if (type == gfp_migratetype(owner->gfp))
			continue;
		mixed->count[type == MIGRATE_CMA ? MIGRATE_MOVABLE : type]++;
		mixed->next_pfn = ALIGN(pfn + 1, pageblock_nr_pages);
	}
}

void page_owner_count_mixed(struct zone *zone, unsigned long count[MIGRATE_TYPES])
{
	page_owner_walk(count_mixed, &(struct mixed){.zone = zone, .count = count});
}

/* ---- One page, to the log ---------------------------------------------------------------- */

static void dump_stack_of(depot_stack_handle_t handle, const char *found, const char *missing)
{
	if (!handle) {
		pr_alert("%s\n", missing);
		return;
	}
	if (found)
		pr_alert("%s\n", found);
	stack_depot_print(handle);
}

void dump_page_owner(const struct page *page)
{
	struct page_ext *page_ext = lookup_page_ext(page);
	const struct page_owner *owner;

	if (!(page_hooks & PAGE_HOOK_OWNER))
		return;
	if (!page_ext || !(page_ext->flags & 1UL << PAGE_EXT_OWNER)) {
		pr_alert("page_owner info is not present (never set?)\n");
		return;
	}
	owner = get_page_owner(page_ext);
	pr_alert("page_owner tracks the page as %s\n",
		 page_ext->flags & 1UL << PAGE_EXT_OWNER_ALLOCATED ? "allocated" : "freed");
	pr_alert("page last allocated via order %u, migratetype %s, gfp_mask %#x(%pGg), pid 0, "
		 "tgid 0 "
		 "(cpu%u), ts %llu, free_ts %llu\n",
		 owner->order, migratetype_names[gfp_migratetype(owner->gfp)], owner->gfp,
		 (const void *)&owner->gfp, owner->cpu, owner->ts, owner->free_ts);
	dump_stack_of(owner->handle, NULL, "page_owner allocation stack trace missing");
	if (owner->free_ts)
		dump_stack_of(owner->free_handle,
			      "page last free stack trace:", "page_owner free stack trace missing");
}

/* ---- Blocks by call chain ----------------------------------------------------------------- */

struct caller {
	depot_stack_handle_t handle;
	bool used;
	bool old; /* from before the mark */
	unsigned long times;
	unsigned long pages;
};

/* A hash table of callers, at most half full. */
struct callers {
	struct caller *table;
	size_t size; /* entries; a power of two */
	size_t nr;
	unsigned long blocks, pages; /* since the mark */
	u64 mark, until;
};

static void count_owner(struct page *page, const struct page_owner *owner, void *arg)
{
	struct callers *callers = arg;
	bool old = owner->ts < callers->mark;
	size_t i = (owner->handle * 2654435761u + old) & (callers->size - 1);

	(void)page;
	if (owner->ts > callers->until || callers->nr >= callers->size / 2)
		return;
	while (callers->table[i].used &&
	       (callers->table[i].handle != owner->handle || callers->table[i].old != old))
		i = (i + 1) & (callers->size - 1);
	if (!callers->table[i].used) {
		callers->table[i] =
			(struct caller){.handle = owner->handle, .used = true, .old = old};
		callers->nr++;
	}
	callers->table[i].times++;
	callers->table[i].pages += 1UL << owner->order;
	if (!old) {
		callers->blocks++;
		callers->pages += 1UL << owner->order;
	}
}

/* Since the mark first, then by pages, then by handle: the order in which they came. */
static int compare_callers(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	if (x->old != y->old)
		return x->old - y->old;
	if (x->pages != y->pages)
		return x->pages < y->pages ? 1 : -1;
	return x->handle < y->handle ? -1 : x->handle > y->handle;
}

/* The entries that are used, to the front. */
static void compact_callers(struct callers *callers)
{
	size_t nr = 0;

	for (size_t i = 0; i < callers->size; i++)
		if (callers->table[i].used)
			callers->table[nr++] = callers->table[i];
}

static void show_callers(struct seq_file *m, const struct callers *callers)
{
	bool old = false;

	seq_printf(m, "%lu blocks, %lu pages allocated since bring-up are held:\n\n",
		   callers->blocks, callers->pages);
	for (size_t i = 0; i < callers->nr; i++) {
		const struct caller *c = &callers->table[i];

		if (c->old && !old)
			seq_puts(m, "allocated during bring-up:\n\n");
		old = c->old;
		seq_printf(m, "%lu times, %lu pages:\n", c->times, c->pages);
		show_stack(m, c->handle);
		seq_putc(m, '\n');
	}
}

void page_owner_mark(void)
{
	mark = arch_clock_ns();
}

void page_owner_leaks_show(struct seq_file *m)
{
	struct callers callers = {.mark = mark, .until = arch_clock_ns(), .size = 64};
	size_t bytes;

	if (!(page_hooks & PAGE_HOOK_OWNER))
		return;
	seq_puts(m, "=== page_owner_sort\n");
	/* Each stack, and the one that is missing, before the mark and after it. */
	while (callers.size < 4 * (stack_depot_stats.stacks + 1))
		callers.size *= 2;
	bytes = callers.size * sizeof(*callers.table);
	made_sections_first = true; /* none is made where another has room */
	callers.table = alloc_pages_exact(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	made_sections_first = false;
	if (!callers.table) {
		seq_printf(m, "no memory to sort %lu callers\n", stack_depot_stats.stacks);
		return;
	}
	page_owner_walk(count_owner, &callers);
	compact_callers(&callers);
	sort(callers.table, callers.nr, sizeof(*callers.table), compare_callers, NULL);
	show_callers(m, &callers);
	free_pages_exact(callers.table, bytes);
}
