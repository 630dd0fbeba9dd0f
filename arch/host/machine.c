/* SPDX-License-Identifier: MIT */
/*
 * Simulated RAM and the boot record. RAM is a memory file as long as the highest
 * address; the kernel gives it pages when they are touched, so that a machine of
 * many terabytes costs what a test uses of it.
 */
#define _GNU_SOURCE
#include <host/machine.h>
#include <baremm/arch.h>
#include <baremm/panic.h>
#include <asm/percpu.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include "host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ADDRESS_LIMIT ((u64)MAX_ARCH_PFN << PAGE_SHIFT)
#define VMEMMAP_SIZE  (MAX_ARCH_PFN * sizeof(struct page))

unsigned long host_ram_base;
unsigned long host_vmemmap_base;
unsigned long host_map_base;
int host_ram_fd = -1;
u64 host_ram_size;
u64 host_direct_map_size = ~0ULL;

static struct boot_info *record;

void host_fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "host: ");
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n");
	va_end(args);
	abort();
}

/*
 * A base of GS is not negative: CPUs' copies of variables must lie above the program. Where a
 * process has no limit for its stack, Linux maps below it what is asked for nowhere.
 */
#ifdef HOST_PERCPU_BY_GS
#define ABOVE_THE_PROGRAM ((void *)0x680000000000UL)
#else
#define ABOVE_THE_PROGRAM NULL
#endif

/* Address space that nothing is mapped in, aligned to @align. */
static unsigned long reserve(size_t size, size_t align)
{
	size_t whole = size + align;
	char *p = mmap(ABOVE_THE_PROGRAM, whole, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned long start;

	if (p == MAP_FAILED)
		host_fail("no room for 0x%zx bytes of address space: %s", whole, strerror(errno));
	start = ALIGN((unsigned long)p, align);
	if (start > (unsigned long)p)
		munmap(p, start - (unsigned long)p);
	munmap((void *)(start + size), (unsigned long)p + whole - (start + size));
	return start;
}

/* The part of an entry that is backed, to whole pages; false where there is none. */
static bool backed_range(const struct e820_entry *entry, u64 *start, u64 *end)
{
	u64 last = entry->addr + entry->size - 1;

	if (entry->size == 0 || entry->addr >= ADDRESS_LIMIT)
		return false;
	if (last < entry->addr || last >= ADDRESS_LIMIT)
		last = ADDRESS_LIMIT - 1;
	*start = ALIGN_DOWN(entry->addr, (u64)PAGE_SIZE);
	*end = ALIGN(last + 1, (u64)PAGE_SIZE);
	return true;
}

/*
 * RAM decides how long the file is, and other ranges are backed below its end: a
 * window for devices at the top of the address space is not memory.
 */
static u64 find_ram_end(const struct e820_entry *map, u32 nr)
{
	u64 ram_end = SZ_1M, start, end;

	for (u32 i = 0; i < nr; i++)
		if (map[i].type == E820_TYPE_RAM && backed_range(&map[i], &start, &end))
			ram_end = max(ram_end, end);
	return ram_end;
}

bool host_is_backed(unsigned long start_pfn, unsigned long end_pfn)
{
	u64 start, end;

	for (u32 i = 0; i < record->nr_e820; i++)
		if (backed_range(&record->e820[i], &start, &end) && start < PFN_PHYS(end_pfn) &&
		    end > PFN_PHYS(start_pfn))
			return true;
	return false;
}

static void back_ranges(const struct e820_entry *map, u32 nr)
{
	u64 start, end;

	for (u32 i = 0; i < nr; i++) {
		if (!backed_range(&map[i], &start, &end) || start >= host_ram_size)
			continue;
		end = min(end, host_ram_size);
		if (mmap((void *)(host_ram_base + start), end - start, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED | MAP_NORESERVE, host_ram_fd,
			 (off_t)start) == MAP_FAILED)
			host_fail("cannot map [mem 0x%016llx-0x%016llx]: %s", start, end - 1,
				  strerror(errno));
	}
}

static void make_ram(const struct e820_entry *map, u32 nr)
{
	host_ram_size = find_ram_end(map, nr);
	host_ram_fd = memfd_create("baremm-ram", MFD_CLOEXEC);
	if (host_ram_fd < 0 || ftruncate(host_ram_fd, (off_t)host_ram_size) != 0)
		host_fail("no file for 0x%llx bytes of RAM: %s", host_ram_size, strerror(errno));
	host_ram_base = reserve(host_ram_size, SZ_1G);
	host_vmemmap_base = reserve(VMEMMAP_SIZE, SZ_1G);
	host_map_base = reserve(HOST_MAP_SIZE, SZ_1G);
	back_ranges(map, nr);
	host_map_reset();
}

static void make_record(const struct e820_entry *map, u32 nr, const char *options)
{
	size_t map_size = nr * sizeof(*map);
	size_t arena = E820_ARENA_SIZE(nr) + SZ_256K;
	struct e820_entry *copy = calloc(1, map_size + 1);

	record = calloc(1, sizeof(*record));
	if (!record || !copy || !(record->arena.base = calloc(1, arena)))
		host_fail("no memory for the boot record");
	if (nr)
		memcpy(copy, map, map_size);
	record->version = BOOT_INFO_VERSION;
	record->e820 = copy;
	record->nr_e820 = nr;
	record->arena.size = arena;
	record->options = strdup(options ? options : "");
	record->build = "host";
	record->tsc_start = arch_cycles();
}

struct boot_info *host_machine_init(const struct e820_entry *map, u32 nr, const char *options)
{
	if (record)
		host_fail("host_machine_init() while there is a machine");
	make_ram(map, nr);
	make_record(map, nr, options);
	host_boot_apic_id = host_core_id_bits = 0;
	host_pci_read32 = NULL;
	host_clock = NULL;
	host_probe_word = NULL;
	host_test_words = NULL;
	host_mtrrs = NULL;
	host_direct_map_size = ~0ULL;
	warn_count = 0;
	panic_reset();
	return record;
}

struct boot_info *host_machine_pc(u64 ram_size, const char *options)
{
	struct e820_entry map[3] = {
		{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
		{.addr = SZ_1M, .size = min_t(u64, ram_size, SZ_2G) - SZ_1M, .type = E820_TYPE_RAM},
		{.addr = SZ_4G,
		 .size = ram_size - min_t(u64, ram_size, SZ_2G),
		 .type = E820_TYPE_RAM},
	};

	return host_machine_init(map, map[2].size ? 3 : 2, options);
}

void host_machine_leave(void)
{
	host_ram_fd = -1;
	host_ram_size = host_ram_base = host_vmemmap_base = host_map_base = 0;
	boot_info = NULL;
	record = NULL;
}

void host_machine_exit(void)
{
	if (!record)
		return;
	munmap((void *)host_ram_base, host_ram_size);
	munmap((void *)host_vmemmap_base, VMEMMAP_SIZE);
	munmap((void *)host_map_base, HOST_MAP_SIZE);
	close(host_ram_fd);
	free((void *)(uintptr_t)record->e820);
	free((void *)(uintptr_t)record->options);
	free(record->arena.base);
	free(record);
	host_machine_leave();
}

u64 host_ram_used(void)
{
	struct stat st;

	if (host_ram_fd < 0 || fstat(host_ram_fd, &st) != 0)
		return 0;
	return (u64)st.st_blocks * 512;
}
