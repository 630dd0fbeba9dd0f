/* SPDX-License-Identifier: MIT */
/*
 * The page-table functions of the arch contract. What is mapped is kept in an
 * array of ranges, sorted by address; the process's own page tables follow it.
 * The direct map is one of the ranges from arch_init_mem_mapping() on.
 */
#define _GNU_SOURCE
#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include "host.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct range {
	unsigned long start, end;
	phys_addr_t phys;
	unsigned int prot;
};

static struct range *ranges;
static size_t nr_ranges, max_ranges;

/* What arch_map_memmap() mapped: never unmapped, never twice. */
static struct range *memmaps;
static size_t nr_memmaps, max_memmaps;

unsigned long host_tlb_flushes;

/* Held while it is in scope: CPUs are threads. */
static pthread_mutex_t map_mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static pthread_mutex_t *lock_map(void)
{
	pthread_mutex_lock(&map_mutex);
	return &map_mutex;
}

static void unlock_map(pthread_mutex_t **mutex)
{
	pthread_mutex_unlock(*mutex);
}

#define RANGES_LOCKED \
	pthread_mutex_t *locked __attribute__((__cleanup__(unlock_map), __unused__)) = lock_map()

void host_map_reset(void)
{
	nr_ranges = nr_memmaps = 0;
	host_tlb_flushes = 0;
}

/* The first range that ends above @va. */
static size_t find_range(unsigned long va)
{
	size_t low = 0, high = nr_ranges;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ranges[middle].end <= va)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Room for @nr of them. */
static void make_room(struct range **array, size_t *max, size_t nr)
{
	if (*array && nr <= *max)
		return;
	*max = max(2 * *max, max(nr, (size_t)64));
	*array = realloc(*array, *max * sizeof(**array));
	if (!*array)
		host_fail("no memory for %zu mappings", *max);
}

static void insert_range(size_t at, struct range range)
{
	make_room(&ranges, &max_ranges, nr_ranges + 1);
	memmove(&ranges[at + 1], &ranges[at], (nr_ranges - at) * sizeof(*ranges));
	ranges[at] = range;
	nr_ranges++;
}

static void remove_range(size_t at)
{
	nr_ranges--;
	memmove(&ranges[at], &ranges[at + 1], (nr_ranges - at) * sizeof(*ranges));
}

/* Makes @va an edge, if it lies inside a range. */
static void split_at(unsigned long va)
{
	size_t i = find_range(va);
	struct range upper;

	if (i == nr_ranges || ranges[i].start >= va)
		return;
	upper = ranges[i];
	upper.phys += va - upper.start;
	upper.start = va;
	ranges[i].end = va;
	insert_range(i + 1, upper);
}

static bool valid_arena_range(unsigned long va, size_t size)
{
	return va % PAGE_SIZE == 0 && size % PAGE_SIZE == 0 && size && va >= HOST_MAP_START &&
	       size <= HOST_MAP_SIZE && va - HOST_MAP_START <= HOST_MAP_SIZE - size;
}

/* Pages of the direct map may be unmapped, too, mapped again, and protected. */
static bool valid_range(unsigned long va, size_t size)
{
	return valid_arena_range(va, size) ||
	       ((va | size) % PAGE_SIZE == 0 && size && va >= host_ram_base &&
		size <= host_ram_size && va - host_ram_base <= host_ram_size - size);
}

static bool valid_prot(unsigned int prot)
{
	return !(prot & ARCH_MAP_WRITE && prot & ARCH_MAP_EXEC);
}

/* Nothing of the program runs from there, so executable means readable. */
static int host_prot(unsigned int prot)
{
	return prot & ARCH_MAP_WRITE ? PROT_READ | PROT_WRITE : PROT_READ;
}

int arch_map(unsigned long va, phys_addr_t pa, size_t size, unsigned int prot)
{
	RANGES_LOCKED;
	size_t i = find_range(va);

	if (!valid_range(va, size) || !valid_prot(prot) || pa % PAGE_SIZE || pa > host_ram_size ||
	    size > host_ram_size - pa)
		return -EINVAL;
	if (i < nr_ranges && ranges[i].start < va + size)
		return -EEXIST;
	if (mmap((void *)va, size, host_prot(prot), MAP_SHARED | MAP_FIXED | MAP_NORESERVE,
		 host_ram_fd, (off_t)pa) == MAP_FAILED)
		return -ENOMEM;
	insert_range(i, (struct range){va, va + size, pa,
				       prot & ~(unsigned int)(ARCH_MAP_IO | ARCH_MAP_BASE_PAGES)});
	return 0;
}

int arch_map_pages(unsigned long va, struct page *const *pages, size_t nr, unsigned int prot)
{
	size_t i = 0, run;
	int err = 0;

	if (nr > HOST_MAP_SIZE / PAGE_SIZE || !valid_arena_range(va, nr * PAGE_SIZE))
		return -EINVAL;
	for (; i < nr && !err; i += run) {
		for (run = 1; i + run < nr && pages[i + run] == pages[i] + run;)
			run++;
		err = arch_map(va + i * PAGE_SIZE, page_to_phys(pages[i]), run * PAGE_SIZE, prot);
		if (err && i)
			arch_unmap(va, i * PAGE_SIZE);
	}
	return err;
}

int arch_unmap(unsigned long va, size_t size)
{
	RANGES_LOCKED;

	if (!valid_range(va, size))
		return -EINVAL;
	if (mmap((void *)va, size, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
		return -ENOMEM;
	split_at(va);
	split_at(va + size);
	for (size_t i = find_range(va); i < nr_ranges && ranges[i].start < va + size;)
		remove_range(i);
	return 0;
}

int arch_unmap_noflush(unsigned long va, size_t size)
{
	return arch_unmap(va, size);
}

/* What was unmapped is gone at once on a host; tests count the flushes. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	(void)start;
	(void)end;
	__atomic_fetch_add(&host_tlb_flushes, 1, __ATOMIC_RELAXED);
}

void arch_flush_tlb_local(unsigned long va, size_t size)
{
	(void)va;
	(void)size;
}

/* Simulated RAM is cached whatever its protection says. */
void arch_flush_cache(unsigned long va, size_t size)
{
	(void)va;
	(void)size;
}

void arch_free_tables(unsigned long start, unsigned long end)
{
	flush_tlb_kernel_range(start, end);
}

/* The program does not lie in the machine's memory. */
int arch_release_range(phys_addr_t start, phys_addr_t end)
{
	return start < end && end <= host_ram_size ? 0 : -EINVAL;
}

int arch_protect(unsigned long va, size_t size, unsigned int prot)
{
	RANGES_LOCKED;

	if (!valid_range(va, size) || !valid_prot(prot))
		return -EINVAL;
	split_at(va);
	split_at(va + size);
	for (size_t i = find_range(va); i < nr_ranges && ranges[i].start < va + size; i++) {
		ranges[i].prot = prot;
		if (mprotect((void *)ranges[i].start, ranges[i].end - ranges[i].start,
			     host_prot(prot)) != 0)
			return -ENOMEM;
	}
	return 0;
}

int arch_query(unsigned long va, struct arch_mapping *mapping)
{
	RANGES_LOCKED;
	size_t i = find_range(va);

	if (i == nr_ranges || ranges[i].start > va)
		return -ENOENT;
	mapping->phys = ranges[i].phys + (va - ranges[i].start);
	mapping->page_size = PAGE_SIZE;
	mapping->prot = ranges[i].prot;
	return 0;
}

static bool continues(const struct range *run, const struct range *next)
{
	return next->start == run->end && next->prot == run->prot &&
	       next->phys == run->phys + (run->end - run->start);
}

int arch_walk(unsigned long start, unsigned long end, arch_walk_fn fn, void *arg)
{
	RANGES_LOCKED;

	for (size_t i = find_range(start); i < nr_ranges && ranges[i].start < end;) {
		struct range run = ranges[i++];
		int ret;

		while (i < nr_ranges && continues(&run, &ranges[i]))
			run.end = ranges[i++].end;
		if (run.start < start) {
			run.phys += start - run.start;
			run.start = start;
		}
		ret = fn(run.start, min(run.end, end), run.phys, PAGE_SIZE, run.prot, arg);
		if (ret)
			return ret;
	}
	return 0;
}

/* Past the direct map simulated RAM cannot be touched but through arch_map(). */
void arch_init_mem_mapping(struct boot_info *info)
{
	u64 size;

	(void)info;
	highmem_init(host_direct_map_size);
	size = min(host_ram_size, have_highmem() ? PFN_PHYS(highstart_pfn) : host_ram_size);
	insert_range(find_range(host_ram_base),
		     (struct range){host_ram_base, host_ram_base + size, 0, ARCH_MAP_WRITE});
	if (size < host_ram_size &&
	    mmap((void *)(host_ram_base + size), host_ram_size - size, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
		host_fail("cannot close 0x%llx bytes past the direct map", host_ram_size - size);
}

int arch_map_memmap(unsigned long va, phys_addr_t pa, size_t size, const phys_addr_t *table_pages,
		    int nr)
{
	const size_t vmemmap_size = MAX_ARCH_PFN * sizeof(struct page);
	RANGES_LOCKED;

	(void)table_pages;
	(void)nr;
	if (!pa || (va | pa | size) % PAGE_SIZE || va < host_vmemmap_base || size > vmemmap_size ||
	    va - host_vmemmap_base > vmemmap_size - size || pa > host_ram_size ||
	    size > host_ram_size - pa)
		return -EINVAL;
	if (mmap((void *)va, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_NORESERVE,
		 host_ram_fd, (off_t)pa) == MAP_FAILED)
		return -ENOMEM;
	make_room(&memmaps, &max_memmaps, nr_memmaps + 1);
	memmaps[nr_memmaps++] = (struct range){va, va + size, pa, ARCH_MAP_WRITE};
	return 0;
}

/* ---- What is mapped, kept and brought back -------------------------------------------- */

bool host_is_memmap_of_nothing(phys_addr_t pa)
{
	for (size_t i = 0; i < nr_memmaps; i++) {
		const struct range *r = &memmaps[i];
		unsigned long at;

		if (pa < r->phys || pa - r->phys >= r->end - r->start)
			continue;
		at = r->start + (pa - r->phys) - host_vmemmap_base;
		return !host_is_backed(at / sizeof(struct page),
				       DIV_ROUND_UP(at + PAGE_SIZE, sizeof(struct page)));
	}
	return false;
}

struct host_map {
	struct range *ranges;
	size_t nr_ranges, nr_memmaps, max_ranges;
	struct range *memmaps;
	size_t max_memmaps;
};

static void copy_ranges(struct range **to, size_t *max, const struct range *from, size_t nr)
{
	make_room(to, max, nr);
	if (nr)
		memcpy(*to, from, nr * sizeof(*from));
}

struct host_map *host_map_save(void)
{
	struct host_map *map = calloc(1, sizeof(*map));

	if (!map)
		host_fail("no memory for mappings");
	copy_ranges(&map->ranges, &map->max_ranges, ranges, nr_ranges);
	copy_ranges(&map->memmaps, &map->max_memmaps, memmaps, nr_memmaps);
	map->nr_ranges = nr_ranges;
	map->nr_memmaps = nr_memmaps;
	return map;
}

void host_map_load(const struct host_map *map)
{
	copy_ranges(&ranges, &max_ranges, map->ranges, map->nr_ranges);
	copy_ranges(&memmaps, &max_memmaps, map->memmaps, map->nr_memmaps);
	nr_ranges = map->nr_ranges;
	nr_memmaps = map->nr_memmaps;
}

static void map_again(unsigned long start, unsigned long end, const struct range *to)
{
	void *at = (void *)start;

	if (to ? mmap(at, end - start, host_prot(to->prot), MAP_SHARED | MAP_FIXED | MAP_NORESERVE,
		      host_ram_fd, (off_t)(to->phys + (start - to->start))) == MAP_FAILED
	       : mmap(at, end - start, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
		host_fail("cannot map [0x%016lx-0x%016lx] again", start, end - 1);
}

/* The first of @nr ranges that ends above @pos, if it has it; *@end: until when that is so. */
static const struct range *range_at(const struct range **r, const struct range *last,
				    unsigned long pos, unsigned long *end)
{
	while (*r < last && (*r)->end <= pos)
		(*r)++;
	if (*r == last)
		return NULL;
	*end = min(*end, (*r)->start > pos ? (*r)->start : (*r)->end);
	return (*r)->start > pos ? NULL : *r;
}

static bool same_mapping(const struct range *a, const struct range *b)
{
	if (!a || !b)
		return a == b;
	return a->prot == b->prot && a->phys - a->start == b->phys - b->start;
}

void host_map_undo(const struct host_map *map)
{
	const struct range *now = ranges, *then = map->ranges;
	unsigned long end;

	for (unsigned long pos = 0; pos != ~0UL; pos = end) {
		const struct range *from, *to;

		end = ~0UL;
		from = range_at(&now, ranges + nr_ranges, pos, &end);
		to = range_at(&then, map->ranges + map->nr_ranges, pos, &end);
		if (!same_mapping(from, to))
			map_again(pos, end, to);
	}
	for (size_t i = map->nr_memmaps; i < nr_memmaps; i++)
		map_again(memmaps[i].start, memmaps[i].end, NULL);
}

int pgtable_verify(void)
{
	int faults = 0;

	for (size_t i = 0; i < nr_ranges; i++) {
		const struct range *r = &ranges[i];

		if (r->start >= r->end || (r->start | r->end | r->phys) % PAGE_SIZE ||
		    (i && r->start < ranges[i - 1].end) || !valid_prot(r->prot) ||
		    r->phys + (r->end - r->start) > host_ram_size) {
			pr_err("pgtable: mapping %zu [0x%016lx-0x%016lx] to 0x%016llx, protection "
			       "%u, is wrong\n",
			       i, r->start, r->end - 1, r->phys, r->prot);
			faults++;
		}
	}
	return faults;
}

void pgtable_dump(struct seq_file *m)
{
	for (size_t i = 0; i < nr_ranges; i++)
		seq_printf(m, "0x%016lx-0x%016lx %12luK %s%s\n", ranges[i].start, ranges[i].end,
			   (ranges[i].end - ranges[i].start) / 1024,
			   ranges[i].prot & ARCH_MAP_WRITE ? "RW" : "ro",
			   ranges[i].prot & ARCH_MAP_EXEC ? " x" : " NX");
}
