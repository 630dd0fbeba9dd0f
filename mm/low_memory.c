// SPDX-License-Identifier: MIT
/* Watching the low megabyte. Contract: mm/low_memory.h. */
#include "low_memory.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/memblock.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>

#define MAX_AREAS    8
#define DEFAULT_SIZE SZ_64K
#define MAX_SIZE     SZ_1M

static struct {
	phys_addr_t start, end;
} areas[MAX_AREAS];
static unsigned int nr_areas;

static bool checking;
static phys_addr_t check_size = DEFAULT_SIZE;

int __init memory_corruption_check_parse_option(char *value)
{
	return value ? kstrtobool(value, &checking) : -EINVAL;
}

int __init memory_corruption_check_size_parse_option(char *value)
{
	char *end;
	u64 size = value ? memparse(value, &end) : 0;

	if (!value || end == value || *end || size > MAX_SIZE)
		return -EINVAL;
	check_size = round_up(size, PAGE_SIZE);
	return 0;
}

/* ---- What is watched --------------------------------------------------------------------- */

static bool __init overlaps(phys_addr_t page, phys_addr_t start, phys_addr_t end)
{
	return page < end && start < page + PAGE_SIZE;
}

static bool __init is_used(const struct boot_info *info, phys_addr_t page)
{
	if (overlaps(page, info->self, info->self + info->self_size) || page == info->trampoline)
		return true;
	for (u32 i = 0; i < info->nr_ranges; i++)
		if (info->ranges[i].type != BOOT_RANGE_BOOT_SERVICES &&
		    overlaps(page, info->ranges[i].start, info->ranges[i].end))
			return true;
	return false;
}

static void __init add_page(phys_addr_t page)
{
	if (nr_areas && areas[nr_areas - 1].end == page) {
		areas[nr_areas - 1].end += PAGE_SIZE;
	} else if (nr_areas < MAX_AREAS) {
		areas[nr_areas].start = page;
		areas[nr_areas++].end = page + PAGE_SIZE;
	}
}

/* The words that do not hold @want, which get it again. */
static int look(unsigned long want)
{
	int wrong = 0;

	for (unsigned int i = 0; i < nr_areas; i++) {
		volatile unsigned long *word = phys_to_virt(areas[i].start);
		const volatile unsigned long *end = phys_to_virt(areas[i].end);

		for (; word < end; word++) {
			unsigned long found = *word;

			if (likely(found == want))
				continue;
			pr_err("Corrupted low memory at %px (%lx phys) = %08lx\n",
			       (const void *)(unsigned long)word,
			       (unsigned long)virt_to_phys((const void *)(unsigned long)word),
			       found);
			*word = want;
			wrong++;
		}
	}
	return wrong;
}

static void __init fill(int byte)
{
	for (unsigned int i = 0; i < nr_areas; i++)
		memset(phys_to_virt(areas[i].start), byte, areas[i].end - areas[i].start);
}

void __init setup_bios_corruption_check(const struct boot_info *info)
{
	if (!checking)
		return;
	for (phys_addr_t page = PAGE_SIZE; page < check_size; page += PAGE_SIZE)
		if (memblock_is_region_memory(page, PAGE_SIZE) && !is_used(info, page))
			add_page(page);
	pr_info("Scanning %u areas for low memory corruption\n", nr_areas);
	fill(0xff);
	look(~0UL);
	fill(0);
}

int check_for_bios_corruption(void)
{
	int wrong = look(0);

	if (wrong)
		pr_err("Memory corruption detected in low memory: %d words\n", wrong);
	return wrong;
}

void __init bios_corruption_reset(void)
{
	checking = false;
	check_size = DEFAULT_SIZE;
	nr_areas = 0;
}
