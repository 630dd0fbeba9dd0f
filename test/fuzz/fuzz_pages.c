// SPDX-License-Identifier: MIT
/*
 * The page allocator: the input's bytes as the choices of the operations that the unit
 * tests' model chooses at random. Mistakes are among them: they must be refused, and
 * change nothing.
 *
 *   input   | which operation, and what it asks for | ...
 */
#include "fuzz_zones.h"

#include "../unit/alloc_ops.h"

#define MAX_STEPS   600
#define AUDIT_EVERY 64

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
	nr_cpu_ids = MODEL_CPUS;
	zones_restore();
	model_random = fuzz_random;
	model_verify = verify_all;
	/* Each input gives all that it took back. */
	if (!model.holder)
		model_start(false);
	model.greed = 0;
	fuzz_run(run, NULL);
	return 0;
}

/* Runs of one operation after the other, with different choices. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	for (unsigned int j = 0; j < 400; j++)
		data[j] = (u8)((j * j * (2 * i + 3) + j * i) * 37 >> 3);
	return i < 8 ? 400 : 0;
}
