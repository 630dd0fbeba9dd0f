// SPDX-License-Identifier: MIT
/* A loader of code and a driver with uncached tables: protection and cache type of pages. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/range.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

void *protection_load(const void *code, size_t size);
void *protection_load(const void *code, size_t size)
{
	int pages = (int)PFN_UP(size);
	void *text = vmalloc(size);

	if (!text) {
		warn_alloc(GFP_KERNEL, NULL, "no room for %zu bytes of code", size);
		return NULL;
	}
	memcpy(text, code, size);
	if (set_memory_ro((unsigned long)text, pages) || set_memory_x((unsigned long)text, pages)) {
		set_memory_nx((unsigned long)text, pages);
		set_memory_rw((unsigned long)text, pages);
		vfree(text);
		return NULL;
	}
	return text;
}

int protection_tables(struct page **tables, int nr);
int protection_tables(struct page **tables, int nr)
{
	int err = set_pages_array_uc(tables, nr);

	if (!err && !kernel_page_present(tables[0]))
		err = set_direct_map_default_noflush(tables[0]);
	return err ? err : set_pages_array_wb(tables, nr);
}

void protection_sleep(void (*rest)(void));
void protection_sleep(void (*rest)(void))
{
	unsigned int flags = lock_system_sleep();

	pm_restrict_gfp_mask();
	rest();
	pm_restore_gfp_mask();
	unlock_system_sleep(flags);
}

u64 protection_left(const struct range *holes, int nr);
u64 protection_left(const struct range *holes, int nr)
{
	struct range left[8] = {};
	u64 pages = 0;

	add_range(left, 8, 0, 0, max_pfn);
	for (int i = 0; i < nr; i++)
		subtract_range(left, 8, holes[i].start, holes[i].end);
	nr = clean_sort_range(left, 8);
	for (int i = 0; i < nr; i++)
		pages += left[i].end - left[i].start;
	return pages - global_node_page_state(NR_FILE_MAPPED) - global_node_page_state(NR_SHMEM);
}
