// SPDX-License-Identifier: MIT
/*
 * vmalloc(), vmap(), vm_map_ram(), ioremap() and areas without pages: the input's bytes as
 * the choices of the unit tests' model. Mistakes are among them: they must be counted,
 * and change nothing.
 *
 *   input   | which operation, which area, what it asks for | ...
 */
#define ZONES_LATE() vmalloc_late()
static void vmalloc_late(void);
#include "fuzz_zones.h"

#include "../unit/vmalloc_model.h"

#define MAX_STEPS   60
#define AUDIT_EVERY 32
#define CPUS	    4

static u32 fuzz_random(u32 below)
{
	return (below <= 256 ? fuzz_u8() : fuzz_u16()) % below;
}

static void vmalloc_late(void)
{
	nr_cpu_ids = CPUS;
	kmem_cache_init();
	vmalloc_init();
}

static void run(void *arg)
{
	(void)arg;
	model_begin();
	model_random = fuzz_random;
	for (int i = 1; fuzz_in.left && i < MAX_STEPS; i++) {
		model_step();
		if (i % AUDIT_EVERY == 0)
			model_audit();
	}
	host_set_cpu(0);
	model_give_all_back();
	fuzz_check(kmem_cache_verify_all() == 0);
	fuzz_check(verify_all() == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_start(data, size);
	zones_begin();
	fuzz_run(run, NULL);
	zones_end();
	return 0;
}

/* Areas of one kind after the other, and what is given back of them. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	size_t len = 0;

	for (unsigned int n = 0; n < 50; n++) {
		const u8 step[] = {(u8)(n * 5),	      (u8)(3 + (n % 7 ? n : 0)),
				   (u8)(n * (i + 1)), (u8)(n >> i & 7),
				   (u8)(n * 3),	      (u8)(i * 16)};

		memcpy(data + len, step, sizeof(step));
		len += sizeof(step);
	}
	return i < 6 ? len : 0;
}
