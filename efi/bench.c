// SPDX-License-Identifier: MIT
/*
 * The bench option: the operations of mm/'s allocators on the firmware's, before
 * they are gone. The firmware turns interrupts on again when it likes.
 */
#include "firmware.h"
#include "options_text.h"

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <baremm/bench.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

static EFI_BOOT_SERVICES *bs; /* while bench_firmware() runs */

static EFI_PHYSICAL_ADDRESS pages[BENCH_BATCH_MAX] __initbss;
static void *objects[BENCH_BATCH_MAX] __initbss;

static bool __init take_pages(unsigned int order, EFI_PHYSICAL_ADDRESS *addr)
{
	return !EFI_ERROR(
		bs->AllocatePages(AllocateAnyPages, EfiLoaderData, (UINTN)1 << order, addr));
}

static bool __init page_pairs(unsigned int order, unsigned int n)
{
	EFI_PHYSICAL_ADDRESS addr;

	for (unsigned int i = 0; i < n; i++) {
		if (!take_pages(order, &addr))
			return false;
		bs->FreePages(addr, (UINTN)1 << order);
	}
	return true;
}

static bool __init page_batch(unsigned int order, unsigned int n)
{
	unsigned int nr;

	for (nr = 0; nr < n && take_pages(order, &pages[nr]);)
		nr++;
	for (unsigned int i = 0; i < nr; i++)
		bs->FreePages(pages[i], (UINTN)1 << order);
	return nr == n;
}

static bool __init page_zeroed_pairs(unsigned int order, unsigned int n)
{
	EFI_PHYSICAL_ADDRESS addr;

	for (unsigned int i = 0; i < n; i++) {
		if (!take_pages(order, &addr))
			return false;
		bs->SetMem((void *)(uintptr_t)addr, (UINTN)EFI_PAGE_SIZE << order, 0);
		bs->FreePages(addr, (UINTN)1 << order);
	}
	return true;
}

static bool __init object_pairs(unsigned int bytes, unsigned int n)
{
	void *object;

	for (unsigned int i = 0; i < n; i++) {
		if (EFI_ERROR(bs->AllocatePool(EfiLoaderData, bytes, &object)))
			return false;
		bs->FreePool(object);
	}
	return true;
}

static bool __init object_batch(unsigned int bytes, unsigned int n)
{
	unsigned int nr;

	for (nr = 0; nr < n; nr++)
		if (EFI_ERROR(bs->AllocatePool(EfiLoaderData, bytes, &objects[nr])))
			break;
	for (unsigned int i = 0; i < nr; i++)
		bs->FreePool(objects[i]);
	return nr == n;
}

/* The pool is the one allocator of small things, so it has no caches. */
static const bench_fn firmware_allocators[NR_BENCH_KINDS] __initconst = {
	[BENCH_PAGE_PAIR] = page_pairs,	       [BENCH_PAGE_BATCH] = page_batch,
	[BENCH_PAGE_ZERO] = page_zeroed_pairs, [BENCH_OBJECT_PAIR] = object_pairs,
	[BENCH_OBJECT_BATCH] = object_batch,
};

void __init bench_firmware(const struct firmware *fw, struct boot_info *info)
{
	struct bench_result *results;
	char more[2];

	if (!options_find(info->options, "bench", more, sizeof(more)) || *more)
		return;
	results = boot_arena_alloc(info, BENCH_RESULTS_MAX * sizeof(*results));
	if (!results) {
		pr_warn("no room for %u results: the firmware's allocators are not measured\n",
			BENCH_RESULTS_MAX);
		return;
	}
	bs = fw->bs;
	info->nr_bench = bench_run(firmware_allocators, results);
	info->bench = results;
}
