// SPDX-License-Identifier: MIT
/*
 * The page allocator with all that stands on it (slab caches, page cache, a CMA area,
 * bad pages): the input's bytes as the choices of the operations that the unit tests'
 * model chooses at random. Mistakes are among them: they must be refused, and change
 * nothing. Each input brings up a machine of its own.
 *
 *   input   | which machine | which operation, and what it asks for | ...
 */
#include "fuzz.h"

#include "../unit/alloc_ops.h"
#include "../unit/faults.h"

#define MAX_STEPS   600
#define AUDIT_EVERY 64

/* ZONE_DMA has 16 MB, ZONE_DMA32 4 MB, ZONE_NORMAL 8 MB. */
static const struct e820_entry ram[] = {
	{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
	{.addr = SZ_1M, .size = SZ_16M + SZ_4M - SZ_1M, .type = E820_TYPE_RAM},
	{.addr = SZ_4G, .size = SZ_8M, .type = E820_TYPE_RAM},
};

static const char *const machines[] = {
	"cma=4M",
	"cma=4M memmap_init=eager",
	"cma=4M init_on_alloc=1 page_owner=on",
	"cma=2M kernelcore=20M page_alloc.shuffle=1 hugepages=1",
	"cma=4M fail-nth=1000000" ALL_PAGES ALL_OBJECTS,
};

/* The fewer there are to choose from, the fewer bytes it takes. */
static u32 fuzz_random(u32 below)
{
	if (below <= 256)
		return fuzz_u8() % below;
	return (below <= 65536 ? fuzz_u16() : fuzz_u32()) % below;
}

static void run(void *arg)
{
	(void)arg;
	model_begin(ram, ARRAY_SIZE(ram), machines[fuzz_u8() % ARRAY_SIZE(machines)]);
	model_random = fuzz_random;
	for (int i = 1; fuzz_in.left && i < MAX_STEPS; i++) {
		model_step();
		if (i % AUDIT_EVERY == 0)
			model_audit();
	}
	model_give_all_back();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_start(data, size);
	host_srandom(1);
	fuzz_run(run, NULL);
	model_end();
	return 0;
}

/* Runs of one operation after the other, with different choices. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	for (unsigned int j = 0; j < 400; j++)
		data[j] = (u8)((j * j * (2 * i + 3) + j * i) * 37 >> 3);
	data[0] = (u8)i;
	return i < 8 ? 400 : 0;
}
