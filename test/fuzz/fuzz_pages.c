// SPDX-License-Identifier: MIT
/*
 * The page allocator with all that stands on it (slab caches, page cache, a CMA area,
 * bad pages): the input's bytes as the choices of the operations that the unit tests'
 * model chooses at random. Mistakes are among them: they must be refused, and change
 * nothing. Each input has a machine that was just brought up.
 *
 *   input   | which machine | which operation, and what it asks for | ...
 */
#define MODEL_FILE_PAGES 128

#include "fuzz_machine.h"

#include "../unit/alloc_ops.h"
#include "../unit/faults.h"

#define MAX_STEPS   600
#define AUDIT_EVERY 64

/* ZONE_DMA has 16 MB, ZONE_DMA32 4 MB, ZONE_NORMAL 8 MB. */
static const struct e820_entry zones[] = {
	{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
	{.addr = SZ_1M, .size = SZ_16M + SZ_4M - SZ_1M, .type = E820_TYPE_RAM},
	{.addr = SZ_4G, .size = SZ_8M, .type = E820_TYPE_RAM},
};

/* As little as two nodes need. */
static const struct e820_entry nodes[] = {
	{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
	{.addr = SZ_1M, .size = SZ_64M - SZ_1M, .type = E820_TYPE_RAM},
};

#define ZONES zones, ARRAY_SIZE(zones)
#define NODES nodes, ARRAY_SIZE(nodes)

static struct machine {
	const struct e820_entry *ram;
	u32 nr;
	const char *options;
	struct host_snapshot *snapshot;
} machines[] = {
	{ZONES, "cma=4M", NULL},
	{ZONES, "cma=4M memmap_init=eager", NULL},
	{ZONES, "cma=4M init_on_alloc=1 page_owner=on", NULL},
	{ZONES, "cma=2M kernelcore=20M page_alloc.shuffle=1 hugepages=1", NULL},
	{ZONES, "cma=4M fail-nth=1000000" ALL_PAGES ALL_OBJECTS, NULL},
	{ZONES, "cma=4M init_on_alloc=1 init_on_free=1 page_alloc.shuffle=1", NULL},
	{ZONES, "cma=4M page_poison=1 page_owner=on slub_debug=FZPU", NULL},
	{NODES, "cma=4M numa=fake=2 hugepages=2", NULL},
};

/* The fewer there are to choose from, the fewer bytes it takes. */
static u32 fuzz_random(u32 below)
{
	if (below <= 256)
		return fuzz_u8() % below;
	return (below <= 65536 ? fuzz_u16() : fuzz_u32()) % below;
}

static struct machine *wanted;

static void make_machine(void)
{
	model_bring_up(wanted->ram, wanted->nr, wanted->options);
	if (!model.holder)
		model_make(PHYS_PFN(SZ_4G + SZ_8M)); /* any machine's */
}

static void run(void *arg)
{
	(void)arg;
	model_start();
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
	wanted = &machines[fuzz_u8() % ARRAY_SIZE(machines)];
	fuzz_machine_begin(&wanted->snapshot, make_machine);
	fuzz_run(run, NULL);
	fuzz_machine_end();
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
